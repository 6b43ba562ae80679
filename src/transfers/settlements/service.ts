import { err, invariant, ok, type EpochMs, type Result, type TransferId } from '#kernel';
import { formatActor, type Actor } from '#audit';
import type { Tx } from '#platform/db';

import type { Bookings } from '../bookings/service.ts';
import type { TransfersDeps } from '../deps.ts';
import type { SettlementRefusal } from '../errors.ts';
import type { TransferStore } from '../store.ts';
import { nairobiTime } from '../times.ts';
import { isBack, unsettledStates, type Transfer } from '../transfer.ts';

export interface Settlement {
  readonly transferId: TransferId;
  readonly end:
    | { readonly kind: 'completed'; readonly receipt: string }
    | { readonly kind: 'failed' };
  readonly reason: string;
  readonly by: Actor;
  /** The receipt of the provider's statement line that proves the end: nobody has to wait. */
  readonly statementLine?: string;
}

/** Providers have been seen to answer after a day; none after two. */
export const mayAnswerForMs = 48 * 60 * 60_000;

/**
 * A person's word on a transfer nobody speaks of. A provider's word, whenever it comes, weighs
 * more; until then another word of a person takes the first one back.
 */
export function createSettlements(
  deps: TransfersDeps & { readonly store: TransferStore; readonly bookings: Bookings },
) {
  const { database, clock, store, bookings } = deps;

  const refusalOf = async (
    tx: Tx,
    transfer: Transfer,
    { end, statementLine }: Settlement,
  ): Promise<SettlementRefusal | undefined> => {
    const open = unsettledStates.includes(transfer.state);
    if (!open && transfer.settledBy === undefined) return { kind: 'settled-by-provider' };
    if (open && transfer.nextStepAt !== undefined && statementLine === undefined) {
      return { kind: 'still-asking' };
    }
    const until = mayAnswerUntil(transfer);
    if (open && clock.now() < until && statementLine === undefined) {
      return { kind: 'may-still-answer', until: nairobiTime(until) };
    }
    if (end.kind === 'failed') return undefined;
    const other = await store.findByReceipt(tx, transfer.rail, end.receipt);
    return other === undefined || other.id === transfer.id
      ? undefined
      : { kind: 'receipt-of-another', transferId: other.id };
  };

  const book = async (tx: Tx, transfer: Transfer, word: Settlement): Promise<void> => {
    const { end, reason, by } = word;
    const said = { by, settledBy: formatActor(by) };
    if (end.kind === 'completed') {
      if (transfer.state === 'completed') {
        await store.correctReceipt(tx, { id: transfer.id, receipt: end.receipt, ...said });
        return;
      }
      const booked = await bookings.byHand.complete(tx, transfer, {
        ...said,
        receipt: end.receipt,
      });
      invariant(booked, 'what a person may settle as completed is booked');
      return;
    }
    if (!isBack(transfer)) {
      const failed = { ...said, code: 'by-hand', description: reason, reason: 'settled-by-hand' };
      if (transfer.state === 'completed') return bookings.byHand.reverse(tx, transfer, failed);
      const booked = await bookings.byHand.fail(tx, transfer, failed);
      invariant(booked, 'what a person may settle as failed gives its reservation back');
    }
  };

  const settle = async (tx: Tx, word: Settlement): Promise<Result<Transfer, SettlementRefusal>> => {
    const { transferId, end, reason, by, statementLine } = word;
    const transfer = await store.lock(tx, transferId);
    if (transfer === undefined) return err({ kind: 'transfer-not-found' });
    const refusal = await refusalOf(tx, transfer, word);
    if (refusal !== undefined) return err(refusal);
    await book(tx, transfer, word);
    await deps.audit.record(tx, {
      actor: by,
      action: 'transfer.settled-by-hand',
      subject: `transfer:${transferId}`,
      detail: {
        from: transfer.state,
        end: end.kind,
        reason,
        ...(end.kind === 'completed' ? { receipt: end.receipt } : {}),
        ...(statementLine === undefined ? {} : { statementLine }),
      },
    });
    const settled = await store.find(tx, transferId);
    invariant(settled !== undefined, 'a transfer is never removed');
    return ok(settled);
  };

  return (word: Settlement): Promise<Result<Transfer, SettlementRefusal>> =>
    database.transaction((tx) => settle(tx, word));
}

const mayAnswerUntil = ({ sentAt, plannedAt }: Transfer): EpochMs =>
  (sentAt ?? plannedAt) + mayAnswerForMs;
