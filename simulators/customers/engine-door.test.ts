import { afterEach, describe, expect, it } from 'vitest';

import { createVirtualClock, parseMsisdn, type VirtualClock } from '#kernel';

import { createBackOff } from './back-off.ts';
import { createComplaints } from './complaints.ts';
import { createEngineDoor, type EngineDoor } from './engine-door.ts';
import { createHttp, type Http } from './http.ts';
import { type Answer, openWorld, settle, startAt, type World } from './test-kit.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

interface Kit {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly http: Http;
  readonly door: EngineDoor;
  readonly told: string[];
  /** Lets time go by until the call has its answer. */
  done<Value>(call: Promise<Value>): Promise<Value>;
}

async function createKit(): Promise<Kit> {
  const clock = createVirtualClock(startAt);
  const world = await openWorld(clock);
  worlds.push(world);
  const { signal } = new AbortController();
  const http = createHttp({ clock, signal });
  const told: string[] = [];
  const write = (line: string): void => void told.push(line);
  const complain = createComplaints({ clock, write, signal });
  const engineUrl = `${world.url}/engine`;
  const door = createEngineDoor({ clock, http, engineUrl, complain, signal });
  const done = async <Value>(call: Promise<Value>): Promise<Value> => {
    for (let spentMs = 0; spentMs < 5000; spentMs += 100) {
      await clock.advance(100);
      await settle(http);
    }
    return call;
  };
  return { clock, world, http, door, told, done };
}

const phone = parseMsisdn('0733123456');
const order = {
  streamId: 'airtime',
  amountKes: 100,
  msisdn: phone.ok ? phone.value : expect.fail('a Kenyan number'),
};
const made: Answer = {
  status: 201,
  body: { chargeId: 'ch_1', reference: 'ABCD1234', checkoutToken: 'tok', state: 'open' },
};
const stopped = { type: 'urn:qmoi:problem:engine-stopped' };

describe('a checkout', () => {
  it('sends what is bought, for how much and by whom, and reads what comes back', async () => {
    const { world, door, done } = await createKit();
    world.phones.set(order.msisdn, {});
    const reply = await done(door.checkout(order));
    expect(world.charges).toMatchObject([
      { stream: 'airtime', amountKes: 100, phone: '254733123456' },
    ]);
    const checkout = { token: 'token-REF00000', reference: 'REF00000', willPrompt: true };
    expect(reply).toEqual({ kind: 'made', checkout });
  });

  it.each<[string, Answer, string, boolean]>([
    ['made', made, 'made', true],
    ['a conflict', { status: 409 }, 'refused', true],
    ['an order that will not do', { status: 422 }, 'refused', true],
    ['an answer without token', { status: 201, body: {} }, 'refused', true],
    ['an engine that was stopped', { status: 409, body: stopped }, 'later', false],
    ['too many requests', { status: 429 }, 'later', false],
    ['a fault', { status: 500 }, 'silent', false],
  ])('tells %s', async (...row) => {
    const [, answer, kind, isOpen] = row;
    const { clock, world, door, http } = await createKit();
    world.intercept = () => answer;
    const call = door.checkout(order);
    await clock.advance(0);
    await settle(http);
    expect(await call).toMatchObject({ kind });
    expect(door.isOpen()).toBe(isOpen);
  });

  it('without a prompt to wait for says so', async () => {
    const { world, door, done } = await createKit();
    const payInstructions = { prompt: false };
    world.intercept = () => ({ ...made, body: { ...made.body, payInstructions } });
    expect(await done(door.checkout(order))).toMatchObject({ checkout: { willPrompt: false } });
  });

  it('stays away for as long as the engine asks', async () => {
    const { clock, world, door, done } = await createKit();
    world.intercept = () => ({ status: 429, headers: { 'retry-after': '120' } });
    expect(await done(door.checkout(order))).toEqual({ kind: 'later' });
    await clock.advance(110_000);
    expect(door.isOpen()).toBe(false);
    expect(await done(door.checkout(order))).toEqual({ kind: 'later' });
    expect(await door.look('tok')).toBe('unseen');
    expect(world.engineAskedAt).toHaveLength(1);
    await clock.advance(10_000);
    expect(door.isOpen()).toBe(true);
  });

  it('stands in line: never two requests within a second', async () => {
    const { world, door, done } = await createKit();
    world.intercept = () => made;
    await done(Promise.all([door.checkout(order), door.checkout(order), door.checkout(order)]));
    const [first = 0, second = 0, third = 0] = world.engineAskedAt;
    expect(second - first).toBeGreaterThanOrEqual(1000);
    expect(third - second).toBeGreaterThanOrEqual(1000);
  });

  it('to an engine that is away is silent, and told of once a minute', async () => {
    const { clock, world, door, http, told } = await createKit();
    world.down.add('engine');
    for (let n = 0; n < 4; n += 1) {
      const call = door.checkout(order);
      await clock.advance(1200);
      await settle(http);
      await clock.advance(60_000);
      expect(await call).toEqual({ kind: 'silent' });
    }
    // Four failures, each a minute after the one before.
    expect(told).toHaveLength(4);
    expect(told[0]).toMatch(/^customers: engine: /);
  });
});

describe('a look at a checkout', () => {
  it.each<[string, Answer, string]>([
    ['paid', { status: 200, body: { state: 'paid' } }, 'paid'],
    ['declined', { status: 200, body: { state: 'declined' } }, 'closed'],
    ['expired', { status: 200, body: { state: 'expired' } }, 'closed'],
    ['unknown', { status: 200, body: { state: 'unknown' } }, 'pending'],
    ['prompted', { status: 200, body: { state: 'prompted' } }, 'pending'],
    ['nothing', { status: 404 }, 'unseen'],
    ['a fault', { status: 503 }, 'unseen'],
  ])('sees %s', async (_what, answer, state) => {
    const { world, door, done } = await createKit();
    let asked = '';
    world.intercept = (_party, method, path) => {
      asked = `${method} ${path}`;
      return answer;
    };
    expect(await done(door.look('a/b'))).toBe(state);
    expect(asked).toBe('GET /api/qmoi/checkout/a%2Fb');
  });

  it('gives way to those who buy', async () => {
    const { world, door, done } = await createKit();
    world.intercept = () => made;
    const call = door.checkout(order);
    expect(await door.look('tok')).toBe('unseen');
    await done(call);
    expect(world.engineAskedAt).toHaveLength(1);
  });
});

describe('a door that fails', () => {
  it('is left alone twice as long each time, up to a minute, until it works', () => {
    const backOff = createBackOff();
    const pauses: number[] = [];
    let now = startAt;
    for (let n = 0; n < 8; n += 1) {
      backOff.failed(now);
      // A second failure of the same moment counts for nothing.
      backOff.failed(now);
      const failedAt = now;
      while (!backOff.isOpen(now)) now += 1000;
      pauses.push((now - failedAt) / 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    backOff.worked();
    backOff.failed(now);
    expect(backOff.isOpen(now + 1000)).toBe(true);
  });
});

describe('complaints', () => {
  it('come once a minute of each kind, on one line, and not after the end', async () => {
    const clock = createVirtualClock(startAt);
    const lines: string[] = [];
    const stopping = new AbortController();
    const { signal } = stopping;
    const complain = createComplaints({ clock, write: (line) => void lines.push(line), signal });
    complain('engine', 'away\nagain');
    complain('engine', 'still away');
    complain('mpesa', 'away');
    await clock.advance(59_999);
    complain('engine', 'still away');
    await clock.advance(1);
    complain('engine', 'x'.repeat(1000));
    stopping.abort();
    complain('airtel', 'away');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('customers: engine: away again');
    expect(lines[2]?.length).toBe(200);
  });
});
