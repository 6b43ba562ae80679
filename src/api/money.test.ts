import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sql } from '#platform/db';

import { createTestApi, type Ask, type TestApi, type Told } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
});
afterAll(() => world.close());

const post = (path: string, body?: object, headers: Record<string, string> = {}): Promise<Told> =>
  world.ask({
    method: 'POST',
    path: `/api/qmoi/${path}`,
    headers,
    ...(body === undefined ? {} : { body }),
  } satisfies Ask);
const get = (path: string): Promise<Told> => world.ask({ path: `/api/qmoi/${path}` });

describe('one shilling', () => {
  it('is traced from bill to books, by id and by receipt', async () => {
    const charge = await post('charges', {
      stream: 'consultation',
      amount: 950,
      phone: '0712345678',
    });
    expect(charge.status).toBe(201);
    expect(charge.json).toMatchObject({
      state: 'open',
      amount: 950,
      amountDecimal: '950.00',
      phone: '2547•••••678',
      consent: null,
      createdBy: expect.stringMatching(/^master:se_/),
    });
    const paid = await world.pay({
      receipt: 'TKNTRACE01',
      kes: 950,
      reference: charge.json.reference,
    });
    expect(paid.status).toBe(200);

    const byReceipt = await get('revenue/transactions/TKNTRACE01');
    expect(byReceipt.json).toMatchObject({
      payment: {
        type: 'mpesa',
        rail: 'mpesa',
        receipt: 'TKNTRACE01',
        amount: 950,
        state: 'earned',
        stream: 'consultation',
        chargeId: charge.json.id,
        payer: '2547•••••678',
        payerName: 'ACHIENG',
        road: 'paybill-confirmation',
      },
      charge: { id: charge.json.id, state: 'paid' },
      prompts: [],
      evidence: [
        {
          kind: 'callback',
          channel: 'paybill-confirmation',
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
          receivedAt: '2026-11-23T07:00:00.000Z',
        },
      ],
    });
    const { payment, entries } = byReceipt.json;
    expect(
      entries.map((entry: Record<string, string>) => [entry['account'], entry['amountDecimal']]),
    ).toEqual([
      ['rail:mpesa:collection', '950.00'],
      ['revenue:consultation', '-950.00'],
    ]);
    expect((await get(`revenue/transactions/${payment.id}`)).json).toEqual(byReceipt.json);
    const trace = await get(`charges/${charge.json.id}`);
    expect(trace.json).toMatchObject({ charge: { state: 'paid' }, payments: [payment.id] });
    expect(byReceipt.text + trace.text).not.toContain('254712345678');
  });
});

describe('payments', () => {
  beforeAll(async () => {
    for (const n of [1, 2, 3, 4]) {
      await world.pay({
        receipt: `TKNLIST00${n}`,
        kes: n * 100,
        reference: n === 4 ? 'WHAT' : 'AI',
      });
    }
  });

  it('come in pages, newest first', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 10; page += 1) {
      const { json } = await get(`revenue/transactions?stream=ai-services&limit=2${cursor}`);
      seen.push(...json.items.map((item: { receipt: string }) => item.receipt));
      if (json.nextCursor === null) break;
      cursor = `&cursor=${json.nextCursor}`;
    }
    expect(seen).toEqual(['TKNLIST003', 'TKNLIST002', 'TKNLIST001']);
  });

  it.each([
    ['type=airtel', 0],
    ['rail=mpesa&stream=ai-services', 3],
    ['state=suspense', 1],
    ['receipt=TKNLIST002', 1],
    ['phone=0712345678&stream=ai-services', 3],
    ['phone=0712345679', 0],
    ['from=2026-11-24', 0],
    ['stream=ai-services&from=2026-11-23&to=2026-11-23', 3],
  ])('are found by %s', async (filter, count) => {
    expect((await get(`revenue/transactions?${filter}`)).json.items).toHaveLength(count);
  });

  it('of one phone come newest first, however long ago they were paid', async () => {
    const payer = '254722000111';
    const daysAgo = [40, 800, 0, 31, 400, 2];
    for (const [n, days] of daysAgo.entries()) {
      await world.pay({ receipt: `TKPHONE00${n}`, kes: 50, reference: 'AI', payer, daysAgo: days });
    }
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 4; page += 1) {
      const { json } = await get(`revenue/transactions?phone=0722000111&limit=2${cursor}`);
      seen.push(...json.items.map((item: { receipt: string }) => item.receipt));
      if (json.nextCursor === null) break;
      cursor = `&cursor=${json.nextCursor}`;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1, 0].map((n) => `TKPHONE00${n}`));
    const since = await get('revenue/transactions?phone=0722000111&from=2026-10-01');
    expect(since.json.items.map((item: { receipt: string }) => item.receipt)).toEqual(
      [5, 3, 2, 0].map((n) => `TKPHONE00${n}`),
    );
  });

  it('that nobody can place are exceptions', async () => {
    const { json } = await get('exceptions?state=open');
    expect(json.items).toMatchObject([
      { kind: 'unknown-reference', rail: 'mpesa', amountDecimal: '400.00', state: 'open' },
    ]);
    expect(json.items[0].title).toMatch(/nobody uses/);
  });
});

describe('a transfer', () => {
  it('is planned, nudged, listed and shown with its entries', async () => {
    await world.pay({ receipt: 'TKNFLOAT01', kes: 20_000, reference: 'TRADING' });
    world.nudges.length = 0;
    const made = await post('revenue/transfer', { type: 'mpesa', amount: 300, reason: 'Rent' });
    expect(made.status).toBe(202);
    expect(made.json).toMatchObject({
      state: 'approved',
      kind: 'manual',
      amount: 300,
      why: 'Rent',
      payoutNumber: '2547•••••001',
      requestedBy: expect.stringMatching(/^master:se_/),
    });
    expect(world.nudges).toEqual(['transfers']);
    const shown = await get(`revenue/transfers/${made.json.id}`);
    expect(shown.json).toMatchObject({ transfer: { id: made.json.id }, evidence: [] });
    expect(shown.json.entries).toHaveLength(2);
    const list = await get('revenue/transfers?type=mpesa');
    expect(list.json.items.map((one: { id: string }) => one.id)).toContain(made.json.id);
    expect((await get('revenue/transfers?rail=airtel')).json.items).toEqual([]);
  });

  it('is refused while the engine is stopped', async () => {
    const stopped = await post('revenue/stop', { reason: 'stock-taking' });
    expect(stopped.json).toMatchObject({
      status: 'stopped',
      changed: true,
      reason: 'stock-taking',
    });
    const refusal = await post('revenue/transfer', { type: 'mpesa', amount: 300 });
    expect(refusal).toMatchObject({
      status: 409,
      json: { type: 'urn:qmoi:problem:engine-stopped' },
    });
    world.nudges.length = 0;
    expect((await post('revenue/start')).json).toMatchObject({ status: 'running', changed: true });
    expect(world.nudges).toEqual(['prompts', 'transfers', 'transfer-check']);
  });
});

describe('the owner', () => {
  it('sets a target, resets the counters, and finds both in the audit log', async () => {
    const set = await post('revenue/target', { type: 'airtel', amount: 15_000 });
    expect(set).toMatchObject({ status: 200, json: { type: 'airtel', amount: 15_000 } });
    expect(set.json.notes).toBeInstanceOf(Array);
    const before = (await get('revenue/status')).json;
    expect(before.targets.daily.airtel).toBe(15_000);
    const reset = await post('revenue/reset');
    expect(reset.json).toEqual({ businessDate: '2026-11-23', closed: before.today });
    const after = (await get('revenue/status')).json;
    expect(after).toMatchObject({ today: { combined: 0 }, total: before.total });

    const page = await get('audit?limit=2&from=2026-11-23&to=2026-11-23');
    const [newest, older] = page.json.items;
    expect(newest).toMatchObject({
      action: 'counter.reset',
      actor: expect.stringMatching(/^master:se_/),
    });
    expect(newest.leaf).toMatch(/^[0-9a-f]{64}$/);
    expect(older).toMatchObject({ action: 'target.changed', subject: 'target:airtel' });
    const rest = await get(`audit?action=target.changed&cursor=${page.json.nextCursor}`);
    expect(rest.json.items).toEqual([]);
    expect((await get('audit?actor=cli')).json.items).toEqual([]);
  });

  it('has the books proved', async () => {
    const { json } = await get('proof');
    expect(json.checks.length).toBeGreaterThan(5);
    expect(json.checks.filter((check: { ok: boolean }) => !check.ok)).toEqual([]);
    expect(json.ok).toBe(true);
  });
});

describe('an idempotency key', () => {
  const order = { stream: 'maintenance', amount: 100 };
  const key = (name: string) => ({ 'idempotency-key': name });

  it('gives the first answer again', async () => {
    const first = await post('charges', order, key('a'));
    const second = await post('charges', order, key('a'));
    expect(second).toMatchObject({ status: 201, json: first.json });
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const other = await post('charges', order, key('b'));
    expect(other.json.id).not.toBe(first.json.id);
  });

  it('is refused for another order', async () => {
    await post('charges', order, key('c'));
    const told = await post('charges', { ...order, amount: 101 }, key('c'));
    expect(told).toMatchObject({
      status: 422,
      json: { type: 'urn:qmoi:problem:key-used-for-other-input' },
    });
  });

  it('means nothing to another route', async () => {
    await post('charges', order, key('d'));
    const told = await post('revenue/target', { type: 'mpesa', amount: 11_000 }, key('d'));
    expect(told.status).toBe(200);
  });

  it('makes one charge of requests that come at once', async () => {
    const many = await Promise.all([1, 2, 3, 4].map(() => post('charges', order, key('e'))));
    const made = many.filter(({ status }) => status === 201);
    const busy = many.filter(({ status }) => status === 409);
    expect(new Set(made.map(({ json }) => json.id)).size).toBe(1);
    expect(made.length + busy.length).toBe(4);
  });

  it('says when the first request is still being worked on', async () => {
    await post('charges', order, key('f'));
    await sql`
      update idempotent_request set status = null, body = null
      where key = 'f'`.execute(world.business.database.executor);
    const told = await post('charges', order, key('f'));
    expect(told).toMatchObject({
      status: 409,
      json: { type: 'urn:qmoi:problem:request-in-progress' },
      headers: { 'retry-after': '1' },
    });
  });

  it('is free again after a refusal, for nothing was done', async () => {
    const refusal = await post('revenue/transfer', { type: 'airtel', amount: 100 }, key('f'));
    expect(refusal.status).toBe(409);
    const again = await post('revenue/transfer', { type: 'airtel', amount: 100 }, key('f'));
    expect(again.json.type).toBe('urn:qmoi:problem:balance-too-low');
  });

  it('keeps a transfer from being made twice, also when the answer was lost', async () => {
    let lost = 0;
    const broken = await createTestApi((deps) => ({
      idempotency: {
        ...deps.idempotency,
        finish: (claim, answer) => {
          lost += 1;
          const cause = Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
          return lost === 1 ? Promise.reject(cause) : deps.idempotency.finish(claim, answer);
        },
      },
    }));
    await broken.pay({ receipt: 'TKNFLOAT02', kes: 20_000, reference: 'TRADING' });
    const transfer = (): Promise<Told> =>
      broken.ask({
        method: 'POST',
        path: '/api/qmoi/revenue/transfer',
        body: { type: 'mpesa', amount: 40 },
        headers: key('g'),
      });
    expect((await transfer()).status).toBe(503);
    expect((await transfer()).status).toBe(409);
    await broken.clock.advance(61_000);
    const answer = await transfer();
    expect(answer.status).toBe(202);
    expect((await transfer()).json).toEqual(answer.json);
    const { json } = await broken.ask({ path: '/api/qmoi/revenue/transfers' });
    expect(json.items).toEqual([answer.json]);
    await broken.close();
  });
});
