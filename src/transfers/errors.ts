import { unreachable, type RailId, type TransferId } from '#kernel';

import type { TransferState } from './transfer.ts';

/** Why a transfer was not planned, in order of precedence. */
export type TransferRefusal =
  | { readonly kind: 'key-used-for-other-input'; readonly transferId: TransferId }
  | { readonly kind: 'engine-stopped' }
  | { readonly kind: 'rail-not-configured'; readonly rail: RailId }
  | { readonly kind: 'rail-cannot-refund'; readonly rail: RailId }
  | { readonly kind: 'rail-cannot-top-up'; readonly rail: RailId }
  | { readonly kind: 'no-payout-number'; readonly rail: RailId }
  | { readonly kind: 'payee-not-found' }
  /** `number` is masked: refusals are shown and kept. */
  | { readonly kind: 'number-not-confirmed'; readonly rail: RailId; readonly number: string }
  | { readonly kind: 'payment-not-found' }
  | { readonly kind: 'refund-exists'; readonly transferId: TransferId }
  | { readonly kind: 'more-than-the-payment'; readonly paymentMinor: bigint }
  | { readonly kind: 'not-the-whole-payment'; readonly paymentMinor: bigint }
  | { readonly kind: 'not-the-payers-number'; readonly number: string }
  | { readonly kind: 'top-up-under-way'; readonly rail: RailId; readonly transferId: TransferId }
  | { readonly kind: 'amount-not-whole-shillings'; readonly amountMinor: bigint }
  | {
      readonly kind: 'amount-out-of-range';
      readonly rail: RailId;
      readonly minMinor: bigint;
      readonly maxMinor: bigint;
    }
  | {
      readonly kind: 'over-daily-limit';
      readonly rail: RailId;
      readonly number: string;
      readonly limitMinor: bigint;
      readonly leftMinor: bigint;
    }
  | { readonly kind: 'balance-too-low'; readonly rail: RailId; readonly freeMinor: bigint }
  | {
      readonly kind: 'working-wallet-too-low';
      readonly rail: RailId;
      readonly wallet: string;
      readonly availableMinor: bigint;
    };

/** Whether the same request could succeed later, without a change of settings. */
export function isTransient(refusal: TransferRefusal): boolean {
  switch (refusal.kind) {
    case 'engine-stopped':
    case 'over-daily-limit':
    case 'balance-too-low':
    case 'working-wallet-too-low':
    case 'top-up-under-way':
      return true;
    case 'key-used-for-other-input':
    case 'rail-not-configured':
    case 'rail-cannot-refund':
    case 'rail-cannot-top-up':
    case 'no-payout-number':
    case 'payee-not-found':
    case 'number-not-confirmed':
    case 'payment-not-found':
    case 'refund-exists':
    case 'more-than-the-payment':
    case 'not-the-whole-payment':
    case 'not-the-payers-number':
    case 'amount-not-whole-shillings':
    case 'amount-out-of-range':
      return false;
    default:
      return unreachable(refusal, 'transfer refusal');
  }
}

/** Why a number was not tested or confirmed. Times are Nairobi's, as people read them. */
export type PayeeRefusal =
  | { readonly kind: 'payee-not-found' }
  | { readonly kind: 'already-confirmed' }
  | { readonly kind: 'test-under-way'; readonly transferId: TransferId }
  | { readonly kind: 'test-unanswered'; readonly until: string }
  | { readonly kind: 'no-test-yet' }
  | { readonly kind: 'test-not-arrived' }
  | { readonly kind: 'test-expired' }
  | { readonly kind: 'too-many-tries' }
  | { readonly kind: 'wrong-receipt'; readonly triesLeft: number };

/** Why a transfer was not cancelled. */
export type CancellationRefusal =
  | { readonly kind: 'transfer-not-found' }
  | { readonly kind: 'past-cancelling'; readonly state: TransferState };

/** Why a person's word on a transfer was not taken. */
export type SettlementRefusal =
  | { readonly kind: 'transfer-not-found' }
  | { readonly kind: 'settled-by-provider' }
  | { readonly kind: 'still-asking' }
  | { readonly kind: 'may-still-answer'; readonly until: string }
  | { readonly kind: 'receipt-of-another'; readonly transferId: TransferId };
