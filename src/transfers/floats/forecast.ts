import { nairobiHourOf, type EpochMs } from '#kernel';

/** Confirmed takings of a rail by hour of the Nairobi day, over some past days. */
export interface HourlyTakings {
  readonly days: number;
  /** Twenty-four sums, each over all those days. */
  readonly byHourMinor: readonly bigint[];
}

export interface FloatForecast {
  /** When the wallet would hold enough, if every hour took what it usually takes. */
  readonly at: EpochMs;
  /** How many past days the estimate rests on. */
  readonly basisDays: number;
}

const hourMs = 60 * 60 * 1_000;
/** Beyond a week the usual takings say nothing about the day it will be. */
const hoursAheadMax = 7 * 24;

/**
 * Adds up what the coming hours usually take until the shortfall is covered; within an hour money
 * is taken to come evenly. Undefined without history, and when a week would not be enough.
 */
export function forecastFloat(question: {
  readonly shortfallMinor: bigint;
  readonly now: EpochMs;
  readonly takings: HourlyTakings;
}): FloatForecast | undefined {
  const { shortfallMinor, now, takings } = question;
  if (takings.days === 0 || shortfallMinor <= 0n) return undefined;
  // Sums over all days are compared with as many shortfalls: nothing is rounded on the way.
  let missing = shortfallMinor * BigInt(takings.days);
  for (let hour = 0, at = now; hour < hoursAheadMax; hour += 1) {
    const endsAt = at - (at % hourMs) + hourMs;
    const usual = takings.byHourMinor[nairobiHourOf(at)] ?? 0n;
    const expected = (usual * BigInt(endsAt - at)) / BigInt(hourMs);
    if (expected >= missing) {
      // Rounded up to the minute: an estimate has no milliseconds.
      const minutes = (missing * 60n + usual - 1n) / usual;
      const reachedAt = at + Number(minutes) * 60_000;
      return { at: Math.min(reachedAt, endsAt), basisDays: takings.days };
    }
    missing -= expected;
    at = endsAt;
  }
  return undefined;
}
