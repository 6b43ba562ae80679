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
