import type { FailureReason } from '../rail.ts';

/**
 * What a code lets us conclude.
 * - `final`: this attempt ended without money; another one is the payer's or owner's decision.
 * - `retryable`: it took no effect for a passing reason; a new attempt may follow after a wait.
 * - `our-fault`: it took no effect and never will until we change something.
 * - `pending`: still on its way.
 * - `unknown`: nothing may be concluded; the provider has to be asked.
 */
export type Ruling = 'final' | 'retryable' | 'our-fault' | 'pending' | 'unknown';

export interface CodeMeaning {
  readonly ruling: Ruling;
  readonly reason: FailureReason;
  /** In the owner's words. */
  readonly meaning: string;
  readonly advice: string;
  /** Where the answer to a question settles what the same code in a callback leaves open. */
  readonly enquiryRuling?: Ruling;
}

type CodeTable = Readonly<Record<string, CodeMeaning>>;

/** The one code that says money moved. */
export const doneCode = '0';

const row = (
  ruling: Ruling,
  reason: FailureReason,
  text: readonly [meaning: string, advice: string],
): CodeMeaning => ({ ruling, reason, meaning: text[0], advice: text[1] });

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
const askFirst = 'Ask what became of it before anything else.';

/**
 * The core's own codes (Daraja 3.0, AccountBalance, “G2” list): the same in every initiator API.
 * The broker's 100000000–100000011 (cached, overload, throttling …) say nothing about the outcome.
 */
const coreCodes: CodeTable = {
  '15': row('unknown', 'other', ['M-Pesa has seen this id before.', askFirst]),
  '17': row('unknown', 'other', ['M-Pesa failed internally.', askFirst]),
  '18': row('our-fault', 'our-credentials', ['The operator failed the check.', operatorAdvice]),
  '19': row('unknown', 'other', ['M-Pesa took the messages out of order.', askFirst]),
  '20': row('our-fault', 'our-credentials', ['The operator is not known.', operatorAdvice]),
  '21': row('our-fault', 'our-credentials', ['The operator lacks the role.', operatorAdvice]),
  '22': row('our-fault', 'our-credentials', ['The operator lacks permission.', operatorAdvice]),
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

/** Results of business-to-customer payments (Daraja 3.0, BusinessToCustomer). */
export const payoutResultCodes: CodeTable = {
  ...coreCodes,
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

/** Results of status and balance questions: about the question, never about the payment. */
export const questionResultCodes: CodeTable = {
  ...coreCodes,
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

const fixRequest = 'Do not send it again unchanged: check the settings.';
const refusedRequest = (meaning: string): CodeMeaning =>
  row('our-fault', 'our-request', [meaning, fixRequest]);
const staleToken = row('retryable', 'our-credentials', [
  'The access token was refused.',
  'A fresh one is fetched; if that fails too, check the app and its products.',
]);

/** A refused token: the gateway stops the request before M-Pesa sees it (Daraja 3.0, FAQs). */
export const tokenRefusalCodes: CodeTable = {
  '404.001.03': staleToken,
  '401.002.01': staleToken,
  '400.003.01': staleToken,
  '401.003.01': staleToken,
  '401.001': staleToken,
  '401': staleToken,
};

/** B2C v3 refused for this short code; v1 may still work (observed). */
export const payoutVersionCode = '403.002.1001';

/** Rejections by the gateway (Daraja 3.0, Authorization and the error tables of each page). */
export const gatewayCodes: CodeTable = {
  ...tokenRefusalCodes,
  '400.008.01': row('our-fault', 'our-credentials', [
    'Consumer key or secret is wrong.',
    'Copy both anew from the Daraja portal.',
  ]),
  '400.008.02': refusedRequest('The grant type was refused.'),
  '400.001': refusedRequest('The short code is not valid.'),
  '400.002.02': refusedRequest('A field was refused.'),
  '400.002.05': refusedRequest('The request could not be read.'),
  '400.003.02': refusedRequest('The request was refused.'),
  [payoutVersionCode]: row('our-fault', 'our-request', [
    'This short code may not pay out through B2C v3.',
    'Set the payout version to v1 or ask Safaricom to enable v3.',
  ]),
  '404.001.01': refusedRequest('The address does not exist.'),
  '404.002.01': refusedRequest('The address does not exist.'),
  '404.003.01': refusedRequest('The address does not exist.'),
  '404.001.04': refusedRequest('The method or authentication header was refused.'),
  '405.001': refusedRequest('The method was refused.'),
  '429': row('retryable', 'provider-down', ['Too many requests.', 'Wait, then send again.']),
  // Refused at the gateway and never effective: assumed, for money too.
  '500.003.02': row('retryable', 'provider-down', [
    'Too many requests a second.',
    'Wait, then send again.',
  ]),
  '500.003.03': row('retryable', 'provider-down', ['The quota is used up.', 'Wait longer.']),
  // One code, many meanings, and noise on finished payments besides (observed).
  '500.001.1001': row('unknown', 'other', ['M-Pesa gave no clear answer.', askFirst]),
  // “Duplicate OriginatorConversationID.” as well as “System internal error.”.
  '500.002.1001': row('unknown', 'other', ['The payout may already exist.', askFirst]),
  '500.003.1001': row('unknown', 'provider-down', ['M-Pesa failed internally.', askFirst]),
  '00.002.1001': row('unknown', 'provider-down', ['M-Pesa is under maintenance.', askFirst]),
};

const unknownMeaning: CodeMeaning = row('unknown', 'other', [
  'M-Pesa answered with a code that is not known.',
  askFirst,
]);

// Own properties only: a code named `constructor` is as unknown as any other.
const lookUp = (table: CodeTable, code: string): CodeMeaning | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

export const promptMeaningOf = (code: string): CodeMeaning =>
  lookUp(promptResultCodes, code) ?? unknownMeaning;

export const payoutMeaningOf = (code: string): CodeMeaning =>
  lookUp(payoutResultCodes, code) ?? unknownMeaning;

export const questionMeaningOf = (code: string): CodeMeaning =>
  lookUp(questionResultCodes, code) ?? unknownMeaning;

/** The whole `400.` family refuses the request itself. */
export const gatewayMeaningOf = (code: string): CodeMeaning =>
  lookUp(gatewayCodes, code) ??
  (code.startsWith('400.') ? refusedRequest('The request was refused.') : unknownMeaning);

export const isTokenRefusal = (code: string): boolean => Object.hasOwn(tokenRefusalCodes, code);

export const transactionStateOf = (
  status: string | undefined,
): 'completed' | 'failed' | 'pending' | 'unknown' =>
  status !== undefined && Object.hasOwn(transactionStates, status)
    ? (transactionStates[status] ?? 'unknown')
    : 'unknown';

/**
 * The three texts under which a prompt's `500.001.1001` is known to have stopped before any prompt
 * was made. The code alone cannot say: the same one also comes empty, or while a payment is under
 * way, and a prompt without an answer may well stand on the payer's phone. Any other text stays
 * unknown. None may be sent again as it is: for the lock, whose other session may be this very
 * charge, a new attempt is decided above.
 */
export const promptStoppedTexts: readonly {
  readonly pattern: RegExp;
  readonly reason: FailureReason;
}[] = [
  { pattern: /merchant does not exist/i, reason: 'our-credentials' },
  { pattern: /wrong credentials/i, reason: 'our-credentials' },
  { pattern: /unable to lock subscriber/i, reason: 'busy' },
];

/** `500.003.1001` when URLs stand already: only its text tells it from a fault; no money moves. */
export const alreadyRegisteredText = /urls? (?:are|is) already registered/i;
/** `500.003.1001` while the short code's URLs live on the older aggregator platform. */
export const elsewhereRegisteredText = /duplicate notification info/i;

/** For the owner's eyes: what a stored code meant and what to do about it. */
export function explainCode(
  context: 'prompt' | 'payout' | 'question' | 'gateway',
  code: string,
): Pick<CodeMeaning, 'meaning' | 'advice'> {
  const table = {
    prompt: promptMeaningOf,
    payout: payoutMeaningOf,
    question: questionMeaningOf,
    gateway: gatewayMeaningOf,
  } as const;
  const { meaning, advice } = table[context](code);
  return { meaning, advice };
}
