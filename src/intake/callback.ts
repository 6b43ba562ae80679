import {
  businessDateOf,
  dayMs,
  idMadeAt,
  type BusinessDate,
  type CallbackId,
  type EpochMs,
  type RailId,
} from '#kernel';
import type { CallbackChannel, CallbackReading } from '#rails';

/** A callback as it reached us, with what its address proved. */
export interface ArrivedCallback {
  readonly id: CallbackId;
  readonly rail: RailId;
  readonly channel: CallbackChannel;
  /** The id the address was made for; undefined when the address is not one of ours. */
  readonly subject: bigint | undefined;
  readonly source: string;
  readonly receivedAt: EpochMs;
  readonly digest: Buffer;
  readonly body: Buffer;
}

/** The same, read by its rail. */
export interface ReadCallback extends ArrivedCallback {
  readonly reading: CallbackReading;
}

/** What the inbox row says it was read as. */
export function verdictOf({ reading, subject }: ReadCallback): string {
  if (reading.kind === 'unreadable') return 'unreadable';
  return subject === undefined ? `unproved ${reading.event.kind}` : reading.event.kind;
}

/** Of a callback that tells of no day. */
const noDay = businessDateOf(0);
const yearMs = 365.25 * dayMs;
/** No provider tells of a moment before 2007 or after 2165; a forger may. */
const toldMoments = { from: 37 * yearMs, to: 196 * yearMs };

/**
 * The day that a callback itself tells of, the same whenever it comes again: when that was made
 * which its address is for, else when its event happened.
 */
export function contentDayOf({ subject, reading }: ReadCallback): BusinessDate {
  if (subject !== undefined && subject > 0n) return businessDateOf(idMadeAt(subject));
  if (reading.kind === 'unreadable' || !('occurredAt' in reading.event)) return noDay;
  const { occurredAt = 0 } = reading.event;
  const isTold = occurredAt >= toldMoments.from && occurredAt < toldMoments.to;
  return isTold ? businessDateOf(occurredAt) : noDay;
}
