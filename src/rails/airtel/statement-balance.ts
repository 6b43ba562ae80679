import { decimalOf } from '#kernel';
import type { StatementProblem } from '../statement.ts';
import type { SignedEntry } from './statement-rows.ts';

/** What a row did to the wallet: its amount, and the charge on top of it (assumed). */
export const movedMinor = ({ amountMinor, chargeMinor }: SignedEntry): bigint =>
  amountMinor - chargeMinor;

const broken = (entry: SignedEntry, expectedMinor: bigint): StatementProblem => ({
  line: entry.line,
  why:
    `the balance is ${decimalOf(entry.balanceMinor ?? 0n)}, but the line before it ` +
    `leads to ${decimalOf(expectedMinor)}`,
});

/**
 * Each row's balance follows from the one before it in time. Across a line that could not be read
 * nothing is said: that line is a problem already.
 */
function breaksIn(
  entries: readonly SignedEntry[],
  unreadLines: readonly number[],
): readonly StatementProblem[] {
  return entries.flatMap((entry, n) => {
    const before = entries[n - 1];
    if (before?.balanceMinor === undefined || entry.balanceMinor === undefined) return [];
    const [low = 0, high = 0] = [before.line, entry.line].toSorted((one, other) => one - other);
    if (unreadLines.some((line) => line > low && line < high)) return [];
    const expectedMinor = before.balanceMinor + movedMinor(entry);
    return entry.balanceMinor === expectedMinor ? [] : [broken(entry, expectedMinor)];
  });
}

export interface Ordered {
  /** From the oldest to the newest; only what moved money. */
  readonly entries: readonly SignedEntry[];
  readonly isNewestFirst: boolean;
  readonly problems: readonly StatementProblem[];
}

/**
 * Which end of the file is older. The times say so, but for rows of one minute; then the running
 * balance does. Where it fits neither way it is broken.
 */
export function inOrder(moved: readonly SignedEntry[], unreadLines: readonly number[]): Ordered {
  const [first, last] = [moved[0], moved.at(-1)];
  const seemsNewestFirst = (first?.occurredAt ?? 0) > (last?.occurredAt ?? 0);
  const ordered = (isNewestFirst: boolean): Ordered => {
    const entries = isNewestFirst ? moved.toReversed() : moved;
    return { entries, isNewestFirst, problems: breaksIn(entries, unreadLines) };
  };
  const likely = ordered(seemsNewestFirst);
  if (likely.problems.length === 0) return likely;
  const other = ordered(!seemsNewestFirst);
  return other.problems.length === 0 ? other : likely;
}
