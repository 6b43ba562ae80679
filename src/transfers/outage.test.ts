import { afterEach, beforeEach, expect, it } from 'vitest';

import { numberFromId, type TransferId } from '#kernel';
import type { PayoutSubmission } from '#rails';

import { owner, type TestBusiness } from '../../test/support/business.ts';
import type { Transfer } from './index.ts';
import { completedResult, openSweeping, planned } from './test-kit.ts';

let town: TestBusiness;
beforeEach(async () => {
  town = await openSweeping();
});
afterEach(() => town.closeProved());

const hourMs = 3_600_000;
const work = async (afterMs = 0): Promise<void> => {
  await town.clock.advance(afterMs);
  await town.business.transfers.work();
};
const plan = (): Promise<Transfer> => planned(town);
const find = (id: TransferId) => town.business.transfers.find(id);
const refused: PayoutSubmission = {
  kind: 'refused',
  code: '8006',
  description: '',
  reason: 'our-credentials',
  mayResend: false,
};

it.each([
  ['a timeout', 'timeout'],
  ['a breaker', 'breaker-open'],
  ['a gateway', 'HTTP 503'],
])('an outage of hours leaves its questions for after it (%s)', async (_, cause) => {
  const transfer = await plan();
  await work();
  town.mpesa.script.payoutVerdict = () => ({ kind: 'unknown', cause });
  for (let n = 0; n < 48; n += 1) await work(10 * 60_000);
  expect(await find(transfer.id)).toMatchObject({ state: 'sent', queries: 0 });
  expect(await town.exceptions()).toEqual([]);
  expect(town.mpesa.payoutQueries.length).toBeLessThanOrEqual(48);
  town.mpesa.script.payoutVerdict = () => ({
    kind: 'completed',
    receipt: 'OUT1',
    completedAt: undefined,
    raw: '{}',
  });
  await work(60_000);
  expect(await find(transfer.id)).toMatchObject({ state: 'completed' });
  expect(town.mpesa.payouts).toHaveLength(1);
});

it('a question that is heard and says nothing counts, as ever', async () => {
  await plan();
  await work();
  town.mpesa.script.payoutVerdict = () => ({ kind: 'unknown', cause: 'status TA' });
  for (const afterMs of [60_000, 120_000, 420_000, 600_000]) await work(afterMs);
  expect(town.mpesa.payoutQueries).toHaveLength(3);
  expect(await town.exceptions()).toEqual(['unknown-transfer']);
});

it('an outage of days ends with a person', async () => {
  await plan();
  await work();
  town.mpesa.script.payoutVerdict = () => ({ kind: 'unknown', cause: 'timeout' });
  for (let n = 0; n < 3 * 24 + 6; n += 1) await work(hourMs);
  expect(await town.exceptions()).toEqual(['unknown-transfer']);
});

it('a transfer waits for a locked operator, and goes out once it is unlocked', async () => {
  town.mpesa.script.payout = () => refused;
  const first = await plan();
  await work();
  expect(await find(first.id)).toMatchObject({ state: 'failed', reason: 'our-credentials' });
  const second = await plan();
  for (let n = 0; n < 30; n += 1) await work(60_000);
  expect(town.mpesa.payouts).toHaveLength(1);
  expect(await find(second.id)).toMatchObject({ state: 'approved', sentAt: undefined });
  expect(await town.exceptions()).toEqual(['rail-locked']);
  town.mpesa.script.payout = ({ ownId }) => ({
    kind: 'accepted',
    providerRequestId: `AG_${ownId}`,
  });
  await town.business.weather.closeBreakers('mpesa', { by: owner, reason: 'unlocked' });
  await work(30_000);
  expect(await find(second.id)).toMatchObject({ state: 'sent' });
  await town.deliver('payout-result', numberFromId(second.id), completedResult(second));
  expect(await find(second.id)).toMatchObject({ state: 'completed' });
});

it('a transfer whose operator is locked between look and call is given back its turn', async () => {
  const first = await plan();
  const second = await plan();
  town.mpesa.script.payout = () => refused;
  // Both are claimed by one sweep: the second looked before the first was refused.
  await work();
  const states = [await find(first.id), await find(second.id)].map((one) => one?.state);
  expect(town.mpesa.payouts.length).toBeLessThanOrEqual(2);
  expect(states).not.toContain('unknown');
  expect(states).not.toContain('sending');
});
