import { formatMoney, invariant, type EpochMs, type RailId, type TransferId } from '#kernel';
import type { Tx } from '#platform/db';

import type { Bookings } from '../bookings/service.ts';
import type { TransferStore } from '../store.ts';
import type { Transfer } from '../transfer.ts';
import type { StatementMatchStore } from './store.ts';

/** Money that left, by the provider's account statement. */
export interface ListedPayout {
  readonly receipt: string;
  readonly ownId: string | undefined;
  /** Above zero. */
  readonly amountMinor: bigint;
  readonly occurredAt: EpochMs;
  readonly raw: string;
}

export type ListedPayoutOutcome =
  /** The books have it as it is. */
  | { readonly kind: 'known'; readonly transferId: TransferId }
  /** The books did not know its end, and do now. */
  | { readonly kind: 'settled'; readonly transferId: TransferId }
  /** The books say something else of it; a person is told. */
  | { readonly kind: 'contradicted'; readonly transferId: TransferId }
  /** Nothing proves it to be a transfer of ours; like ones are named for a person. */
  | { readonly kind: 'unmatched'; readonly candidates: readonly TransferId[] };

/** How long before it shows on a statement a payout may have been planned. */
const candidateWithinMs = 24 * 60 * 60 * 1000;
const clockSkewMs = 5 * 60 * 1000;

/**
 * Only a receipt or our own id proves that a payout on a statement is a transfer of ours: two
 * payouts of one amount on one day are nothing unusual.
 */
export function createStatementSettler(deps: {
  readonly store: Pick<TransferStore, 'lock' | 'lockByOwnId' | 'find'>;
  readonly matches: StatementMatchStore;
  readonly bookings: Pick<Bookings, 'complete' | 'mismatch'>;
}) {
  const { store, matches, bookings } = deps;

  const find = async (
    tx: Tx,
    rail: RailId,
    { receipt, ownId }: ListedPayout,
  ): Promise<Transfer | undefined> => {
    const known = await matches.idByReceipt(tx, rail, receipt);
    if (known !== undefined) return store.lock(tx, known);
    if (ownId === undefined) return undefined;
    const own = await store.lockByOwnId(tx, ownId);
    return own?.rail === rail ? own : undefined;
  };

  const settle = async (
    tx: Tx,
    transfer: Transfer,
    listed: ListedPayout,
  ): Promise<ListedPayoutOutcome> => {
    const { id: transferId, receipt, ownId } = transfer;
    if (transfer.amountMinor !== listed.amountMinor) {
      const said = formatMoney(listed.amountMinor);
      await bookings.mismatch(tx, transfer, `the statement says ${said}`);
      return { kind: 'contradicted', transferId };
    }
    // Our own id stands in where the provider gave no receipt.
    if (transfer.state === 'completed' && [listed.receipt, ownId].includes(receipt ?? '')) {
      return { kind: 'known', transferId };
    }
    const proof = { kind: 'statement', raw: listed.raw } as const;
    await bookings.complete(tx, transfer, { receipt: listed.receipt, proof });
    const after = await store.find(tx, transferId);
    const isSettled = transfer.state !== 'completed' && after?.state === 'completed';
    return { kind: isSettled ? 'settled' : 'contradicted', transferId };
  };

  return async (
    tx: Tx,
    rail: RailId,
    listed: readonly ListedPayout[],
  ): Promise<readonly ListedPayoutOutcome[]> => {
    const outcomes: ListedPayoutOutcome[] = [];
    for (const payout of listed) {
      invariant(payout.amountMinor > 0n, 'what left is an amount above zero');
      const transfer = await find(tx, rail, payout);
      if (transfer === undefined) {
        const { amountMinor, occurredAt } = payout;
        const fromAt = occurredAt - candidateWithinMs;
        const toAt = occurredAt + clockSkewMs;
        const candidates = await matches.likePayout(tx, { rail, amountMinor, fromAt, toAt });
        outcomes.push({ kind: 'unmatched', candidates });
      } else {
        outcomes.push(await settle(tx, transfer, payout));
      }
    }
    return outcomes;
  };
}
