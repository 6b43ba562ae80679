import { err, invariant, ok, type Result, type TransferId } from '#kernel';
import type { Actor } from '#audit';
import type { Tx } from '#platform/db';

import { released } from '../bookings/service.ts';
import type { TransfersDeps } from '../deps.ts';
import { createEnds } from '../ends/service.ts';
import type { CancellationRefusal } from '../errors.ts';
import type { TransferStore } from '../store.ts';
import { isReserved, unsentStates, type Transfer } from '../transfer.ts';

export interface Cancellation {
  readonly transferId: TransferId;
  readonly reason: string;
  readonly by: Actor;
}

const code = 'cancelled';

/**
 * Takes back what has not left. Sending marks a transfer under the same row lock before its first
 * byte, so that whoever comes second finds what the first one did.
 */
export function createCancellations(deps: TransfersDeps & { readonly store: TransferStore }) {
  const { database, clock, store } = deps;
  const ends = createEnds(deps);

  const release = async (tx: Tx, transfer: Transfer, order: Cancellation): Promise<void> => {
    const { id } = transfer;
    const { reason, by } = order;
    const change = { id, to: 'cancelled', code, description: reason, reason: code } as const;
    const changed = await store.change(tx, change, clock.now());
    invariant(changed, 'what is locked unsent can be cancelled');
    if (isReserved(transfer)) {
      await ends.post(tx, 'transfer-released', [{ transfer, entries: released(transfer) }]);
    }
    await ends.announce(tx, [{ transfer, state: 'cancelled', by, detail: reason }]);
  };

  const cancel = async (
    tx: Tx,
    order: Cancellation,
  ): Promise<Result<Transfer, CancellationRefusal>> => {
    const transfer = await store.lock(tx, order.transferId);
    if (transfer === undefined) return err({ kind: 'transfer-not-found' });
    // Asked twice, it is done once.
    if (transfer.state === 'cancelled') return ok(transfer);
    if (!unsentStates.includes(transfer.state)) {
      return err({ kind: 'past-cancelling', state: transfer.state });
    }
    await release(tx, transfer, order);
    const cancelled = await store.find(tx, transfer.id);
    invariant(cancelled?.state === 'cancelled', 'a cancelled transfer is cancelled');
    return ok(cancelled);
  };

  return (order: Cancellation): Promise<Result<Transfer, CancellationRefusal>> =>
    database.transaction((tx) => cancel(tx, order));
}
