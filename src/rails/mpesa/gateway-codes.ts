import type { FailureReason } from '../rail.ts';
import {
  askFirst,
  lookUp,
  row,
  unknownMeaning,
  type CodeMeaning,
  type CodeTable,
} from './meaning.ts';

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

/**
 * Codes of the first token service, under `resultCode`: old documents only, never seen. What they
 * would mean for money that was asked for is not known.
 */
const firstTokenServiceCodes: CodeTable = Object.fromEntries(
  ['999991', '999996', '999997', '999998'].map((code) => [
    code,
    row('unknown', 'our-credentials', [
      'The first token service refused the credentials.',
      'Check consumer key and secret; ask what became of anything sent meanwhile.',
    ]),
  ]),
);

/** B2C v3 refused for this short code; v1 may still work (observed). */
export const payoutVersionCode = '403.002.1001';

/** Rejections by the gateway (Daraja 3.0, Authorization and the error tables of each page). */
export const gatewayCodes: CodeTable = {
  ...tokenRefusalCodes,
  ...firstTokenServiceCodes,
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

/** The whole `400.` family refuses the request itself. */
export const gatewayMeaningOf = (code: string): CodeMeaning =>
  lookUp(gatewayCodes, code) ??
  (code.startsWith('400.') ? refusedRequest('The request was refused.') : unknownMeaning);

export const isTokenRefusal = (code: string): boolean => Object.hasOwn(tokenRefusalCodes, code);

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
