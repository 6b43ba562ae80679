import { afterEach, describe, expect, it } from 'vitest';

import { isoOf } from '#kernel';

import { budgetKes, cycleAt } from './demand.ts';
import {
  createRig,
  hourMs,
  minuteMs,
  type Rig,
  startAt,
  stopRigs,
  streams,
  type World,
} from './test-kit.ts';

afterEach(stopRigs);

const ids = streams.map(({ id }) => id);
const references = streams.map(({ accountReference }) => accountReference);

async function openTown(change: object = {}, at?: number): Promise<Rig> {
  const rig = await createRig(change, at);
  await rig.open();
  return rig;
}

/** What the business can tell was bought: paid charges, and paybill with a stream's reference. */
function takingsKes(world: World, streamId: string): number {
  const stream = streams.find(({ id }) => id === streamId);
  const charges = world.charges.filter((one) => one.stream === streamId && one.state === 'paid');
  const typed = world.payments.filter((one) => one.accountReference === stream?.accountReference);
  return [...charges, ...typed].reduce((sum, { amountKes }) => sum + amountKes, 0);
}

const mostWithin = (times: readonly number[], windowMs: number): number =>
  Math.max(
    0,
    ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length),
  );

describe('a town', () => {
  it('gives sixty people phones that wait to be asked', async () => {
    const { world } = await openTown();
    expect(world.phones.size).toBe(60);
    for (const phone of world.phones.values()) {
      expect(phone).toMatchObject({ script: { onPrompt: 'ask' }, name: expect.any(String) });
    }
  });

  it('shows every stream’s first payment, on both rails, within a minute', async () => {
    const { world, run, complaints } = await openTown();
    await run(minuteMs);
    for (const id of ids) expect([id, takingsKes(world, id) > 0]).toEqual([id, true]);
    expect(world.acts.every(({ action }) => action === 'approve')).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('shows them also when it starts in the last minute of a cycle', async () => {
    const { world, run } = await openTown({}, startAt - 30_000);
    await run(75_000);
    for (const id of ids) expect([id, takingsKes(world, id) > 0]).toEqual([id, true]);
  });

  it('is silent when there is no demand', async () => {
    const { world, run } = await openTown({ demandFactor: 0 });
    await run(5 * minuteMs);
    expect(world.engineAskedAt).toEqual([]);
    expect(world.payments).toEqual([]);
  });

  it('buys on one rail when there is only one', async () => {
    const { world, run } = await openTown({ airtel: undefined });
    await run(minuteMs);
    expect(world.charges).toHaveLength(5);
    expect(world.charges.every(({ rail }) => rail === 'mpesa')).toBe(true);
  });
});

describe('an hour’s cycle at high demand', { timeout: 60_000 }, () => {
  it('takes what was planned, keeps the etiquette, and errs like people', async () => {
    const seed = 11;
    const rig = await openTown({ cycleHours: 1, seed, demandFactor: 3 });
    const { world, run, complaints } = rig;
    await run(hourMs - 1000);

    // The money: never above the plan, and nearly all of it in spite of those who cancelled.
    const cycle = cycleAt(startAt, hourMs);
    let planned = 0;
    let taken = 0;
    for (const stream of streams) {
      const budget = budgetKes({ seed, stream, cycle, demandFactor: 3 });
      planned += budget;
      taken += takingsKes(world, stream.id);
      expect(takingsKes(world, stream.id)).toBeLessThanOrEqual(budget);
    }
    expect(taken / planned).toBeGreaterThan(0.8);

    // The etiquette.
    expect(world.doubled).toEqual([]);
    const perPhone = Object.groupBy(world.charges, ({ phone }) => phone);
    const asked = Object.values(perPhone).map((charges) => charges?.length ?? 0);
    expect(Math.max(...asked)).toBeLessThanOrEqual(3);
    expect(mostWithin(world.engineAskedAt, minuteMs)).toBeLessThan(60);
    const refusals = world.acts.filter(({ action }) => action !== 'approve');
    for (const { phone, at } of refusals) {
      const later = world.charges.filter((one) => one.phone === phone && one.askedAt > at);
      expect(later).toEqual([]);
    }

    // All doors and all moods.
    const actions = new Set(world.acts.map(({ action }) => action));
    expect([...actions].toSorted()).toEqual(['approve', 'cancel', 'wrong-pin']);
    const wrongPins = world.acts.filter(({ action }) => action === 'wrong-pin');
    const mpesaWrongPins = wrongPins.filter(({ promptId }) =>
      world.charges.some((one) => one.reference === promptId && one.rail === 'mpesa'),
    );
    expect(world.unlocked).toEqual(mpesaWrongPins.map(({ phone }) => phone));
    expect(world.charges.some(({ state }) => state === 'expired')).toBe(true);
    const typed = world.payments.map(({ accountReference }) => accountReference);
    expect(typed.some((text) => references.includes(text))).toBe(true);
    expect(typed.some((text) => /^REF\d{5}$/.test(text))).toBe(true);
    const isMistyped = (text: string): boolean =>
      !references.includes(text) && !/^REF\d{5}$/.test(text);
    expect(typed.some(isMistyped)).toBe(true);
    expect(typed.filter(isMistyped).length).toBeLessThan(typed.length / 2);
    expect(complaints).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it('an engine that is away is waited for, with a line a minute at most', async () => {
    const { world, run, complaints } = await openTown();
    world.down.add('engine');
    await run(5 * minuteMs);
    expect(world.charges).toEqual([]);
    expect(complaints.length).toBeGreaterThan(0);
    expect(complaints.length).toBeLessThanOrEqual(5);
    world.down.clear();
    await run(4 * minuteMs);
    expect(new Set(world.charges.map(({ stream }) => stream))).toEqual(new Set(ids));
  });

  it('an engine that fails is asked a few times a minute at most', async () => {
    const { world, run } = await openTown();
    world.intercept = (party) => (party === 'engine' ? { status: 503 } : undefined);
    await run(10 * minuteMs);
    expect(world.engineAskedAt.length).toBeGreaterThan(5);
    expect(world.engineAskedAt.length).toBeLessThan(40);
  });

  it('an engine that wants to be left alone is, and nobody pays by paybill meanwhile', async () => {
    const { world, run } = await openTown({ demandFactor: 4, cycleHours: 1 });
    world.intercept = (party) =>
      party === 'engine' ? { status: 429, headers: { 'retry-after': '600' } } : undefined;
    await run(9 * minuteMs);
    expect(world.engineAskedAt).toHaveLength(1);
    expect(world.payments).toEqual([]);
    world.intercept = () => undefined;
    await run(6 * minuteMs);
    expect(world.payments.length).toBeGreaterThan(0);
    for (const id of ids) expect([id, takingsKes(world, id) > 0]).toEqual([id, true]);
  });

  it('a simulator that is away at first keeps the town closed until it is there', async () => {
    const rig = await createRig();
    rig.world.down.add('airtel');
    const opening = rig.open();
    await rig.run(30_000);
    expect(rig.world.engineAskedAt).toEqual([]);
    rig.world.down.clear();
    await rig.run(20_000);
    await opening;
    await rig.run(minuteMs);
    for (const id of ids) expect([id, takingsKes(rig.world, id) > 0]).toEqual([id, true]);
  });

  it('a simulator that goes away leaves the other rail as it is', async () => {
    const { world, run, complaints } = await openTown();
    world.down.add('mpesa');
    await run(2 * minuteMs);
    for (const { id, rail } of streams) {
      expect([id, takingsKes(world, id) > 0]).toEqual([id, rail === 'airtel']);
    }
    expect(complaints).not.toEqual([]);
    expect(complaints.filter((line) => !line.includes('mpesa'))).toEqual([]);
    world.down.clear();
    await run(6 * minuteMs);
    for (const { id } of streams) expect([id, takingsKes(world, id) > 0]).toEqual([id, true]);
  });

  it('a phone whose checkout is refused leaves the purchase to another', async () => {
    const { world, run } = await openTown();
    let refused = 0;
    world.intercept = (party, method) => {
      if (party !== 'engine' || method !== 'POST' || refused >= 3) return undefined;
      refused += 1;
      return { status: 422, body: { detail: 'not this phone' } };
    };
    await run(4 * minuteMs);
    expect(refused).toBe(3);
    for (const id of ids) expect([id, takingsKes(world, id) > 0]).toEqual([id, true]);
  });

  it('a prompt that nobody asked for is nobody’s business', async () => {
    const { world, run } = await openTown();
    for (const msisdn of world.phones.keys()) {
      world.strayPrompts.push({ id: `stray-${msisdn}`, msisdn, amount: '999999.00' });
    }
    await run(minuteMs);
    expect(world.acts.length).toBeGreaterThan(0);
    expect(world.acts.filter(({ promptId }) => promptId.startsWith('stray'))).toEqual([]);
  });

  it('a prompt that does not come is paid by paybill where there is one', async () => {
    const { world, run } = await openTown();
    world.intercept = (_party, _method, path) =>
      path.startsWith('/sim/prompts') ? { status: 200, body: { prompts: [] } } : undefined;
    await run(4 * minuteMs);
    expect(world.acts).toEqual([]);
    const charges = world.charges.filter(({ rail }) => rail === 'mpesa');
    expect(charges.some(({ state }) => state === 'paid')).toBe(true);
    expect(world.charges.some((one) => one.rail === 'airtel' && one.state === 'paid')).toBe(false);
  });

  it('empty wallets bring newcomers', async () => {
    const rig = await createRig();
    rig.world.walletKes = (nth, askedKes) => (nth < 60 ? 5 : askedKes);
    await rig.open();
    const first = new Set(rig.world.phones.keys());
    await rig.run(minuteMs);
    expect(rig.world.charges.some(({ state }) => state === 'paid')).toBe(true);
    expect(rig.world.charges.filter(({ phone }) => first.has(phone))).toEqual([]);
  });

  it('a purchase too large for anybody is made by a newcomer', async () => {
    // So late in the cycle all of a stream's takings come as one payment.
    const { world, run } = await openTown(
      { demandFactor: 100 },
      startAt + 3 * hourMs - 5 * minuteMs,
    );
    await run(minuteMs);
    for (const id of ids) expect([id, takingsKes(world, id) > 0]).toEqual([id, true]);
    expect(takingsKes(world, 'trading')).toBeGreaterThan(90_000);
    expect(world.phones.size).toBeGreaterThan(60);
  });

  it('an interruption does not make people buy everything twice', async () => {
    const rig = await createRig();
    const at = isoOf(startAt + 1000);
    rig.world.history = () => [
      { direction: 'out', amount: '1000', at },
      { direction: 'in', amount: '99999', at },
    ];
    await rig.open();
    await rig.run(minuteMs);
    // More was paid than the cycle needs: what is left is the sign of life.
    expect(rig.world.charges.map(({ amountKes }) => amountKes)).toEqual(ids.map(() => 10));
  });

  it('what was paid in an earlier cycle does not count', async () => {
    const rig = await createRig();
    rig.world.history = () => [{ direction: 'out', amount: '1000', at: isoOf(startAt - 1000) }];
    await rig.open();
    await rig.run(minuteMs);
    expect(rig.world.charges.every(({ amountKes }) => amountKes > 10)).toBe(true);
    expect(rig.world.charges).toHaveLength(10);
  });

  it('the end of a cycle is not the end of the town', async () => {
    const nextAt = startAt + 3 * hourMs;
    const { world, run } = await openTown({}, nextAt - 10 * minuteMs);
    await run(60 * minuteMs);
    const paid = world.payments.map(({ at }) => at);
    const times = [...world.charges.map(({ askedAt }) => askedAt), ...paid];
    expect(times.filter((at) => at >= nextAt).length).toBeGreaterThan(3);
    // Nobody is in a hurry there: the next cycle has no opening.
    expect(times.filter((at) => at >= nextAt && at < nextAt + minuteMs).length).toBeLessThan(5);
  });
});
