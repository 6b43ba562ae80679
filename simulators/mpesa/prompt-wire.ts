import { compactNairobi, type EpochMs, err, ok, parseCompactNairobi, type Result } from '#kernel';
import { promptResults, type PromptResultCode, wireCode } from './codes.ts';
import {
  type Body,
  looseText,
  msisdnField,
  oneOf,
  parseFields,
  shortCodeField,
  textField,
  urlField,
  type UrlRules,
  wholeKes,
} from './fields.ts';

export const transactionTypes = ['CustomerPayBillOnline', 'CustomerBuyGoodsOnline'] as const;

export interface MerchantProof {
  readonly shortCode: string;
  readonly password: string;
  readonly timestamp: string;
}
export interface PromptRequest extends MerchantProof {
  readonly transactionType: (typeof transactionTypes)[number];
  readonly amountKes: number;
  readonly msisdn: string;
  readonly partyB: string;
  readonly callbackUrl: string;
  readonly accountReference: string;
  readonly description: string;
}

/** Standard base64 of short code, passkey and timestamp (documented, with a test vector). */
export const passwordFor = (options: {
  shortCode: string;
  passkey: string;
  timestamp: string;
}): string =>
  Buffer.from(`${options.shortCode}${options.passkey}${options.timestamp}`).toString('base64');

/** A real time of day; how fresh it is does not matter (observed: UTC passes). */
function timestampOf(body: Body): Result<string, string> {
  const value = looseText(body, 'Timestamp');
  return parseCompactNairobi(value).ok ? ok(value) : err('Timestamp');
}

function proofOf(body: Body): Result<MerchantProof, string> {
  return parseFields({
    shortCode: shortCodeField(body, 'BusinessShortCode'),
    password: textField(body, 'Password', { min: 1, max: 512 }),
    timestamp: timestampOf(body),
  });
}

/**
 * The first wanting field is the one that is named. Whether too long a reference is refused or cut
 * is not known; refusing is the stricter reading (assumed).
 */
export function parsePromptRequest(body: Body, rules: UrlRules): Result<PromptRequest, string> {
  const proof = proofOf(body);
  if (!proof.ok) return proof;
  const fields = parseFields({
    transactionType: oneOf(body, 'TransactionType', transactionTypes),
    amountKes: wholeKes(body, 'Amount'),
    payer: msisdnField(body, 'PartyA'),
    partyB: shortCodeField(body, 'PartyB'),
    msisdn: msisdnField(body, 'PhoneNumber'),
    callbackUrl: urlField(body, 'CallBackURL', rules),
    accountReference: textField(body, 'AccountReference', { min: 1, max: 12 }),
    description: textField(body, 'TransactionDesc', { min: 0, max: 13 }),
  });
  if (!fields.ok) return fields;
  const { payer: _, ...request } = fields.value;
  return ok({ ...proof.value, ...request });
}

export interface QueryRequest extends MerchantProof {
  readonly checkoutRequestId: string;
}

export function parseQueryRequest(body: Body): Result<QueryRequest, string> {
  const proof = proofOf(body);
  if (!proof.ok) return proof;
  const id = textField(body, 'CheckoutRequestID', { min: 1, max: 128 });
  return id.ok ? ok({ ...proof.value, checkoutRequestId: id.value }) : id;
}

export interface PromptIds {
  readonly merchantRequestId: string;
  readonly checkoutRequestId: string;
}

const acceptedText = 'Success. Request accepted for processing';

export const promptAck = ({ merchantRequestId, checkoutRequestId }: PromptIds) => ({
  MerchantRequestID: merchantRequestId,
  CheckoutRequestID: checkoutRequestId,
  ResponseCode: '0',
  ResponseDescription: acceptedText,
  CustomerMessage: acceptedText,
});

export interface PaidFacts {
  readonly amountKes: number;
  readonly receipt: string;
  readonly settledAt: EpochMs;
  readonly msisdn: string;
}
export interface CallbackStyle {
  readonly hasEmptyBalance: boolean;
  readonly hasStringCodes: boolean;
}

/** `ResultCode` is a number here (documented), text in the status query. */
export function promptCallback(
  outcome: PromptIds & { code: PromptResultCode; paid: PaidFacts | undefined },
  style: CallbackStyle,
) {
  const { merchantRequestId, checkoutRequestId, code, paid } = outcome;
  return {
    Body: {
      stkCallback: {
        MerchantRequestID: merchantRequestId,
        CheckoutRequestID: checkoutRequestId,
        ResultCode: style.hasStringCodes ? code : wireCode(code),
        ResultDesc: promptResults[code].callback,
        // A failure has no metadata at all (documented).
        ...(paid === undefined ? {} : { CallbackMetadata: { Item: itemsOf(paid, style) } }),
      },
    },
  };
}

const itemsOf = (paid: PaidFacts, { hasEmptyBalance }: CallbackStyle) => [
  { Name: 'Amount', Value: paid.amountKes },
  { Name: 'MpesaReceiptNumber', Value: paid.receipt },
  // Third where it appears, so that reading by position goes wrong.
  ...(hasEmptyBalance ? [{ Name: 'Balance' }] : []),
  { Name: 'TransactionDate', Value: Number(compactNairobi(paid.settledAt)) },
  { Name: 'PhoneNumber', Value: Number(paid.msisdn) },
];

const pending = { ResultCode: '4999', ResultDesc: 'The transaction is still under processing' };

/** No receipt, amount or phone in this answer (documented). */
export const queryAnswer = (ids: PromptIds, code: PromptResultCode | undefined) => ({
  ResponseCode: '0',
  ResponseDescription: 'The service request has been accepted successfully',
  MerchantRequestID: ids.merchantRequestId,
  CheckoutRequestID: ids.checkoutRequestId,
  ...(code === undefined ? pending : { ResultCode: code, ResultDesc: promptResults[code].query }),
});
