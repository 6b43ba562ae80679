import { decimalOf } from '#kernel';
import type { StatementLine, StatementProblem } from '../statement.ts';

/** Undefined where a line could not be read: what comes after it starts afresh. */
type Link = StatementLine | undefined;

const follows = (before: StatementLine, after: StatementLine): boolean =>
  before.balanceMinor !== undefined &&
  after.balanceMinor === before.balanceMinor + after.amountMinor;

/** Exports run either way: whichever way more of the balances follow from each other. */
function isNewestFirst(links: readonly Link[]): boolean {
  let downwards = 0;
  let upwards = 0;
  for (const [n, link] of links.entries()) {
    const previous = links[n - 1];
    if (link === undefined || previous === undefined) continue;
    if (follows(previous, link)) downwards += 1;
    if (follows(link, previous)) upwards += 1;
  }
  if (upwards !== downwards) return upwards > downwards;
  const read = links.filter((link) => link !== undefined);
  return (read[0]?.occurredAt ?? 0) > (read.at(-1)?.occurredAt ?? 0);
}

/**
 * Walks the running balance from the oldest line to the newest, and the file's own opening and
 * closing balance with it. A line that was left out, added or changed breaks it.
 */
export function chainProblems(
  read: readonly Link[],
  ends: { readonly openingMinor: bigint | undefined; readonly closingMinor: bigint | undefined },
): readonly StatementProblem[] {
  // Only what is completed moved money. What balance stands beside the others means nothing.
  const links = read.filter((link) => link === undefined || link.completed);
  const problems: StatementProblem[] = [];
  let runningMinor = ends.openingMinor;
  for (const link of isNewestFirst(links) ? links.toReversed() : links) {
    if (link === undefined) {
      runningMinor = undefined;
      continue;
    }
    if (runningMinor !== undefined) runningMinor += link.amountMinor;
    const { balanceMinor } = link;
    if (balanceMinor === undefined) continue;
    if (runningMinor !== undefined && runningMinor !== balanceMinor) {
      const [expected, found] = [decimalOf(runningMinor), decimalOf(balanceMinor)];
      const why = `the balance should be ${expected} after this line, not ${found}`;
      problems.push({ line: link.line, why });
    }
    runningMinor = balanceMinor;
  }
  const { closingMinor } = ends;
  const isShort =
    closingMinor !== undefined && runningMinor !== undefined && closingMinor !== runningMinor;
  if (!isShort) return problems;
  const [expected, found] = [decimalOf(runningMinor ?? 0n), decimalOf(closingMinor)];
  const why = `the lines end at ${expected}, the file's closing balance is ${found}`;
  return [...problems, { line: undefined, why }];
}
