import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import { dayMs, invariant, numberFromId, shillings } from '#kernel';
import type { PayoutResult } from '#rails';

import { owner, type TestBusiness } from '../../test/support/business.ts';
import type { TopUpOrder, Transfer } from './index.ts';
import { openSweeping, orderOf, providersWord, queueTimeout } from './test-kit.ts';

let town: TestBusiness;
// The first business of a file migrates its template: a hook has more time for it than a test.
beforeAll(async () => (await openSweeping()).close());
afterEach(() => town.closeProved());

const work = async (afterMs = 0): Promise<void> => {
  await town.clock.advance(afterMs);
  await town.business.transfers.work();
};
const topUp = (more: Partial<TopUpOrder> = {}) =>
  town.business.transfers.requestTopUp({
    rail: 'mpesa',
    amountMinor: shillings(3_000),
    why: 'float',
    requestedBy: owner,
    requestKey: undefined,
    ...more,
  });
const planned = async (): Promise<Transfer> => {
  const answer = await topUp();
  invariant(answer.ok, 'planned');
  return answer.value;
};
const stateOf = async ({ id }: Transfer) => (await town.business.transfers.find(id))?.state;
const balanceOf = async (name: string) =>
  (await town.business.ledger.balances()).find((one) => one.name === name)?.balanceMinor;
const wordOf = (transfer: Transfer, more: Partial<Parameters<typeof providersWord>[1]> = {}) =>
  providersWord(transfer, { providerRequestId: `AG_T_${transfer.ownId}`, ...more });
const tell = (transfer: Transfer, event: PayoutResult) =>
  town.deliver('top-up-result', numberFromId(transfer.id), event);

/** What the provider reports of both wallets, in whole shillings. */
const report = async (utility: number, working?: number): Promise<void> => {
  const { balance } = town.mpesa.script;
  town.mpesa.script.balance = () => ({ kind: 'asked' });
  await town.business.transfers.askBalances();
  town.mpesa.script.balance = balance;
  const accounts = [{ name: 'Utility Account', availableMinor: shillings(utility) }];
  if (working !== undefined) {
    accounts.push({ name: 'Working Account', availableMinor: shillings(working) });
  }
  const code = `${utility}/${working}`;
  const word = { kind: 'balance-report', verdict: 'reported', code, accounts } as const;
  await town.deliver('balance-result', 0n, word);
};

describe('a top-up', () => {
  it('reserves nothing, is sent once, and is booked as the owner’s own money', async () => {
    town = await openSweeping();
    const transfer = await planned();
    expect(await balanceOf('transfer:in_flight:mpesa')).toBe(0n);
    await work();
    expect(town.mpesa.topUps).toMatchObject([
      { ownId: transfer.ownId, amountMinor: shillings(3_000) },
    ]);
    expect(town.mpesa.topUps[0]?.callbacks.resultUrl).toContain('/top-up-result/');
    await tell(transfer, wordOf(transfer));
    await tell(transfer, wordOf(transfer, { description: 'again' }));
    expect(await stateOf(transfer)).toBe('completed');
    expect(await balanceOf('rail:mpesa:collection')).toBe(shillings(13_000));
    expect(await balanceOf('owner:capital:mpesa')).toBe(-shillings(3_000));
    expect(await town.exceptions()).toEqual([]);
  });

  it('that fails moves nothing in the books; one that then goes through is booked', async () => {
    town = await openSweeping();
    const transfer = await planned();
    await work();
    const { providerRequestId } = wordOf(transfer);
    await tell(transfer, {
      kind: 'payout-result',
      code: '1',
      description: 'no float',
      ownId: undefined,
      providerRequestId,
      verdict: 'failed',
      reason: 'our-float',
    });
    expect(await stateOf(transfer)).toBe('failed');
    expect(await balanceOf('rail:mpesa:collection')).toBe(shillings(10_000));
    await tell(transfer, wordOf(transfer));
    expect(await balanceOf('rail:mpesa:collection')).toBe(shillings(13_000));
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });

  it('whose answer was lost is asked about, never sent again, and goes to a person', async () => {
    town = await openSweeping({
      capabilities: { payoutIdsGuarded: true, notFoundFinalAfterMs: 60_000 },
    });
    town.mpesa.script.topUp = () => ({ kind: 'unknown', cause: 'timeout' });
    town.mpesa.script.topUpVerdict = () => ({ kind: 'not-found' });
    const transfer = await planned();
    for (let n = 0; n < 12; n += 1) await work(10 * 60_000);
    expect(town.mpesa.topUps).toHaveLength(1);
    expect(town.mpesa.topUpQueries.length).toBeGreaterThan(0);
    expect(await stateOf(transfer)).toBe('unknown');
    expect(await town.exceptions()).toEqual(['unknown-transfer']);
    await tell(transfer, wordOf(transfer, { providerRequestId: 'AG_T_late' }));
    expect(await stateOf(transfer)).toBe('completed');
    expect(await town.exceptions()).toEqual([]);
  });

  it('is unknown after the queue timed out', async () => {
    town = await openSweeping();
    const transfer = await planned();
    await work();
    await town.deliver('top-up-timeout', numberFromId(transfer.id), queueTimeout);
    expect(await stateOf(transfer)).toBe('unknown');
  });

  it('is one at a time, and repeats by key', async () => {
    town = await openSweeping();
    const other = await town.neighbour();
    const order = { rail: 'mpesa', amountMinor: shillings(3_000), why: 'x', requestedBy: owner };
    const answers = await Promise.all([
      topUp(),
      other.business.transfers.requestTopUp({ ...order, rail: 'mpesa', requestKey: undefined }),
      topUp({ requestKey: 'once' }),
    ]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: { kind: 'top-up-under-way' } });
  });

  it.each<[string, Partial<TopUpOrder>, string]>([
    ['on a rail without a working wallet', { rail: 'airtel' }, 'rail-cannot-top-up'],
    ['of half a shilling', { amountMinor: 150n }, 'amount-not-whole-shillings'],
    ['of nothing', { amountMinor: 0n }, 'amount-out-of-range'],
    ['of more than was reported', { amountMinor: shillings(9_001) }, 'working-wallet-too-low'],
  ])('%s is refused', async (_, more, kind) => {
    town = await openSweeping();
    await report(1_000, 9_000);
    expect(await topUp(more)).toMatchObject({ ok: false, error: { kind } });
  });
});

describe('a wallet that lacks what is due', () => {
  const check = async () => (await town.business.transfers.checkSweeps()).get('mpesa');

  it('holds the sweep, and is told of once a day with what would help', async () => {
    town = await openSweeping();
    await report(1_500, 9_000);
    expect(await check()).toBe('float-low');
    expect(await check()).toBe('float-low');
    const [open, ...more] = await town.rows<{ detail: object }>(
      "select detail from exception where kind = 'low-float'",
    );
    expect(more).toEqual([]);
    expect(open?.detail).toMatchObject({
      available: '1500.00',
      needed: '2000.00',
      advice: expect.stringContaining('top up KES 500'),
    });
    expect(await town.rows("select from event where topic = 'float.low'")).toHaveLength(1);
    // Proposed, not done.
    expect(await town.countOf('transfer')).toBe(0);
    await report(2_000, 9_000);
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('is told of again the next day', async () => {
    town = await openSweeping();
    await report(1_500, 0);
    await check();
    await town.clock.advance(dayMs);
    await town.earn(shillings(10_000));
    await report(1_600, 0);
    expect(await check()).toBe('float-low');
    expect(await town.exceptions()).toEqual(['low-float', 'low-float']);
  });

  it('holds nothing back that payers have filled since the report', async () => {
    town = await openSweeping();
    await report(0, 0);
    await town.clock.advance(1_000);
    await town.earn(shillings(1_999));
    expect(await check()).toBe('float-low');
    await town.earn(shillings(1));
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('nor what they filled between our question and its answer', async () => {
    town = await openSweeping();
    await town.clock.advance(1_000);
    town.mpesa.script.balance = () => ({ kind: 'asked' });
    await town.business.transfers.askBalances();
    await town.clock.advance(1_000);
    await town.earn(shillings(2_000));
    await town.clock.advance(1_000);
    await town.deliver('balance-result', 0n, {
      kind: 'balance-report',
      verdict: 'reported',
      code: '0',
      accounts: [{ name: 'Utility Account', availableMinor: 0n }],
    });
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('is not believed for ever', async () => {
    town = await openSweeping();
    await report(1_500, 9_000);
    await town.clock.advance(30 * 60_000 + 1);
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('is filled where the owner wants it: what is missing, once a day', async () => {
    town = await openSweeping({ autoTopUps: new Set(['mpesa']) });
    await report(1_499, 9_000);
    const other = await town.neighbour();
    await Promise.all([check(), other.business.transfers.checkSweeps(), check()]);
    await work();
    expect(town.mpesa.topUps).toMatchObject([{ amountMinor: shillings(501) }]);
    const {
      items: [transfer],
    } = await town.business.transfers.page({
      before: undefined,
      limit: 1,
      rail: undefined,
    });
    invariant(transfer !== undefined, 'the top-up is kept');
    expect(transfer).toMatchObject({ kind: 'top-up', requestedBy: 'engine:auto-top-up' });
    await tell(transfer, wordOf(transfer));
    // The report is from before, and later ones do not bring a second one that day.
    await check();
    await town.clock.advance(1_000);
    await report(1_498, 9_000);
    await check();
    expect(await town.countOf('transfer')).toBe(1);
    await report(2_000, 8_499);
    expect(await check()).toMatchObject({ kind: 'auto' });
  });

  it.each([
    ['lacks it too', 400],
    ['is not there', undefined],
  ])('is not filled from a working wallet that %s', async (_, working) => {
    town = await openSweeping({ autoTopUps: new Set(['mpesa']) });
    await report(1_500, working);
    expect(await check()).toBe('float-low');
    expect(await town.countOf('transfer')).toBe(0);
    const [open] = await town.rows<{ detail: { advice: string } }>('select detail from exception');
    expect(open?.detail.advice).toMatch(/^Move money into the M-Pesa payout wallet/);
  });
});

describe('asking for wallets', () => {
  const poll = async () => {
    const question = { rail: 'mpesa', kind: 'manual', amountMinor: shillings(100) } as const;
    return (await town.business.transfers.preview(question)).poll;
  };

  it('waits longer after each refusal, in every process, until there is an answer', async () => {
    town = await openSweeping();
    let asked = 0;
    town.mpesa.script.balance = () => {
      asked += 1;
      return {
        kind: 'refused',
        code: '2001',
        description: 'The initiator information is invalid.',
        reason: 'our-request',
        mayResend: false,
      };
    };
    const other = await town.neighbour();
    const minutes: number[] = [];
    for (let minute = 0; minute < 80; minute += 1) {
      const before = asked;
      await (minute % 2 === 0 ? town : other).business.transfers.askBalances();
      if (asked > before) minutes.push(minute);
      await town.clock.advance(60_000);
    }
    expect(minutes).toEqual([0, 5, 15, 35, 75]);
    expect(await poll()).toMatchObject({ refusals: 5, code: '2001', answeredAt: undefined });
    await report(10_000, 1);
    expect(await poll()).toMatchObject({
      refusals: 0,
      code: undefined,
      answeredAt: town.clock.now(),
    });
    await town.business.transfers.askBalances();
    expect(asked).toBe(6);
  });

  it('counts a refusal by callback as well', async () => {
    town = await openSweeping();
    town.mpesa.script.balance = () => ({ kind: 'asked' });
    await town.business.transfers.askBalances();
    await town.deliver('balance-result', 0n, {
      kind: 'balance-report',
      verdict: 'failed',
      code: '21',
      accounts: [],
    });
    expect(await poll()).toMatchObject({ refusals: 1, code: '21' });
  });
});

describe('quiet hours', () => {
  /** From an hour before noon, when tests begin, until two in the afternoon. */
  const quietHours = { fromMinute: 11 * 60, toMinute: 14 * 60 };
  const untilTwo = 2 * 3_600_000;

  it('hold sweeps and say until when; a transfer by hand goes out', async () => {
    town = await openSweeping({ quietHours });
    const { transfers } = town.business;
    expect((await transfers.checkSweeps()).get('mpesa')).toBe('quiet-hours');
    expect((await transfers.outlook())[0]?.next).toEqual({
      kind: 'hold',
      why: 'quiet-hours',
      until: town.clock.now() + untilTwo,
    });
    expect((await transfers.request(orderOf())).ok).toBe(true);
    await work();
    expect(town.mpesa.payouts).toHaveLength(1);
    await town.clock.advance(untilTwo);
    expect((await transfers.checkSweeps()).get('mpesa')).toMatchObject({ state: 'approved' });
  });

  it('also keep a sweep that was planned before them from going out within them', async () => {
    town = await openSweeping({ quietHours: { fromMinute: 13 * 60, toMinute: 14 * 60 } });
    await town.business.transfers.checkSweeps();
    await town.clock.advance(3_600_000);
    await work();
    expect(town.mpesa.payouts).toEqual([]);
    await work(3_600_000);
    expect(town.mpesa.payouts).toHaveLength(1);
  });
});
