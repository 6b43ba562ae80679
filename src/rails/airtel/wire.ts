import { z } from 'zod';
import { parseAmountMinor, parseCompactNairobi, type EpochMs } from '#kernel';
import type { AnswerCodes } from './decisive.ts';

/**
 * Airtel's JSON as it really comes: codes as strings or numbers, `false` where an object or an id
 * is documented, three envelopes, a shape at the top that is elsewhere under `data`. Only what we
 * read is described; the rest is let pass, and a field we could do without never spoils a message.
 */
const textLengthMax = 4_096;
const idLengthMax = 256;
const rowsMax = 5_000;

/** Text or a number as text; anything else, and emptiness, is “not there”. */
const optionalText = z
  .union([z.string().max(textLengthMax), z.number()])
  // No database text may hold a NUL, and nothing Airtel sends needs one.
  .transform((value) => String(value).replaceAll('\0', '').trim())
  .transform((text) => (text === '' ? undefined : text))
  .optional()
  .catch(undefined);
const optionalId = optionalText.transform((text) =>
  text !== undefined && text.length <= idLengthMax ? text : undefined,
);

// Envelopes --------------------------------------------------------------------------------------

const statusEnvelope = z
  .object({
    message: optionalText,
    result_code: optionalId,
    response_code: optionalId,
  })
  .catch({ message: undefined, result_code: undefined, response_code: undefined });

const anyEnvelope = z
  .object({
    data: z.unknown(),
    status: statusEnvelope,
    error: optionalId,
    error_description: optionalText,
    status_code: optionalId,
    status_message: optionalText,
  })
  .partial();

/** `data.transaction` as payments, payouts and their enquiries carry it. */
export interface WireTransaction {
  readonly id: string | undefined;
  readonly status: string | undefined;
  readonly message: string | undefined;
  readonly airtelMoneyId: string | undefined;
  readonly referenceId: string | undefined;
}

export interface AirtelAnswer {
  readonly codes: AnswerCodes;
  readonly message: string;
  readonly data: unknown;
  /** `rejected`: said to be `false`, as some answers do. */
  readonly transaction: WireTransaction | 'rejected' | undefined;
}

const transactionShape = z
  .object({
    id: optionalId,
    status: optionalId,
    message: optionalText,
    airtel_money_id: optionalId,
    reference_id: optionalId,
  })
  .transform((wire): WireTransaction => ({
    id: wire.id,
    status: wire.status,
    message: wire.message,
    airtelMoneyId: wire.airtel_money_id,
    referenceId: wire.reference_id,
  }));
const transactionData = z.object({
  transaction: z
    .union([transactionShape, z.literal(false).transform(() => 'rejected' as const)])
    .optional()
    .catch(undefined),
});

/** Reads any of the envelopes; what is no object at all reads as an answer that says nothing. */
export function readAnswer(json: unknown): AirtelAnswer {
  const envelope = anyEnvelope.safeParse(json);
  if (!envelope.success) return { codes: {}, message: '', data: undefined, transaction: undefined };
  const { data, status, error, error_description, status_code, status_message } = envelope.data;
  const inner = transactionData.safeParse(data);
  return {
    codes: {
      resultCode: status?.result_code,
      responseCode: status?.response_code,
      routerCode: status_code,
      oauthError: error,
    },
    message: status?.message ?? status_message ?? error_description ?? '',
    data,
    transaction: inner.success ? inner.data.transaction : undefined,
  };
}

// Token and keys ---------------------------------------------------------------------------------

const usualTokenLifeSeconds = 180;

export const tokenAnswer = z.object({
  access_token: z.string().min(1).max(textLengthMax),
  expires_in: z.coerce.number().positive().max(86_400).catch(usualTokenLifeSeconds),
});

const keyShape = z.object({
  key: z
    .string()
    .max(textLengthMax)
    .transform((text) => text.replaceAll(/\s/g, ''))
    .refine((text) => text !== ''),
  valid_upto: optionalText,
});

export interface EncryptionKey {
  readonly base64Der: string;
  readonly validUntil: EpochMs | undefined;
}

/** The key under `data`, or at the top level as Uganda's host was seen to send it. */
export const encryptionKeyAnswer = z
  .union([z.object({ data: keyShape }).transform(({ data }) => data), keyShape])
  .transform(({ key, valid_upto }): EncryptionKey => ({
    base64Der: key,
    validUntil: nairobiTimeOf(valid_upto),
  }));

// Amounts and times ------------------------------------------------------------------------------

const groupedAmount = /^-?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/;

/** `"37,600.00"`, `"10"`, 10.5: exact, or undefined. Zeros beyond the cents are let pass. */
export function amountMinorOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  if (!groupedAmount.test(text)) return undefined;
  const plain = text.replaceAll(',', '').replace(/(\.\d\d)0+$/, '$1');
  const parsed = parseAmountMinor(plain);
  return parsed.ok ? parsed.value : undefined;
}

const dayFirst = /^(\d{2})[-/](\d{2})[-/](\d{4})[ T](\d{2}):(\d{2}):(\d{2})$/;
const yearFirst =
  /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/;
const epochSeconds = /^\d{10}$/;
const epochMs = /^\d{13}$/;
const nairobiOffsetMinutes = 180;

function offsetMinutesOf(zone: string | undefined): number {
  if (zone === undefined) return nairobiOffsetMinutes;
  if (zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/**
 * Reads Airtel's times: `dd-MM-yyyy HH:mm:ss` where documented, elsewhere also ISO 8601 and epoch
 * seconds or milliseconds. A time without a zone is taken for Nairobi's (assumed).
 */
export function nairobiTimeOf(value: unknown): EpochMs | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  if (epochSeconds.test(text)) return Number(text) * 1_000;
  if (epochMs.test(text)) return Number(text);
  const zone = yearFirst.exec(text)?.[7];
  const compact = text.replace(dayFirst, '$3$2$1$4$5$6').replace(yearFirst, '$1$2$3$4$5$6');
  const parsed = parseCompactNairobi(compact);
  if (!parsed.ok) return undefined;
  return parsed.value + (nairobiOffsetMinutes - offsetMinutesOf(zone)) * 60_000;
}

const moneyIdTime = /^[A-Z]{2}(\d{6})\.(\d{4})\./;

/** `MP210603.1234.L06941` names its minute: the time of a payment whose own field says nothing. */
export function timeInMoneyId(airtelMoneyId: string): EpochMs | undefined {
  const match = moneyIdTime.exec(airtelMoneyId);
  if (match === null) return undefined;
  const parsed = parseCompactNairobi(`20${match[1]}${match[2]}00`);
  return parsed.ok ? parsed.value : undefined;
}

// Balance and list -------------------------------------------------------------------------------

export const balanceData = z.object({
  balance: z.union([z.string(), z.number()]),
  currency: optionalText,
});

/** An empty list may come as a count of nothing. */
export const listData = z.union([
  z.object({ transactions: z.array(z.unknown()).max(rowsMax) }),
  z
    .object({ count: z.union([z.literal(0), z.literal('0')]) })
    .transform(() => ({ transactions: [] })),
]);

const party = z
  .object({ currency: optionalText, msisdn: optionalText })
  .optional()
  .catch(undefined);

/** A row of the transactions summary; the documents' own sample of it is malformed. */
export const listRow = z.object({
  payer: party,
  service: z.object({ type: z.string().max(64) }),
  transaction: z
    .object({
      airtel_money_id: optionalId,
      amount: z.unknown(),
      created_at: z.unknown(),
      id: optionalId,
      reference_number: optionalText,
      status: optionalText,
    })
    .optional()
    .catch(undefined),
});

// Callback ---------------------------------------------------------------------------------------

/** No amount, phone or time is in it; `hash` only where callback authentication is on. */
export const callbackShape = z.object({
  transaction: z.object({
    id: optionalId,
    status_code: optionalId,
    airtel_money_id: optionalId,
  }),
  hash: z.string().max(idLengthMax).optional().catch(undefined),
});
export type WireCallback = z.infer<typeof callbackShape>;
