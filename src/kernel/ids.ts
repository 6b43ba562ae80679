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

/** Every table's first key column. One engine can hold many businesses; today it holds one. */
export type BusinessId = Brand<number, 'BusinessId'>;
export const firstBusinessId = 1 as BusinessId;

// Crockford's alphabet: no I, L, O or U, so ids survive being read out over a phone.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digitCount = 13;

export function idFromNumber<Kind extends IdKind>(kind: Kind, number: bigint): Id<Kind> {
  invariant(number >= 0n && number < 1n << 63n, 'an id is a 63-bit number');
  let digits = '';
  for (let rest = number, n = 0; n < digitCount; n += 1, rest >>= 5n) {
    digits = `${alphabet[Number(rest & 31n)]}${digits}`;
  }
  return `${idPrefixes[kind]}_${digits}` as Id<Kind>;
}

export function parseId<Kind extends IdKind>(
  kind: Kind,
  text: string,
): Result<Id<Kind>, 'not-an-id'> {
  const prefix = `${idPrefixes[kind]}_`;
  const digits = text.slice(prefix.length);
  const fits = digits.length === digitCount && [...digits].every((d) => alphabet.includes(d));
  if (!text.startsWith(prefix) || !fits || numberOf(digits) >= 1n << 63n) return err('not-an-id');
  return ok(text as Id<Kind>);
}

const numberOf = (digits: string): bigint =>
  [...digits].reduce((sum, digit) => (sum << 5n) | BigInt(alphabet.indexOf(digit)), 0n);

/** The database's form of an id. */
export const numberFromId = (id: Id<IdKind>): bigint => numberOf(id.slice(id.indexOf('_') + 1));

export interface IdSource {
  next<Kind extends IdKind>(kind: Kind): Id<Kind>;
}

// 2026-01-01T00:00:00Z. 42 bits of milliseconds last until 2165.
const idEpochAt = 1_767_225_600_000;
const shardBits = 10n;
const sequenceBits = 11n;
export const shardCount = 1 << Number(shardBits);

/** How far the numbers of ids move on in a while. */
export const idSpanOf = (durationMs: number): bigint =>
  BigInt(durationMs) << (shardBits + sequenceBits);

/** No id made at this time or later has a smaller number. */
export const idNumberAt = (at: EpochMs): bigint => idSpanOf(Math.max(at - idEpochAt, 0));

/**
 * Time-ordered ids without a round trip: 42 bits of milliseconds, 10 of shard, 11 of sequence. Each
 * process gets a shard of its own at start; a clock set back never repeats an id, because the
 * source goes on from the last millisecond it used.
 */
export function createIdSource({ clock, shard }: { clock: Clock; shard: number }): IdSource {
  invariant(Number.isInteger(shard) && shard >= 0 && shard < shardCount, 'a shard has 10 bits');
  let lastMs = 0;
  let sequence = 0n;
  return {
    next: (kind) => {
      const nowMs = Math.max(clock.now() - idEpochAt, 0);
      if (nowMs > lastMs) {
        lastMs = nowMs;
        sequence = 0n;
      } else if (sequence === (1n << sequenceBits) - 1n) {
        lastMs += 1;
        sequence = 0n;
      } else {
        sequence += 1n;
      }
      const number =
        (BigInt(lastMs) << (shardBits + sequenceBits)) | (BigInt(shard) << sequenceBits) | sequence;
      return idFromNumber(kind, number);
    },
  };
}
