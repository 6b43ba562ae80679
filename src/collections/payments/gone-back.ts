import {
  businessDateOf,
  idFromNumber,
  invariant,
  isoOf,
  numberFromId,
  type EpochMs,
  type TransferId,
} from '#kernel';
import { sql } from '#platform/db';

/** Where money of a payment lies before it goes back. */
export type Place = 'earned' | 'suspense' | 'credit';

/** Money that goes back to its payer: all that is earned, or all that is not. */
export interface Refund {
  /** Where it lay, and lies again when the refund fails. */
  readonly from: Place;
  readonly amountMinor: bigint;
  readonly transferId: TransferId;
  /** The business day it was completed on. */
  readonly completedOn: string | undefined;
}

/** Money that its provider gave back without us, by a line of its statement. */
export interface Reversal extends Pick<Refund, 'from' | 'amountMinor'> {
  /** The provider's receipt of it. */
  readonly receipt: string;
  readonly at: EpochMs;
}

/** How money of a payment went back to its payer, or goes. */
export type GoneBack =
  | { readonly kind: 'refund'; readonly refund: Refund }
  | { readonly kind: 'reversal'; readonly reversal: Reversal };

export interface BackRow {
  readonly refundFrom: Place | null;
  readonly refundMinor: bigint | null;
  readonly refundTransferId: bigint | null;
  readonly refundedOn: string | null;
  readonly reversalReceipt: string | null;
  readonly reversedAt: EpochMs | null;
}

export const backColumns = sql`
  refund_from as "refundFrom", refund_minor as "refundMinor",
  refund_transfer_id as "refundTransferId", refunded_on as "refundedOn",
  reversal_receipt as "reversalReceipt", reversed_at as "reversedAt"`;

export function refundOf(row: BackRow): Refund | undefined {
  const { refundFrom, refundMinor, refundTransferId } = row;
  if (refundFrom === null || refundMinor === null || refundTransferId === null) return undefined;
  return {
    from: refundFrom,
    amountMinor: refundMinor,
    transferId: idFromNumber('transfer', refundTransferId),
    completedOn: row.refundedOn ?? undefined,
  };
}

export function reversalOf(row: BackRow): Reversal | undefined {
  const { refundFrom, refundMinor, reversalReceipt, reversedAt } = row;
  if (refundFrom === null || refundMinor === null || reversalReceipt === null) return undefined;
  invariant(reversedAt !== null, 'a reversal has its time');
  return { from: refundFrom, amountMinor: refundMinor, receipt: reversalReceipt, at: reversedAt };
}

const nothingBack = {
  from: null,
  amountMinor: null,
  transferId: null,
  on: null,
  receipt: null,
  at: null,
};

function factsOf(back: GoneBack | undefined) {
  if (back === undefined) return nothingBack;
  if (back.kind === 'refund') {
    const { from, amountMinor, transferId, completedOn } = back.refund;
    const on = completedOn ?? null;
    return { ...nothingBack, from, amountMinor, transferId: numberFromId(transferId), on };
  }
  const { from, amountMinor, receipt, at } = back.reversal;
  return { ...nothingBack, from, amountMinor, receipt, on: businessDateOf(at), at: isoOf(at) };
}

/** Assignments of an update: what has gone back, or that nothing has. */
export function setBack(back: GoneBack | undefined) {
  const facts = factsOf(back);
  return sql`
    refund_from = ${facts.from}, refund_minor = ${facts.amountMinor},
    refund_transfer_id = ${facts.transferId}, refunded_on = ${facts.on},
    reversal_receipt = ${facts.receipt}, reversed_at = ${facts.at}`;
}
