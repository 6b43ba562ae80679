import { invariant, type BusinessDate } from '#kernel';

import { perKind, withCombined, type PerKind, type PerRail } from './target.ts';

export type Hours = readonly PerRail<bigint>[];

export interface Growth {
  readonly nowMinor: bigint;
  readonly thenMinor: bigint;
  /** 0.1 is a tenth more; undefined where there was nothing to compare with. */
  readonly share: number | undefined;
}

export interface DayTakings {
  readonly date: BusinessDate;
  readonly payments: number;
  readonly takings: PerKind<bigint>;
}

/** Confirmed takings by hour and by day, and beside those of a week before. */
export interface History {
  readonly date: BusinessDate;
  readonly hours: Hours;
  readonly compared: {
    readonly date: BusinessDate;
    readonly known: boolean;
    readonly untilHour: number;
    readonly hours: Hours;
    readonly growth: PerKind<Growth>;
  };
  readonly days: readonly DayTakings[];
}

/**
 * Both days up to the same hour: a day that is not over would look small beside a whole one, and an
 * hour that is not over beside a whole one too.
 */
export function growthBetween(now: Hours, then: Hours, untilHour: number): PerKind<Growth> {
  invariant(now.length === 24 && then.length === 24, 'a day has 24 hours');
  const nowMinor = sumUntil(now, untilHour);
  const thenMinor = sumUntil(then, untilHour);
  return perKind((kind) => ({
    nowMinor: nowMinor[kind],
    thenMinor: thenMinor[kind],
    share: shareOf(nowMinor[kind], thenMinor[kind]),
  }));
}

function sumUntil(hours: Hours, untilHour: number): PerKind<bigint> {
  const counted = hours.slice(0, untilHour);
  return withCombined({
    mpesa: counted.reduce((sum, { mpesa }) => sum + mpesa, 0n),
    airtel: counted.reduce((sum, { airtel }) => sum + airtel, 0n),
  });
}

/** To a tenth of a percent, which is as exact as anybody reads it. */
const shareOf = (nowMinor: bigint, thenMinor: bigint): number | undefined =>
  thenMinor <= 0n ? undefined : Number(((nowMinor - thenMinor) * 1_000n) / thenMinor) / 1_000;
