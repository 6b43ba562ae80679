import type { FailureReason } from '../rail.ts';

/**
 * What a code lets us conclude.
 * - `done`: took effect, as far as a code can say; the transaction's status decides.
 * - `pending`: still on its way.
 * - `final`: this attempt ended without money; another one needs an id of its own.
 * - `our-fault`: it took no effect and never will until we change something.
 * - `re-key`: not processed; the same id may go again, once, signed with a fresh key.
 * - `duplicate`: our id is known already; what became of it has to be asked.
 * - `not-found`: nothing is on record under our id, which is not yet a failure.
 * - `retryable`: not processed for a passing reason; the same may go again later.
 * - `unknown`: nothing may be concluded; the provider has to be asked.
 */
export type Ruling =
  | 'done'
  | 'pending'
  | 'final'
  | 'our-fault'
  | 're-key'
  | 'duplicate'
  | 'not-found'
  | 'retryable'
  | 'unknown';

export interface CodeMeaning {
  readonly ruling: Ruling;
  readonly reason: FailureReason;
  /** In the owner's words. */
  readonly meaning: string;
  readonly advice: string;
}

export type CodeTable = Readonly<Record<string, CodeMeaning>>;
type Text = readonly [meaning: string, advice: string];

const row = (ruling: Ruling, reason: FailureReason, [meaning, advice]: Text): CodeMeaning => ({
  ruling,
  reason,
  meaning,
  advice,
});

const wait: string = 'Nothing: the engine asks Airtel again.';
const done = row('done', 'other', ['Airtel says that it is done.', 'Nothing.']);
const inProcess = row('pending', 'other', ['Airtel is working on it.', wait]);
const ambiguous = row('unknown', 'other', ['Airtel does not know the outcome yet.', wait]);
const timedOut = row('unknown', 'no-response', ['Airtel gave up waiting; it may be done.', wait]);
const notFound = row('not-found', 'other', ['Airtel has nothing under this id yet.', wait]);
const duplicate = row('duplicate', 'other', ['Airtel knows this id already.', wait]);
const refused = row('final', 'other', ['Airtel refused the payment.', 'Try again with a new one.']);
const signatureMismatch = row('re-key', 'our-credentials', [
  'Airtel could not check the signature of the request.',
  'Compare message signing and its padding with the application in the Airtel portal.',
]);
const badAmount = row('our-fault', 'our-request', [
  'The amount is below the minimum or not valid.',
  'Change the amount, or the amount limits in the settings.',
]);
const payoutLimit = row('final', 'over-limit', [
  'The payee or the day would exceed a limit.',
  'Send less, or tomorrow.',
]);
const ourPin = row('our-fault', 'our-credentials', [
  'The payout PIN is wrong or cannot be decrypted.',
  'Correct it before anything else is sent: repeated wrong PINs may lock the wallet.',
]);
const failedSomehow = row('unknown', 'other', [
  'Airtel says that it failed, and not what did.',
  wait,
]);
const ourForm = (what: string): CodeMeaning =>
  row('our-fault', 'our-request', [what, 'Correct the request or the settings.']);
const ourAccount = (what: string): CodeMeaning =>
  row('our-fault', 'our-credentials', [what, 'Ask Airtel to set the application up.']);

const codeTable = (prefix: string, rows: CodeTable): CodeTable =>
  Object.fromEntries(Object.entries(rows).map(([digits, meaning]) => [prefix + digits, meaning]));

/** The texts of the portals of Kenya and Uganda; some published tables shift the numbers. */
export const collectionCodes: CodeTable = codeTable('DP0080000', {
  '1000': ambiguous,
  '1001': done,
  '1002': row('final', 'wrong-pin', [
    'The payer entered a wrong PIN.',
    'The payer may ask for a new prompt.',
  ]),
  '1003': row('final', 'over-limit', [
    'The payer would exceed a wallet or transaction limit.',
    'Ask for less, or tomorrow.',
  ]),
  '1004': badAmount,
  // “Transaction id is invalid” in the documents; in practice the PIN was not entered, and at
  // submission the number has no wallet.
  '1005': row('final', 'no-response', [
    'The payer did not enter the PIN; said at once, the number has no Airtel Money wallet.',
    'The payer may ask for a new prompt, once the number is checked.',
  ]),
  '1006': inProcess,
  '1007': row('final', 'insufficient-funds', [
    'The payer has too little money.',
    'The payer may top up and ask for a new prompt.',
  ]),
  '1008': refused,
  '1009': row('final', 'other', [
    'The payer’s wallet does not honour the payment.',
    'The payer should ask Airtel.',
  ]),
  '1010': row('final', 'payer-not-registered', [
    'The number is barred, not registered, or may not pay this business.',
    'Check the number with the payer.',
  ]),
  '1024': timedOut,
  '1025': notFound,
  '1026': signatureMismatch,
  '1029': row('final', 'expired', [
    'The payment was not completed in time.',
    'The payer may ask for a new prompt.',
  ]),
});

/** Nobody has been asked for a PIN when a submission is answered: 1005 is “Msisdn Not Found”. */
export const unknownNumberAtSubmission: CodeMeaning = row('final', 'payer-not-registered', [
  'The number has no Airtel Money wallet.',
  'Check the number with the payer.',
]);
export const unknownNumberCode = 'DP00800001005';

/**
 * Refunds: the documents give them no table. Assumed is the collections' one, with the business
 * for a payer; what may mean that the money went back before lets nothing be concluded.
 */
export const refundCodes: CodeTable = codeTable('DP0080000', {
  '1000': ambiguous,
  '1001': done,
  '1002': ourPin,
  '1003': payoutLimit,
  '1004': row('unknown', 'other', ['Airtel does not take the amount of the refund.', wait]),
  '1005': failedSomehow,
  '1006': inProcess,
  '1007': row('final', 'our-float', [
    'The business wallet has too little money to give the payment back.',
    'Fund the wallet and refund again.',
  ]),
  '1008': row('unknown', 'other', [
    'Airtel refused the refund; the payment may have been given back before.',
    'The engine looks for the refund on Airtel’s list; check it in the Airtel portal.',
  ]),
  '1009': row('final', 'other', [
    'The payer’s wallet does not take the money.',
    'Agree with the payer on another way to pay it back.',
  ]),
  '1010': row('final', 'payer-not-registered', [
    'The payer’s wallet is barred or closed.',
    'Agree with the payer on another way to pay it back.',
  ]),
  '1024': timedOut,
  '1025': row('our-fault', 'our-request', [
    'Airtel knows no payment of this number.',
    'Check the payment’s receipt in the Airtel portal.',
  ]),
  '1026': signatureMismatch,
  '1029': row('unknown', 'expired', ['The refund was not completed in time.', wait]),
});

/** Disbursements, v1 to v3. */
export const payoutCodes: CodeTable = codeTable('DP0090000', {
  '1000': ambiguous,
  '1001': done,
  '1002': ourPin,
  '1003': payoutLimit,
  '1004': badAmount,
  // Documented as failed, to be confirmed by enquiry.
  '1005': row('unknown', 'other', ['Airtel says that the payout failed.', wait]),
  '1006': inProcess,
  '1007': row('final', 'our-float', [
    'The business wallet has too little money.',
    'Fund the wallet; the transfer then goes under a new id.',
  ]),
  '1009': row('final', 'payer-not-registered', [
    'The payee’s wallet is not valid or barred.',
    'Check the number.',
  ]),
  '1010': ourAccount('The business wallet may not pay out.'),
  '1011': duplicate,
  '1012': row('final', 'payer-not-registered', [
    'The number has no Airtel Money wallet.',
    'Check the number.',
  ]),
  '1013': row('our-fault', 'our-request', [
    'Airtel refused the request before processing it.',
    'Correct the request or the settings.',
  ]),
  '1014': timedOut,
  '1015': notFound,
  '1016': signatureMismatch,
  '1017': duplicate,
  '1018': signatureMismatch,
  '1019': ourAccount('The business wallet is barred.'),
});

/** Cash-in and cash-out: not used by this rail, but an answer may quote them. */
export const cashCodes: CodeTable = codeTable('DP0100000', {
  '1000': ambiguous,
  '1001': done,
  '1002': ourPin,
  '1003': payoutLimit,
  '1004': badAmount,
  '1005': failedSomehow,
  '1006': inProcess,
  '1007': row('final', 'insufficient-funds', ['Too little money.', 'Fund the wallet.']),
  '1008': ourAccount('The user is not allowed to do this.'),
  '1009': row('final', 'payer-not-registered', ['The other wallet is not valid.', 'Check it.']),
  '1010': ourAccount('Not permitted to the payee.'),
  '1011': row('final', 'other', ['The wallet does not honour it.', 'Ask Airtel.']),
  '1012': row('final', 'payer-not-registered', ['The mobile number is not valid.', 'Check it.']),
  '1013': refused,
  '1014': timedOut,
});

/** Balance, subscriber look-up, encryption keys: questions, so nothing can have moved. */
export const questionCodes: CodeTable = {
  DP02100000000: ourAccount('Airtel could not tell the balance.'),
  DP02100000001: done,
  DP02100000002: ourAccount('Airtel knows no such account.'),
  DP02200000000: row('final', 'other', ['Airtel could not look the number up.', 'Try later.']),
  DP02200000001: done,
  DP02200000002: row('final', 'payer-not-registered', ['The number has no wallet.', 'Check it.']),
  DP02010001000: ourAccount('Airtel gave no encryption key: no money product is approved.'),
  DP02010001001: done,
};

/** Envelope C: the router refuses before any wallet is touched, but for its time-outs. */
export const routerCodes: CodeTable = {
  ROUTER001: ourAccount('The wallet is not configured.'),
  ROUTER003: ourForm('A header or the body is missing.'),
  ROUTER005: ourForm('There is no route for this country.'),
  ROUTER006: ourForm('The country is not valid.'),
  ROUTER007: ourAccount('The application is not authorised for this country.'),
  // Observed when X-Country is missing.
  ROUTER110: ourForm('Airtel did not find this business in the country.'),
  ROUTER112: ourForm('The currency is not valid.'),
  ROUTER114: ourPin,
  ROUTER115: ourPin,
  ROUTER116: ourPin,
  ROUTER117: timedOut,
  ROUTER119: ourForm('The currency is missing or not valid.'),
  CONNECTION_TIMEOUT: timedOut,
};

/**
 * `result_code`, declared deprecated, though 41 and 45 still decide. Meanings that only SDKs give
 * (ESB000014 as “insufficient funds”) are not in the portals' text and are left out.
 */
export const resultCodes: CodeTable = {
  ...codeTable('ESB0000', {
    '01': row('unknown', 'other', ['Something went wrong at Airtel.', wait]),
    '04': row('unknown', 'other', ['Airtel could not say whether it began.', wait]),
    '08': ourForm('A field is not valid.'),
    '10': done,
    '11': failedSomehow,
    '14': row('unknown', 'other', ['Airtel could not look the outcome up.', wait]),
    '33': ourForm('The phone number’s length is not valid.'),
    '34': ourForm('The country is not valid.'),
    '35': ourForm('The currency is not valid.'),
    '36': ourForm('The phone number’s length is not valid, or it starts with 0.'),
    '39': ourAccount('The business is not configured at Airtel.'),
    '41': duplicate,
    '45': notFound,
  }),
  // Seen beside …1013 and …1011 of payouts in Zambia: a namespace of its own.
  '521002': ourForm('The phone number’s length is not valid.'),
  '521050': duplicate,
};

/** Envelope B, from the OAuth layer. */
export const oauthCodes: CodeTable = {
  invalid_client: row('our-fault', 'our-credentials', [
    'Airtel refuses the client id or secret.',
    'Compare both with the application in the Airtel portal.',
  ]),
  invalid_token: row('retryable', 'our-credentials', [
    'Airtel refuses its own access token.',
    'Nothing at once; if it lasts, check the application in the Airtel portal.',
  ]),
};

/** `data.transaction.status`, the one authority on an outcome. */
export const statusWords: CodeTable = {
  TS: row('done', 'other', ['The money moved.', 'Nothing.']),
  TF: row('final', 'other', ['The transaction failed.', 'Try again with a new one.']),
  TE: row('final', 'expired', ['The transaction expired.', 'Try again with a new one.']),
  TIP: inProcess,
  TA: ambiguous,
};

/** Beside an order ESB000010 says that the call went well, never that money moved. */
export const callTaken: CodeMeaning = row('pending', 'other', [
  'Airtel took the request; only the transaction’s status says what became of it.',
  wait,
]);

/** `SUCCESS` answers a prompt that was sent, and a refund that is done. */
export const takenWord: CodeMeaning = row('pending', 'other', [
  'Airtel asked the phone; nothing is paid yet.',
  wait,
]);
export const refundedWord: CodeMeaning = row('done', 'other', [
  'The payment was given back.',
  'Nothing.',
]);

const gatewayDown = row('unknown', 'provider-down', [
  'Airtel did not answer; it may have acted all the same.',
  wait,
]);

/** HTTP statuses of answers that carry no code of their own. */
export const httpStatuses: CodeTable = codeTable('HTTP ', {
  '400': ourForm('Airtel does not take the request as it is.'),
  '401': ourAccount('Airtel refuses the access token or this server’s address.'),
  '403': ourAccount('Airtel refuses the access token, this server’s address or the product.'),
  '404': ourForm('Airtel has no such address.'),
  '405': ourForm('Airtel does not take this kind of call here.'),
  '408': timedOut,
  '413': ourForm('Airtel finds the request too large.'),
  '415': ourForm('Airtel does not read this kind of content.'),
  '422': ourForm('Airtel cannot work with the request.'),
  '429': row('retryable', 'provider-down', [
    'Airtel asks to slow down.',
    'Nothing: it goes later.',
  ]),
  '500': gatewayDown,
  '502': gatewayDown,
  '503': gatewayDown,
  '504': gatewayDown,
});

/** Words of our own in a code's place. */
export const ownWords: CodeTable = {
  'not-sent': row('retryable', 'provider-down', [
    'The request did not leave: nothing reached Airtel.',
    'See the description beside it; check the settings and the connection.',
  ]),
};

export const unknownCode: CodeMeaning = row('unknown', 'other', [
  'A code that Airtel’s documents do not list.',
  wait,
]);
