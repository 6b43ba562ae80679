import {
  askFirst,
  lookUp,
  row,
  unknownMeaning,
  type CodeMeaning,
  type CodeTable,
} from './meaning.ts';

/**
 * Results of M-Pesa Express, callback and query alike (Daraja 3.0, MpesaExpressSimulate and
 * MpesaExpressQuery, mirrored 2025-12-28). Codes are matched, texts never: they vary by channel.
 * Codes 03–99 of the older SOAP interface circulate in community lists and are left out.
 */
export const promptResultCodes: CodeTable = {
  '1': row('final', 'insufficient-funds', [
    'The payer has too little money, Fuliza included.',
    'The payer may top up and ask for a new prompt.',
  ]),
  '2': row('final', 'over-limit', ['The amount is below the minimum.', 'Change the amount.']),
  '3': row('final', 'over-limit', ['The amount is above the maximum.', 'Split the amount.']),
  '4': row('final', 'over-limit', [
    'The payer would exceed the daily transfer limit.',
    'Try tomorrow or ask for less.',
  ]),
  '8': row('final', 'over-limit', [
    'The receiving account would exceed its largest balance.',
    'Withdraw from the M-Pesa account, then try again.',
  ]),
  // Documented as “rule limited” (same payer and amount within two minutes), but the core's own
  // table calls it an internal failure: a callback alone proves nothing, an enquiry does.
  '17': {
    ...row('unknown', 'busy', [
      'M-Pesa limited a repeat of the same payment, or failed internally.',
      'Wait two minutes and ask what became of it before a new prompt.',
    ]),
    enquiryRuling: 'retryable',
  },
  '26': row('retryable', 'provider-down', ['M-Pesa was too busy.', 'Try again in some minutes.']),
  '1001': row('retryable', 'busy', [
    'Another M-Pesa session was open on the phone.',
    'Try again after one to three minutes.',
  ]),
  '1019': row('final', 'expired', [
    'The payment was not completed in time.',
    'The payer may ask for a new prompt.',
  ]),
  '1025': row('retryable', 'other', [
    'The prompt could not be shown: its text was over 182 characters, or a passing fault.',
    'Shorten business name and reference; otherwise try once more.',
  ]),
  // Community only (“transaction has been reversed”), unverified.
  '1031': row('unknown', 'other', [
    'M-Pesa may have reversed the payment.',
    'Look the payment up in the M-Pesa portal.',
  ]),
  '1032': row('final', 'payer-cancelled', [
    'The payer cancelled the prompt, or it closed by itself.',
    'Prompt again only when the payer asks.',
  ]),
  // Two unrelated readings in two code bases; unconfirmed until the provider has been asked.
  '1036': {
    ...row('unknown', 'other', [
      'The prompt failed for an unclear reason.',
      'Ask what became of it before a new prompt.',
    ]),
    enquiryRuling: 'final',
  },
  // Dual-SIM and eSIM phones report this while switched on; a later success is still booked.
  '1037': row('final', 'no-response', [
    'The phone could not be reached or the payer did not answer.',
    'The payer may ask for a new prompt.',
  ]),
  // In the scope of a prompt this is the payer's PIN, whatever the text says.
  '2001': row('final', 'wrong-pin', [
    'The payer entered a wrong PIN.',
    'Prompt again only when the payer asks.',
  ]),
  '2028': row('our-fault', 'our-request', [
    'The short code may not receive this kind of payment.',
    'Check transaction type and till number in the settings.',
  ]),
  // Observed 2026-09 and 2026-10 in queries, undocumented.
  '4999': row('pending', 'other', ['The payment is still in process.', 'Ask again later.']),
  '8006': row('final', 'payer-locked', [
    "The payer's M-Pesa PIN is locked.",
    'The payer has to call M-Pesa customer care.',
  ]),
  '9999': row('retryable', 'other', [
    'The prompt could not be sent: text too long, or a passing fault.',
    'Shorten business name and reference; otherwise try once more.',
  ]),
  SFC_IC0003: row('our-fault', 'our-request', [
    'M-Pesa does not know the receiving short code or till.',
    'Check transaction type and till number in the settings.',
  ]),
};

const operatorAdvice = 'Set the API operator right in the M-Pesa portal; stop payouts until then.';

/**
 * The core's own codes (Daraja 3.0, AccountBalance, “G2” list): the same in every initiator API.
 * The broker's 100000000–100000011 (cached, overload, throttling …) say nothing about the outcome.
 */
const coreCodes: CodeTable = {
  '15': row('unknown', 'other', ['M-Pesa has seen this id before.', askFirst]),
  '17': row('unknown', 'other', ['M-Pesa failed internally.', askFirst]),
  '18': row('our-fault', 'our-credentials', ['The operator failed the check.', operatorAdvice]),
  '19': row('unknown', 'other', ['M-Pesa took the messages out of order.', askFirst]),
  '24': row('our-fault', 'our-request', ['A field is missing.', 'Report it: a program fault.']),
  '25': row('our-fault', 'our-request', ['A field is malformed.', 'Report it: a program fault.']),
  '26': row('unknown', 'provider-down', ['M-Pesa was too busy.', askFirst]),
  '29': row('our-fault', 'our-request', ['The command is not valid.', 'Check the settings.']),
  '2001': row('our-fault', 'our-credentials', [
    'Operator name, password or certificate is wrong.',
    operatorAdvice,
  ]),
  '8006': row('our-fault', 'our-credentials', [
    'The API operator is locked after too many failures or 90 days.',
    'Have a Business Administrator unlock it; stop payouts until then.',
  ]),
  // Observed in production.
  TP40153: row('our-fault', 'our-credentials', [
    'The operator lacks permission or is not of this organisation.',
    operatorAdvice,
  ]),
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [
      String(100_000_000 + n),
      row('unknown', 'provider-down', ["M-Pesa's broker had a fault.", askFirst]),
    ]),
  ),
};

/**
 * Roles are given for each API (sheet §4.0): without one of them, what else the operator signs goes
 * on. No try more or less locks anything, so that these are faults of the request.
 */
const roleCodes = (role: string): CodeTable => {
  const advice = `Have the operator given ${role} in the M-Pesa portal.`;
  return {
    '20': row('our-fault', 'our-request', [
      'M-Pesa finds no operator of that name for this.',
      `Check the operator's name in the settings. ${advice}`,
    ]),
    '21': row('our-fault', 'our-request', ['The operator lacks the role.', advice]),
    '22': row('our-fault', 'our-request', ['The operator lacks permission.', advice]),
  };
};

/** Results of business-to-customer payments (Daraja 3.0, BusinessToCustomer). */
export const payoutResultCodes: CodeTable = {
  ...coreCodes,
  ...roleCodes('the role “ORG B2C API Initiator”'),
  '1': row('final', 'our-float', [
    'The Utility account is short, even if Working has money.',
    'Top up the Utility account; pay again under a new id.',
  ]),
  '2': row('final', 'over-limit', ['The amount is below the minimum.', 'Change the amount.']),
  '3': row('final', 'over-limit', ['The amount is above the maximum.', 'Split the amount.']),
  '4': row('final', 'over-limit', [
    'The recipient would exceed the daily limit.',
    'Pay tomorrow, under a new id.',
  ]),
  '8': row('final', 'over-limit', [
    "The recipient's wallet would exceed its largest balance.",
    'Pay less, or after the recipient has spent.',
  ]),
  '11': row('our-fault', 'our-request', ['Our account is not active.', 'Call M-Pesa support.']),
  '2006': row('our-fault', 'our-request', ['Our account is not active.', 'Call M-Pesa support.']),
  '2028': row('our-fault', 'our-request', [
    'The short code has no product for paying out.',
    'Ask Safaricom to enable business-to-customer payments.',
  ]),
  '2040': row('final', 'payer-not-registered', [
    'The recipient is not registered for M-Pesa.',
    'Pay to another number.',
  ]),
  SFC_IC0003: row('final', 'payer-not-registered', [
    'The phone is not on M-Pesa.',
    'Pay to another number.',
  ]),
};

/** Results of reversals (Daraja 3.0, Reversal): of one attempt, and of nothing else. */
export const refundResultCodes: CodeTable = {
  ...coreCodes,
  ...roleCodes('the role “Org Reversals Initiator”'),
  '1': row('final', 'our-float', [
    'The account that received the payment holds too little to give it back.',
    'Wait for money to come in or move some there; then refund anew.',
  ]),
  '11': row('our-fault', 'our-request', [
    'An account of the payment is not active.',
    'Call M-Pesa support.',
  ]),
  '2006': row('our-fault', 'our-request', [
    'An account of the payment is not active.',
    'Call M-Pesa support.',
  ]),
  '2028': row('our-fault', 'our-request', [
    'The short code may not reverse payments.',
    'Ask Safaricom to enable reversals for it, or reverse in the M-Pesa portal.',
  ]),
  // Who reversed it is not told. An attempt of ours whose answer was lost may have done it, so that
  // this is no failure: somebody has to look.
  R000001: {
    ...row('unknown', 'other', [
      'The payment has been reversed already, by us or in the portal.',
      'Look the payment up in the M-Pesa portal; send nothing more.',
    ]),
    isDoneOnce: true,
  },
  R000002: row('our-fault', 'our-request', [
    'M-Pesa knows no payment of ours under that receipt that can be reversed.',
    'Check the receipt; payouts cannot be reversed.',
  ]),
};

/** Results of moving money from Working to Utility (Daraja 3.0, BusinessToBusiness; observed). */
export const topUpResultCodes: CodeTable = {
  ...coreCodes,
  ...roleCodes('a role for business-to-business moves'),
  '1': row('final', 'our-float', [
    'The Working account is short.',
    'Move less, or after money has come into the Working account.',
  ]),
  // The same code where the short code was never whitelisted for this move (observed).
  '21': row('our-fault', 'our-request', [
    'The operator lacks the role, or the short code is not whitelisted for this move.',
    'Ask Safaricom to enable it; until then move the money in the M-Pesa portal.',
  ]),
  SFC_IC0003: row('our-fault', 'our-request', [
    'M-Pesa does not know the short code that money should go to.',
    'Check the short code in the settings.',
  ]),
};

/** Results of status and balance questions: about the question, never about the payment. */
export const questionResultCodes: CodeTable = {
  ...coreCodes,
  ...roleCodes('the roles “Transaction Status query ORG API” and “Balance Query ORG API”'),
  // Community only: believed no sooner than `notFoundFinalAfterMs` says.
  '2033': row('final', 'other', ['M-Pesa has no such transaction.', 'Ask again a day later.']),
  SFC_IC0003: row('unknown', 'our-request', ['The question was not understood.', askFirst]),
};

/** The result code that answers a status question with “no such transaction”. */
export const notFoundCode = '2033';

/** `TransactionStatus` of Daraja 3.0, TransactionStatus; `Failed` was observed beside it. */
export const transactionStates: Readonly<Record<string, 'completed' | 'failed' | 'pending'>> = {
  Initiated: 'pending',
  Authorized: 'pending',
  'Pending Authorized': 'pending',
  Completed: 'completed',
  Cancelled: 'failed',
  Declined: 'failed',
  Expired: 'failed',
  Failed: 'failed',
};

export const promptMeaningOf = (code: string): CodeMeaning =>
  lookUp(promptResultCodes, code) ?? unknownMeaning;

export const payoutMeaningOf = (code: string): CodeMeaning =>
  lookUp(payoutResultCodes, code) ?? unknownMeaning;

export const refundMeaningOf = (code: string): CodeMeaning =>
  lookUp(refundResultCodes, code) ?? unknownMeaning;

export const topUpMeaningOf = (code: string): CodeMeaning =>
  lookUp(topUpResultCodes, code) ?? unknownMeaning;

export const transactionStateOf = (
  status: string | undefined,
): 'completed' | 'failed' | 'pending' | 'unknown' =>
  status !== undefined && Object.hasOwn(transactionStates, status)
    ? (transactionStates[status] ?? 'unknown')
    : 'unknown';
