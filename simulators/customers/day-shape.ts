import { type EpochMs, nairobiHourOf } from '#kernel';

export interface Span {
  readonly startAt: EpochMs;
  readonly endAt: EpochMs;
}

const hourMs = 60 * 60 * 1000;

/**
 * How busy each hour of a Kenyan day is, midnight first: work begins early, people buy over lunch
 * and most of all on the way home; at night somebody is always awake (assumed).
 */
const busyness: readonly number[] = [
  2, 1, 1, 1, 2, 6, 14, 22, 26, 26, 26, 26, 30, 30, 24, 22, 26, 34, 40, 38, 30, 20, 10, 4,
];
const busiest = Math.max(...busyness);

const busynessAt = (at: EpochMs): number => busyness[nairobiHourOf(at)] ?? 1;

interface Slice extends Span {
  readonly weight: number;
}

/** The span cut at full hours; Nairobi's are those of UTC. */
function slicesOf({ startAt, endAt }: Span): readonly Slice[] {
  const slices: Slice[] = [];
  for (let at = startAt; at < endAt;) {
    const until = Math.min(endAt, (Math.floor(at / hourMs) + 1) * hourMs);
    slices.push({ startAt: at, endAt: until, weight: (until - at) * busynessAt(at) });
    at = until;
  }
  return slices;
}

const weightOf = (slices: readonly Slice[]): number =>
  slices.reduce((sum, slice) => sum + slice.weight, 0);

/** The moment by which `share` of the span's business is done; 0 is its start, 1 its end. */
export function momentAt(span: Span, share: number): EpochMs {
  const slices = slicesOf(span);
  let wanted = weightOf(slices) * share;
  for (const { startAt, endAt, weight } of slices) {
    if (wanted < weight) return Math.floor(startAt + ((endAt - startAt) * wanted) / weight);
    wanted -= weight;
  }
  return span.endAt;
}

/** From just above 0, the dead of night, to 1, the busiest hour. */
export function activityIn(span: Span): number {
  const lengthMs = span.endAt - span.startAt;
  return lengthMs <= 0 ? 0 : weightOf(slicesOf(span)) / (lengthMs * busiest);
}
