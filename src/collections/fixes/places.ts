import type { Place } from '../payments/gone-back.ts';
import type { Payment } from '../payments/store.ts';

/** What of a payment no stream has earned. */
export const restOf = ({ amountMinor, earnedMinor }: Payment): bigint => amountMinor - earnedMinor;

/** The one place money of a payment can be taken from, where there is one. */
export function placeOf({ state, earnedBy }: Payment): Place | undefined {
  if (state === 'refunding' || state === 'refunded' || state === 'reversed') return undefined;
  return state === 'earned' && earnedBy === undefined ? undefined : state;
}

export const lyingIn = (payment: Payment, place: Place): bigint =>
  place === 'earned' ? payment.amountMinor : restOf(payment);
