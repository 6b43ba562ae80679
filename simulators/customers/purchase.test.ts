import { afterEach, describe, expect, it } from 'vitest';

import { createPrng, createVirtualClock } from '#kernel';

import type { StreamDemand } from './config.ts';
import { createEngineDoor } from './engine-door.ts';
import { createHttp } from './http.ts';
import { type Habits, personOf } from './people.ts';
import { createPhoneDoor } from './phone-door.ts';
import { createPromptWatch } from './prompt-watch.ts';
import { buy, type Outcome } from './purchase.ts';
import type { Resident } from './residents.ts';
import { hourMs, openWorld, settle, startAt, streams, type World } from './test-kit.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

const steady: Partial<Habits> = {
  patienceMs: 90_000,
  cancelRate: 0,
  wrongPinRate: 0,
  ignoreRate: 0,
  paybillRate: 0,
  changesMindRate: 0,
  typoRate: 0,
};

interface Visit {
  /** Absent when the visit never ended. */
  readonly outcome: Outcome | undefined;
  readonly world: World;
  readonly resident: Resident;
}

interface Given {
  readonly habits?: Partial<Habits>;
  readonly isOpening?: boolean;
  readonly prepare?: (world: World) => void;
}

/** Somebody with 5,000 shillings buys for 300 on M-Pesa. */
async function visit({ habits = {}, isOpening = false, prepare }: Given): Promise<Visit> {
  const clock = createVirtualClock(startAt);
  const world = await openWorld(clock);
  worlds.push(world);
  const { signal } = new AbortController();
  const http = createHttp({ clock, signal });
  const base = { clock, http, signal, complain: () => undefined };
  const simUrl = `${world.url}/mpesa`;
  const door = createPhoneDoor({ ...base, rail: 'mpesa', simUrl, shortCode: '600100' });
  const engine = createEngineDoor({ ...base, engineUrl: `${world.url}/engine` });
  const watch = createPromptWatch({ ...base, door });
  const born = personOf({ seed: 7, rail: 'mpesa', index: 0, streamIds: ['trading'] });
  const person = { ...born, walletKes: 5000, habits: { ...born.habits, ...steady, ...habits } };
  const moving = door.moveIn(person);
  await settle(http);
  await moving;
  prepare?.(world);
  const resident: Resident = {
    person,
    balanceKes: 5000,
    isBuying: true,
    restsUntilAt: 0,
    promptsAskedAt: [],
  };
  const stream = streams[0] as StreamDemand;
  const wish = { stream, amountKes: 300, dueAt: startAt, endAt: startAt + hourMs, isOpening };
  const deps = { ...base, prng: createPrng(1), engine, door, watch, references: ['TRADING'] };
  const outcomes: Outcome[] = [];
  void buy(deps, wish, resident).then((outcome) => outcomes.push(outcome));
  for (let second = 0; second < 300 && outcomes.length === 0; second += 1) {
    await clock.advance(1000);
    await settle(http);
  }
  return { outcome: outcomes[0], world, resident };
}

const always = 1;

describe('a purchase at the checkout', () => {
  it.each<[string, Given, Outcome, string[], number]>([
    ['approved', {}, { wish: 'done', mood: 'content' }, ['approve'], 4700],
    [
      'cancelled',
      { habits: { cancelRate: always } },
      { wish: 'again', mood: 'refused' },
      ['cancel'],
      5000,
    ],
    [
      'given a wrong PIN',
      { habits: { wrongPinRate: always } },
      { wish: 'again', mood: 'refused' },
      ['wrong-pin'],
      5000,
    ],
    ['ignored', { habits: { ignoreRate: always } }, { wish: 'again', mood: 'gave-up' }, [], 5000],
    [
      'one of the first, and approved by anybody',
      { habits: { cancelRate: always }, isOpening: true },
      { wish: 'done', mood: 'content' },
      ['approve'],
      4700,
    ],
    [
      'dismissed and paid by paybill',
      { habits: { changesMindRate: always } },
      { wish: 'done', mood: 'refused' },
      ['cancel'],
      4700,
    ],
  ])('%s', async (...row) => {
    const [, given, expected, acts, balanceKes] = row;
    const { outcome, world, resident } = await visit(given);
    expect(outcome).toEqual(expected);
    expect(world.acts.map(({ action }) => action)).toEqual(acts);
    expect(resident.balanceKes).toBe(balanceKes);
    expect(resident.promptsAskedAt).toEqual([startAt]);
  });

  it('is acted on after two seconds at least, and looked at until it is paid', async () => {
    const { world } = await visit({});
    const [act] = world.acts;
    expect(act?.at).toBeGreaterThanOrEqual(startAt + 2000);
    // The checkout and one look: it was paid by then.
    expect(world.engineAskedAt).toHaveLength(2);
  });

  it('forgives the wrong PIN, so that it does not lock the phone', async () => {
    const { world, resident } = await visit({ habits: { wrongPinRate: always } });
    expect(world.unlocked).toEqual([resident.person.msisdn]);
  });

  it('that the provider refuses in spite of the PIN makes the person count the money', async () => {
    const { outcome, resident } = await visit({
      prepare: (world) => {
        const [msisdn = ''] = world.phones.keys();
        world.phones.set(msisdn, { ...world.phones.get(msisdn), balance: '12.00' });
        world.intercept = (party, method) =>
          party === 'engine' && method === 'GET'
            ? { status: 200, body: { state: 'declined' } }
            : undefined;
      },
    });
    expect(outcome).toEqual({ wish: 'again', mood: 'gave-up' });
    expect(resident.balanceKes).toBe(12);
  });

  it('of which nothing is heard after the PIN counts as paid: nobody pays it twice', async () => {
    const { outcome, resident } = await visit({
      prepare: (world) => {
        world.intercept = (party, method) =>
          party === 'engine' && method === 'GET' ? { status: 503 } : undefined;
      },
    });
    expect(outcome).toEqual({ wish: 'done', mood: 'content' });
    expect(resident.balanceKes).toBe(4700);
  });

  it.each<[string, number, object, Outcome]>([
    ['refused', 422, {}, { wish: 'again', mood: 'turned-away' }],
    ['put off', 429, {}, { wish: 'later', mood: undefined }],
    ['not answered', 503, {}, { wish: 'later', mood: 'gave-up' }],
  ])('%s', async (...row) => {
    const [, status, body, expected] = row;
    const { outcome, world } = await visit({
      prepare: (one) => {
        one.intercept = (party) => (party === 'engine' ? { status, body: { ...body } } : undefined);
      },
    });
    expect(outcome).toEqual(expected);
    expect(world.acts).toEqual([]);
    expect(world.payments).toEqual([]);
  });
});

describe('a payment by paybill', () => {
  const byPaybill = { paybillRate: always };

  it('names the stream and asks for no prompt', async () => {
    const { outcome, world, resident } = await visit({ habits: byPaybill });
    expect(outcome).toEqual({ wish: 'done', mood: 'content' });
    expect(world.payments).toMatchObject([
      { phone: resident.person.msisdn, accountReference: 'TRADING', amountKes: 300 },
    ]);
    expect(world.charges).toEqual([]);
    expect(resident.promptsAskedAt).toEqual([]);
    expect(resident.balanceKes).toBe(4700);
  });

  it('mistyped costs the money and does not buy', async () => {
    const { outcome, world, resident } = await visit({ habits: { ...byPaybill, typoRate: 1 } });
    expect(outcome).toEqual({ wish: 'again', mood: 'content' });
    expect(world.payments).toHaveLength(1);
    expect(world.payments[0]?.accountReference).not.toBe('TRADING');
    expect(resident.balanceKes).toBe(4700);
  });

  it('that is refused leaves the wallet as it is', async () => {
    const { outcome, resident } = await visit({
      habits: byPaybill,
      prepare: (world) => {
        world.intercept = (_party, _method, path) =>
          path.endsWith('/pay') ? { status: 409, body: { error: 'not-validated' } } : undefined;
      },
    });
    expect(outcome).toEqual({ wish: 'again', mood: 'gave-up' });
    expect(resident.balanceKes).toBe(5000);
  });

  it('follows a checkout that says there will be no prompt', async () => {
    const { outcome, world } = await visit({
      prepare: (one) => {
        const payInstructions = { prompt: false };
        const body = { checkoutToken: 'tok', reference: 'REF77777', payInstructions };
        one.intercept = (party) => (party === 'engine' ? { status: 201, body } : undefined);
      },
    });
    expect(outcome).toEqual({ wish: 'done', mood: 'content' });
    expect(world.payments.map(({ accountReference }) => accountReference)).toEqual(['REF77777']);
  });
});
