import type { EpochMs, Msisdn, PayeeId, PaymentId, RailId, TransferId } from '#kernel';
import type { Account } from '#ledger';

export const transferKinds = ['auto', 'manual', 'test', 'refund', 'top-up'] as const;
/**
 * - `auto`: the daily sweep to the owner's phone.
 * - `manual`: to one of the owner's phones, by hand.
 * - `test`: a small amount that shows whose phone a number is.
 * - `refund`: a payment back to its payer.
 * - `top-up`: own money into the wallet that payouts are paid from.
 */
export type TransferKind = (typeof transferKinds)[number];

/** What a refund gives back, how, and from which account of the books. */
export interface RefundedPayment {
  readonly paymentId: PaymentId;
  readonly receipt: string;
  /** The whole payment by the provider's own reversal, or an amount sent to its payer. */
  readonly by: 'reversal' | 'payout';
  readonly paidFrom: Account;
}

/** Money that leaves a rail's wallet, or fills it. */
export interface Transfer {
  readonly id: TransferId;
  readonly rail: RailId;
  readonly kind: TransferKind;
  readonly state: TransferState;
  readonly amountMinor: bigint;
  /** What the provider charged for it, once known. */
  readonly feeMinor: bigint | undefined;
  /** The provider's idempotency key where it takes one, chosen before anything is sent. */
  readonly ownId: string;
  readonly providerRequestId: string | undefined;
  readonly receipt: string | undefined;
  /** Where it goes; absent where the provider knows by itself: reversals and top-ups. */
  readonly msisdn: Msisdn | undefined;
  readonly payeeId: PayeeId | undefined;
  /** Present for refunds alone. */
  readonly refund: RefundedPayment | undefined;
  readonly businessDate: string;
  readonly requestedBy: string;
  readonly why: string;
  readonly code: string | undefined;
  readonly description: string | undefined;
  readonly reason: string | undefined;
  readonly plannedAt: EpochMs;
  readonly sentAt: EpochMs | undefined;
  readonly settledAt: EpochMs | undefined;
  /** Who settled it, as long as no provider has said what became of it. */
  readonly settledBy: string | undefined;
  /** When the worker looks again; undefined when there is nothing left to ask. */
  readonly nextStepAt: EpochMs | undefined;
  readonly queries: number;
  readonly failedAnswers: number;
  /** How often its end was taken back. */
  readonly corrections: number;
}

export const transferStates = [
  'planned',
  'approved',
  'sending',
  'sent',
  'completed',
  'failed',
  'unknown',
  'reversed',
  'cancelled',
] as const;
export type TransferState = (typeof transferStates)[number];

/**
 * From → to. What may have been sent is never sent again under a new id. `approved` is reached a
 * second time only when no byte left us, or when a provider that guards its ids says after long
 * asking that it never heard of this one; the id stays the same. A success is real money wherever
 * it is told of, also after `failed`, and of what we took to be unsent: what went out once and came
 * back to `approved` may be cancelled, and its provider may remember it after all. `reversed` is a
 * completion by a person's word that was taken back: a provider's own never is.
 */
const transitions = {
  planned: ['approved', 'cancelled'],
  approved: ['sending', 'cancelled', 'failed', 'completed'],
  sending: ['approved', 'sent', 'completed', 'failed', 'unknown'],
  sent: ['completed', 'failed', 'unknown'],
  unknown: ['approved', 'completed', 'failed', 'sent'],
  completed: ['reversed'],
  failed: ['completed'],
  reversed: ['completed'],
  cancelled: ['completed'],
} as const satisfies Record<TransferState, readonly TransferState[]>;

export const transferStatesBefore = (to: TransferState): readonly TransferState[] =>
  transferStates.filter((from) => transitions[from].some((state) => state === to));

/** Sent, or perhaps sent, and not known how it ended. */
export const unsettledStates: readonly TransferState[] = ['sending', 'sent', 'unknown'];

/** After these its reservation is back in the wallet's account. */
export const backStates: readonly TransferState[] = ['failed', 'reversed', 'cancelled'];

/** Intent alone: a person may still take it back. */
export const unsentStates: readonly TransferState[] = ['planned', 'approved'];
export const isBack = ({ state }: Pick<Transfer, 'state'>): boolean => backStates.includes(state);

/** `tr_0ABC…` → letters and digits only: fits every rail's id alphabet. */
export const ownIdOf = (id: TransferId): string => `QT${id.slice(id.indexOf('_') + 1)}`;

export const isTransferOwnId = (ownId: string): boolean => ownId.startsWith('QT');

export type Road = 'payout' | 'refund' | 'top-up';

/**
 * By which of the rail's doors it goes out. Only a payout carries our own id to the provider and
 * may ever be submitted again.
 */
export function roadOf(transfer: Pick<Transfer, 'kind' | 'refund'>): Road {
  if (transfer.kind === 'top-up') return 'top-up';
  return transfer.refund?.by === 'reversal' ? 'refund' : 'payout';
}

/** Top-ups bring money in: nothing of ours is at risk while they are under way. */
export const isReserved = ({ kind }: Pick<Transfer, 'kind'>): boolean => kind !== 'top-up';
