import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, invariant, shillings } from '#kernel';

import { owner, type TestBusiness } from '../../test/support/business.ts';
import type { Transfer, TransferOrder } from './index.ts';
import { capMinor, openSweeping, orderOf } from './test-kit.ts';

let town: TestBusiness;

beforeEach(async () => {
  town = await openSweeping();
});
afterEach(() => town.closeProved());

const check = async (engine: Pick<TestBusiness, 'business'> = town) =>
  (await engine.business.transfers.checkSweeps()).get('mpesa');
const request = (more: Partial<TransferOrder> = {}) =>
  town.business.transfers.request(orderOf(more));

describe('the daily sweep', () => {
  it('is planned and reserved once, in however many engines and after a restart', async () => {
    const other = await town.neighbour();
    const outcomes = await Promise.all([check(), check(other), check(), check(other)]);
    const planned = outcomes.filter((outcome) => typeof outcome === 'object');
    expect(planned).toHaveLength(1);
    expect(planned[0]).toMatchObject({ kind: 'auto', state: 'approved', amountMinor: capMinor });
    expect(await check(await town.neighbour())).toBe('done-today');
    const balances = await town.business.ledger.balances();
    const of = (name: string) => balances.find((one) => one.name === name)?.balanceMinor;
    expect(of('rail:mpesa:collection')).toBe(shillings(8_000));
    expect(of('transfer:in_flight:mpesa')).toBe(capMinor);
  });

  it('has a new day after midnight in Nairobi, and has to earn it', async () => {
    await check();
    // 12:00 to 23:59 of the same day.
    await town.clock.advance(12 * 3_600_000 - 60_000);
    expect(await check()).toBe('done-today');
    await town.clock.advance(120_000);
    expect(await check()).toBe('trigger-not-reached');
    await town.earn(shillings(5_000));
    expect(await check()).toMatchObject({ state: 'approved', businessDate: '2026-11-26' });
  });

  it('is not planned while the engine is stopped', async () => {
    await town.business.engine.turn('off', owner, 'test');
    expect(await check()).toBe('engine-stopped');
    expect((await town.business.transfers.outlook())[0]?.next).toEqual({
      kind: 'hold',
      why: 'engine-stopped',
    });
  });

  it('tries another day’s sweep after failures, three times at most', async () => {
    town.mpesa.script.payout = () => ({
      kind: 'refused',
      code: '400',
      description: '',
      reason: 'our-request',
      mayResend: false,
    });
    for (let n = 0; n < 5; n += 1) {
      await check();
      await town.business.transfers.work();
    }
    expect(town.mpesa.payouts).toHaveLength(3);
    expect(await check()).toBe('failed-too-often');
  });
});

describe('a transfer by hand', () => {
  it.each<[string, Partial<TransferOrder>, string]>([
    ['half a shilling', { amountMinor: 150n }, 'amount-not-whole-shillings'],
    ['nothing', { amountMinor: 0n }, 'amount-out-of-range'],
    ['less than nothing', { amountMinor: -shillings(100) }, 'amount-out-of-range'],
    ['too little', { amountMinor: shillings(9) }, 'amount-out-of-range'],
    ['too much', { amountMinor: shillings(250_001) }, 'amount-out-of-range'],
    ['more than there is', { amountMinor: shillings(10_001) }, 'balance-too-low'],
    ['an empty rail', { rail: 'airtel' }, 'balance-too-low'],
  ])('%s is refused', async (_, more, kind) => {
    const refused = await request(more);
    expect(refused).toMatchObject({ ok: false, error: { kind } });
    expect(await town.countOf('transfer')).toBe(0);
  });

  it('names the first refusal in order', async () => {
    await town.business.engine.turn('off', owner, 'test');
    const odd = { amountMinor: 1n };
    expect(await request(odd)).toMatchObject({ error: { kind: 'engine-stopped' } });
  });

  it('has a limit for the day', async () => {
    await town.earn(shillings(600_000));
    expect((await request({ amountMinor: shillings(250_000) })).ok).toBe(true);
    expect((await request({ amountMinor: shillings(240_000) })).ok).toBe(true);
    const third = await request({ amountMinor: shillings(10_001) });
    const leftMinor = shillings(10_000);
    expect(third).toMatchObject({ error: { kind: 'over-daily-limit', leftMinor } });
    await town.business.transfers.work();
    await town.clock.advance(dayMs);
    expect((await request({ amountMinor: shillings(10_001) })).ok).toBe(true);
  });

  it('that waits over midnight counts on the day it will go out', async () => {
    await town.earn(shillings(1_000_000));
    expect((await request({ amountMinor: shillings(250_000) })).ok).toBe(true);
    expect((await request({ amountMinor: shillings(250_000) })).ok).toBe(true);
    await town.clock.advance(12 * 3_600_000 + 60_000);
    const more = await request({ amountMinor: shillings(10) });
    expect(more).toMatchObject({ error: { kind: 'over-daily-limit', leftMinor: 0n } });
  });

  it.each([undefined, '', 'key-1'])('repeats by key %j', async (requestKey) => {
    const [first, second] = [await request({ requestKey }), await request({ requestKey })];
    invariant(first.ok && second.ok, 'both are answered');
    expect(first.value.id === second.value.id).toBe(requestKey !== undefined);
  });

  it('with one key at once, in two engines and for two rails, is one transfer', async () => {
    const other = await town.neighbour();
    const order = orderOf({ requestKey: 'once' });
    const answers = await Promise.all([
      town.business.transfers.request(order),
      other.business.transfers.request(order),
      town.business.transfers.request(order),
    ]);
    const ids = answers.map((answer) => (answer.ok ? answer.value.id : 'refused'));
    expect(new Set(ids).size).toBe(1);
    expect(await town.countOf('transfer')).toBe(1);
  });

  it('never spends the same shilling twice, however many ask at once', async () => {
    const orders = Array.from({ length: 30 }, () => request({ amountMinor: shillings(1_000) }));
    const answers = await Promise.all(orders);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
  });
});

it('reports balances, and says so when one rail fails', async () => {
  town.airtel.script.balance = () => {
    throw new Error('a fault');
  };
  town.mpesa.script.balance = () => ({
    kind: 'reported',
    accounts: [{ name: 'Utility Account', availableMinor: shillings(10_000) }],
  });
  await town.business.transfers.askBalances();
  await town.deliver('balance-result', 0n, {
    kind: 'balance-report',
    verdict: 'reported',
    code: '0',
    accounts: [{ name: 'Working Account', availableMinor: 0n }],
  });
  const balances = await town.rows(
    'select account, available_minor as minor from balance_report order by account',
  );
  expect(balances).toEqual([
    { account: 'Utility Account', minor: shillings(10_000) },
    { account: 'Working Account', minor: 0n },
  ]);
});

it('tells forged balances', async () => {
  const accounts = [{ name: 'Utility Account', availableMinor: 1n }];
  const report = { kind: 'balance-report', verdict: 'reported', code: '0', accounts } as const;
  await town.deliver('balance-result', 'forged', report);
  expect(await town.countOf('balance_report')).toBe(0);
  expect(await town.exceptions()).toEqual(['forged-callback']);
});

it('plans the transfer that was ordered', async () => {
  const answer = await request();
  invariant(answer.ok, 'planned');
  const kept: Transfer | undefined = await town.business.transfers.find(answer.value.id);
  expect(kept).toEqual(answer.value);
});
