import type { Msisdn } from '#kernel';

/** The owner's four settings for one rail, and where the money goes. */
export interface SweepSettings {
  readonly dailyCapMinor: bigint;
  readonly triggerMinor: bigint;
  readonly reserveMinor: bigint;
  /** How often this rail's trigger is looked at. */
  readonly checkEveryMs: number;
  readonly payoutNumber: Msisdn | undefined;
}

export interface SweepFacts {
  readonly settings: SweepSettings;
  readonly engineRunning: boolean;
  /** Confirmed revenue of the business day on this rail. */
  readonly earnedTodayMinor: bigint;
  /**
   * What the books say lies in the wallet and is the business's own: transfers under way and money
   * in suspense are taken out.
   */
  readonly freeMinor: bigint;
  /** What both rails together may still send today. */
  readonly combinedLeftMinor: bigint;
  /** Whether today's sweep exists in any state but failed or cancelled. */
  readonly sweptToday: boolean;
  /** Sweeps of today that failed: after a few, a person looks. */
  readonly failedToday: number;
  /** The provider did not take our credentials: asking again may lock them. */
  readonly credentialsRefused: boolean;
  readonly payoutMinMinor: bigint;
  readonly payoutMaxMinor: bigint;
}

export type SweepDecision =
  | { readonly kind: 'send'; readonly amountMinor: bigint }
  | { readonly kind: 'hold'; readonly why: HoldReason };

export type HoldReason =
  | 'switched-off'
  | 'no-payout-number'
  | 'engine-stopped'
  | 'done-today'
  | 'credentials-refused'
  | 'failed-too-often'
  | 'combined-cap'
  | 'trigger-not-reached'
  | 'reserve'
  | 'cap-out-of-range';

export const failedSweepsMax = 3;

/**
 * The daily sweep: the whole cap, once, when the day has earned the trigger and the wallet can
 * spare it. Less than the cap is never sent, so that one transfer is the day's transfer.
 */
export function decideSweep(facts: SweepFacts): SweepDecision {
  const { settings } = facts;
  const amountMinor = settings.dailyCapMinor;
  if (amountMinor === 0n) return hold('switched-off');
  if (settings.payoutNumber === undefined) return hold('no-payout-number');
  if (amountMinor < facts.payoutMinMinor || amountMinor > facts.payoutMaxMinor) {
    return hold('cap-out-of-range');
  }
  if (!facts.engineRunning) return hold('engine-stopped');
  if (facts.sweptToday) return hold('done-today');
  if (facts.credentialsRefused) return hold('credentials-refused');
  if (facts.failedToday >= failedSweepsMax) return hold('failed-too-often');
  if (facts.earnedTodayMinor < settings.triggerMinor) return hold('trigger-not-reached');
  if (amountMinor > facts.combinedLeftMinor) return hold('combined-cap');
  if (facts.freeMinor - amountMinor < settings.reserveMinor) return hold('reserve');
  return { kind: 'send', amountMinor };
}

const hold = (why: HoldReason): SweepDecision => ({ kind: 'hold', why });
