import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { createVirtualClock, idFromNumber, type EventId } from '#kernel';
import { silentLog } from '#platform/log';
import type { PublishedEvent, Relay } from '#platform/outbox';

import { createClients, writesPerTurn, type Listener } from './event-clients.ts';
import { createEventHub } from './event-hub.ts';
import { createEventLog } from './event-log.ts';

/** A response that nobody reads: what is written to it piles up. */
function listener(lastEventId?: EventId) {
  const raw = new ServerResponse(new IncomingMessage(new Socket()));
  let text = '';
  const write = raw.write.bind(raw);
  raw.write = (piece: string | Buffer) => {
    text += String(piece);
    return write(piece);
  };
  const one: Listener = { raw, headers: {}, sessionId: undefined, lastEventId };
  return { ...one, ids: () => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id) };
}

const eventNumber = (number: number, filler = ''): PublishedEvent => ({
  id: idFromNumber('event', BigInt(number)),
  topic: 'payment.confirmed',
  occurredAt: number,
  payload: { filler },
});
const idsOf = (...numbers: readonly number[]) => numbers.map((n) => eventNumber(n).id);
const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => eventNumber(first + n));

const refuse = () => Promise.reject(new Error('not asked here'));

/** A hub that is told by hand. */
function openHub(stored: readonly PublishedEvent[] = []) {
  const clock = createVirtualClock(1_000_000);
  let tell: Parameters<Relay['subscribe']>[0] = () => undefined;
  const hub = createEventHub({
    relay: {
      subscribe: (to) => {
        tell = to;
        return () => undefined;
      },
    },
    outbox: {
      after: (id, limit) =>
        Promise.resolve(stored.filter((one) => id === undefined || one.id > id).slice(0, limit)),
    },
    sessions: {
      login: refuse,
      authenticate: refuse,
      verify: refuse,
      logout: refuse,
      list: () => Promise.resolve([]),
      revoke: refuse,
      revokeAll: refuse,
    },
    clock,
    log: silentLog,
    board: { read: refuse },
  });
  return { hub, clock, tell: (events: readonly PublishedEvent[]) => tell(events) };
}

describe('a client that does not read', () => {
  const half = 'x'.repeat(512 * 1024);

  it('is left alone, and dropped once the log has gone past it', () => {
    const log = createEventLog(2 * 1024 * 1024);
    const clients = createClients(log, silentLog);
    const [slow, quick] = [listener(), listener()].map(clients.add);
    if (slow === undefined || quick === undefined) throw new Error('two were added');
    Object.defineProperty(quick.raw, 'writableLength', { value: 0 });
    for (const client of [slow, quick]) clients.follow(client, client.place);
    for (let n = 1; n <= 4; n += 1) {
      log.add([eventNumber(n, half)]);
      clients.spread();
    }
    expect(clients.count).toBe(2);
    expect(slow.raw.writableLength).toBeLessThan(half.length * 1.1);
    for (let n = 5; n <= 6; n += 1) {
      log.add([eventNumber(n, half)]);
      clients.spread();
    }
    expect([...clients]).toEqual([quick]);
    expect(slow.raw.destroyed).toBe(true);
  });

  it('goes on where it was once it reads again', () => {
    const log = createEventLog(16 * 1024 * 1024);
    const clients = createClients(log, silentLog);
    const one = listener();
    const client = clients.add(one);
    clients.follow(client, client.place);
    log.add([eventNumber(1, half)]);
    log.add([eventNumber(2)]);
    clients.spread();
    expect(one.ids()).toEqual(idsOf(1));
    Object.defineProperty(client.raw, 'writableLength', { value: 0 });
    client.raw.emit('drain');
    expect(one.ids()).toEqual(idsOf(1, 2));
  });
});

it('writes to some clients a turn, and in the end to all', async () => {
  const log = createEventLog(1_024 * 1_024);
  const clients = createClients(log, silentLog);
  const listeners = Array.from({ length: 3 * writesPerTurn }, () => listener());
  for (const client of listeners.map(clients.add)) clients.follow(client, client.place);
  const told = () => listeners.filter((one) => one.ids().length > 0).length;
  log.add([eventNumber(1)]);
  clients.spread();
  expect(told()).toBe(writesPerTurn);
  // What comes meanwhile waits for the next round, and comes once.
  log.add([eventNumber(2)]);
  clients.spread();
  expect(told()).toBe(writesPerTurn);
  for (let turn = 0; turn < 8; turn += 1) await nextTurn();
  for (const one of listeners) expect(one.ids()).toEqual(idsOf(1, 2));
});

describe('the hub', () => {
  it('tells the first event at once and those after it together, an interval later', async () => {
    const { hub, clock, tell } = openHub();
    const one = listener();
    await hub.join(one);
    tell(from(1, 1));
    expect(one.ids()).toEqual(idsOf(1));
    for (const n of [2, 3, 4]) tell(from(n, n));
    expect(one.ids()).toEqual(idsOf(1));
    await clock.advance(50);
    expect(one.ids()).toEqual(idsOf(1, 2, 3, 4));
  });

  it('goes on right after the last event a client had, even amid what came together', async () => {
    const { hub, clock, tell } = openHub();
    tell(from(1, 3));
    await clock.advance(1_000);
    // Committed late, so that it was told after a later id.
    tell([eventNumber(6), eventNumber(5), eventNumber(7)]);
    const [again, end] = [listener(eventNumber(6).id), listener(eventNumber(7).id)];
    await hub.join(again);
    await hub.join(end);
    await clock.advance(1_000);
    tell(from(8, 8));
    expect(again.ids()).toEqual(idsOf(5, 7, 8));
    expect(end.ids()).toEqual(idsOf(8));
  });

  it('tells from the database what its log has no more, and nothing of it twice', async () => {
    const { hub, clock, tell } = openHub(from(1, 5));
    const one = listener(eventNumber(2).id);
    const joining = hub.join(one);
    tell(from(4, 4));
    await joining;
    await clock.advance(1_000);
    tell(from(5, 6));
    // Ids before the last one are told again, for they may have been committed late.
    expect(one.ids()).toEqual(idsOf(1, 2, 3, 4, 5, 6));
  });

  it('writes nothing out for nobody, and misses nothing for who comes then', async () => {
    const { hub, clock, tell } = openHub(from(1, 3));
    tell(from(1, 1));
    await clock.advance(61_000);
    tell(from(2, 2));
    const one = listener(eventNumber(1).id);
    await hub.join(one);
    tell(from(3, 3));
    expect(one.ids()).toEqual(idsOf(1, 2, 3));
  });

  it('takes two thousand listeners and tells them when it ends', async () => {
    const { hub } = openHub();
    const listeners = Array.from({ length: 2_000 }, () => listener());
    for (const one of listeners) {
      expect(hub.isFull).toBe(false);
      await hub.join(one);
    }
    expect(hub.isFull).toBe(true);
    hub.close();
    expect(listeners.every(({ raw }) => raw.writableEnded)).toBe(true);
    expect(hub.isFull).toBe(false);
  });
});
