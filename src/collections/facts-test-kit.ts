import { createIdSource, createVirtualClock, shillings, type Msisdn } from '#kernel';
import type { Charge } from '#billing';

import type { Payment } from './payments/store.ts';

const ids = createIdSource({ clock: createVirtualClock(0), shard: 0 });

/** Who pays, and is asked, unless a test says otherwise. */
export const payerPhone = '254712345678' as Msisdn;

/** Money without a home, as the store reads it. */
export const paymentOf = (kes: number, more: Partial<Payment> = {}): Payment => ({
  id: ids.next('payment'),
  rail: 'mpesa',
  receipt: 'R1',
  amountMinor: shillings(kes),
  state: 'suspense',
  streamId: undefined,
  earnedBy: undefined,
  earnedMinor: 0n,
  customer: undefined,
  refund: undefined,
  reversal: undefined,
  chargeId: undefined,
  promptId: undefined,
  accountReference: 'rent',
  payer: payerPhone,
  payerName: undefined,
  road: 'list',
  occurredAt: 0,
  bookedAt: 0,
  businessDate: '2026-11-25',
  ...more,
});

/** A charge that waits to be paid, as the store reads it. */
export const chargeOf = (kes: number, more: Partial<Charge> = {}): Charge => ({
  id: ids.next('charge'),
  businessId: 1 as Charge['businessId'],
  state: 'open',
  streamId: 'airtime',
  rail: 'mpesa',
  amountMinor: shillings(kes),
  reference: 'B7K9M2QX',
  description: '',
  msisdn: payerPhone,
  consent: undefined,
  paymentId: undefined,
  reason: undefined,
  createdBy: 'cli',
  createdAt: 0,
  expiresAt: 0,
  ...more,
});
