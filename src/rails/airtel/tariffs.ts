import { invariant, type BusinessDate } from '#kernel';
import type { FeeQuestion } from '../rail.ts';

/** One negotiated fee: a fixed part, a share of the amount, and bounds on their sum. */
export interface FeeTerms {
  readonly fixedMinor: bigint;
  readonly basisPoints: bigint;
  readonly leastMinor?: bigint | undefined;
  readonly mostMinor?: bigint | undefined;
}

/** What the contract with Airtel says from one business day on. */
export interface ContractTerms {
  readonly effectiveFrom: BusinessDate;
  readonly collection: FeeTerms;
  readonly payout: FeeTerms;
}

const basisPointsPerWhole = 10_000n;

function feeUnder(
  amountMinor: bigint,
  { fixedMinor, basisPoints, leastMinor, mostMinor }: FeeTerms,
): bigint {
  // Half a cent counts as a whole one.
  const share =
    (amountMinor * basisPoints + basisPointsPerWhole / 2n) / basisPointsPerWhole + fixedMinor;
  const atLeast = leastMinor !== undefined && share < leastMinor ? leastMinor : share;
  return mostMinor !== undefined && atLeast > mostMinor ? mostMinor : atLeast;
}

/**
 * Airtel negotiates what merchants pay and publishes none of it. Consumer bands say nothing about a
 * merchant's fee, so without terms it is not known, and only the provider's statement names it.
 */
export function feeMinorOf(
  { about, amountMinor, on }: FeeQuestion,
  contract: readonly ContractTerms[],
): bigint | undefined {
  invariant(amountMinor >= 0n, 'a fee is charged on an amount that moved');
  const terms = contract.findLast(({ effectiveFrom }) => effectiveFrom <= on);
  if (terms === undefined) return undefined;
  return feeUnder(amountMinor, about === 'payment' ? terms.collection : terms.payout);
}

function termsProblem({ fixedMinor, basisPoints, leastMinor, mostMinor }: FeeTerms): boolean {
  const least = leastMinor ?? 0n;
  const bounds = [fixedMinor, basisPoints, least, mostMinor ?? least];
  const isBackwards = mostMinor !== undefined && mostMinor < least;
  return isBackwards || basisPoints > basisPointsPerWhole || bounds.some((part) => part < 0n);
}

/** What cannot have been agreed. */
export function contractProblems(contract: readonly ContractTerms[]): readonly string[] {
  const dates = contract.map(({ effectiveFrom }) => effectiveFrom);
  const isOrdered = dates.every((date, n) => n === 0 || (dates[n - 1] ?? '') < date);
  const terms = contract.flatMap(({ collection, payout }) => [collection, payout]);
  return [
    ...(isOrdered ? [] : ['the fees’ dates do not follow one another']),
    ...(terms.some(termsProblem) ? ['a fee is below zero, above the amount or out of bounds'] : []),
  ];
}
