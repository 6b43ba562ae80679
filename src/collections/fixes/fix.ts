import type { ChargeId, EpochMs, ExceptionId, FixId, PaymentId, TransferId } from '#kernel';

import type { ExceptionKind } from '../exceptions/store.ts';

/** What a person may do about an exception. */
export const fixKinds = [
  'match',
  'accept-short',
  'assign-stream',
  'assign-customer',
  'refund',
  'book-reversal',
  'keep',
  'dismiss',
] as const;
export type FixKind = (typeof fixKinds)[number];

/** A part of a payment for a charge. */
export interface AllocationOrder {
  readonly chargeId: ChargeId;
  /** As much as the charge still lacks and the payment still has, unless said. */
  readonly amountMinor: bigint | undefined;
  /** The exception's own unless another is named: several payments may pay one charge. */
  readonly paymentId: PaymentId | undefined;
}

export type Fix =
  /** The money pays charges, each in full; what is left stays, or is held for a customer. */
  | {
      readonly kind: 'match';
      readonly allocations: readonly AllocationOrder[];
      readonly rest: 'stays' | 'credit';
      /** Whose credit the rest is; the payer's unless said. */
      readonly phone: string | undefined;
    }
  /** Less than was asked for is enough: the charge is paid, what lacks is waived. */
  | { readonly kind: 'accept-short'; readonly chargeId: ChargeId | undefined }
  /** Earned by a stream without a charge. */
  | { readonly kind: 'assign-stream'; readonly streamId: string }
  /** Held for a customer, the payer unless said, until it pays something or goes back. */
  | { readonly kind: 'assign-customer'; readonly phone: string | undefined }
  /** Back to its payer: the whole payment, or what of it is not earned. */
  | {
      readonly kind: 'refund';
      readonly part: 'whole' | 'rest';
      /** As the rail allows unless said. */
      readonly by: 'reversal' | 'payout' | undefined;
    }
  /** Its provider has given it back: it is earned, or waits, no more. */
  | { readonly kind: 'book-reversal' }
  /** Left as it is on purpose. */
  | { readonly kind: 'keep' }
  /** Nothing is to be done. */
  | { readonly kind: 'dismiss' };

export type FixOf<Kind extends FixKind> = Extract<Fix, { readonly kind: Kind }>;

export const allocationsMax = 40;

/** A fix as it is kept: who, when, why, and what became of it. */
export interface AppliedFix {
  readonly id: FixId;
  readonly exceptionId: ExceptionId;
  readonly kind: FixKind | 'undo' | 'refund-failed';
  readonly reason: string;
  readonly appliedBy: string;
  readonly appliedAt: EpochMs;
  /** The refund it asked for. */
  readonly transferId: TransferId | undefined;
  /** The fix that this one takes back. */
  readonly undoes: FixId | undefined;
  /** What has taken this one back. */
  readonly undoneBy: FixId | undefined;
}

export interface KindFacts {
  /** Why the owner should care. */
  readonly why: string;
  readonly fixes: readonly FixKind[];
}

const everyFix: readonly FixKind[] = [
  'match',
  'assign-stream',
  'assign-customer',
  'refund',
  'keep',
];

const unplaced: KindFacts = {
  why: 'The money is yours to account for, but nobody knows what it paid for; it earns nothing.',
  fixes: everyFix,
};

/** Every kind about money; any other is looked at and closed with a note. */
const moneyKinds = {
  'unknown-reference': unplaced,
  'wrong-reference': {
    why: 'A customer has most likely paid and still counts as owing.',
    fixes: everyFix,
  },
  'unknown-payer': {
    why: 'There is nobody to ask what it was for; a whole refund needs no number.',
    fixes: everyFix,
  },
  overpaid: {
    why: 'The charge counts as unpaid, and the customer is owed what is too much.',
    fixes: everyFix,
  },
  underpaid: {
    why: 'The charge counts as unpaid although money for it came.',
    fixes: ['match', 'accept-short', 'assign-stream', 'assign-customer', 'refund', 'keep'],
  },
  'duplicate-payment': {
    why: 'A customer has paid twice and will want the second payment back, or credit for it.',
    fixes: everyFix,
  },
  'late-success': {
    why: 'The money is earned, but the customer may have been told that the payment failed.',
    fixes: ['keep', 'refund'],
  },
  'receipt-contradiction': {
    why: 'The books and the provider say different amounts; the books keep the first.',
    fixes: ['keep', 'dismiss'],
  },
  'reversed-by-provider': {
    why: 'The payer has the money again, and may have what it paid for as well.',
    fixes: ['book-reversal', 'keep'],
  },
  'forged-callback': {
    why: 'Nothing was booked. Many of them mean that somebody tries to look like the provider.',
    fixes: ['dismiss'],
  },
} as const satisfies Partial<Record<ExceptionKind, KindFacts>>;

const otherKinds: KindFacts = {
  why: 'The books wait for nobody here, but somebody should know how it ended.',
  fixes: ['keep', 'dismiss'],
};

const kindFacts: Partial<Record<ExceptionKind, KindFacts>> = moneyKinds;

export const factsOf = (kind: ExceptionKind): KindFacts => kindFacts[kind] ?? otherKinds;
