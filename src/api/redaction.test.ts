import { Secret } from '#kernel';
import { createMask } from '#platform/log';
import { describe, expect, it } from 'vitest';

import { createRedaction, hidden } from './redaction.ts';

const secret = 'a-Configured-Secret-0f-the-engine';
const redaction = createRedaction(createMask([new Secret(secret)]));

describe('a text that leaves the house', () => {
  it.each([
    ['a phone', 'asked 0712345678 to pay', '0712345678'],
    ['a phone in international form', 'to +254 712 345 678', '712 345 678'],
    ['a phone without its zero', 'to 733123456.', '733123456'],
    ['what a masked phone still shows', 'to 2547•••••149', '149'],
    ['a configured secret', `signed with ${secret}`, secret],
    ['a bearer token', 'Authorization: Bearer abcDEF123456', 'abcDEF123456'],
    ['a PIN', 'sent pin=2468', '2468'],
    ['a password in an address', 'postgres://qmoi:hunter2@db:5432/x', 'hunter2'],
    ['an M-Pesa receipt', 'no home for SFC1A2B3C4 yet', 'SFC1A2B3C4'],
    ['an Airtel receipt', 'refund of MP241123.1402.L06941', 'MP241123.1402.L06941'],
    ['a name with capitals', 'paid by Jane Wanjiku today', 'Wanjiku'],
    ['a name in capitals', 'paid by ACHIENG OTIENO', 'OTIENO'],
    ['a first name in capitals', 'paid by ACHIENG', 'ACHIENG'],
    ['an address', 'told njeri@example.co.ke', 'njeri'],
  ])('has not %s', (_name, planted, leaked) => {
    expect(planted).toContain(leaked);
    expect(redaction.text(planted)).not.toContain(leaked);
  });

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    'POST /mpesa/b2c/v3/paymentrequest answered 503',
    'pay_0DV3K7QW9M2XA is not placed',
    'Airtel Money is away',
    'the proof of 2026-11-23T23:00:00.000Z took 184 ms',
    'QMOI_PUBLIC_URL is not set',
  ])('keeps what helps to find a fault: %s', (text) => {
    expect(redaction.text(text)).toBe(text);
  });
});

describe('a line of the log', () => {
  it('loses what stands under a personal name, at any depth, and keeps the rest', () => {
    const line = JSON.stringify({
      level: 'warn',
      time: '2026-11-23T07:00:00.000Z',
      pid: 4_213,
      module: 'intake',
      payerName: 'achieng',
      err: { code: '42P01', customer: { name: 'wanjiku' }, accountReference: 'rent b4' },
      receipts: ['SFC1A2B3C4'],
      msisdn: 254_712_345_678,
      digits: 254_712_345_678,
      payment: 'pay_0DV3K7QW9M2XA',
      msg: 'a callback could not be booked',
    });
    expect(redaction.line(line)).toEqual({
      level: 'warn',
      time: '2026-11-23T07:00:00.000Z',
      pid: 4_213,
      module: 'intake',
      payerName: hidden,
      err: { code: '42P01', customer: hidden, accountReference: hidden },
      receipts: ['[receipt]'],
      msisdn: hidden,
      digits: '[phone]',
      payment: 'pay_0DV3K7QW9M2XA',
      msg: 'a callback could not be booked',
    });
  });

  it('that is none of ours is a text', () => {
    expect(redaction.line('{"cut": "off by 0712345678')).toEqual({
      msg: '{"cut": "off by [phone]',
    });
    expect(redaction.line('"ACHIENG"')).toEqual({ msg: '"[name]"' });
  });

  it('has names of members redacted as well, and an end to its depth', () => {
    const plain = JSON.stringify(redaction.plain({ SFC1A2B3C4: 1 }));
    expect(plain).toBe('{"[receipt]":1}');
    const deep = `${'{"a":'.repeat(40)}"ACHIENG"${'}'.repeat(40)}`;
    expect(JSON.stringify(redaction.line(deep))).toContain(hidden);
  });
});
