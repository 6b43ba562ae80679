import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, invariant, numberFromId, shillings, type TransferId } from '#kernel';

import { owner, type TestBusiness } from '../../test/support/business.ts';
import type { Transfer } from './index.ts';
import {
  completedResult,
  failedResult,
  openSweeping,
  orderOf,
  planned,
  queueTimeout,
  reportOf,
} from './test-kit.ts';

let town: TestBusiness;
const feeMinor = shillings(5);

beforeEach(async () => {
  town = await openSweeping({ payoutFeeMinor: feeMinor });
});
afterEach(() => town.closeProved());

const work = async (afterMs = 0): Promise<void> => {
  await town.clock.advance(afterMs);
  await town.business.transfers.work();
};
const plan = (): Promise<Transfer> => planned(town);
const sent = async (): Promise<Transfer> => {
  const transfer = await plan();
  await work();
  return transfer;
};
const stateOf = async (id: TransferId) => (await town.business.transfers.find(id))?.state;
const balanceOf = async (name: string) =>
  (await town.business.ledger.balances()).find((one) => one.name === name)?.balanceMinor;
const result = (transfer: Transfer, event: Parameters<TestBusiness['deliver']>[2]) =>
  town.deliver('payout-result', numberFromId(transfer.id), event);

describe('a transfer that goes through', () => {
  const expectBooked = async (transfer: Transfer): Promise<void> => {
    expect(await stateOf(transfer.id)).toBe('completed');
    expect(await balanceOf('rail:mpesa:collection')).toBe(shillings(9_000));
    expect(await balanceOf('transfer:in_flight:mpesa')).toBe(0n);
    expect(await balanceOf('owner:drawings:mpesa')).toBe(shillings(1_000));
    expect(await balanceOf('fees:mpesa')).toBe(feeMinor);
    expect(await balanceOf('rail:mpesa:charges')).toBe(-feeMinor);
    expect(town.mpesa.payouts).toHaveLength(1);
  };

  it('by its result, told twice', async () => {
    expect.hasAssertions();
    const transfer = await sent();
    expect(await stateOf(transfer.id)).toBe('sent');
    await result(transfer, completedResult(transfer));
    await result(transfer, completedResult(transfer, { description: 'again' }));
    await expectBooked(transfer);
    expect(await town.exceptions()).toEqual([]);
  });

  it('by an enquiry', async () => {
    expect.hasAssertions();
    const transfer = await sent();
    const proof = { receipt: 'OUT1', completedAt: undefined, raw: '{}' };
    town.mpesa.script.payoutVerdict = () => ({ kind: 'completed', ...proof });
    await work(60_000);
    await expectBooked(transfer);
  });

  it('by a report on the question about it', async () => {
    expect.hasAssertions();
    const transfer = await sent();
    town.mpesa.script.payoutVerdict = () => ({ kind: 'asked' });
    await work(60_000);
    await town.deliver(
      'status-result',
      numberFromId(transfer.id),
      reportOf({
        receipt: 'OUT1',
        state: 'completed',
        amountMinor: transfer.amountMinor,
        originalOwnId: transfer.ownId,
      }),
    );
    await expectBooked(transfer);
  });

  it('while we wait', async () => {
    expect.hasAssertions();
    const proof = { receipt: 'OUT1', completedAt: undefined, raw: '{}' };
    town.mpesa.script.payout = () => ({ kind: 'completed', ...proof });
    await expectBooked(await sent());
  });

  it('before the answer to our request', async () => {
    expect.hasAssertions();
    const transfer = await plan();
    town.mpesa.script.payout = async () => {
      await result(transfer, completedResult(transfer));
      return { kind: 'accepted', providerRequestId: 'late' };
    };
    await work();
    await expectBooked(transfer);
  });

  it('by its result under an id the provider made up, while our answer is lost', async () => {
    expect.hasAssertions();
    town.mpesa.script.payout = () => ({ kind: 'unknown', cause: 'timeout' });
    const transfer = await sent();
    const ids = { ownId: '2654-4b64-97ff', providerRequestId: 'AG_9' };
    await result(transfer, completedResult(transfer, ids));
    await expectBooked(transfer);
  });

  it('though we took it to be unsent', async () => {
    expect.hasAssertions();
    town.mpesa.script.payout = () => ({
      kind: 'refused',
      code: '429',
      description: '',
      reason: 'busy',
      mayResend: true,
    });
    const transfer = await sent();
    expect(await stateOf(transfer.id)).toBe('approved');
    await result(transfer, completedResult(transfer));
    for (let n = 0; n < 5; n += 1) await work(60_000);
    await expectBooked(transfer);
  });
});

describe('what does not fit', () => {
  it.each<[string, (transfer: Transfer) => Parameters<TestBusiness['deliver']>[2], string]>([
    ['another amount', (t) => completedResult(t, { amountMinor: 1n }), 'payout-mismatch'],
    [
      'other ids',
      (t) => completedResult(t, { ownId: 'QT9', providerRequestId: 'AG_9' }),
      'forged-callback',
    ],
    [
      'no ids',
      (t) => completedResult(t, { ownId: undefined, providerRequestId: undefined }),
      'forged-callback',
    ],
  ])('%s settles nothing', async (_, event, kind) => {
    const transfer = await sent();
    await result(transfer, event(transfer));
    expect(await stateOf(transfer.id)).toBe('sent');
    expect(await town.exceptions()).toEqual([kind]);
  });

  it('a forged address settles nothing', async () => {
    const transfer = await sent();
    await town.deliver('payout-result', 'forged', completedResult(transfer));
    expect(await stateOf(transfer.id)).toBe('sent');
    expect(await town.exceptions()).toEqual(['forged-callback']);
  });

  it('a second receipt for one transfer is shown to a person', async () => {
    const transfer = await sent();
    await result(transfer, completedResult(transfer));
    await result(transfer, completedResult(transfer, { receipt: 'OUT2' }));
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
    expect(await balanceOf('owner:drawings:mpesa')).toBe(shillings(1_000));
  });

  it('a report on another transaction settles nothing', async () => {
    const transfer = await sent();
    await town.deliver(
      'status-result',
      numberFromId(transfer.id),
      reportOf({
        receipt: 'OUT9',
        state: 'failed',
        amountMinor: transfer.amountMinor,
        originalOwnId: 'QT9',
        originalRequestId: 'AG_9',
      }),
    );
    expect(await stateOf(transfer.id)).toBe('sent');
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });
});

describe('a transfer that fails', () => {
  it('gives its reservation back, once', async () => {
    const transfer = await sent();
    await result(transfer, failedResult(transfer));
    await result(transfer, { ...failedResult(transfer), description: 'again' });
    expect(await stateOf(transfer.id)).toBe('failed');
    expect(await balanceOf('rail:mpesa:collection')).toBe(shillings(10_000));
    expect(await balanceOf('transfer:in_flight:mpesa')).toBe(0n);
  });

  it('and goes through after all: booked, and shown to a person', async () => {
    const transfer = await sent();
    await result(transfer, failedResult(transfer));
    await result(transfer, completedResult(transfer));
    expect(await stateOf(transfer.id)).toBe('completed');
    expect(await balanceOf('rail:mpesa:collection')).toBe(shillings(9_000));
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });

  it('and goes through after the day had another sweep', async () => {
    const { transfers } = town.business;
    const first = (await transfers.checkSweeps()).get('mpesa');
    invariant(typeof first === 'object', 'planned');
    await work();
    await result(first, failedResult(first));
    const second = (await transfers.checkSweeps()).get('mpesa');
    invariant(typeof second === 'object', 'planned again');
    await work();
    await result(second, completedResult(second, { receipt: 'OUT2' }));
    await result(first, completedResult(first));
    expect(await stateOf(first.id)).toBe('completed');
    expect(await balanceOf('owner:drawings:mpesa')).toBe(shillings(4_000));
    expect((await transfers.checkSweeps()).get('mpesa')).toBe('done-today');
  });

  it('and went through after all holds back the sweep that would take its place', async () => {
    const { transfers, engine } = town.business;
    const first = (await transfers.checkSweeps()).get('mpesa');
    invariant(typeof first === 'object', 'planned');
    await work();
    await result(first, failedResult(first));
    const second = (await transfers.checkSweeps()).get('mpesa');
    invariant(typeof second === 'object', 'planned again');
    await engine.turn('off', owner, 'test');
    await work();
    await result(first, completedResult(first));
    expect(await transfers.find(second.id)).toMatchObject({
      state: 'failed',
      reason: 'superseded',
    });
    await engine.turn('on', owner, 'test');
    await work(60_000);
    expect(town.mpesa.payouts).toHaveLength(1);
    expect(await balanceOf('owner:drawings:mpesa')).toBe(shillings(2_000));
  });

  it('is asked about until a late success that was hinted at is known', async () => {
    const transfer = await sent();
    await result(transfer, failedResult(transfer));
    const verdicts = [
      { kind: 'unknown', cause: 'timeout' },
      { kind: 'pending' },
      { kind: 'completed', receipt: 'OUT1', completedAt: undefined, raw: '{}' },
    ] as const;
    let asked = 0;
    town.mpesa.script.payoutVerdict = () => {
      asked += 1;
      return verdicts[asked - 1] ?? { kind: 'pending' };
    };
    await town.deliver('payout-result', numberFromId(transfer.id), {
      kind: 'own-id-hint',
      ownId: transfer.ownId,
      outcome: 'succeeded',
      receipt: undefined,
      authenticated: true,
    });
    for (let n = 0; n < 12; n += 1) await work(60_000);
    expect(asked).toBe(3);
    expect(await stateOf(transfer.id)).toBe('completed');
  });

  it('by a report is not said to be done, for the question went well', async () => {
    const transfer = await sent();
    town.mpesa.script.explain = (code) => ({
      code,
      known: true,
      class: code === '0' ? 'done' : 'final',
      reason: 'other',
      meaning: 'Told.',
      advice: 'None.',
    });
    await town.deliver(
      'status-result',
      numberFromId(transfer.id),
      reportOf({
        description: 'Declined',
        receipt: '',
        state: 'failed',
        originalOwnId: transfer.ownId,
      }),
    );
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({
      state: 'failed',
      code: 'status-failed',
    });
  });

  it('by enquiry only when it is said twice in a row', async () => {
    const word = { kind: 'failed', code: 'TF', description: '', reason: 'other', raw: '' } as const;
    town.mpesa.script.payoutVerdict = () => word;
    const transfer = await sent();
    await work(60_000);
    expect(await stateOf(transfer.id)).toBe('sent');
    await work(15_000);
    expect(await stateOf(transfer.id)).toBe('failed');
  });
});

describe('a transfer nobody speaks of', () => {
  it('is unknown after a queue timeout, is asked about, and ends with a person', async () => {
    const transfer = await sent();
    await town.deliver('payout-timeout', numberFromId(transfer.id), queueTimeout);
    expect(await stateOf(transfer.id)).toBe('unknown');
    for (const afterMs of [60_000, 120_000, 420_000, 600_000]) await work(afterMs);
    expect(town.mpesa.payoutQueries).toHaveLength(3);
    expect(await town.exceptions()).toEqual(['unknown-transfer']);
    expect(town.mpesa.payouts).toHaveLength(1);
  });

  it.each([
    ['completed', (t: Transfer) => completedResult(t)],
    ['failed', (t: Transfer) => failedResult(t)],
  ])('is over when its result says %s before the last answer comes', async (state, event) => {
    const transfer = await sent();
    let asked = 0;
    town.mpesa.script.payoutVerdict = async () => {
      asked += 1;
      if (asked === 3) await result(transfer, event(transfer));
      return { kind: 'pending' };
    };
    for (const afterMs of [60_000, 120_000, 420_000, 600_000, 600_000]) await work(afterMs);
    expect(asked).toBe(3);
    expect(await stateOf(transfer.id)).toBe(state);
    expect(await town.exceptions()).toEqual([]);
  });

  it('a question that timed out concludes nothing', async () => {
    const transfer = await sent();
    await town.deliver('status-timeout', numberFromId(transfer.id), queueTimeout);
    await town.deliver('balance-timeout', 0n, queueTimeout);
    expect(await stateOf(transfer.id)).toBe('sent');
    expect(await town.exceptions()).toEqual([]);
  });

  it('is not sent while the engine is stopped, nor a day later', async () => {
    const transfer = await plan();
    await town.business.engine.turn('off', owner, 'test');
    await work();
    await town.clock.advance(dayMs);
    await town.business.engine.turn('on', owner, 'test');
    await work(5_000);
    expect(town.mpesa.payouts).toEqual([]);
    expect(await stateOf(transfer.id)).toBe('failed');
    expect(await balanceOf('rail:mpesa:collection')).toBe(shillings(10_000));
  });

  it('is sent when the engine runs again the same day', async () => {
    await plan();
    await town.business.engine.turn('off', owner, 'test');
    await work();
    await work(60_000);
    expect(town.mpesa.payouts).toEqual([]);
    await town.business.engine.turn('on', owner, 'test');
    await work(5_000);
    expect(town.mpesa.payouts).toHaveLength(1);
  });
});

it.each([
  [false, 1],
  [true, 2],
])('not found: with guarded ids %s, it is submitted %s times, under one id', async (is, times) => {
  const notFoundFinalAfterMs = 15 * 60_000;
  const guarded = await openSweeping({
    capabilities: { payoutIdsGuarded: is, notFoundFinalAfterMs },
  });
  guarded.mpesa.script.payout = () => ({ kind: 'unknown', cause: 'timeout' });
  guarded.mpesa.script.payoutVerdict = () => ({ kind: 'not-found' });
  await guarded.business.transfers.request(orderOf());
  for (const afterMs of [0, 60_000, 60_000]) {
    await guarded.clock.advance(afterMs);
    await guarded.business.transfers.work();
  }
  expect(guarded.mpesa.payouts).toHaveLength(1);
  guarded.mpesa.script.payout = ({ ownId }) => ({ kind: 'accepted', providerRequestId: ownId });
  await guarded.clock.advance(notFoundFinalAfterMs);
  await guarded.business.transfers.work();
  await guarded.business.transfers.work();
  expect(guarded.mpesa.payouts).toHaveLength(times);
  expect(new Set(guarded.mpesa.payouts.map(({ ownId }) => ownId)).size).toBe(1);
  await guarded.close();
});

it('is asked about from the start once it has gone out again', async () => {
  const guarded = await openSweeping({
    capabilities: {
      payoutIdsGuarded: true,
      notFoundFinalAfterMs: 15 * 60_000,
      payoutQueryAfterMs: [60_000, 20 * 60_000, 24 * 60 * 60_000],
    },
  });
  const { script, payouts } = guarded.mpesa;
  const later = async (afterMs: number): Promise<void> => {
    await guarded.clock.advance(afterMs);
    await guarded.business.transfers.work();
  };
  script.payout = () => ({ kind: 'unknown', cause: 'timeout' });
  script.payoutVerdict = () => ({ kind: 'not-found' });
  const asked = await guarded.business.transfers.request(orderOf());
  invariant(asked.ok, 'the transfer is planned');
  for (const afterMs of [0, 60_000, 20 * 60_000]) await later(afterMs);
  await later(0);
  expect(payouts).toHaveLength(2);
  script.payoutVerdict = () => ({ kind: 'pending' });
  await later(60_000);
  script.payoutVerdict = ({ ownId }) => ({
    kind: 'completed',
    receipt: ownId,
    completedAt: undefined,
    raw: '{}',
  });
  await later(20 * 60_000);
  const state = (await guarded.business.transfers.find(asked.value.id))?.state;
  expect(state).toBe('completed');
  await guarded.closeProved();
});
