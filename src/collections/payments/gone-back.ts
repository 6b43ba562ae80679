import {
  businessDateOf,
  idFromNumber,
  invariant,
  isoOf,
  numberFromId,
  type EpochMs,
  type TransferId,
} from '#kernel';

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

/** As columns keep it: nothing has gone back where nothing is said. */
export function backFactsOf(back: GoneBack | undefined) {
  if (back === undefined) return nothingBack;
  if (back.kind === 'refund') {
    const { from, amountMinor, transferId, completedOn } = back.refund;
    const on = completedOn ?? null;
    return { ...nothingBack, from, amountMinor, transferId: numberFromId(transferId), on };
  }
  const { from, amountMinor, receipt, at } = back.reversal;
  return { ...nothingBack, from, amountMinor, receipt, on: businessDateOf(at), at: isoOf(at) };
}
