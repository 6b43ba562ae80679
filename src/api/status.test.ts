import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestApi, type TestApi } from './test-kit.ts';

const path = '/api/qmoi/revenue/status';

describe('the status', () => {
  let away = false;
  let world: TestApi;

  beforeAll(async () => {
    const refuse = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    world = await createTestApi((deps) => ({
      targets: { ...deps.targets, standing: () => (away ? refuse() : deps.targets.standing()) },
      sessions: {
        ...deps.sessions,
        authenticate: (token) => (away ? refuse() : deps.sessions.authenticate(token)),
      },
      engine: { ...deps.engine, state: () => (away ? refuse() : deps.engine.state()) },
      ping: () => (away ? refuse() : deps.ping()),
      simulators: { mpesa: { url: 'http://127.0.0.1:7001' } },
    }));
  });
  afterAll(() => world.close());

  it('shows confirmed money, targets, pace and transfers in whole shillings', async () => {
    await world.pay({ receipt: 'TKN0000001', kes: 1_500, reference: 'CONSULT' });
    const { status, json } = await world.ask({ path });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      status: 'running',
      mode: 'sandbox',
      businessDate: '2026-11-23',
      today: { mpesa: 1_500, airtel: 0, combined: 1_500 },
      total: { mpesa: 1_500, airtel: 0, combined: 1_500 },
      targets: {
        daily: { mpesa: 10_000, airtel: 10_000, combined: 20_000 },
        autoTransfer: { mpesa: 2_000, airtel: 2_000 },
      },
      minimum: { mpesa: 8_000, airtel: 8_000, combined: 16_000 },
      gap: { mpesa: 8_500, airtel: 10_000, combined: 18_500 },
      paceBasis: 'usual-day',
      transfers: {
        mpesa: {
          sweptToday: false,
          next: { kind: 'hold', why: 'trigger-not-reached' },
          payoutNumber: '2547•••••001',
          cap: 2_000,
          trigger: 5_000,
          reserve: 500,
        },
      },
      health: { database: 'up', spooled: 0, queued: 0, openExceptions: 0, spoolNearlyFull: false },
      simulators: { mpesa: { url: 'http://127.0.0.1:7001' }, airtel: null },
      updatedAt: '2026-11-23T07:00:00.000Z',
      stale: false,
    });
    const { expected, ahead, state } = json.pace.mpesa;
    expect(ahead).toBe(1_500 - expected);
    expect(['ahead', 'on-pace', 'behind']).toContain(state);
  });

  it('flags streams by the band of the cycles so far', async () => {
    const { json } = await world.ask({ path });
    const consultation = json.streams.find(
      (stream: { id: string }) => stream.id === 'consultation',
    );
    // At 10:00 three cycles of 150–950 are over and the fourth is under way.
    expect(consultation).toEqual({
      id: 'consultation',
      name: 'Consultation',
      rail: 'mpesa',
      today: 1_500,
      payments: 1,
      band: { low: 150, high: 950 },
      state: 'within',
    });
    expect(json.streams).toHaveLength(10);
    expect(json.streams[0]).toMatchObject({ id: 'trading', state: 'below' });
  });

  it('answers the last snapshot while the database is away', async () => {
    const token = await world.login();
    await world.ask({ path, token });
    away = true;
    await world.clock.advance(60_000);
    const { status, json } = await world.ask({ path, token });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      today: { combined: 1_500 },
      health: { database: 'away' },
      updatedAt: '2026-11-23T07:00:00.000Z',
      stale: true,
    });
    const stranger = await world.ask({ path, token: 'x'.repeat(43) });
    expect(stranger.status).toBe(503);
    const change = await world.ask({ method: 'POST', path: '/api/qmoi/revenue/stop', token });
    expect(change).toMatchObject({
      status: 503,
      json: { type: 'urn:qmoi:problem:database-away' },
      headers: { 'retry-after': '2' },
    });
    const local = await world.ask({ path, token: world.cliToken, source: '127.0.0.1' });
    expect(local.json).toMatchObject({ stale: true });
    await world.clock.advance(15 * 60_000);
    expect((await world.ask({ path, token })).status).toBe(503);
    away = false;
  });

  it('says by its health whether it is ready', async () => {
    const health = { path: '/api/qmoi/health', token: null };
    expect(await world.ask(health)).toMatchObject({
      status: 200,
      json: { status: 'ok', database: 'up', version: '1.2.3' },
    });
    away = true;
    expect(await world.ask(health)).toMatchObject({
      status: 503,
      json: { status: 'degraded', database: 'away' },
    });
    away = false;
  });
});

describe('the history', () => {
  let world: TestApi;
  beforeAll(async () => {
    world = await createTestApi();
  });
  afterAll(() => world.close());

  it('tells confirmed takings by hour and day', async () => {
    await world.pay({ receipt: 'TKN0000009', kes: 700, reference: 'CONSULT' });
    const { status, json } = await world.ask({ path: '/api/qmoi/revenue/history?days=7' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      date: '2026-11-23',
      compared: { date: '2026-11-16', known: false },
      days: [{ date: '2026-11-23', payments: 1, mpesa: 700, airtel: 0, combined: 700 }],
    });
    const sum = json.hours.reduce((all: number, { mpesa }: { mpesa: number }) => all + mpesa, 0);
    expect(sum).toBe(700);
    expect(json.compared.growth.combined.share).toBeNull();
  });

  it('tells what each stream took, and what its payers type', async () => {
    const { status, json } = await world.ask({ path: '/api/qmoi/revenue/streams' });
    expect(status).toBe(200);
    expect(json).toMatchObject({ date: '2026-11-23', cycle: { hours: 3 } });
    expect(json.payTo).toMatchObject({ mpesa: { kind: 'paybill' }, airtel: null });
    expect(json.items).toHaveLength(10);
    const consultation = json.items.find(({ id }: { id: string }) => id === 'consultation');
    expect(consultation).toMatchObject({
      reference: 'CONSULT',
      band: { low: 150, high: 950 },
      today: { amount: 700, payments: 1 },
      week: { amount: 700, payments: 1 },
      month: { amount: 700, payments: 1 },
    });
    expect(consultation.days.at(-1)).toBe(700);
    expect(consultation.expected).toEqual({
      low: 150 * json.cycle.over,
      high: 950 * (json.cycle.over + 1),
    });
  });

  it.each(['date=2026-02-30', 'days=0', 'days=93'])('refuses %s', async (query) => {
    const { status } = await world.ask({ path: `/api/qmoi/revenue/history?${query}` });
    expect(status).toBe(400);
  });
});
