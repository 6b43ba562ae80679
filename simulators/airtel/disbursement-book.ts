import { type EpochMs, invariant } from '#kernel';

import { disbursementCodes } from './codes.ts';
import type { Context } from './context.ts';
import type {
  DisbursementRequest,
  DisbursementType,
  DisbursementVersion,
} from './disbursement-rules.ts';
import { minorIn, numberIn, optionalTextIn, type Row, textIn } from './store.ts';

/** No TE here (sheet §10.4). */
export type DisbursementStatus = 'TIP' | 'TS' | 'TF' | 'TA';

export interface Disbursement extends Omit<DisbursementRequest, 'encryptedPin'> {
  readonly status: DisbursementStatus;
  readonly code: string;
  readonly airtelId: string | undefined;
  readonly acceptedAt: EpochMs;
}

export interface DisbursementBook {
  find(ownId: string): Disbursement | undefined;
  insert(request: Omit<DisbursementRequest, 'encryptedPin'>): void;
  move(
    ownId: string,
    to: Pick<Disbursement, 'status' | 'code'> & { readonly airtelId?: string },
  ): void;
}

const parseDisbursementRow = (row: Row): Disbursement => ({
  version: textIn(row, 'version') as DisbursementVersion,
  type: textIn(row, 'type') as DisbursementType,
  ownId: textIn(row, 'own_id'),
  national: textIn(row, 'national'),
  amountMinor: minorIn(row, 'amount_minor'),
  reference: textIn(row, 'reference'),
  status: textIn(row, 'status') as DisbursementStatus,
  code: textIn(row, 'code'),
  airtelId: optionalTextIn(row, 'airtel_id'),
  acceptedAt: numberIn(row, 'accepted_at'),
});

/** Disbursements as they are written down; the PIN never is. */
export function createDisbursementBook({ clock, store }: Context): DisbursementBook {
  const find = (ownId: string): Disbursement | undefined => {
    const row = store.get('select * from disbursement where own_id = ?', ownId);
    return row === undefined ? undefined : parseDisbursementRow(row);
  };
  return {
    find,
    insert: ({ version, type, ownId, national, amountMinor, reference }) =>
      store.run(
        `insert into disbursement
           (own_id, version, type, national, amount_minor, reference, status, code, accepted_at)
           values (?, ?, ?, ?, ?, ?, 'TIP', ?, ?)`,
        ownId,
        version,
        type,
        national,
        amountMinor,
        reference,
        disbursementCodes.inProcess,
        clock.now(),
      ),
    move: (ownId, { status, code, airtelId }) => {
      const before = find(ownId)?.status;
      invariant(before === 'TIP' || before === 'TA', 'a disbursement never leaves TS or TF');
      store.run(
        `update disbursement set status = ?, code = ?, airtel_id = ?, settled_at = ?
           where own_id = ?`,
        status,
        code,
        airtelId ?? null,
        status === 'TS' || status === 'TF' ? clock.now() : null,
        ownId,
      );
    },
  };
}
