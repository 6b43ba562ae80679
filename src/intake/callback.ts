import type { CallbackId, EpochMs, RailId } from '#kernel';
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
