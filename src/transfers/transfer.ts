import type { EpochMs, Msisdn, RailId, TransferId } from '#kernel';

/** Money from a rail's wallet to the owner's own phone. */
export interface Transfer {
  readonly id: TransferId;
  readonly rail: RailId;
  readonly kind: 'auto' | 'manual';
  readonly state: TransferState;
  readonly amountMinor: bigint;
  /** What the provider charged for it, once known. */
  readonly feeMinor: bigint | undefined;
  /** The provider's idempotency key, chosen before anything is sent. */
  readonly ownId: string;
  readonly providerRequestId: string | undefined;
  readonly receipt: string | undefined;
  readonly msisdn: Msisdn;
  readonly businessDate: string;
  readonly requestedBy: string;
  readonly why: string;
  readonly code: string | undefined;
  readonly description: string | undefined;
  readonly reason: string | undefined;
  readonly plannedAt: EpochMs;
  readonly sentAt: EpochMs | undefined;
  readonly settledAt: EpochMs | undefined;
  readonly queries: number;
  readonly failedAnswers: number;
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
 * it is told of, also after `failed`, and of what we took to be unsent.
 */
const transitions = {
  planned: ['approved', 'cancelled'],
  approved: ['sending', 'cancelled', 'failed', 'completed'],
  sending: ['approved', 'sent', 'completed', 'failed', 'unknown'],
  sent: ['completed', 'failed', 'unknown'],
  unknown: ['approved', 'completed', 'failed', 'sent'],
  completed: ['reversed'],
  failed: ['completed'],
  reversed: [],
  cancelled: [],
} as const satisfies Record<TransferState, readonly TransferState[]>;

export const transferStatesBefore = (to: TransferState): readonly TransferState[] =>
  transferStates.filter((from) => transitions[from].some((state) => state === to));

/** `tr_0ABC…` → letters and digits only: fits every rail's id alphabet. */
export const ownIdOf = (id: TransferId): string => `QT${id.slice(id.indexOf('_') + 1)}`;

export const isTransferOwnId = (ownId: string): boolean => ownId.startsWith('QT');
