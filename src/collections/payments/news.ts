import { decimalOf, floorShillings, minorPerMajor } from '#kernel';
import { findStream } from '#streams';

import { payerForPeople } from '../judge.ts';
import type { Payment } from './store.ts';

/** What dashboards are told of a payment; no whole phone number is in it. */
export const newsOf = (payment: Payment) => ({
  paymentId: payment.id,
  rail: payment.rail,
  receipt: payment.receipt,
  amount: floorShillings(payment.amountMinor),
  // Rare, so not worth its bytes in every event.
  ...(payment.amountMinor % minorPerMajor !== 0n && {
    amountDecimal: decimalOf(payment.amountMinor),
  }),
  stream: payment.streamId ?? null,
  streamName: payment.streamId === undefined ? null : (findStream(payment.streamId)?.name ?? null),
  payer: payerForPeople(payment.payer) ?? null,
  occurredAt: payment.occurredAt,
});
