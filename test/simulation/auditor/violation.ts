import type { EpochMs } from '#kernel';

/** What must never be, however providers, networks and machines behave. */
export const rules = [
  'booked-in-time',
  'money-without-truth',
  'wrong-amount',
  'payout-without-transfer',
  'payout-twice',
  'payout-known-in-time',
  'completed-without-payout',
  'one-sweep-a-day',
  'unknown-is-visible',
  'cancelled-never-leaves',
  'cancelled-stays-so',
  'cancelled-holds-nothing',
  'unsent-can-be-cancelled',
  'consent',
  'one-prompt-at-a-time',
  'three-prompts-a-day',
  'refused-is-refused',
  'paid-without-money',
  'reversed-is-not-earned',
  'reversal-without-truth',
  'callback-lost',
  'trial-balance',
  'wallets-agree',
  'days-agree',
  'proof',
  'provider-sound',
  'defect',
] as const;
export type Rule = (typeof rules)[number];

export interface Violation {
  readonly rule: Rule;
  readonly at: EpochMs;
  readonly about: string;
  readonly detail: string;
}

export type Report = (rule: Rule, about: string, detail: string) => void;

/** What is looked at again and again is complained of once. */
export function createOnce(): (report: Report) => Report {
  const told = new Set<string>();
  return (report) => (rule, about, detail) => {
    if (told.has(`${rule} ${about}`)) return;
    told.add(`${rule} ${about}`);
    report(rule, about, detail);
  };
}
