import {
  unreachable,
  type ChargeId,
  type ExceptionId,
  type FixId,
  type PaymentId,
  type RailId,
} from '#kernel';
import type { TransferRefusal } from '#transfers';

import type { FixKind } from './fix.ts';

/** Why a fix was not applied or not undone, in order of precedence. */
export type FixRefusal =
  | { readonly kind: 'no-such-exception'; readonly exceptionId: ExceptionId }
  | { readonly kind: 'key-used-for-other-input' }
  /** Somebody was first, or it ended by itself. */
  | { readonly kind: 'already-resolved'; readonly by: FixId | 'itself' }
  | { readonly kind: 'fix-not-allowed'; readonly fix: FixKind; readonly allowed: string }
  | { readonly kind: 'no-such-payment'; readonly paymentId: PaymentId }
  | { readonly kind: 'refund-under-way'; readonly paymentId: PaymentId }
  /** The money is gone, by the statement, and nobody has said what to make of that. */
  | { readonly kind: 'reversed-by-provider'; readonly paymentId: PaymentId }
  | { readonly kind: 'nothing-left'; readonly paymentId: PaymentId }
  | { readonly kind: 'nothing-allocated' }
  | { readonly kind: 'too-many-allocations'; readonly max: number }
  | { readonly kind: 'no-such-charge'; readonly chargeId: ChargeId | 'none' }
  | { readonly kind: 'charge-already-paid'; readonly chargeId: ChargeId }
  | { readonly kind: 'other-customer'; readonly chargeId: ChargeId }
  | {
      readonly kind: 'more-than-payment';
      readonly paymentId: PaymentId;
      readonly restMinor: bigint;
    }
  | {
      readonly kind: 'charge-not-paid-in-full';
      readonly chargeId: ChargeId;
      readonly missingMinor: bigint;
    }
  | {
      readonly kind: 'more-than-charge';
      readonly chargeId: ChargeId;
      readonly excessMinor: bigint;
    }
  | { readonly kind: 'not-short'; readonly chargeId: ChargeId }
  | { readonly kind: 'unknown-stream'; readonly streamId: string }
  | { readonly kind: 'not-a-phone-number' }
  | { readonly kind: 'payer-not-known' }
  | { readonly kind: 'partly-earned'; readonly paymentId: PaymentId }
  | { readonly kind: 'several-streams'; readonly paymentId: PaymentId }
  | { readonly kind: 'only-whole-is-reversed' }
  | { readonly kind: 'rail-cannot-reverse'; readonly rail: RailId }
  | { readonly kind: 'refund-refused'; readonly refusal: TransferRefusal }
  | { readonly kind: 'nothing-to-undo' }
  | { readonly kind: 'refund-cannot-be-undone' }
  | { readonly kind: 'built-upon'; readonly paymentId: PaymentId; readonly why: BuiltUpon };

/** What rests on a fix. */
export type BuiltUpon = (typeof builtUpon)[keyof typeof builtUpon];
export const builtUpon = {
  fix: 'a later fix placed money of it; undo that one first',
  refund:
    'a refund of the rest was asked for since and reported as failed, and may still go through; ' +
    'place the rest instead',
} as const;

/** Whether the same request could succeed later, with nothing changed by whoever asks. */
export function isTransient(refusal: FixRefusal): boolean {
  switch (refusal.kind) {
    // A refund that fails gives the money back; a payout that is refused now may be taken later.
    case 'refund-under-way':
    case 'refund-refused':
      return true;
    case 'no-such-exception':
    case 'key-used-for-other-input':
    case 'already-resolved':
    case 'fix-not-allowed':
    case 'no-such-payment':
    case 'reversed-by-provider':
    case 'nothing-left':
    case 'nothing-allocated':
    case 'too-many-allocations':
    case 'no-such-charge':
    case 'charge-already-paid':
    case 'other-customer':
    case 'more-than-payment':
    case 'charge-not-paid-in-full':
    case 'more-than-charge':
    case 'not-short':
    case 'unknown-stream':
    case 'not-a-phone-number':
    case 'payer-not-known':
    case 'partly-earned':
    case 'several-streams':
    case 'only-whole-is-reversed':
    case 'rail-cannot-reverse':
    case 'nothing-to-undo':
    case 'refund-cannot-be-undone':
    case 'built-upon':
      return false;
    default:
      return unreachable(refusal, 'fix refusal');
  }
}
