import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { numberFromId, parseId } from '#kernel';

import { railFor } from './checkout.ts';
import { createTestApi, type Ask, type TestApi } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
});
afterAll(() => world.close());

const buy = (more: object = {}, headers: Ask['headers'] = {}) =>
  world.ask({
    method: 'POST',
    path: '/api/qmoi/checkout',
    body: { stream: 'consultation', amount: 500, phone: '0712345678', ...more },
    headers: { ...headers },
    token: null,
  });
const look = (token: string) => world.ask({ path: `/api/qmoi/checkout/${token}`, token: null });

describe('a customer', () => {
  it('buys without a session and is told what to do', async () => {
    world.nudges.length = 0;
    const { status, json } = await buy({ description: 'One hour' });
    expect(status).toBe(201);
    expect(json).toEqual({
      chargeId: expect.stringMatching(/^ch_/),
      reference: expect.stringMatching(/^[0-9B-Z]{8}$/),
      checkoutToken: expect.stringMatching(/^[0-9a-f]{48}$/),
      state: 'open',
      rail: 'mpesa',
      payInstructions: {
        prompt: true,
        text: expect.stringContaining('about to ask for the PIN'),
        payTo: {
          rail: 'mpesa',
          kind: 'paybill',
          number: world.shortCode,
          account: json.reference,
          amount: 500,
        },
        fallback: null,
        codePath: null,
      },
    });
    expect(world.nudges).toEqual(['prompts']);
    const charge = await world.ask({ path: `/api/qmoi/charges/${json.chargeId}` });
    expect(charge.json.charge).toMatchObject({
      createdBy: 'payer',
      consent: { basis: 'payer-act', givenAt: '2026-11-23T07:00:00.000Z' },
    });
  });

  it('sees what became of it, and nobody’s phone number', async () => {
    const { json } = await buy({ description: 'Two hours' });
    const before = await look(json.checkoutToken);
    expect(before.json).toMatchObject({
      businessName: 'Duka la Mama',
      mode: 'sandbox',
      stream: 'Consultation',
      description: 'Two hours',
      amount: 500,
      state: 'open',
      receipt: null,
      payInstructions: { payTo: { account: json.reference } },
    });
    await world.pay({ receipt: 'TKNBUY0001', kes: 500, reference: json.reference });
    const after = await look(json.checkoutToken);
    expect(after.json).toMatchObject({
      state: 'paid',
      receipt: 'TKNBUY0001',
      payInstructions: null,
    });
    expect(before.text + after.text).not.toMatch(/712345678|2547|•/);
  });

  it('is told to pay by hand while the engine is stopped', async () => {
    const stop = { method: 'POST', path: '/api/qmoi/revenue/stop' } as const;
    await world.ask(stop);
    const { status, json } = await buy();
    expect({ status, state: json.state }).toEqual({ status: 201, state: 'open' });
    expect(json.payInstructions).toMatchObject({
      prompt: false,
      text:
        `Pay KES 500 by M-Pesa to paybill ${world.shortCode}, ` +
        `account number ${json.reference}.`,
    });
    expect(await world.business.steps.sendPrompts()).toBe(0);
    await world.ask({ ...stop, path: '/api/qmoi/revenue/start' });
  });

  it('is not told to pay again while nobody knows whether it paid', async () => {
    const { json } = await buy({ phone: '0712345111' });
    const id = json.chargeId;
    const { billing, database } = world.business;
    for (const to of ['prompting', 'unknown'] as const) {
      await database.transaction((tx) => billing.change(tx, [{ id, to }]));
    }
    const { payInstructions } = (await look(json.checkoutToken)).json;
    expect(payInstructions).toMatchObject({ prompt: false, payTo: null });
    expect(payInstructions.text).toMatch(/^Wait: M-Pesa/);
  });

  it('buys once with one key', async () => {
    const headers = { 'idempotency-key': '3f2c' };
    const [first, second] = [await buy({}, headers), await buy({}, headers)];
    expect(second.json).toEqual(first.json);
    const other = await buy({ phone: '0799999999' }, headers);
    expect(other.status).toBe(422);
  });

  it.each([
    ['another charge’s number', (token: string) => `${token.slice(0, 15)}1${token.slice(16)}`],
    ['a callback address', () => tokenOf('stk-result')],
    ['nonsense', () => 'nonsense'],
  ])('cannot open %s', async (_name, forge) => {
    const { json } = await buy();
    expect((await look(forge(json.checkoutToken))).status).toBe(404);
  });

  const tokenOf = (channel: string): string => {
    const id = parseId('charge', 'ch_0000000000001');
    if (!id.ok) throw new Error('an id is an id');
    return world.business.tokens.tokenFor({ channel, subject: numberFromId(id.value) });
  };

  it('is refused kindly', async () => {
    expect((await buy({ stream: 'gold' })).json.type).toBe('urn:qmoi:problem:unknown-stream');
    const wrong = await buy({ phone: '12345' });
    expect(wrong.json).toMatchObject({ status: 400, errors: [{ path: 'body.phone' }] });
    expect((await buy({ phone: undefined })).status).toBe(400);
  });
});

describe('too many purchases', () => {
  it('from one source wait a minute; sandbox neighbours do not', async () => {
    const from = (source: string) =>
      world.ask({
        method: 'POST',
        path: '/api/qmoi/checkout',
        body: {},
        token: null,
        source,
      });
    const statuses: number[] = [];
    for (let n = 0; n < 31; n += 1) statuses.push((await from('41.90.2.2')).status);
    expect(new Set(statuses.slice(0, 30))).toEqual(new Set([400]));
    const last = await from('41.90.2.2');
    expect(last).toMatchObject({
      status: 429,
      json: { type: 'urn:qmoi:problem:too-many-requests' },
    });
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
    expect((await from('41.90.2.3')).status).toBe(400);
    for (let n = 0; n < 40; n += 1) expect((await from('127.0.0.1')).status).toBe(400);
  });
});

describe('the rail of a purchase', () => {
  const both = { has: () => true };
  const only = (rail: string) => ({ has: (id: string) => id === rail });
  const rows = [
    { name: 'the network of the phone', stream: 'airtime', phone: '0712345678', rails: both },
    { name: 'the other network', stream: 'consultation', phone: '0733123456', rails: both },
    { name: 'the stream’s, for neither', stream: 'airtime', phone: '0770000000', rails: both },
    { name: 'set up', stream: 'consultation', phone: '0733123456', rails: only('mpesa') },
    { name: 'none', stream: 'consultation', phone: '0733123456', rails: only('none') },
  ];
  const expected = ['mpesa', 'airtel', 'airtel', 'mpesa', undefined];
  it.each(rows.map((row, n) => ({ ...row, rail: expected[n] })))('is $name', (row) => {
    expect(railFor(row, row.rails)).toBe(row.rail);
  });
});
