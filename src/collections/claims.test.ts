import { afterEach, beforeEach, expect, it } from 'vitest';

import { openBusiness, type TestBusiness } from '../../test/support/business.ts';
import { byHand, found } from './test-kit.ts';

let town: TestBusiness;
beforeEach(async () => {
  town = await openBusiness();
});
afterEach(() => town.closeProved());

const ask = async (afterMs: number): Promise<void> => {
  await town.clock.advance(afterMs);
  await town.business.collections.askAboutUnknowns();
};
/** Money that a stranger's address spoke of: its provider is asked to vouch for it. */
const claim = async (): Promise<bigint> => {
  await town.deliverUnlisted('paybill-confirmation', 0n, byHand());
  const [open] = await town.rows<{ id: bigint }>('select id from verification');
  return open?.id ?? 0n;
};
const verification = async () =>
  (await town.rows<{ state: string; asks: number }>('select state, asks from verification'))[0];

it('a claim outlives an outage that is longer than its questions', async () => {
  town.mpesa.script.receipt = () => ({ kind: 'unknown', cause: 'timeout' });
  const id = await claim();
  for (let n = 0; n < 60; n += 1) await ask(20 * 60_000);
  expect(await verification()).toEqual({ state: 'open', asks: 0 });
  expect(await town.exceptions()).toEqual([]);
  town.mpesa.script.receipt = () => ({ kind: 'asked' });
  await ask(60_000);
  await town.deliver('status-result', id, found());
  expect(await verification()).toMatchObject({ state: 'confirmed' });
  expect(await town.countOf('payment')).toBe(1);
});

it('a claim that is heard and never vouched for ends with a person, as ever', async () => {
  await claim();
  for (let n = 0; n < 60; n += 1) await ask(60 * 60_000);
  expect(await verification()).toMatchObject({ state: 'given-up' });
  expect(await town.exceptions()).toEqual(['unconfirmed-claim']);
});

it('a claim that is unheard for days ends with a person', async () => {
  town.mpesa.script.receipt = () => ({ kind: 'unknown', cause: 'timeout' });
  await claim();
  for (let n = 0; n < 3 * 24 + 24; n += 1) await ask(60 * 60_000);
  expect(await town.exceptions()).toEqual(['unconfirmed-claim']);
});
