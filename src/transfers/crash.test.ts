import { expect, it } from 'vitest';

import { dayMs, invariant, numberFromId, shillings } from '#kernel';

import type { Engine, TestBusiness } from '../../test/support/business.ts';
import { completedResult, openSweeping } from './test-kit.ts';

const stepMs = 5 * 60_000;

const check = ({ business }: Engine) => business.transfers.checkSweeps().catch(() => undefined);
const work = ({ business }: Engine) => business.transfers.work().catch(() => undefined);

/** Another engine takes over, for half an hour; then the provider tells what became of it. */
async function recover(town: TestBusiness, taking?: Engine): Promise<void> {
  const other = taking ?? (await town.neighbour());
  for (let n = 0; n < 6; n += 1) {
    await town.clock.advance(stepMs);
    await check(other);
    await work(other);
  }
  town.fault.mend();
  const {
    items: [kept],
  } = await other.business.transfers.page({
    before: undefined,
    limit: 1,
    rail: undefined,
  });
  invariant(kept !== undefined, 'a sweep was planned in the end');
  const word = completedResult(kept, { receipt: `OUT${kept.ownId}` });
  await other.deliver('payout-result', numberFromId(kept.id), word);
}

async function expectSweeps(town: TestBusiness, days: number): Promise<void> {
  expect(town.mpesa.payouts.length).toBeLessThanOrEqual(days);
  expect(await town.rows('select state, kind from transfer')).toEqual(
    Array.from({ length: days }, () => ({ state: 'completed', kind: 'auto' })),
  );
}

async function expectOneTransfer(town: TestBusiness): Promise<void> {
  await expectSweeps(town, 1);
  expect(await town.failedChecks()).toEqual([]);
}

const uncertain = { kind: 'unknown', cause: 'timeout' } as const;

it.each(['accepted', 'uncertain'])(
  'the database may go away before any statement: one sweep a day, sent once (%s)',
  async (how) => {
    const town = await openSweeping();
    const other = await town.neighbour();
    if (how === 'uncertain') town.mpesa.script.payout = () => uncertain;
    // Each day breaks one statement later.
    let day = 1;
    for (let broke = true; broke; day += 1) {
      town.fault.breakAt(day);
      await check(town);
      await work(town);
      broke = town.fault.statements >= day;
      await recover(town, other);
      // The one that went out before it broke, or the one the other engine sent.
      expect(town.mpesa.payouts.length).toBe(day);
      await expectSweeps(town, day);
      await town.clock.advance(dayMs);
      await town.earn(shillings(10_000));
    }
    expect(day).toBeGreaterThan(15);
    expect(await town.failedChecks()).toEqual([]);
    await town.close();
  },
  120_000,
);

it.each(['check', 'note'])('a commit nobody heard of (%s)', async (where) => {
  expect.hasAssertions();
  const town = await openSweeping();
  if (where === 'check') town.fault.loseNextCommit();
  else {
    town.mpesa.script.payout = ({ ownId }) => {
      town.fault.loseNextCommit();
      return { kind: 'accepted', providerRequestId: `AG_${ownId}` };
    };
  }
  await check(town);
  await work(town);
  await recover(town);
  await expectOneTransfer(town);
  await town.close();
});

it('a rail that throws half-way is asked, never sent again', async () => {
  const town = await openSweeping();
  town.mpesa.script.payout = () => {
    throw new Error('power cut');
  };
  await check(town);
  await work(town);
  await recover(town);
  await expectOneTransfer(town);
  expect(town.mpesa.payouts).toHaveLength(1);
  expect(town.mpesa.payoutQueries.length).toBeGreaterThan(0);
  await town.close();
});

it('an engine that hangs while sending is taken over, and its late answer fits in', async () => {
  const town = await openSweeping();
  const { promise: answer, resolve } = Promise.withResolvers<undefined>();
  town.mpesa.script.payout = async ({ ownId }) => {
    await answer;
    return { kind: 'accepted', providerRequestId: `AG_${ownId}` };
  };
  await check(town);
  const hanging = work(town);
  const other = await town.neighbour();
  while (town.mpesa.payouts.length === 0) await town.rows('select 1');
  await town.clock.advance(180_000);
  await work(other);
  expect(await town.rows('select state from transfer')).toEqual([{ state: 'unknown' }]);
  resolve(undefined);
  await hanging;
  expect(await town.rows('select state from transfer')).toEqual([{ state: 'sent' }]);
  await recover(town);
  await expectOneTransfer(town);
  await town.close();
});

it('two engines at once send it once', async () => {
  const town = await openSweeping();
  const other = await town.neighbour();
  await Promise.all([check(town), check(other)]);
  await Promise.all([work(town), work(other), work(town), work(other)]);
  expect(town.mpesa.payouts).toHaveLength(1);
  await recover(town);
  await expectOneTransfer(town);
  await town.close();
});
