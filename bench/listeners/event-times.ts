import { idNumberAt, idSpanOf, numberFromId, parseId, type EpochMs } from '#kernel';

const mark = 'id: ev_';
const idLength = 'ev_'.length + 13;

// Ids count milliseconds from a day that only the kernel knows; any two times give it away.
const someTime = Date.parse('2026-11-26T00:00:00Z');
const epochAt = someTime - Number(idNumberAt(someTime) / idSpanOf(1));

/** When the event with this id was written. */
export function timeOfEvent(text: string): EpochMs | undefined {
  const id = parseId('event', text);
  return id.ok ? epochAt + Number(numberFromId(id.value) / idSpanOf(1)) : undefined;
}

/** Of a piece of a stream: reading every event would cost more than it tells. */
export function timesOfFirstAndLast(
  chunk: Buffer,
): { readonly firstAt: EpochMs; readonly lastAt: EpochMs } | undefined {
  const timeAt = (at: number): EpochMs | undefined =>
    at < 0 ? undefined : timeOfEvent(chunk.toString('latin1', at + 4, at + 4 + idLength));
  const firstAt = timeAt(chunk.indexOf(mark));
  // The last one may be cut off in the middle of its id.
  const lastAt = timeAt(chunk.lastIndexOf(mark)) ?? firstAt;
  return firstAt === undefined || lastAt === undefined ? undefined : { firstAt, lastAt };
}
