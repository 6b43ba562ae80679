import { invariant } from '#kernel';
import { customerCredit, revenue, suspense, type Account } from '#ledger';

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

/** What money that goes back reduces. */
export function accountOf({
  payment,
  from,
}: {
  readonly payment: Payment;
  readonly from: Place;
}): Account {
  if (from === 'suspense') return suspense(payment.rail);
  if (from === 'credit') return customerCredit(payment.rail);
  invariant(payment.earnedBy !== undefined, 'money goes back from one account');
  return revenue(payment.earnedBy);
}
