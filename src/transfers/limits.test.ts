import { afterEach, describe, expect, it } from 'vitest';

import { dayMs, shillings } from '#kernel';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import { openSweeping, orderOf } from './test-kit.ts';

let town: TestBusiness;
afterEach(() => town.closeProved());

const check = async (): Promise<unknown> =>
  (await town.business.transfers.checkSweeps()).get('mpesa');

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
    town.mpesa.script.payout = () => ({
      kind: 'refused',
      code: '2001',
      description: 'The initiator information is invalid.',
      reason: 'our-credentials',
      mayResend: false,
    });
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
