import { compactNairobi, decimalOf, err, ok, toWholeShillings, type EpochMs } from '#kernel';
import type { Msisdn, Result } from '#kernel';
import type { AmountRange, CallbackUrls, PayoutRequest, PromptRequest, Refused } from '../rail.ts';
import { mpesaCapabilities } from './capabilities.ts';
import type { MpesaConfig, Operator } from './config.ts';

/** Daraja's addresses; `register` and `payout` also exist in an older version. */
export const paths = {
  token: '/oauth/v1/generate?grant_type=client_credentials',
  prompt: '/mpesa/stkpush/v1/processrequest',
  promptQuery: '/mpesa/stkpushquery/v1/query',
  payout: (version: MpesaConfig['payoutVersion']) => `/mpesa/b2c/${version}/paymentrequest`,
  status: '/mpesa/transactionstatus/v1/query',
  balance: '/mpesa/accountbalance/v1/query',
  register: (version: MpesaConfig['notificationVersion']) => `/mpesa/c2b/${version}/registerurl`,
  refund: '/mpesa/reversal/v1/request',
  topUp: '/mpesa/b2b/v1/paymentrequest',
  paymentCode: '/mpesa/qrcode/v1/generate',
  pullRegister: '/pulltransactions/v1/register',
  pullQuery: '/pulltransactions/v1/query',
} as const;

const remarksLengthMin = 2;
const remarksLengthMax = 100;

/** A refusal of our own, before a byte went out; no provider code has this form. */
export const refusedHere = (description: string): Refused => ({
  kind: 'refused',
  code: 'not-sent',
  description,
  reason: 'our-request',
  mayResend: false,
});

export function wholeShillingsWithin(
  amountMinor: bigint,
  range: AmountRange,
): Result<number, Refused> {
  const whole = toWholeShillings(amountMinor);
  if (!whole.ok) {
    return err(refusedHere(`M-Pesa carries whole shillings, not ${decimalOf(amountMinor)}`));
  }
  if (amountMinor < range.min || amountMinor > range.max) {
    const { min, max } = range;
    return err(refusedHere(`the amount is not within ${decimalOf(min)} to ${decimalOf(max)}`));
  }
  return whole;
}

/** Daraja was seen to refuse hosts with capital letters; parsing a URL lowers its host. */
function readUrl(text: string): Result<string, Refused> {
  if (!URL.canParse(text)) return err(refusedHere('a callback URL cannot be read'));
  return ok(new URL(text).href);
}

export function readCallbackUrls(callbacks: CallbackUrls): Result<CallbackUrls, Refused> {
  const resultUrl = readUrl(callbacks.resultUrl);
  const timeoutUrl = readUrl(callbacks.timeoutUrl);
  if (!resultUrl.ok) return resultUrl;
  if (!timeoutUrl.ok) return timeoutUrl;
  return ok({ resultUrl: resultUrl.value, timeoutUrl: timeoutUrl.value });
}

/** `base64(short code + passkey + timestamp)`: the timestamp must be the one sent beside it. */
export function promptPassword(config: MpesaConfig, timestamp: string): string {
  return btoa(`${config.shortCode}${config.passkey.reveal()}${timestamp}`);
}

export function promptBody(
  config: MpesaConfig,
  request: PromptRequest,
  now: EpochMs,
): Result<object, Refused> {
  const amount = wholeShillingsWithin(request.amountMinor, mpesaCapabilities.promptMinor);
  if (!amount.ok) return amount;
  const callbackUrl = readUrl(request.callbackUrl);
  if (!callbackUrl.ok) return callbackUrl;
  const { referenceLengthMax, descriptionLengthMax } = mpesaCapabilities;
  const reference = request.reference.trim();
  // A shortened reference would no longer match its payment, so it is refused, not cut.
  if (reference === '' || reference.length > referenceLengthMax) {
    return err(refusedHere(`the reference is not 1 to ${referenceLengthMax} characters`));
  }
  const description = request.description.trim().slice(0, descriptionLengthMax);
  const timestamp = compactNairobi(now);
  return ok({
    BusinessShortCode: config.shortCode,
    Password: promptPassword(config, timestamp),
    Timestamp: timestamp,
    TransactionType: config.transactionType,
    Amount: amount.value,
    PartyA: request.msisdn,
    PartyB: config.partyB ?? config.shortCode,
    PhoneNumber: request.msisdn,
    CallBackURL: callbackUrl.value,
    AccountReference: reference,
    TransactionDesc: description === '' ? 'Payment' : description,
  });
}

export function promptQueryBody(
  config: MpesaConfig,
  checkoutRequestId: string,
  now: EpochMs,
): object {
  const timestamp = compactNairobi(now);
  return {
    BusinessShortCode: config.shortCode,
    Password: promptPassword(config, timestamp),
    Timestamp: timestamp,
    CheckoutRequestID: checkoutRequestId,
  };
}

export const remarksOf = (text: string, otherwise: string): string => {
  const remarks = text.trim().slice(0, remarksLengthMax);
  return remarks.length < remarksLengthMin ? otherwise : remarks;
};

/** What an operator signs a request with. */
export interface Signature {
  readonly operator: Operator;
  readonly securityCredential: string;
}

export function payoutBody(
  config: MpesaConfig,
  request: PayoutRequest,
  { operator, securityCredential }: Signature,
): Result<object, Refused> {
  const amount = wholeShillingsWithin(request.amountMinor, mpesaCapabilities.payoutMinor);
  if (!amount.ok) return amount;
  const callbacks = readCallbackUrls(request.callbacks);
  if (!callbacks.ok) return callbacks;
  const partyB: Msisdn = request.msisdn;
  return ok({
    // Unique per payout and the guard against paying twice; v1 does not know it.
    ...(config.payoutVersion === 'v3' ? { OriginatorConversationID: request.ownId } : {}),
    InitiatorName: operator.name,
    SecurityCredential: securityCredential,
    CommandID: config.payoutCommand,
    Amount: amount.value,
    PartyA: config.shortCode,
    PartyB: partyB,
    Remarks: remarksOf(request.remarks, 'Payout'),
    QueueTimeOutURL: callbacks.value.timeoutUrl,
    ResultURL: callbacks.value.resultUrl,
  });
}

const questionBody = (
  config: MpesaConfig,
  callbacks: CallbackUrls,
  { operator, securityCredential }: Signature,
): object => ({
  Initiator: operator.name,
  SecurityCredential: securityCredential,
  PartyA: config.shortCode,
  IdentifierType: '4',
  Remarks: 'Enquiry',
  QueueTimeOutURL: callbacks.timeoutUrl,
  ResultURL: callbacks.resultUrl,
});

export type StatusSubject =
  | { readonly kind: 'receipt'; readonly receipt: string }
  | { readonly kind: 'conversation'; readonly conversationId: string };

/**
 * The documents call the field `OriginalConversationID`, a production client sends
 * `OriginatorConversationID`; which of them counts is not settled, so both carry the id.
 */
const subjectFields = (subject: StatusSubject): object =>
  subject.kind === 'receipt'
    ? { TransactionID: subject.receipt }
    : {
        OriginalConversationID: subject.conversationId,
        OriginatorConversationID: subject.conversationId,
      };

export function statusBody(
  config: MpesaConfig,
  question: { readonly subject: StatusSubject; readonly callbacks: CallbackUrls },
  signature: Signature,
): Result<object, Refused> {
  const callbacks = readCallbackUrls(question.callbacks);
  if (!callbacks.ok) return callbacks;
  return ok({
    CommandID: 'TransactionStatusQuery',
    ...subjectFields(question.subject),
    ...questionBody(config, callbacks.value, signature),
  });
}

export function balanceBody(
  config: MpesaConfig,
  urls: CallbackUrls,
  signature: Signature,
): Result<object, Refused> {
  const callbacks = readCallbackUrls(urls);
  if (!callbacks.ok) return callbacks;
  return ok({ CommandID: 'AccountBalance', ...questionBody(config, callbacks.value, signature) });
}

// Documented for C2B registration only; an STK callback URL with “mpesa” in it was accepted.
const refusedUrlWords = ['mpesa', 'm-pesa', 'safaricom', 'exe', 'exec', 'cmd', 'sql', 'query'];

export function registerBody(
  config: MpesaConfig,
  urls: { readonly confirmationUrl: string; readonly validationUrl: string },
): Result<object, Refused> {
  const confirmation = readUrl(urls.confirmationUrl);
  if (!confirmation.ok) return confirmation;
  const validation = readUrl(urls.validationUrl);
  if (!validation.ok) return validation;
  const both = `${confirmation.value} ${validation.value}`.toLowerCase();
  const word = refusedUrlWords.find((refused) => both.includes(refused));
  if (word !== undefined) return err(refusedHere(`Daraja refuses URLs that contain “${word}”`));
  return ok({
    ShortCode: config.shortCode,
    ResponseType: config.responseType,
    ConfirmationURL: confirmation.value,
    ValidationURL: validation.value,
  });
}

const dashedNairobi = (at: EpochMs): string =>
  compactNairobi(at).replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5:$6');

export const pullQueryBody = (
  config: MpesaConfig,
  page: { readonly fromAt: EpochMs; readonly toAt: EpochMs; readonly offset: number },
): object => ({
  ShortCode: config.shortCode,
  StartDate: dashedNairobi(page.fromAt),
  EndDate: dashedNairobi(page.toAt),
  OffSetValue: String(page.offset),
});

export const pullRegisterBody = (
  config: MpesaConfig,
  enrolment: { readonly nominatedNumber: string; readonly callbackUrl: string },
): object => ({
  ShortCode: config.shortCode,
  RequestType: 'Pull',
  NominatedNumber: enrolment.nominatedNumber,
  CallBackURL: enrolment.callbackUrl,
});
