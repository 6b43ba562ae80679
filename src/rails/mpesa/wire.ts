import { z } from 'zod';
import { parseAmountMinor, parseCompactNairobi, type EpochMs } from '#kernel';

/**
 * Daraja's JSON as it really comes: numbers or strings for the same field, one object where a list
 * is documented, `Value` left out, fields added. Only what we read is described; the rest is let
 * pass. Ids are opaque: documents say “under 20 characters”, which is false.
 */
const idLengthMax = 256;
const textLengthMax = 4_096;
const codeLengthMax = 64;
const itemsMax = 200;
/** Of a picture in base64. */
const pictureLengthMax = 524_288;

/** A string, number or boolean as text; undefined for whatever is none of them, or too long. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > textLengthMax ? undefined : value.trim();
  const isScalar = typeof value === 'boolean' || Number.isFinite(value);
  return isScalar ? String(value) : undefined;
}

/** The same, where an empty text is none. */
function filledTextOf(value: unknown, lengthMax = textLengthMax): string | undefined {
  const text = textOf(value);
  return text === undefined || text === '' || text.length > lengthMax ? undefined : text;
}
const idOf = (value: unknown): string | undefined => filledTextOf(value, idLengthMax);

// Callbacks come by the thousand, and most of what is read in them are such fields: one function
// each, where a union of types would make objects for every type that it is not.
const field = z.unknown().optional();
const needed = (read: (value: unknown) => string | undefined) =>
  field.transform((value, context): string => {
    const text = read(value);
    if (text !== undefined) return text;
    context.addIssue('is missing, or no text');
    return z.NEVER;
  });

/** Absent, null and empty are all “not there”. */
const optionalText = field.transform((value, context): string | undefined => {
  const text = value === undefined || value === null ? '' : textOf(value);
  if (text === undefined) context.addIssue('is no text');
  return text === '' ? undefined : text;
});
const code = needed((value) =>
  typeof value === 'boolean' ? undefined : filledTextOf(value, codeLengthMax),
);
const id = needed(idOf);
// An id that we could do without must not make a whole message unreadable.
const optionalId = field.transform(idOf);
/** For people only, so it never spoils a message. */
const prose = field.transform((value) => textOf(value) ?? '');

const oneOrMany = <Item extends z.ZodType>(item: Item) =>
  z
    .union([z.array(item).max(itemsMax), item.transform((single) => [single])])
    .nullish()
    .transform((items) => items ?? []);

/** A list, never a map: keys repeat (`DebitPartyName` twice in a status result). */
export interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

const keyedItem = z
  .object({ Key: z.string(), Value: z.unknown().optional() })
  .transform(({ Key, Value }): NamedValue => ({ name: Key, value: Value }));
const namedItem = z
  .object({ Name: z.string(), Value: z.unknown().optional() })
  .transform(({ Name, Value }): NamedValue => ({ name: Name, value: Value }));

/** First value under a name as text. */
export const textNamed = (items: readonly NamedValue[], name: string): string | undefined =>
  filledTextOf(valueNamed(items, name));

export const valueNamed = (items: readonly NamedValue[], name: string): unknown =>
  items.find((item) => item.name === name && item.value !== undefined)?.value;

// Gateway ----------------------------------------------------------------------------------------

export const errorEnvelope = z.object({ errorCode: code, errorMessage: prose });

export const tokenAnswer = z.object({
  access_token: z.string().min(1).max(textLengthMax),
  expires_in: z.coerce.number().positive(),
});

// Answers ----------------------------------------------------------------------------------------

export const promptAck = z.object({
  MerchantRequestID: optionalId,
  CheckoutRequestID: id,
  ResponseCode: code,
  ResponseDescription: prose,
});

export const promptQueryAnswer = z.object({
  CheckoutRequestID: optionalId,
  ResponseCode: code,
  ResultCode: code,
  ResultDesc: prose,
});
export type PromptQueryAnswer = z.infer<typeof promptQueryAnswer>;

/** Acknowledgement of every initiator API. */
export const operatorAck = z.object({
  ConversationID: id,
  OriginatorConversationID: optionalId,
  ResponseCode: code,
  ResponseDescription: prose,
});

/** v1 leaves `ResponseCode` out now and then. */
export const registerAck = z.object({
  ResponseCode: code.nullish(),
  ResponseDescription: prose,
});

/** The rest of the answer differs between document and practice. */
export const paymentCodeAnswer = z.object({
  QRCode: z.string().min(1).max(pictureLengthMax),
});

/** Both spellings of the keys are documented. */
export const pullRegisterAnswer = z
  .object({ ResponseStatus: code.nullish(), 'Response Status': code.nullish() })
  .transform((answer) => answer.ResponseStatus ?? answer['Response Status'] ?? undefined);

export const pullRow = z.object({
  transactionId: id,
  trxDate: z.unknown(),
  msisdn: optionalText,
  billreference: optionalText,
  amount: z.unknown(),
});

/** `Response` is a list of lists; a flat list and a missing one are tolerated. */
export const pullAnswer = z
  .object({
    ResponseCode: code,
    ResponseMessage: prose,
    Response: z.array(z.unknown()).nullish(),
  })
  .transform((answer) => ({
    code: answer.ResponseCode,
    description: answer.ResponseMessage,
    rows: (answer.Response ?? []).flat(1),
  }));

// Callbacks --------------------------------------------------------------------------------------

export const promptCallback = z
  .object({
    Body: z.object({
      stkCallback: z.object({
        MerchantRequestID: optionalId,
        CheckoutRequestID: id,
        ResultCode: code,
        ResultDesc: prose,
        CallbackMetadata: z.object({ Item: oneOrMany(namedItem) }).nullish(),
      }),
    }),
  })
  .transform(({ Body: { stkCallback } }) => ({
    ...stkCallback,
    items: stkCallback.CallbackMetadata?.Item ?? [],
  }));
export type PromptCallback = z.infer<typeof promptCallback>;

/** Validation and confirmation: documented as strings only. */
export const payerNotification = z.object({
  TransID: id,
  TransTime: z.unknown(),
  TransAmount: z.unknown(),
  BusinessShortCode: id,
  BillRefNumber: optionalText,
  MSISDN: optionalText,
  FirstName: optionalText,
  MiddleName: optionalText,
  LastName: optionalText,
});
export type PayerNotification = z.infer<typeof payerNotification>;

/** The envelope of every asynchronous result. */
export const resultCallback = z
  .object({
    Result: z.object({
      ResultType: z.union([z.number(), z.string()]).nullish(),
      ResultCode: code,
      ResultDesc: prose,
      OriginatorConversationID: optionalId,
      ConversationID: optionalId,
      TransactionID: optionalId,
      ResultParameters: z.object({ ResultParameter: oneOrMany(keyedItem) }).nullish(),
    }),
  })
  .transform(({ Result: result }) => ({
    // 1 is documented as “waiting for further messages” and was never seen.
    isFinal: result.ResultType === undefined || String(result.ResultType ?? 0) === '0',
    code: result.ResultCode,
    description: result.ResultDesc,
    originatorConversationId: result.OriginatorConversationID,
    conversationId: result.ConversationID,
    transactionId: result.TransactionID,
    parameters: result.ResultParameters?.ResultParameter ?? [],
  }));
export type ResultCallback = z.infer<typeof resultCallback>;

const conversation = z.object({
  OriginatorConversationID: optionalId,
  ConversationID: optionalId,
});

/** Its shape is documented nowhere: any JSON will do, ids are taken where they are found. */
export const timeoutCallback = z
  .union([z.object({ Result: conversation }).transform(({ Result }) => Result), conversation])
  .catch({ OriginatorConversationID: undefined, ConversationID: undefined });

// Values -----------------------------------------------------------------------------------------

const javaMapAmount = /^\{Amount=\{(.*)\}\}$/;

function readJavaMapAmount(text: string): bigint | undefined {
  const inner = javaMapAmount.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const basic = /BasicAmount=(-?[\d.]+)/.exec(inner)?.[1];
  const minimum = /MinimumAmount=(-?\d+)/.exec(inner)?.[1];
  const basicMinor = basic === undefined ? undefined : amountMinorOf(basic);
  // `MinimumAmount` counts cents; when the two disagree neither is believed.
  if (minimum !== undefined && basicMinor !== BigInt(minimum)) return undefined;
  return basicMinor;
}

/** 10, 10.5, "190.00" or `{Amount={CurrencyCode=KES, MinimumAmount=618683, BasicAmount=…}}`. */
export function amountMinorOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const parsed = parseAmountMinor(value);
  if (parsed.ok) return parsed.value;
  return typeof value === 'string' ? readJavaMapAmount(value.trim()) : undefined;
}

const dottedTime = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}):(\d{2}):(\d{2})$/;
// The `Z` in the sample of Pull is suspect: everything Safaricom writes is East Africa Time.
const dashedTime =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|\+03:?00)?$/;

/** The three ways in which Daraja writes East Africa Time; undefined for anything else. */
export function nairobiTimeOf(value: unknown): EpochMs | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value)
    .trim()
    .replace(dottedTime, '$3$2$1$4$5$6')
    .replace(dashedTime, '$1$2$3$4$5$6');
  const parsed = parseCompactNairobi(text);
  return parsed.ok ? parsed.value : undefined;
}
