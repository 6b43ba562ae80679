import type { ChargeId, EpochMs, PromptId, RailId } from '#kernel';
import type { FailureReason } from '#rails';

/** One attempt to have a payer approve a charge on the phone. */
export interface Prompt {
  readonly id: PromptId;
  readonly chargeId: ChargeId;
  readonly rail: RailId;
  /** Our id for the attempt in the rail's alphabet. */
  readonly ownId: string;
  readonly state: PromptState;
  /** The provider's id; absent until, or unless, its answer came. */
  readonly providerRequestId: string | undefined;
  readonly providerTraceId: string | undefined;
  readonly amountMinor: bigint;
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly plannedAt: EpochMs;
  readonly settledAt: EpochMs | undefined;
  readonly queries: number;
  readonly failedAnswers: number;
}

export const promptStates = [
  'sending',
  'accepted',
  'unknown',
  'refused',
  'paid',
  'failed',
] as const;
export type PromptState = (typeof promptStates)[number];

/**
 * From → to; `paid` is reached from everywhere, for late success is real money. An answer that is
 * merely slow finds its prompt `unknown`, and is an answer all the same.
 */
const transitions = {
  sending: ['accepted', 'unknown', 'refused', 'paid', 'failed'],
  accepted: ['paid', 'failed', 'unknown'],
  unknown: ['accepted', 'paid', 'failed'],
  refused: ['paid'],
  failed: ['paid'],
  paid: [],
} as const satisfies Record<PromptState, readonly PromptState[]>;

export const promptStatesBefore = (to: PromptState): readonly PromptState[] =>
  promptStates.filter((from) => transitions[from].some((state) => state === to));

/** Nothing is asked about these any more, unless a provider hints at a late success. */
export const isOver = (state: PromptState): boolean => state === 'failed' || state === 'refused';

/**
 * The payer said no on the phone: no further prompt without a new act. On Airtel `other` is among
 * them, because it has no code of its own for a cancel.
 */
export const refusalsByPayer = {
  mpesa: ['payer-cancelled', 'wrong-pin'],
  airtel: ['payer-cancelled', 'wrong-pin', 'other'],
} as const satisfies Record<RailId, readonly FailureReason[]>;

/** `pr_0ABC…` → 13 base-32 digits in front of a fixed letter: fits every rail's id alphabet. */
export const ownIdOf = (id: PromptId): string => `QP${id.slice(id.indexOf('_') + 1)}`;
