import { disbursementCodes, collectionCodes, esb, router } from './codes.ts';
import type { Context } from './context.ts';
import { type Answer, envelopeC, refusalA } from './envelopes.ts';
import type { Keys } from './keys.ts';
import { kenya } from './profile.ts';
import { isSignatureGood } from './signing.ts';
import type { Tokens } from './tokens.ts';

/** Which family of codes a refusal at the gate speaks. */
export type Product = 'collection' | 'disbursement' | 'disbursement-v3' | 'other';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export const headerOf = (headers: Headers, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
};

const isDisbursement = (product: Product): boolean => product.startsWith('disbursement');

/** Observed for disbursements (sheet §10.6), put together from §11.4 for the rest (assumed). */
function countryRefusal(context: Context, product: Product, headers: Headers): Answer | undefined {
  const country = headerOf(headers, 'x-country');
  if (country === undefined) {
    const { clientId } = context.config;
    return envelopeC(router.partnerNotFound, `Partner ${clientId} not found`);
  }
  if (country === kenya.country) return undefined;
  if (/^[A-Z]{2}$/i.test(country)) return envelopeC(router.invalidCountry, 'Invalid country');
  const message = 'Invalid Country Code';
  return isDisbursement(product)
    ? refusalA(
        { message, result: esb.fieldValidation, response: disbursementCodes.invalidRequest },
        400,
      )
    : refusalA({ message, result: esb.country }, 400);
}

function currencyRefusal(product: Product, headers: Headers): Answer | undefined {
  const currency = headerOf(headers, 'x-currency');
  if (currency === undefined) {
    const message = "Missing request header 'x-wallet-id' for method parameter of type String";
    return refusalA({ message, result: esb.fieldValidation });
  }
  if (currency === kenya.currency) return undefined;
  if (currency !== '') return envelopeC(router.invalidCurrency, 'Invalid currency');
  const message = 'Invalid/Missing Currency';
  return isDisbursement(product)
    ? refusalA({
        message,
        result: esb.fieldValidation,
        response: disbursementCodes.invalidRequest,
      })
    : refusalA({ message, result: esb.currency });
}

const isJson = (headers: Headers): boolean =>
  /^application\/json\b/i.test(headerOf(headers, 'content-type') ?? '');

// Sheet §11.4: 415; its body is not documented (assumed).
export const unsupportedMediaType = envelopeC('415', 'Unsupported Media Type', 415);

export function mediaTypeRefusal(method: string, headers: Headers): Answer | undefined {
  return method === 'POST' && !isJson(headers) ? unsupportedMediaType : undefined;
}

export interface GateRequest {
  readonly method: string;
  readonly headers: Headers;
}

/** Token first, then the headers, then the media type: the order is assumed. */
export function gateRefusal(
  context: Context,
  { tokens, product }: { readonly tokens: Tokens; readonly product: Product },
  { method, headers }: GateRequest,
): Answer | undefined {
  return (
    tokens.refusalOf(headerOf(headers, 'authorization')) ??
    countryRefusal(context, product, headers) ??
    currencyRefusal(product, headers) ??
    mediaTypeRefusal(method, headers)
  );
}

const mismatchCodes: Readonly<Record<Product, string>> = {
  collection: collectionCodes.signatureMismatch,
  disbursement: disbursementCodes.signatureMismatch,
  'disbursement-v3': disbursementCodes.signatureMismatchV3,
  other: collectionCodes.signatureMismatch,
};

/** "Forbidden/signature mismatch" (sheet §5); HTTP 403 beside it is assumed. */
export function signatureRefusal(
  context: Context,
  { keys, product }: { readonly keys: Keys; readonly product: Product },
  { headers, rawBody }: { readonly headers: Headers; readonly rawBody: Buffer },
): Answer | undefined {
  const xKey = headerOf(headers, 'x-key');
  const xSignature = headerOf(headers, 'x-signature');
  if (isSignatureGood(context, keys, { rawBody, xKey, xSignature })) return undefined;
  const response = mismatchCodes[product];
  return refusalA({ message: 'Signature mismatch', result: esb.failed, response }, 403);
}
