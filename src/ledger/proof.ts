import { decimalOf, idFromNumber } from '#kernel';
import type { Executor } from '#platform/db';

import type { LedgerStore } from './store.ts';

/** One statement about the books and whether it holds; `detail` names what does not. */
export interface ProofCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** A check that holds when nothing speaks against it. */
export const checkOf = (
  name: string,
  objections: readonly string[],
  holds: string,
): ProofCheck => ({
  name,
  ok: objections.length === 0,
  detail: objections.length === 0 ? holds : objections.join('; '),
});

export async function checkBooks(
  store: LedgerStore,
  executor: Executor,
): Promise<readonly ProofCheck[]> {
  const currencies = await store.unbalancedCurrencies(executor);
  const broken = await store.brokenTransactions(executor);
  const drifted = await store.driftedAccounts(executor);
  return [
    checkOf(
      'trial-balance',
      currencies.map((c) => `${c.currency} is off by ${decimalOf(c.sumMinor)}`),
      'all entries sum to zero in every currency',
    ),
    checkOf(
      'transactions-balance',
      broken.map((t) => `transaction ${idFromNumber('ledgerTransaction', t.id)} does not balance`),
      'every transaction sums to zero and has the entries it declares',
    ),
    checkOf(
      'kept-balances',
      drifted.map(
        (a) =>
          `${a.name} keeps ${decimalOf(a.keptMinor)}, its entries say ${decimalOf(a.summedMinor)}`,
      ),
      'every kept balance equals the sum of its entries',
    ),
  ];
}
