import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PaymentCodes } from '#rails';

import { createSilentRail } from '../../test/support/silent-business.ts';
import { createTestApi, type TestApi } from './test-kit.ts';

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('a picture')]);
type Drawn = Awaited<ReturnType<PaymentCodes['create']>>;

let world: TestApi;
let drawn: Drawn;
let asked: Parameters<PaymentCodes['create']>[0][];
const heldBack = new Set<string>();

beforeAll(async () => {
  world = await createTestApi((deps) => ({
    rails: {
      has: (rail) => deps.rails.has(rail),
      get: (rail) => ({
        ...createSilentRail(rail),
        ...(rail === 'mpesa' && {
          paymentCodes: {
            create: (request) => {
              asked.push(request);
              return Promise.resolve(drawn);
            },
          },
        }),
      }),
    },
    weather: {
      ...deps.weather,
      look: (rail, lane) =>
        heldBack.has(rail)
          ? Promise.resolve({ kind: 'shut', cause: 'failing', code: 'timeout', untilAt: 1 })
          : deps.weather.look(rail, lane),
    },
  }));
});
afterAll(() => world.close());

const buy = async (more: object = {}) => {
  asked = [];
  drawn = { kind: 'made', png };
  const body = { stream: 'consultation', amount: 500, phone: '0712345678', ...more };
  return world.ask({ method: 'POST', path: '/api/qmoi/checkout', body, token: null });
};
const codeOf = (json: { readonly checkoutToken: string }) =>
  world.ask({ path: `/api/qmoi/checkout/${json.checkoutToken}/qr.png`, token: null });

describe('a payer whose rail cannot ask', () => {
  beforeAll(() => heldBack.add('mpesa'));
  afterAll(() => heldBack.clear());

  it('is told to pay by hand, and where the code is', async () => {
    const { status, json } = await buy();
    expect(status).toBe(201);
    expect(json.payInstructions).toMatchObject({
      prompt: false,
      fallback: null,
      text:
        `M-Pesa cannot ask just now. Pay KES 500 by M-Pesa to paybill ${world.shortCode}, ` +
        `account number ${json.reference}.`,
      codePath: `/api/qmoi/checkout/${json.checkoutToken}/qr.png`,
    });
    const shown = await world.ask({
      path: `/api/qmoi/checkout/${json.checkoutToken}`,
      token: null,
    });
    expect(shown.json.payInstructions).toEqual(json.payInstructions);
  });

  it('is told that the other rail asks, when it named one', async () => {
    const { json } = await buy({ fallback: { rail: 'airtel', phone: '0733000001' } });
    expect(json.payInstructions).toMatchObject({
      prompt: true,
      fallback: 'airtel',
      text: expect.stringMatching(/^M-Pesa cannot ask just now: Airtel Money is about to ask/),
      codePath: null,
    });
    const charge = await world.ask({ path: `/api/qmoi/charges/${json.chargeId}` });
    expect(charge.json.charge.fallback).toEqual({
      rail: 'airtel',
      phone: '2547•••••001',
      usedAt: null,
    });
    heldBack.add('airtel');
    const neither = await buy({ fallback: { rail: 'airtel', phone: '0733000001' } });
    expect(neither.json.payInstructions).toMatchObject({ prompt: false, fallback: null });
    heldBack.delete('airtel');
  });

  it.each([
    [{ rail: 'mpesa', phone: '0733000001' }, 422, 'fallback-on-same-rail'],
    [{ rail: 'airtel', phone: '12345' }, 400, 'invalid-request'],
    [{ rail: 'airtel' }, 400, 'invalid-request'],
  ])('is refused another rail %j', async (fallback, status, kind) => {
    const answer = await buy({ fallback, rail: 'mpesa' });
    expect(answer).toMatchObject({ status, json: { type: `urn:qmoi:problem:${kind}` } });
  });

  it('gets the code that the provider drew, drawn once', async () => {
    const { json } = await buy();
    const told = await codeOf(json);
    expect(told).toMatchObject({ status: 200, headers: { 'content-type': 'image/png' } });
    expect(told.text).toContain('a picture');
    await codeOf(json);
    expect(asked).toEqual([
      {
        amountMinor: 50_000n,
        reference: json.reference,
        payeeName: 'Duka la Mama',
        sizePx: 300,
      },
    ]);
  });

  it.each<[string, Drawn]>([
    ['refuses', { kind: 'refused', code: '1', description: '', reason: 'other', mayResend: false }],
    ['does not answer', { kind: 'unknown', cause: 'timeout' }],
    ['sends something else', { kind: 'made', png: Buffer.from('<svg onload="x()"/>') }],
    ['sends too much', { kind: 'made', png: Buffer.concat([png, Buffer.alloc(200_000)]) }],
  ])(
    'gets the instructions when the provider %s, and is no reason to ask again',
    async (_, word) => {
      const { json } = await buy();
      drawn = word;
      const told = await codeOf(json);
      expect(told).toMatchObject({
        status: 503,
        json: { type: 'urn:qmoi:problem:payment-code-failed' },
      });
      expect(told.json.detail).toContain(`account number ${json.reference}`);
      await codeOf(json);
      expect(asked).toHaveLength(1);
      drawn = { kind: 'made', png };
      await world.clock.advance(60_000);
      expect((await codeOf(json)).status).toBe(200);
    },
  );

  it('gets no code for what is paid, and none on a forged link', async () => {
    const { json } = await buy();
    await world.pay({ receipt: 'TKNCODE001', kes: 500, reference: json.reference });
    expect(await codeOf(json)).toMatchObject({
      status: 404,
      json: { type: 'urn:qmoi:problem:no-payment-code', detail: 'This purchase is paid.' },
    });
    expect((await codeOf({ checkoutToken: 'f'.repeat(48) })).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('asks for codes no more often than for anything public', async () => {
    const path = '/api/qmoi/checkout/nonsense/qr.png';
    const statuses: number[] = [];
    for (let n = 0; n < 31; n += 1) {
      statuses.push((await world.ask({ path, token: null, source: '41.90.2.9' })).status);
    }
    expect(statuses.slice(0, 30).every((status) => status === 404)).toBe(true);
    expect(statuses[30]).toBe(429);
  });
});

it('a payer whose phone is about to ask gets no code, so as not to pay twice', async () => {
  const { json } = await buy();
  expect(json.payInstructions).toMatchObject({ prompt: true, codePath: null });
  expect((await codeOf(json)).status).toBe(404);
  expect(asked).toEqual([]);
});

describe('the weather', () => {
  const weather = (hours = 24) => world.ask({ path: `/api/qmoi/weather?hours=${hours}` });

  it('is unknown before the first call', async () => {
    const { status, json } = await weather();
    expect(status).toBe(200);
    expect(json.hours).toEqual([]);
    expect(json.rails).toMatchObject([
      { rail: 'mpesa', sky: 'unknown', calls: 0, worstCode: null, heldBack: [] },
      { rail: 'airtel', sky: 'unknown', callbackShare: null },
    ]);
    const { json: whole } = await world.ask({ path: '/api/qmoi/revenue/status' });
    expect(whole.weather).toMatchObject({ mpesa: { sky: 'unknown' }, airtel: { calls: 0 } });
  });

  it('shows calls hour by hour, and what a person closes', async () => {
    const { business, clock } = world;
    const rail = business.rails.get('mpesa');
    const callbacks = { resultUrl: '', timeoutUrl: '' };
    await rail?.queryBalance(callbacks);
    await business.database.transaction((tx) =>
      business.weather.heard(tx, [
        {
          rail: 'mpesa',
          subject: 0n,
          event: { kind: 'balance-report', verdict: 'failed', code: '8006', accounts: [] },
        },
      ]),
    );
    await business.weather.flush();
    await clock.advance(5_000);
    const { json } = await weather(1);
    expect(json.rails[0]).toMatchObject({
      sky: 'closed',
      lastHour: { calls: 1, ok: 1, p50Ms: 100 },
      heldBack: [
        { lane: 'money-out', cause: 'locked-out', code: '8006', until: null },
        { lane: 'operator-questions' },
      ],
    });
    expect(json.hours).toMatchObject([
      { rail: 'mpesa', operation: 'balance', calls: 1, codes: {} },
    ]);
    const close = {
      method: 'POST',
      path: '/api/qmoi/weather/close-breaker',
      body: { rail: 'mpesa', reason: 'Operator unlocked' },
    } as const;
    expect((await world.ask({ ...close, token: null })).status).toBe(401);
    expect((await world.ask({ ...close, body: { rail: 'mpesa' } })).status).toBe(400);
    expect((await world.ask(close)).json).toEqual({ rail: 'mpesa', closed: 2 });
    expect((await world.ask(close)).json).toEqual({ rail: 'mpesa', closed: 0 });
    const audit = await world.ask({ path: '/api/qmoi/audit?action=breaker.closed' });
    expect(audit.json.items).toMatchObject([
      { actor: expect.stringMatching(/^master:/), detail: { reason: 'Operator unlocked' } },
      { detail: { code: '8006' } },
    ]);
    await clock.advance(5_000);
    expect((await weather()).json.rails[0]).toMatchObject({ sky: 'fair', heldBack: [] });
  });

  it.each(['0', '841', 'many'])('of %s hours is not told', async (hours) => {
    expect((await world.ask({ path: `/api/qmoi/weather?hours=${hours}` })).status).toBe(400);
  });
});
