import { businessDayFraction, invariant, nairobiHourOf, type EpochMs, type RailId } from '#kernel';

/** What a target is set for: one rail, or both together. */
export const targetKinds = ['mpesa', 'airtel', 'combined'] as const;
export type TargetKind = (typeof targetKinds)[number];

export interface DailyGoal {
  readonly targetMinor: bigint;
  readonly minimumMinor: bigint;
}

export type PerKind<Value> = Readonly<Record<TargetKind, Value>>;
export type PerRail<Value> = Readonly<Record<RailId, Value>>;

export const perKind = <Value>(make: (kind: TargetKind) => Value): PerKind<Value> => ({
  mpesa: make('mpesa'),
  airtel: make('airtel'),
  combined: make('combined'),
});

/** Money of both rails, and together. */
export const withCombined = (perRail: PerRail<bigint>): PerKind<bigint> => ({
  ...perRail,
  combined: perRail.mpesa + perRail.airtel,
});

/**
 * Share of a day's takings that each hour of a Kenyan trading day usually brings, in thousandths:
 * a morning rise, a lunch peak, the evening's highest. Assumed until the business has a history of
 * its own.
 */
const usualHours: readonly number[] = [
  4, 3, 2, 2, 4, 12, 28, 46, 58, 62, 60, 58, 66, 64, 56, 54, 58, 70, 84, 82, 62, 38, 18, 9,
];
const usualTotal = usualHours.reduce((sum, share) => sum + share, 0);

/** The share of a usual day's takings that is in by now, in basis points. */
export function usualShareBasisPoints(now: EpochMs, hours: readonly number[] = usualHours): number {
  invariant(hours.length === 24, 'a day has 24 hours');
  const total = hours.reduce((sum, share) => sum + share, 0);
  if (total === 0) return usualShareBasisPoints(now);
  const hour = nairobiHourOf(now);
  const before = hours.slice(0, hour).reduce((sum, share) => sum + share, 0);
  const within = businessDayFraction(now) * 24 - hour;
  return Math.round(((before + (hours[hour] ?? 0) * within) / total) * 10_000);
}

export interface Pace {
  /** What a usual day that reaches the target would have brought by now. */
  readonly expectedMinor: bigint;
  /** Above zero: ahead. */
  readonly aheadMinor: bigint;
  readonly state: 'ahead' | 'on-pace' | 'behind';
}

/** Within a tenth of the expected figure counts as on pace. */
const toleranceDivisor = 10n;

export function paceOf(facts: {
  readonly earnedMinor: bigint;
  readonly targetMinor: bigint;
  readonly shareBasisPoints: number;
}): Pace {
  const expectedMinor = (facts.targetMinor * BigInt(facts.shareBasisPoints)) / 10_000n;
  const aheadMinor = facts.earnedMinor - expectedMinor;
  const tolerance = expectedMinor / toleranceDivisor;
  const state = aheadMinor > tolerance ? 'ahead' : aheadMinor < -tolerance ? 'behind' : 'on-pace';
  return { expectedMinor, aheadMinor, state };
}

/** What is missing to the target; never below zero. */
export const gapOf = (earnedMinor: bigint, targetMinor: bigint): bigint =>
  earnedMinor >= targetMinor ? 0n : targetMinor - earnedMinor;

invariant(usualTotal === 1_000, 'the usual day adds up');
