import type { EpochMs, RailId } from '#kernel';

import type { Lane } from '../operation.ts';
import type { Outcome } from '../outcome.ts';

/** Calls of one rail and lane that are held back. A closed breaker is no row at all. */
export interface Breaker {
  readonly rail: RailId;
  readonly lane: Lane;
  /** Half-open: one call is trying whether the provider is back. */
  readonly state: 'open' | 'half-open';
  readonly cause: 'failing' | 'locked-out';
  readonly code: string;
  readonly openedAt: EpochMs;
  /** When one call may try; undefined until a person or other credentials close it. */
  readonly untilAt: EpochMs | undefined;
  /** How often in a row it opened. */
  readonly trips: number;
  readonly credentialsMark: string;
}

export type Passage =
  | { readonly kind: 'through' }
  /** The time is over, and one call may try. */
  | { readonly kind: 'probe' }
  | ({ readonly kind: 'shut' } & Pick<Breaker, 'cause' | 'code' | 'untilAt'>);

/** Whether a call may go out now. Refused credentials hold back only those who use the same. */
export function passageBy(
  breaker: Breaker | undefined,
  { now, mark }: { readonly now: EpochMs; readonly mark: string },
): Passage {
  if (breaker === undefined) return { kind: 'through' };
  const { cause, code, untilAt, credentialsMark } = breaker;
  if (cause === 'locked-out' && credentialsMark !== mark) return { kind: 'through' };
  if (untilAt !== undefined && untilAt <= now) return { kind: 'probe' };
  return { kind: 'shut', cause, code, untilAt };
}

/**
 * Two minutes hold enough calls of a small shop to tell an outage from bad luck, and are soon
 * forgotten. Fewer than eight calls prove nothing; when every second one gets no answer, each
 * further prompt is more likely to confuse a payer than to be paid.
 */
export const windowMs = 2 * 60 * 1000;
export const windowCallsMin = 8;
export const failureShareMax = 0.5;
/** Beyond that many the oldest are forgotten: their share hardly moves any more. */
export const windowCallsMax = 400;

/**
 * The first pause is shorter than a payer's patience, the longest shorter than an act of consent
 * is valid. Chance spreads them by a fifth, so that shops do not all come back at once.
 */
const pauseMs = 30_000;
const pauseMaxMs = 8 * 60 * 1000;
const spread = 0.2;

/** Longer than the longest wait for a provider: after it the call that tried is given up. */
export const probeLeaseMs = 3 * 60 * 1000;

/** `chance` lies between 0 and 1. */
export function pauseAfter(trips: number, chance: number): number {
  const usualMs = Math.min(pauseMs * 2 ** Math.min(trips - 1, 10), pauseMaxMs);
  return Math.round(usualMs * (1 - spread + 2 * spread * chance));
}

/** One call in the window. */
export interface WindowCall {
  readonly at: EpochMs;
  readonly failed: boolean;
}

export function withCall(window: readonly WindowCall[], call: WindowCall): readonly WindowCall[] {
  const recent = window.filter(({ at }) => call.at - at < windowMs);
  return [...recent, call].slice(-windowCallsMax);
}

export function isFailing(window: readonly WindowCall[]): boolean {
  const failed = window.filter((call) => call.failed).length;
  return window.length >= windowCallsMin && failed >= window.length * failureShareMax;
}

export type Reaction = 'none' | 'trip-by-share' | 'trip-at-once' | 'lock-out';

/**
 * What one outcome does to its lane. Where our operator signs, refused credentials are never tried
 * twice: a few more tries lock the operator for good.
 */
export function reactionTo(outcome: Outcome, lane: Lane): Reaction {
  const isSigned = lane === 'money-out' || lane === 'operator-questions';
  if (isSigned && outcome.credentials === 'refused-for-good') return 'lock-out';
  if (isSigned && outcome.credentials === 'refused') return 'trip-at-once';
  return outcome.unheard || outcome.credentials !== 'taken' ? 'trip-by-share' : 'none';
}
