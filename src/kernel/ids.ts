import type { Brand } from './brand.ts';
import type { Clock, EpochMs } from './clock.ts';
import { invariant } from './invariant.ts';
import { err, ok, type Result } from './result.ts';

/** What each kind of id is called in the domain, and the prefix that people and logs see. */
export const idPrefixes = {
  charge: 'ch',
  prompt: 'pr',
  payment: 'pay',
  transfer: 'tr',
  payee: 'pe',
  ledgerTransaction: 'tx',
  callback: 'cb',
  verification: 'vf',
  exception: 'ex',
  fix: 'fx',
  session: 'se',
  audit: 'au',
  event: 'ev',
  evidence: 'pf',
  statement: 'st',
  statementLine: 'sl',
  pushDevice: 'pd',
  pushNote: 'pn',
} as const;
export type IdKind = keyof typeof idPrefixes;

/** `ch_` and 13 base-32 digits: the same 63-bit number as in the database, and in time order. */
export type Id<Kind extends IdKind> = Brand<string, Kind>;
export type ChargeId = Id<'charge'>;
export type PromptId = Id<'prompt'>;
export type PaymentId = Id<'payment'>;
export type TransferId = Id<'transfer'>;
export type PayeeId = Id<'payee'>;
export type LedgerTransactionId = Id<'ledgerTransaction'>;
export type CallbackId = Id<'callback'>;
export type VerificationId = Id<'verification'>;
export type ExceptionId = Id<'exception'>;
export type FixId = Id<'fix'>;
export type SessionId = Id<'session'>;
export type AuditId = Id<'audit'>;
export type EventId = Id<'event'>;
export type StatementId = Id<'statement'>;
export type StatementLineId = Id<'statementLine'>;
export type PushDeviceId = Id<'pushDevice'>;
export type PushNoteId = Id<'pushNote'>;

/** Every table's first key column. One engine can hold many businesses; today it holds one. */
export type BusinessId = Brand<number, 'BusinessId'>;
export const firstBusinessId = 1 as BusinessId;

// Crockford's alphabet: no I, L, O or U, so ids survive being read out over a phone.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digitCount = 13;
/** Of the lower part. */
const lowDigits = 6;
const numberMax = 2n ** 63n - 1n;
/** The first digit of that number. */
const firstDigitMax = '7';

// A number is handled in two parts of 30 bits and what is left above them: arithmetic on `bigint`,
// digit by digit, would be a noticeable share of what a payment costs.
const partSpan = 2 ** 30;
/** Where a number is taken apart, or put together, without making others on the way. */
const whole = new DataView(new ArrayBuffer(8));
/** Beside a part, the lower half of the 64 bits has room for two more. */
const upperSpan = 2 ** 2;
const pairSpan = alphabet.length ** 2;
const pairs = Array.from(
  { length: pairSpan },
  (_, n) => `${alphabet[Math.floor(n / alphabet.length)]}${alphabet[n % alphabet.length]}`,
);

/** Six digits of a part. */
const digitsOfPart = (part: number): string =>
  `${pairs[part >>> 20]}${pairs[(part >>> 10) & 1_023]}${pairs[part & 1_023]}`;

/** `top` counts in parts: the number is `top * 2 ** 30 + low`. */
function idFromParts<Kind extends IdKind>(
  kind: Kind,
  { top, low }: { readonly top: number; readonly low: number },
): Id<Kind> {
  const first = alphabet[Math.floor(top / partSpan)];
  const digits = `${first}${digitsOfPart(top % partSpan)}${digitsOfPart(low)}`;
  return `${idPrefixes[kind]}_${digits}` as Id<Kind>;
}

export function idFromNumber<Kind extends IdKind>(kind: Kind, number: bigint): Id<Kind> {
  invariant(number >= 0n && number <= numberMax, 'an id is a 63-bit number');
  whole.setBigInt64(0, number);
  const lower = whole.getUint32(4);
  const top = whole.getUint32(0) * upperSpan + (lower >>> 30);
  return idFromParts(kind, { top, low: lower % partSpan });
}

export function parseId<Kind extends IdKind>(
  kind: Kind,
  text: string,
): Result<Id<Kind>, 'not-an-id'> {
  const prefix = `${idPrefixes[kind]}_`;
  const digits = text.slice(prefix.length);
  const fits = digits.length === digitCount && [...digits].every((d) => alphabet.includes(d));
  if (!text.startsWith(prefix) || !fits || digits.charAt(0) > firstDigitMax)
    return err('not-an-id');
  return ok(text as Id<Kind>);
}

const valueOfCode = new Uint8Array(128);
for (const [value, digit] of [...alphabet].entries()) valueOfCode[digit.charCodeAt(0)] = value;

/** What the digits of a text between two places are worth; they fit a `number`. */
function worthOf(text: string, from: number, to: number): number {
  let worth = 0;
  for (let at = from; at < to; at += 1) {
    worth = worth * alphabet.length + (valueOfCode[text.charCodeAt(at)] ?? 0);
  }
  return worth;
}

/** The database's form of an id. */
export function numberFromId(id: Id<IdKind>): bigint {
  const lowAt = id.length - lowDigits;
  const top = worthOf(id, id.length - digitCount, lowAt);
  whole.setUint32(0, Math.floor(top / upperSpan));
  whole.setUint32(4, (top % upperSpan) * partSpan + worthOf(id, lowAt, id.length));
  return whole.getBigInt64(0);
}

export interface IdSource {
  next<Kind extends IdKind>(kind: Kind): Id<Kind>;
}

// 2026-01-01T00:00:00Z. 42 bits of milliseconds last until 2165.
const idEpochAt = 1_767_225_600_000;
const shardBits = 10n;
const sequenceBits = 11n;
export const shardCount = 1 << Number(shardBits);
const sequenceMax = (1 << Number(sequenceBits)) - 1;
const idsOfMs = shardCount * (sequenceMax + 1);
/** A part holds the last bits of the milliseconds, the shard and the sequence. */
const msOfPart = partSpan / idsOfMs;

/** How far the numbers of ids move on in a while. */
export const idSpanOf = (durationMs: number): bigint =>
  BigInt(durationMs) << (shardBits + sequenceBits);

/** No id made at this time or later has a smaller number. */
export const idNumberAt = (at: EpochMs): bigint => idSpanOf(Math.max(at - idEpochAt, 0));

/** When an id was made, by its number. */
export const idMadeAt = (number: bigint): EpochMs =>
  Number(number >> (shardBits + sequenceBits)) + idEpochAt;

/**
 * Time-ordered ids without a round trip: 42 bits of milliseconds, 10 of shard, 11 of sequence. Each
 * process gets a shard of its own at start; a clock set back never repeats an id, because the
 * source goes on from the last millisecond it used.
 */
export function createIdSource({ clock, shard }: { clock: Clock; shard: number }): IdSource {
  invariant(Number.isInteger(shard) && shard >= 0 && shard < shardCount, 'a shard has 10 bits');
  let lastMs = 0;
  let sequence = 0;
  return {
    next: (kind) => {
      const nowMs = Math.max(clock.now() - idEpochAt, 0);
      if (nowMs > lastMs) {
        lastMs = nowMs;
        sequence = 0;
      } else if (sequence === sequenceMax) {
        lastMs += 1;
        sequence = 0;
      } else {
        sequence += 1;
      }
      const ofMs = lastMs % msOfPart;
      return idFromParts(kind, {
        top: (lastMs - ofMs) / msOfPart,
        low: ofMs * idsOfMs + shard * (sequenceMax + 1) + sequence,
      });
    },
  };
}
