import { type EpochMs, invariant } from '#kernel';

import { collectionCodes } from './codes.ts';
import type { CollectionRequest } from './collection-rules.ts';
import type { Context } from './context.ts';
import { minorIn, numberIn, optionalTextIn, type Row, textIn } from './store.ts';

/** TIP and TA are open; the others are final, but for TF in the `tfThenTs` mode (sheet §7, §18). */
export type CollectionStatus = 'TIP' | 'TS' | 'TF' | 'TA' | 'TE';

export interface Collection extends CollectionRequest {
  readonly status: CollectionStatus;
  readonly code: string;
  readonly airtelId: string | undefined;
  readonly acceptedAt: EpochMs;
}

export interface CollectionBook {
  find(ownId: string): Collection | undefined;
  insert(request: CollectionRequest): void;
  move(ownId: string, to: Pick<Collection, 'code'> & { status: 'TF' | 'TA' | 'TE' }): void;
  markPaid(ownId: string, airtelId: string): void;
}

const parseCollectionRow = (row: Row): Collection => ({
  ownId: textIn(row, 'own_id'),
  national: textIn(row, 'national'),
  amountMinor: minorIn(row, 'amount_minor'),
  reference: textIn(row, 'reference'),
  status: textIn(row, 'status') as CollectionStatus,
  code: textIn(row, 'code'),
  airtelId: optionalTextIn(row, 'airtel_id'),
  acceptedAt: numberIn(row, 'accepted_at'),
});

/** Collections as they are written down. */
export function createCollectionBook({ clock, store }: Context): CollectionBook {
  const find = (ownId: string): Collection | undefined => {
    const row = store.get('select * from collection where own_id = ?', ownId);
    return row === undefined ? undefined : parseCollectionRow(row);
  };
  return {
    find,
    insert: ({ ownId, national, amountMinor, reference }) =>
      store.run(
        `insert into collection
           (own_id, national, amount_minor, reference, status, code, accepted_at)
           values (?, ?, ?, ?, 'TIP', ?, ?)`,
        ownId,
        national,
        amountMinor,
        reference,
        collectionCodes.inProcess,
        clock.now(),
      ),
    move: (ownId, { status, code }) => {
      invariant(find(ownId)?.status !== 'TS', 'a collection never leaves TS');
      store.run(
        'update collection set status = ?, code = ?, settled_at = ? where own_id = ?',
        status,
        code,
        status === 'TA' ? null : clock.now(),
        ownId,
      );
    },
    markPaid: (ownId, airtelId) => {
      invariant(find(ownId)?.status !== 'TS', 'a collection is paid once');
      store.run(
        `update collection set status = 'TS', code = ?, airtel_id = ?, settled_at = ?
           where own_id = ?`,
        collectionCodes.success,
        airtelId,
        clock.now(),
        ownId,
      );
    },
  };
}
