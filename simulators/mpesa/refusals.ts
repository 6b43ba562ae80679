import { unreachable } from '#kernel';
import type { Product } from './knobs.ts';

/** A rejection by the gateway or the front of an API, before anything was accepted. */
export interface GatewayRefusal {
  readonly status: number;
  readonly errorCode: string;
  readonly errorMessage: string;
}

const refusal = (status: number, errorCode: string, errorMessage: string): GatewayRefusal => ({
  status,
  errorCode,
  errorMessage,
});

/** Provider sheet sections 1.2 and 1.3; all documented unless marked. */
export const refusals = {
  invalidBasic: refusal(400, '400.008.01', 'Invalid Authentication passed'),
  invalidGrant: refusal(400, '400.008.02', 'Invalid grant type passed'),
  getOnPost: refusal(404, '404.001.04', 'Invalid Authentication Header'),
  methodNotAllowed: refusal(405, '405.001', 'Method Not Allowed'),
  // The text is documented, a code for it is not: this one is assumed.
  noProduct: refusal(401, '401.001', 'Invalid API call as no apiproduct match found'),
  spikeArrest: refusal(500, '500.003.02', 'Spike Arrest Violation'),
  quotaViolation: refusal(500, '500.003.03', 'Quota Violation'),
  invalidPayload: refusal(400, '400.002.05', 'Invalid Request Payload'),
  // A wrong content type shows up as this one (documented).
  unreadPayload: refusal(400, '400.002.02', 'Bad Request - Invalid BusinessShortCode'),
  merchantUnknown: refusal(500, '500.001.1001', 'Merchant does not exist'),
  // Observed with this prefix.
  wrongPasskey: refusal(500, '500.001.1001', '[MerchantValidate] - Wrong credentials'),
  subscriberLocked: refusal(
    500,
    '500.001.1001',
    'Unable to lock subscriber, a transaction is already in process for the current subscriber',
  ),
  unknownCheckout: refusal(500, '500.001.1001', 'The transaction does not Exist'),
  duplicateOriginator: refusal(500, '500.002.1001', 'Duplicate OriginatorConversationID.'),
  notAuthorised: refusal(
    403,
    '403.002.1001',
    'You are not authorized to initiate this transaction',
  ),
  urlsRegistered: refusal(500, '500.003.1001', 'Urls are already registered.'),
  internal: refusal(500, '500.003.1001', 'Internal Server Error'),
  pullShortCode: refusal(400, '400.001', 'Invalid ShortCode'),
} as const satisfies Record<string, GatewayRefusal>;

/** `400.002.02` for most APIs, `400.003.02` for the C2B and B2B families (documented). */
export const invalidField = (product: Product, field: string): GatewayRefusal =>
  product === 'c2b' || product === 'b2b'
    ? refusal(400, '400.003.02', `Bad Request - Invalid ${field}`)
    : refusal(400, '400.002.02', `Bad Request - Invalid ${field}`);

/** Each API family has its own way of refusing a token (documented). */
export function invalidToken(product: Product, token: string): GatewayRefusal {
  switch (product) {
    // The page on dynamic QR names no code of its own: that of prompts is assumed.
    case 'stk':
    case 'reversal':
    case 'qr':
      return refusal(404, '404.001.03', 'Invalid Access Token');
    case 'b2c':
    case 'balance':
      // The message carries the token itself: a trap for whoever logs it.
      return refusal(401, '401.002.01', `Error Occurred - Invalid Access Token - ${token}`);
    case 'c2b':
    case 'b2b':
    case 'status':
      return refusal(400, '400.003.01', 'Invalid Access Token');
    case 'pull':
      return refusal(401, '401.001', 'Invalid Access Token');
    default:
      return unreachable(product, 'token refusal');
  }
}

/** An address that no API answers on; the middle digits follow the family (documented). */
export function unknownResource(path: string): GatewayRefusal {
  const family = path.startsWith('/mpesa/c2b/') ? '003' : '002';
  return refusal(
    404,
    `404.${path.startsWith('/mpesa/stkpush') || !path.startsWith('/mpesa/') ? '001' : family}.01`,
    'Resource not found',
  );
}
