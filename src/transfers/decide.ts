import type { EpochMs, Msisdn } from '#kernel';

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
   * that is owed to somebody are taken out.
   */
  readonly freeMinor: bigint;
  /** What both rails together may still send today. */
  readonly combinedLeftMinor: bigint;
  /** What may still go to the payout number today, whatever the kind. */
  readonly leftToNumberMinor: bigint;
  /** Whether today's sweep exists in any state but failed or cancelled. */
  readonly sweptToday: boolean;
  /** A person cancelled today's sweep: none takes its place before tomorrow. */
  readonly cancelledToday: boolean;
  /** Sweeps of today that failed: after a few, a person looks. */
  readonly failedToday: number;
  /** The provider did not take our credentials: asking again may lock them. */
  readonly credentialsRefused: boolean;
  /** Whether its owner has confirmed the payout number. */
  readonly numberConfirmed: boolean;
  /** Present while a number that took another's place is still waited for. */
  readonly coolingUntil: EpochMs | undefined;
  /** Present while the owner wants nothing sent. */
  readonly quietUntil: EpochMs | undefined;
  /** What lies in the wallet by the provider's last word and the books since; not by old ones. */
  readonly reportedMinor: bigint | undefined;
  readonly payoutMinMinor: bigint;
  readonly payoutMaxMinor: bigint;
}

export type SweepDecision =
  | { readonly kind: 'send'; readonly amountMinor: bigint }
  | {
      readonly kind: 'hold';
      readonly why: HoldReason;
      /** When it ends by itself, where that is known. */
      readonly until?: EpochMs;
    };

export type HoldReason =
  | 'switched-off'
  | 'no-payout-number'
  | 'number-not-confirmed'
  | 'engine-stopped'
  | 'done-today'
  | 'cancelled-today'
  | 'credentials-refused'
  | 'failed-too-often'
  | 'number-cooling'
  | 'combined-cap'
  | 'daily-limit'
  | 'trigger-not-reached'
  | 'reserve'
  | 'cap-out-of-range'
  | 'quiet-hours'
  | 'float-low';

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
  if (!facts.numberConfirmed) return hold('number-not-confirmed');
  if (!facts.engineRunning) return hold('engine-stopped');
  if (facts.sweptToday) return hold('done-today');
  if (facts.cancelledToday) return hold('cancelled-today');
  if (facts.credentialsRefused) return hold('credentials-refused');
  if (facts.failedToday >= failedSweepsMax) return hold('failed-too-often');
  if (facts.coolingUntil !== undefined) return hold('number-cooling', facts.coolingUntil);
  if (facts.earnedTodayMinor < settings.triggerMinor) return hold('trigger-not-reached');
  if (amountMinor > facts.combinedLeftMinor) return hold('combined-cap');
  if (amountMinor > facts.leftToNumberMinor) return hold('daily-limit');
  if (facts.freeMinor - amountMinor < settings.reserveMinor) return hold('reserve');
  if (facts.quietUntil !== undefined) return hold('quiet-hours', facts.quietUntil);
  // Last of all, so that this answer means: due, but for the provider's own wallet.
  if (facts.reportedMinor !== undefined && facts.reportedMinor < amountMinor) {
    return hold('float-low');
  }
  return { kind: 'send', amountMinor };
}

const hold = (why: HoldReason, until?: EpochMs): SweepDecision => ({
  kind: 'hold',
  why,
  ...(until === undefined ? {} : { until }),
});
