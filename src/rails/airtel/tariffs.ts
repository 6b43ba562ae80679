import { invariant, type BusinessDate } from '#kernel';

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

/**
 * Airtel negotiates what merchants pay and publishes none of it. Consumer bands say nothing about
 * a merchant's fee, so without terms it is zero, and the provider's statement names the difference.
 */
function feeMinor(
  amountMinor: bigint,
  { fixedMinor, basisPoints, leastMinor, mostMinor }: FeeTerms,
): bigint {
  invariant(amountMinor >= 0n, 'a fee is charged on an amount that moved');
  // Half a cent counts as a whole one.
  const share =
    (amountMinor * basisPoints + basisPointsPerWhole / 2n) / basisPointsPerWhole + fixedMinor;
  const atLeast = leastMinor !== undefined && share < leastMinor ? leastMinor : share;
  return mostMinor !== undefined && atLeast > mostMinor ? mostMinor : atLeast;
}

interface FeeQuestion {
  readonly amountMinor: bigint;
  readonly on: BusinessDate;
  /** In order of date, as signed; empty where no fee was agreed. */
  readonly contract: readonly ContractTerms[];
}

const termsOn = ({ on, contract }: FeeQuestion): ContractTerms | undefined =>
  contract.findLast(({ effectiveFrom }) => effectiveFrom <= on);

/** The business's fee on one collected payment. */
export function collectionFeeMinor(question: FeeQuestion): bigint {
  const terms = termsOn(question);
  return terms === undefined ? 0n : feeMinor(question.amountMinor, terms.collection);
}

/** The business's fee on one payout. */
export function payoutFeeMinor(question: FeeQuestion): bigint {
  const terms = termsOn(question);
  return terms === undefined ? 0n : feeMinor(question.amountMinor, terms.payout);
}
