import { dayMs, nairobiHourOf, startOfBusinessDay, businessDateOf, type EpochMs } from '#kernel';
import type { Consent } from '#billing';

/** Everything the etiquette of prompts looks at. */
export interface PromptFacts {
  readonly now: EpochMs;
  readonly engineRunning: boolean;
  readonly consent: Consent | undefined;
  /** Prompts planned to this phone in the last 24 hours, whatever became of them. */
  readonly promptsInLastDay: number;
  /** Whether a prompt to this phone may still be on its screen. */
  readonly promptPending: boolean;
  /** When the phone's owner last cancelled or typed a wrong PIN, however long ago. */
  readonly refusedAt: EpochMs | undefined;
}

export type PromptDecision =
  | { readonly kind: 'prompt' }
  | { readonly kind: 'wait'; readonly until: EpochMs; readonly why: WaitReason }
  | { readonly kind: 'never'; readonly why: NeverReason };

export type WaitReason = 'engine-stopped' | 'quiet-hours' | 'prompt-pending';
export type NeverReason =
  | 'no-consent'
  | 'consent-too-old'
  | 'payer-refused-since'
  | 'three-prompts-in-24-hours';

export const actValidMs = 10 * 60 * 1000;
/** Two engines' clocks may differ by this much; a consent from further ahead is none. */
const clockSkewMaxMs = 60 * 1000;
export const promptsPerDayMax = 3;
const quietUntilHour = 7;
const quietFromHour = 21;
const lookAgainMs = 5_000;

/**
 * The etiquette, as a hard rule: a phone is prompted only because its owner asked within ten
 * minutes, or agreed to be asked on due dates between 07:00 and 21:00; one prompt at a time, three
 * in 24 hours, and never again after a cancel or wrong PIN without a new act.
 */
export function decidePrompt(facts: PromptFacts): PromptDecision {
  const { now, consent } = facts;
  if (consent === undefined || consent.givenAt > now + clockSkewMaxMs) {
    return { kind: 'never', why: 'no-consent' };
  }
  if (consent.basis === 'payer-act' && now - consent.givenAt > actValidMs) {
    return { kind: 'never', why: 'consent-too-old' };
  }
  if (facts.refusedAt !== undefined && facts.refusedAt >= consent.givenAt) {
    return { kind: 'never', why: 'payer-refused-since' };
  }
  if (facts.promptsInLastDay >= promptsPerDayMax) {
    return { kind: 'never', why: 'three-prompts-in-24-hours' };
  }
  if (!facts.engineRunning) return wait(now, 'engine-stopped');
  const hour = nairobiHourOf(now);
  if (consent.basis === 'standing' && (hour < quietUntilHour || hour >= quietFromHour)) {
    return { kind: 'wait', until: nextMorning(now), why: 'quiet-hours' };
  }
  if (facts.promptPending) return wait(now, 'prompt-pending');
  return { kind: 'prompt' };
}

const wait = (now: EpochMs, why: WaitReason): PromptDecision => ({
  kind: 'wait',
  until: now + lookAgainMs,
  why,
});

function nextMorning(now: EpochMs): EpochMs {
  const today = startOfBusinessDay(businessDateOf(now)) + quietUntilHour * 60 * 60 * 1000;
  return today > now ? today : today + dayMs;
}
