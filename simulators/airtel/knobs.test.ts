import { afterEach, describe, expect, it } from 'vitest';

import {
  addPhone,
  collect,
  createKit,
  disburse,
  enquire,
  type Kit,
  phone,
  type Reply,
  startAt,
  stopKits,
  truthCount,
} from './test-kit.ts';

afterEach(stopKits);

const paid = 'MP260301.1234.L00001';

const readyKit = async (knobs: object, phoneOptions: object = {}): Promise<Kit> => {
  const kit = createKit();
  await addPhone(kit, phoneOptions);
  await kit.admin('POST', '/org/float', { amount: 1000 });
  await kit.knobs(knobs);
  return kit;
};

const paidKit = async (knobs: object): Promise<Kit> => {
  const kit = await readyKit(knobs);
  await collect(kit, 'TXN0001');
  await kit.clock.advance(5000);
  return kit;
};

const refund = (kit: Kit): Promise<Reply> =>
  kit.wire('POST', '/standard/v1/payments/refund', {
    body: { transaction: { airtel_money_id: paid } },
  });

const wallet = async (kit: Kit): Promise<string> =>
  (await kit.admin('GET', `/phones/${phone}`)).json.balance;

describe('a refund whose answer is lost', () => {
  it.each([
    ['now', '5000.00', '5000.00', 'already reversed'],
    ['later', '4900.00', '5000.00', 'already reversed'],
    ['none', '4900.00', '4900.00', 'SUCCESS'],
  ])('with its effect %s', async (...[effect, atOnce, inTheEnd, second]) => {
    const kit = await paidKit({ refundLoss: { rate: 1, effect, afterMs: 30_000 } });
    expect((await refund(kit)).status).toBe(408);
    expect(await wallet(kit)).toBe(atOnce);
    await kit.clock.advance(30_000);
    expect(await wallet(kit)).toBe(inTheEnd);
    await kit.knobs({ refundLoss: { rate: 0 } });
    expect((await refund(kit)).text).toContain(second);
    expect(await wallet(kit)).toBe('5000.00');
    expect((await kit.admin('GET', '/conservation')).json.ok).toBe(true);
  });

  it('strikes nothing but refunds', async () => {
    const kit = await readyKit({ refundLoss: { rate: 1, mode: '502-html' } });
    expect((await collect(kit, 'TXN0001')).status).toBe(200);
    expect((await disburse(kit, 'PAY0001')).status).toBe(200);
    await kit.clock.advance(5000);
    expect((await refund(kit)).status).toBe(502);
  });

  it('comes late only once, and not after another one', async () => {
    const kit = await paidKit({ refundLoss: { rate: 1, effect: 'later', afterMs: 30_000 } });
    await refund(kit);
    await refund(kit);
    await kit.knobs({ refundLoss: { rate: 0 } });
    expect((await refund(kit)).text).toContain('SUCCESS');
    await kit.clock.advance(60_000);
    expect(await wallet(kit)).toBe('5000.00');
    expect(await truthCount(kit)).toBe(2);
  });

  it('of what is no payment has no effect later either', async () => {
    const kit = await readyKit({ refundLoss: { rate: 1, effect: 'later', afterMs: 10 } });
    for (const body of [{}, { transaction: { airtel_money_id: 'MP0.0.L0' } }]) {
      expect((await kit.wire('POST', '/standard/v1/payments/refund', { body })).status).toBe(408);
    }
    await kit.clock.advance(1000);
    expect(await truthCount(kit)).toBe(0);
  });
});

describe('a refund in the summary', () => {
  it.each([
    ['payment', { id: '', reference_number: paid }],
    ['own-id', { id: 'TXN0001', reference_number: 'INV001' }],
    ['nothing', { id: '', reference_number: 'INV001' }],
  ])('names by “%s”', async (refundRowNames, names) => {
    const kit = await paidKit({ refundRowNames });
    await refund(kit);
    const { json } = await kit.wire('GET', '/merchant/v1/transactions?limit=1');
    expect(json.data.transactions[0].transaction).toMatchObject(names);
  });

  it('is told in the truth with the payment that it gave back', async () => {
    const kit = await paidKit({});
    await refund(kit);
    const { json } = await kit.admin('GET', '/truth?after=1');
    expect(json.transactions).toMatchObject([{ kind: 'refund', refundOf: paid }]);
  });
});

describe('outage windows', () => {
  const balance = (kit: Kit): Promise<Reply> => kit.call('GET', '/standard/v1/users/balance');

  it('come and go by the clock, beside the switch', async () => {
    const outageWindows = [
      { fromAt: startAt + 1000, toAt: startAt + 2000, mode: 'html' },
      { fromAt: startAt + 1500, toAt: startAt + 3000, mode: 'refuse-500' },
    ];
    const kit = await readyKit({ outageWindows });
    const seen: number[] = [];
    for (let step = 0; step < 7; step += 1) {
      seen.push((await balance(kit)).status);
      await kit.clock.advance(500);
    }
    expect(seen).toEqual([401, 401, 503, 503, 500, 500, 401]);
    await kit.knobs({ outage: 'html' });
    expect((await balance(kit)).status).toBe(503);
    await kit.knobs({ outage: 'off', outageWindows: [] });
    expect((await balance(kit)).status).toBe(401);
  });

  it.each([
    ['no list', 'soon'],
    ['no window', [null]],
    ['an end before its beginning', [{ fromAt: 2, toAt: 1, mode: 'html' }]],
    ['no mode', [{ fromAt: 1, toAt: 2 }]],
    ['another mode', [{ fromAt: 1, toAt: 2, mode: 'rain' }]],
    ['a field too many', [{ fromAt: 1, toAt: 2, mode: 'html', why: '' }]],
    ['half a millisecond', [{ fromAt: 0.5, toAt: 2, mode: 'html' }]],
    ['too many', Array.from({ length: 65 }, () => ({ fromAt: 1, toAt: 2, mode: 'html' }))],
  ])('refuse %s', async (_name, outageWindows) => {
    const { status, json } = await createKit().admin('PUT', '/knobs', { outageWindows });
    expect([status, json.message]).toEqual([400, expect.stringContaining('outageWindows')]);
  });
});

describe('other knobs', () => {
  it('tokenRevoked lets a good token die under the call', async () => {
    const kit = await readyKit({});
    const headers = await kit.headers();
    await kit.knobs({ tokenRevoked: 1 });
    const look = () => kit.call('GET', '/standard/v1/users/balance', { headers });
    expect((await look()).json).toMatchObject({ error: 'invalid_token' });
    await kit.knobs({ tokenRevoked: 0 });
    expect((await look()).status).toBe(401);
    expect((await kit.wire('GET', '/standard/v1/users/balance')).status).toBe(200);
  });

  it('queryNoise keeps an enquiry from learning anything', async () => {
    const kit = await paidKit({});
    await disburse(kit, 'PAY0001');
    await kit.knobs({ queryNoise: 1 });
    for (const path of [
      '/standard/v1/payments/TXN0001',
      '/standard/v1/payments/NONE0001',
      '/standard/v1/disbursements/PAY0001',
    ]) {
      const { json } = await kit.wire('GET', path);
      expect(json).toEqual({
        status: expect.objectContaining({ result_code: 'ESB000014', success: false }),
      });
    }
    await kit.knobs({ queryNoise: 0 });
    expect((await enquire(kit, 'TXN0001')).json.data.transaction.status).toBe('TS');
  });

  it.each([
    ['tf', 'TF', '5000.00'],
    ['ts', 'TS', '4900.00'],
  ])('timedOutEnds %s is what a time-out turns into', async (timedOutEnds, status, balance) => {
    const kit = await readyKit(
      { timedOutEnds, ignoredPrompt: 'timed-out' },
      { onPrompt: 'ignore' },
    );
    await collect(kit, 'TXN0001');
    await kit.clock.advance(61_000);
    expect((await enquire(kit, 'TXN0001')).json).toMatchObject({
      data: { transaction: { status: 'TA' } },
      status: { response_code: 'DP00800001024' },
    });
    await kit.clock.advance(30_000);
    expect((await enquire(kit, 'TXN0001')).json.data.transaction.status).toBe(status);
    expect(await wallet(kit)).toBe(balance);
  });

  it('sameSecond settles prompt and payout in the second they came in', async () => {
    const kit = await readyKit({ sameSecond: 1, disbursementSync: false });
    await collect(kit, 'TXN0001');
    await collect(kit, 'TXN0002', 7);
    await disburse(kit, 'PAY0001');
    await kit.clock.advance(1);
    const { json } = await kit.admin('GET', '/truth');
    const at = new Set(json.transactions.map((one: { at: string }) => one.at.slice(0, 19)));
    expect([json.transactions.length, at]).toEqual([3, new Set(['2026-03-01T09:34:00'])]);
  });
});
