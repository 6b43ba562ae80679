import type { FailureReason } from '../rail.ts';

/**
 * What a code lets us conclude.
 * - `final`: this attempt ended without money; another one is the payer's or owner's decision.
 * - `retryable`: it took no effect for a passing reason; a new attempt may follow after a wait.
 * - `our-fault`: it took no effect and never will until we change something.
 * - `pending`: still on its way.
 * - `unknown`: nothing may be concluded; the provider has to be asked.
 */
export type Ruling = 'final' | 'retryable' | 'our-fault' | 'pending' | 'unknown';

export interface CodeMeaning {
  readonly ruling: Ruling;
  readonly reason: FailureReason;
  /** In the owner's words. */
  readonly meaning: string;
  readonly advice: string;
  /** Where the answer to a question settles what the same code in a callback leaves open. */
  readonly enquiryRuling?: Ruling;
  /** It took effect once, and only whether by this attempt is open. */
  readonly isDoneOnce?: boolean;
}

export type CodeTable = Readonly<Record<string, CodeMeaning>>;

/** The one code that says money moved. */
export const doneCode = '0';

export const row = (
  ruling: Ruling,
  reason: FailureReason,
  text: readonly [meaning: string, advice: string],
): CodeMeaning => ({ ruling, reason, meaning: text[0], advice: text[1] });

export const askFirst = 'Ask what became of it before anything else.';

export const unknownMeaning: CodeMeaning = row('unknown', 'other', [
  'M-Pesa answered with a code that is not known.',
  askFirst,
]);

// Own properties only: a code named `constructor` is as unknown as any other.
export const lookUp = (table: CodeTable, code: string): CodeMeaning | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;
