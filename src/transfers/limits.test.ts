import { afterEach, describe, expect, it } from 'vitest';

import { dayMs, numberFromId, shillings } from '#kernel';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import { completedResult, openSweeping, orderOf, planned } from './test-kit.ts';

let town: TestBusiness;
afterEach(() => town.closeProved());

const check = async (): Promise<unknown> =>
  (await town.business.transfers.checkSweeps()).get('mpesa');
const work = async (afterMs = 0): Promise<void> => {
  await town.clock.advance(afterMs);
  await town.business.transfers.work();
};
const refused = {
  kind: 'refused',
  code: '2001',
  description: 'The initiator information is invalid.',
  reason: 'our-credentials',
  mayResend: false,
} as const;

describe('the daily sweep', () => {
  it('leaves money in suspense where it is: somebody is owed it', async () => {
    town = await openBusiness({
      sweeps: {
        mpesa: { dailyCapMinor: shillings(2_000), triggerMinor: 0n, reserveMinor: 0n },
      },
    });
    await town.deliver('paybill-confirmation', 0n, {
      kind: 'payer-payment',
      receipt: 'STRAY1',
      amountMinor: shillings(2_500),
      shortCode: '600111',
      accountReference: 'whose is this',
      payer: undefined,
      payerName: undefined,
      occurredAt: town.clock.now(),
    });
    expect(await check()).toBe('reserve');
    await town.earn(shillings(2_000));
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('stops when our credentials were refused, until something went out again', async () => {
    town = await openSweeping();
    town.mpesa.script.payout = () => refused;
    await check();
    await town.business.transfers.work();
    expect(await check()).toBe('credentials-refused');
    expect(town.mpesa.payouts).toHaveLength(1);
    // Not by the next day either: every wrong password brings the lock-out nearer.
    await town.clock.advance(dayMs);
    await town.earn(shillings(10_000));
    expect(await check()).toBe('credentials-refused');
    town.mpesa.script.payout = ({ ownId }) => ({
      kind: 'completed',
      receipt: `R${ownId}`,
      completedAt: undefined,
      raw: '{}',
    });
    await town.clock.advance(1_000);
    await town.business.transfers.request(orderOf());
    await town.business.transfers.work();
    expect(town.mpesa.payouts).toHaveLength(1);
    // Until a person says that the password is right, not even one asked for by hand goes out.
    await town.business.weather.closeBreakers('mpesa', { by: owner, reason: 'unlocked' });
    await town.clock.advance(30_000);
    await town.business.transfers.work();
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('stays so, whatever is said of what went out before', async () => {
    town = await openSweeping();
    const before = await planned(town);
    await work();
    town.mpesa.script.payout = () => refused;
    await planned(town);
    await work(1_000);
    expect(await check()).toBe('credentials-refused');
    await town.clock.advance(1_000);
    await town.deliver('payout-result', numberFromId(before.id), completedResult(before));
    expect(await check()).toBe('credentials-refused');
  });

  it('stays so, whatever a person says of what went out since', async () => {
    town = await openSweeping();
    town.mpesa.script.payout = () => refused;
    await planned(town);
    await work();
    await town.business.weather.closeBreakers('mpesa', { by: owner, reason: 'unlocked' });
    town.mpesa.script.payout = () => ({ kind: 'unknown', cause: 'timeout' });
    const transfer = await planned(town);
    for (let n = 0; n < 6; n += 1) await work(10 * 60_000);
    await town.clock.advance(2 * dayMs);
    await town.earn(shillings(10_000));
    const end = { kind: 'completed', receipt: 'SEEN1' } as const;
    const word = { transferId: transfer.id, end, reason: 'seen', by: owner };
    expect(await town.business.transfers.settleByHand(word)).toMatchObject({ ok: true });
    expect(await check()).toBe('credentials-refused');
    await town.deliver(
      'payout-result',
      numberFromId(transfer.id),
      completedResult(transfer, { receipt: 'SEEN1' }),
    );
    expect(await check()).toMatchObject({ state: 'approved' });
  });

  it('keeps to what both rails together may send, however the checks race', async () => {
    const sweep = { dailyCapMinor: shillings(2_000), triggerMinor: 0n, reserveMinor: 0n };
    town = await openBusiness({
      sweeps: { mpesa: sweep, airtel: { ...sweep, dailyCapMinor: shillings(1_000) } },
      combinedDailyCapMinor: shillings(2_500),
    });
    await town.earn(shillings(10_000));
    const other = await town.neighbour();
    await Promise.all([
      town.business.transfers.checkSweeps(),
      other.business.transfers.checkSweeps(),
    ]);
    expect(await town.countOf('transfer')).toBe(1);
    const outcomes = await town.business.transfers.checkSweeps();
    expect([...outcomes]).toEqual([
      ['mpesa', 'done-today'],
      ['airtel', 'combined-cap'],
    ]);
  });

  it('looks only at the rails it is asked for', async () => {
    town = await openSweeping();
    const outcomes = await town.business.transfers.checkSweeps(new Set(['airtel']));
    expect([...outcomes.keys()]).toEqual(['airtel']);
    expect(await town.countOf('transfer')).toBe(0);
  });
});

it('a request key for another amount is refused', async () => {
  town = await openSweeping();
  const order = orderOf({ requestKey: 'rent-november' });
  const first = await town.business.transfers.request(order);
  const other = { ...order, amountMinor: order.amountMinor + shillings(1) };
  expect(await town.business.transfers.request(other)).toMatchObject({
    ok: false,
    error: { kind: 'key-used-for-other-input', transferId: first.ok && first.value.id },
  });
  expect(await town.countOf('transfer')).toBe(1);
});
