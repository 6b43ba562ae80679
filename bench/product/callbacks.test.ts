import { describe, expect, it } from 'vitest';

import { createRequestSource } from '../generator/requests.ts';
import {
  callbackSetOf,
  callbackTemplates,
  poisoned,
  receiptOf,
  bodyOf,
  recordBytes,
  referenceOf,
  shownPayer,
  type Callback,
} from './callbacks.ts';

const at = Date.parse('2026-11-26T11:35:00Z');
const templates = callbackTemplates({
  shortCode: '174379',
  confirmationToken: 'c'.repeat(48),
  at,
});
const prompt: Callback = {
  kind: 'prompt',
  token: '0123456789abcdef'.repeat(3),
  requestId: 'ws_CO_26112026143500123456254712345678'.slice(0, 36),
  amount: 450,
  phone: '254712345678',
};
const paybill: Callback = { kind: 'paybill', reference: 'AI', amount: 100, phone: '254722000999' };

const requestOf = (callback: Callback) => {
  const { records } = callbackSetOf([paybill, prompt, callback], { firstNumber: 5, at });
  const request = createRequestSource({ templates, bytes: records, recordBytes })(2).toString();
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const length = Number(/Content-Length: (\d+)/.exec(head)?.[1]);
  return { line: head.split('\r\n')[0], length, body, json: JSON.parse(body) };
};

describe('a callback', () => {
  it('of a prompt goes to the address of its attempt and says what was paid', () => {
    const { line, length, body, json } = requestOf(prompt);
    expect(line).toBe(`POST /hooks/stk-result/${prompt.token} HTTP/1.1`);
    expect(length).toBe(body.length);
    const { stkCallback } = json.Body;
    expect(stkCallback).toMatchObject({ CheckoutRequestID: prompt.requestId, ResultCode: 0 });
    expect(stkCallback.CallbackMetadata.Item).toEqual([
      { Name: 'Amount', Value: 450 },
      { Name: 'MpesaReceiptNumber', Value: receiptOf(7, at) },
      { Name: 'TransactionDate', Value: 20261126143500 },
      { Name: 'PhoneNumber', Value: 254712345678 },
    ]);
  });

  it.each(['AI', 'TRADING', '7XK2WQ9P'])('of a paybill payment names %s', (reference) => {
    const { line, length, body, json } = requestOf({ ...paybill, reference });
    expect(line).toContain(`/hooks/paybill-confirmation/${'c'.repeat(48)} `);
    expect(length).toBe(body.length);
    expect(json).toMatchObject({
      TransID: receiptOf(7, at),
      TransAmount: '100.00',
      BusinessShortCode: '174379',
      BillRefNumber: reference,
      MSISDN: '2547 ***** 999',
    });
  });

  it('that is cut off is no JSON, and its neighbours are whole', () => {
    const set = poisoned(
      callbackSetOf([paybill, prompt, paybill, prompt], { firstNumber: 5, at }),
      2,
    );
    expect(set.callbacks.map(({ kind }) => kind)).toEqual([
      'paybill',
      'broken',
      'paybill',
      'broken',
    ]);
    const source = createRequestSource({ templates, bytes: set.records, recordBytes });
    const bodies = [0, 1].map((n) => source(n).toString().split('\r\n\r\n')[1] ?? '');
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ TransID: receiptOf(5, at) });
    expect(bodies[1]).toContain(receiptOf(6, at));
    expect(() => JSON.parse(bodies[1] ?? '')).toThrow(SyntaxError);
  });

  it('that does not fit its record is a defect', () => {
    const long = { ...paybill, reference: 'A'.repeat(20) };
    expect(() => callbackSetOf([long], { firstNumber: 0, at })).toThrow('reference has one width');
  });
});

it('receipts are never the same twice', () => {
  const receipts = new Set(Array.from({ length: 50_000 }, (_, n) => receiptOf(n, at)));
  expect(receipts.size).toBe(50_000);
  expect([...receipts].every((receipt) => /^UKQ[0-9A-Z]{7}$/.test(receipt))).toBe(true);
});

describe('the body of a single callback', () => {
  const facts = { shortCode: '174379', time: '20261126143500', receipt: receiptOf(7, at) };

  it.each([prompt, paybill])('is what the generator sends: $kind', (callback) => {
    expect(bodyOf(callback, facts)).toBe(requestOf(callback).body);
  });

  it('shows the payer as the callback does', () => {
    expect(shownPayer(prompt)).toEqual([prompt.phone, null]);
    expect(shownPayer(paybill)).toEqual(['2547 ***** 999', 'WANJIRU']);
    const { MSISDN, FirstName } = JSON.parse(bodyOf(paybill, facts));
    expect(shownPayer(paybill)).toEqual([MSISDN, FirstName]);
  });
});

describe('a reference', () => {
  it('is eight characters, and of one number only', () => {
    const numbers = Array.from({ length: 5_000 }, (_, n) => n);
    const all = [...numbers, ...numbers.map((n) => n + 1_000_000_000)].map(referenceOf);
    expect(new Set(all).size).toBe(all.length);
    for (const reference of all) expect(reference).toMatch(/^[0-9BCDFGHJKMNPQRSTVWXYZ]{8}$/);
  });
});
