import { invariant, type EpochMs, type LedgerTransactionId } from '#kernel';

import type { Account } from './account.ts';

/** One side of a posting. Debits are positive, credits negative, in minor units. */
export interface Entry {
  readonly account: Account;
  readonly amountMinor: bigint;
}

/** What is asked of the books: at least two entries that sum to zero per currency. */
export interface Posting {
  readonly id: LedgerTransactionId;
  /** What happened, in one word of the glossary: `payment`, `transfer-reserved`, … */
  readonly kind: string;
  /** Says the same thing twice at most once; the same key with another input is refused. */
  readonly idempotencyKey: string;
  /** The id of what the money is about. */
  readonly subject: string;
  readonly occurredAt: EpochMs;
  readonly entries: readonly Entry[];
}

export const entriesMax = 100;

export const debit = (account: Account, amountMinor: bigint): Entry => {
  invariant(amountMinor > 0n, 'a debit is an amount above zero');
  return { account, amountMinor };
};

export const credit = (account: Account, amountMinor: bigint): Entry => {
  invariant(amountMinor > 0n, 'a credit is an amount above zero');
  return { account, amountMinor: -amountMinor };
};

/** Throws unless the posting balances: unbalanced books are a defect, never a refusal. */
export function assertBalanced(posting: Posting): void {
  const { entries } = posting;
  invariant(entries.length >= 2 && entries.length <= entriesMax, 'a posting has 2–100 entries');
  const sums = new Map<string, bigint>();
  for (const { account, amountMinor } of entries) {
    invariant(amountMinor !== 0n, 'an entry moves something');
    sums.set(account.currency, (sums.get(account.currency) ?? 0n) + amountMinor);
  }
  for (const [currency, sum] of sums) {
    invariant(sum === 0n, `${posting.kind} of ${posting.subject} sums to zero in ${currency}`);
  }
}

/** The input as one text, hashed to tell a repeat from a contradiction. */
export const canonicalInput = (posting: Posting): string =>
  JSON.stringify([
    posting.kind,
    posting.subject,
    posting.occurredAt,
    posting.entries.map((e) => [e.account.name, e.account.currency, e.amountMinor.toString()]),
  ]);
