import {
  invariant,
  type CallbackId,
  type EpochMs,
  type PromptId,
  type RailId,
  type VerificationId,
} from '#kernel';
import type { PayerPayment, PromptResult } from '#rails';

/** A callback's claim of money that its provider has to vouch for before it counts. */
export interface Verification {
  readonly id: VerificationId;
  readonly rail: RailId;
  readonly receipt: string;
  readonly why: VerificationReason;
  readonly callbackId: CallbackId;
  readonly promptId: PromptId | undefined;
  readonly claim: Claim;
  readonly state: VerificationState;
  readonly asks: number;
  readonly openedAt: EpochMs;
}

export type VerificationState = 'open' | 'confirmed' | 'refuted' | 'given-up';
export type VerificationReason =
  | 'answer-not-in-yet'
  | 'amount-differs'
  | 'payer-differs'
  | 'no-such-prompt'
  | 'unlisted-source';
export type PaidClaim = Extract<PromptResult, { verdict: 'paid' }>;
export type Claim = PaidClaim | PayerPayment;

/** Waits before each question to the provider; after the last the claim goes to a person. */
export const askAfterMs: readonly number[] = [
  3_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000,
];

/** The answer to our request is late by this much: it will not come any more. */
export const answerLateMs = 60_000;

export const nextAskAt = (verification: {
  readonly openedAt: EpochMs;
  readonly asks: number;
}): EpochMs | undefined => {
  const after = askAfterMs[verification.asks];
  return after === undefined ? undefined : verification.openedAt + after;
};

export const claimToText = (claim: Claim): string =>
  JSON.stringify({ ...claim, amountMinor: claim.amountMinor.toString() });

/** Reads back what `claimToText` wrote; anything else in that column is a defect. */
export function parseClaim(text: string): Claim {
  const raw = JSON.parse(text) as Omit<Claim, 'amountMinor'> & { amountMinor: string };
  invariant(
    raw.kind === 'prompt-result' || raw.kind === 'payer-payment',
    'a claim is of a prompt or of a payer',
  );
  return { ...raw, amountMinor: BigInt(raw.amountMinor) } as Claim;
}
