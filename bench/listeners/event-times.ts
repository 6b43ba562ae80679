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

const fromMark = 'data: {"from":"';
const toMark = '","to":"';
const isoLength = '2026-11-26T00:00:00.000Z'.length;

/** Of each digest in a piece of a stream: when its oldest and its newest event were written. */
export function timesOfDigests(
  piece: Buffer,
): readonly { readonly firstAt: EpochMs; readonly lastAt: EpochMs }[] {
  const times: { firstAt: EpochMs; lastAt: EpochMs }[] = [];
  let at = piece.indexOf(fromMark);
  while (at >= 0) {
    const from = at + fromMark.length;
    const to = from + isoLength + toMark.length;
    times.push({
      firstAt: Date.parse(piece.toString('latin1', from, from + isoLength)),
      lastAt: Date.parse(piece.toString('latin1', to, to + isoLength)),
    });
    at = piece.indexOf(fromMark, to);
  }
  return times;
}

/** Puts a stream together again: what has come whole, without what is still on its way. */
export function createWholeOnly(): (chunk: Buffer) => Buffer {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const last = all.lastIndexOf('\n\n');
    const end = last < 0 ? 0 : last + 2;
    rest = Buffer.from(all.subarray(end));
    return all.subarray(0, end);
  };
}
