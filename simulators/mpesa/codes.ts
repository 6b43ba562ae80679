/**
 * Results of a prompt. The same code is worded differently by the callback and by the status
 * query (observed); only the code is a contract. Provider sheet section 2.2.
 */
export const promptResults = {
  '0': {
    callback: 'The service request is processed successfully.',
    query: 'The service request is processed successfully.',
  },
  '1': {
    callback: 'The balance is insufficient for the transaction.',
    query: 'The balance is insufficient for the transaction',
  },
  '2': {
    callback: 'Declined due to limit rule: less than the minimum transaction amount.',
    query: 'Declined due to limit rule',
  },
  '3': {
    callback: 'Declined due to limit rule: greater than the maximum transaction amount.',
    query: 'Declined due to limit rule',
  },
  '4': {
    callback: 'Declined due to limit rule: would exceed daily transfer limit.',
    query: 'Declined due to limit rule',
  },
  '17': { callback: 'Rule limited.', query: 'Internal failure.' },
  '1001': {
    callback:
      'Unable to lock subscriber, a transaction is already in process for the current subscriber.',
    query: 'Unable to lock subscriber, a transaction is already in process',
  },
  '1019': { callback: 'Transaction has expired.', query: 'Transaction has expired' },
  '1025': {
    callback: 'An error occurred while sending a push request.',
    query: 'Error sending push',
  },
  '1032': { callback: 'Request cancelled by user', query: 'Request Cancelled by user.' },
  '1037': { callback: 'No response from user.', query: 'DS timeout user cannot be reached.' },
  '2001': {
    callback: 'The initiator information is invalid.',
    query: 'The initiator information is invalid',
  },
  '2028': {
    callback: 'The request is not permitted according to product assignment.',
    query: 'The request is not permitted according to product assignment',
  },
  '8006': {
    callback: 'The security credential is locked.',
    query: 'The security credential is locked',
  },
  SFC_IC0003: { callback: 'The operator does not exist.', query: 'Receiver party is invalid' },
} as const satisfies Record<string, { callback: string; query: string }>;

export type PromptResultCode = keyof typeof promptResults;

export const isPromptResultCode = (code: string): code is PromptResultCode =>
  Object.hasOwn(promptResults, code);

/** Results of the initiator APIs. Provider sheet sections 4.1, 4.6 and 4.8. */
export const conversationResults = {
  '0': 'The service request is processed successfully.',
  '1': 'The balance is insufficient for the transaction.',
  '2': 'Declined due to limit rule: less than the minimum transaction amount.',
  '3': 'Declined due to limit rule: greater than the maximum transaction amount.',
  '4': 'Declined due to limit rule: would exceed daily transfer limit.',
  '8': 'Declined due to limit rule: would exceed the maximum balance.',
  '21': 'The initiator is not allowed to initiate this request.',
  '25': 'The format of parameter null is invalid.',
  '2001': 'The initiator information is invalid.',
  '2028': 'The request is not permitted according to product assignment.',
  // Reported by one community list for a status query that finds nothing.
  '2033': 'The receipt number does not exist.',
  '2040': 'Credit Party customer type (Unregistered or Registered Customer) can’t be supported.',
  '8006': 'The security credential is locked.',
  SFC_IC0003: 'The operator does not exist.',
  R000001: 'The transaction has already been reversed.',
  R000002: 'The OriginalTransactionID is invalid.',
} as const satisfies Record<string, string>;

export type ConversationResultCode = keyof typeof conversationResults;

export const isConversationResultCode = (code: string): code is ConversationResultCode =>
  Object.hasOwn(conversationResults, code);

/** A code of digits travels as a number, any other as text: `1032`, `"SFC_IC0003"`. */
export const wireCode = (code: string): number | string =>
  /^\d+$/.test(code) ? Number(code) : code;
