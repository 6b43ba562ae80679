import type { FailureReason } from './rail.ts';

/** What a code answered: the same code means different things to different questions. */
export const codeSubjects = ['prompt', 'payout', 'refund', 'top-up', 'question'] as const;
export type CodeSubject = (typeof codeSubjects)[number];

/**
 * What a code lets us conclude.
 * - `done`: it took effect.
 * - `final`: this attempt ended without money; another one is somebody's decision.
 * - `pending`: still on its way.
 * - `retryable`: it took no effect for a passing reason.
 * - `unknown`: nothing may be concluded; the provider has to be asked.
 * - `our-fault`: it took no effect and never will until we change something.
 */
export const codeClasses = [
  'done',
  'final',
  'pending',
  'retryable',
  'unknown',
  'our-fault',
] as const;
export type CodeClass = (typeof codeClasses)[number];

export interface CodeExplanation {
  /** As the provider wrote it. */
  readonly code: string;
  /** False where the code is in no table. */
  readonly known: boolean;
  readonly class: CodeClass;
  readonly reason: FailureReason;
  /** In the owner's words. */
  readonly meaning: string;
  /** What to do about it. */
  readonly advice: string;
}
