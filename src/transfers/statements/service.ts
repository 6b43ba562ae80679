import { formatMoney, invariant, type EpochMs, type RailId, type TransferId } from '#kernel';
import type { Tx } from '#platform/db';

import type { Bookings } from '../bookings/service.ts';
import type { TransferStore } from '../store.ts';
import type { Transfer } from '../transfer.ts';
import type { ReversalOf, StatementMatchStore } from './store.ts';

/** Money that left, by the provider's account statement. */
export interface ListedPayout {
  readonly receipt: string;
  readonly ownId: string | undefined;
  /** The receipt of the payment that the money gives back, where it gives one back. */
  readonly linkedReceipt: string | undefined;
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
 * payouts of one amount on one day are nothing unusual. A payment is reversed once, so that what
 * reversed it is the reversal we asked for.
 */
export function createStatementSettler(deps: {
  readonly store: Pick<TransferStore, 'lock' | 'lockByOwnId' | 'lockByReceipt' | 'find'>;
  readonly matches: StatementMatchStore;
  readonly bookings: Pick<Bookings, 'complete' | 'mismatch'>;
}) {
  const { store, matches, bookings } = deps;

  const find = async (
    tx: Tx,
    rail: RailId,
    { listed, reversals }: { readonly listed: ListedPayout; readonly reversals: Reversals },
  ): Promise<Transfer | undefined> => {
    const { receipt, ownId } = listed;
    const own = ownId === undefined ? undefined : await store.lockByOwnId(tx, ownId);
    if (own?.rail === rail) return own;
    const known = await store.lockByReceipt(tx, rail, receipt);
    if (known !== undefined && known.settledBy === undefined) return known;
    // A person may have put the receipt on another transfer.
    const reversal = reversalBy(listed, reversals);
    return reversal === undefined ? known : store.lock(tx, reversal);
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
    const proof = { kind: 'statement', raw: listed.raw } as const;
    const done = { receipt: listed.receipt, proof };
    // Our own id stands in where the provider gave no receipt.
    if (transfer.state === 'completed' && [listed.receipt, ownId].includes(receipt ?? '')) {
      // What a person said becomes the provider's own word.
      if (transfer.settledBy !== undefined) await bookings.complete(tx, transfer, done);
      return { kind: 'known', transferId };
    }
    await bookings.complete(tx, transfer, done);
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
    const linked = listed.flatMap(({ linkedReceipt }) => linkedReceipt ?? []);
    const reversals = await matches.reversalsOf(tx, rail, linked);
    for (const payout of listed) {
      invariant(payout.amountMinor > 0n, 'what left is an amount above zero');
      const transfer = await find(tx, rail, { listed: payout, reversals });
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

type Reversals = readonly ReversalOf[];

/** The one that has not failed, else the one that has: a success may be told of late. */
function reversalBy(listed: ListedPayout, reversals: Reversals): TransferId | undefined {
  const fitting = reversals.filter(
    ({ paymentReceipt, amountMinor }) =>
      paymentReceipt === listed.linkedReceipt && amountMinor === listed.amountMinor,
  );
  const standing = fitting.filter(({ hasFailed }) => !hasFailed);
  const likely = standing.length > 0 ? standing : fitting;
  return likely.length === 1 ? likely[0]?.id : undefined;
}
