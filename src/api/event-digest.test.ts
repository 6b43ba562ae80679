import { describe, expect, it } from 'vitest';

import { idFromNumber } from '#kernel';
import { digestSchema } from '#api/contract';
import type { JsonObject, PublishedEvent } from '#platform/outbox';

import { digestOf, newestOfMany, toldInFullMax } from './event-digest.ts';
import { frameOf } from './event-frame.ts';

const startAt = Date.parse('2026-11-23T07:09:24.000Z');
const event = (n: number, topic: string, payload: JsonObject = {}): PublishedEvent => ({
  id: idFromNumber('event', BigInt(n)),
  topic,
  occurredAt: startAt + n,
  payload,
});
const paid = (n: number, payload: JsonObject) => event(n, 'payment.confirmed', payload);

/** What a payment's event holds at most. */
const payload = (n: number) => ({
  paymentId: 'pay_01MGC94GT0200',
  rail: n % 3 === 0 ? 'airtel' : 'mpesa',
  receipt: 'TKN7ABCDEF',
  amount: 100 + n,
  stream: 'consultation',
  streamName: 'Consultation and advice',
  payer: '2547•••••149 ACHIENG ATIENO',
  occurredAt: startAt + n,
});

describe('a digest', () => {
  it('has few events in full, and leaves none out', () => {
    const events = Array.from({ length: toldInFullMax }, (_, n) => paid(n, payload(n)));
    const digest = digestOf(events);
    expect(digest).toMatchObject({ events: toldInFullMax, omitted: 0 });
    expect(digest.newest.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(digest.newest[3]).toEqual({
      id: idFromNumber('event', 3n),
      topic: 'payment.confirmed',
      occurredAt: '2026-11-23T07:09:24.003Z',
      payload: payload(3),
    });
  });

  it('counts and sums all of many, and shows the last few', () => {
    const events = Array.from({ length: 500 }, (_, n) =>
      n % 2 === 0 ? paid(n, payload(n)) : event(n, 'charge.paid'),
    );
    const digest = digestOf(events);
    expect(digestSchema.parse(digest)).toEqual(digest);
    expect(digest).toMatchObject({
      from: '2026-11-23T07:09:24.000Z',
      to: '2026-11-23T07:09:24.499Z',
      events: 500,
      topics: { 'payment.confirmed': 250, 'charge.paid': 250 },
      omitted: 500 - newestOfMany,
    });
    expect(digest.newest.map(({ id }) => id)).toEqual(
      events.slice(-newestOfMany).map(({ id }) => id),
    );
    for (const rail of ['mpesa', 'airtel'] as const) {
      const own = events.filter((one) => one.payload['rail'] === rail);
      const amount = own.reduce((sum, one) => sum + Number(one.payload['amount']), 0);
      expect(digest.confirmed[rail]).toEqual({
        payments: own.length,
        amount,
        amountDecimal: `${amount}.00`,
      });
    }
    const all = Array.from({ length: 500 }, (_, n) => paid(n, payload(n)));
    expect(frameOf.digest(all).bytes.length).toBeLessThan(4_096);
  });

  it('is exact to the cent, beyond what binary fractions hold', () => {
    const { confirmed } = digestOf([
      paid(1, { rail: 'mpesa', amount: 0, amountDecimal: '0.10' }),
      paid(2, { rail: 'mpesa', amount: 0, amountDecimal: '0.20' }),
      paid(3, { rail: 'mpesa', amount: 90_000_000_000_000 }),
    ]);
    expect(confirmed.mpesa).toEqual({
      payments: 3,
      amount: 90_000_000_000_000,
      amountDecimal: '90000000000000.30',
    });
    expect(confirmed.airtel).toEqual({ payments: 0, amount: 0, amountDecimal: '0.00' });
  });

  it('calls nothing confirmed but what its topic says is', () => {
    const { confirmed, topics } = digestOf([
      event(1, 'payment.suspended', { rail: 'mpesa', amount: 70 }),
      event(2, 'payment.reversed', { rail: 'mpesa', amount: 70 }),
      event(3, 'transfer.settled', { rail: 'mpesa', amount: 70 }),
    ]);
    expect(confirmed.mpesa).toEqual({ payments: 0, amount: 0, amountDecimal: '0.00' });
    expect(Object.values(topics)).toEqual([1, 1, 1]);
  });

  it('begins with the oldest, though that was committed late, and is named after the last', () => {
    const events = [paid(7, payload(7)), paid(9, payload(9)), paid(5, payload(5))];
    expect(digestOf(events)).toMatchObject({
      from: '2026-11-23T07:09:24.005Z',
      to: '2026-11-23T07:09:24.009Z',
    });
    const frame = frameOf.digest(events);
    expect(String(frame.bytes)).toMatch(`id: ${events[2]?.id}\nevent: digest\ndata: {"from":`);
    expect([...frame.ends]).toEqual([[events[2]?.id, frame.bytes.length]]);
  });
});
