import { describe, expect, it } from 'vitest';

import { idFromNumber, idNumberAt } from '#kernel';
import type { RailEvent } from '#rails';

import { contentDayOf, type ReadCallback } from './callback.ts';

const receivedAt = Date.parse('2026-11-27T09:00:00+03:00');
const occurredAt = Date.parse('2026-11-26T23:59:59+03:00');
const payment = (at: number | undefined): RailEvent => ({
  kind: 'payer-payment',
  receipt: 'UKQ7RT61SV',
  amountMinor: 100n,
  shortCode: '600111',
  accountReference: 'AI',
  payer: undefined,
  payerName: undefined,
  occurredAt: at,
});
const timeout: RailEvent = {
  kind: 'queue-timeout',
  ownId: undefined,
  providerRequestId: undefined,
};

const callback = (subject: bigint | undefined, event: RailEvent | undefined): ReadCallback => ({
  id: idFromNumber('callback', idNumberAt(receivedAt)),
  rail: 'mpesa',
  channel: 'paybill-confirmation',
  subject,
  source: '196.201.214.200',
  receivedAt,
  digest: Buffer.alloc(32),
  body: Buffer.alloc(0),
  reading: event === undefined ? { kind: 'unreadable', why: 'cut off' } : { kind: 'event', event },
});
const promptMadeAt = Date.parse('2026-11-25T00:00:00+03:00');
const prompt = idNumberAt(promptMadeAt) + 5n;

describe('the day that a callback tells of', () => {
  it.each([
    { of: 'a payment is that of the payer', subject: 0n, event: payment(occurredAt) },
    { of: 'a forged payment is what it says', subject: undefined, event: payment(occurredAt) },
  ])('$of', ({ subject, event }) => {
    expect(contentDayOf(callback(subject, event))).toBe('2026-11-26');
  });

  it.each([
    { what: 'a payment', event: payment(occurredAt) },
    { what: 'something without a time', event: timeout },
    { what: 'nothing that can be read', event: undefined },
  ])('is that of the prompt whose address told of $what', ({ event }) => {
    expect(contentDayOf(callback(prompt, event))).toBe('2026-11-25');
  });

  it.each([
    { what: 'no time', event: payment(undefined) },
    { what: 'no payment', event: timeout },
    { what: 'nothing that can be read', event: undefined },
    { what: 'a time before there was M-Pesa', event: payment(0) },
    { what: 'a time that no calendar has', event: payment(9e15) },
    { what: 'a time before all calendars', event: payment(-9e15) },
    { what: 'a time that is none', event: payment(Number.NaN) },
  ])('is the first of all where it tells of $what', ({ event }) => {
    expect(contentDayOf(callback(0n, event))).toBe('1970-01-01');
  });

  it('does not depend on when it came', () => {
    const [one, again] = [callback(0n, payment(occurredAt)), callback(0n, payment(occurredAt))];
    const later = { ...again, receivedAt: receivedAt + 40 * 86_400_000 };
    expect(contentDayOf(later)).toBe(contentDayOf(one));
  });
});
