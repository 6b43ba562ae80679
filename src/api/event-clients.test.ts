import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { silentLog } from '#platform/log';
import type { PublishedEvent } from '#platform/outbox';

import { createClients } from './event-clients.ts';
import { frameOf } from './event-frame.ts';
import { createEventLog } from './event-log.ts';
import { eventNumber, idsOf, listener, read, restingThread } from './event-test-kit.ts';

const writesPerTurn = 64;

/** Clients on a log that is filled by hand. */
function openClients(logBytesMax: number) {
  const log = createEventLog(logBytesMax);
  const patience = { unsentBytesMax: 256 * 1024, skipText: () => '' };
  const clients = createClients({
    eventLog: log,
    log: silentLog,
    patience,
    writesPerTurn,
    threadTime: restingThread,
    onRound: () => undefined,
    onEmpty: () => undefined,
  });
  const tell = (...events: readonly PublishedEvent[]) => {
    log.add(frameOf.full(events));
    clients.spread();
  };
  return { clients, tell };
}

describe('a client that does not read', () => {
  const half = 'x'.repeat(512 * 1024);

  it('is left alone, and dropped once the log has gone past it', () => {
    const { clients, tell } = openClients(2 * 1024 * 1024);
    const [slow, quick] = [listener(), listener()].map(clients.add);
    if (slow === undefined || quick === undefined) throw new Error('two were added');
    Object.defineProperty(quick.raw, 'writableLength', { value: 0 });
    for (const client of [slow, quick]) clients.follow(client, client.place);
    for (let n = 1; n <= 4; n += 1) {
      tell(eventNumber(n, half));
    }
    expect(clients.count).toBe(2);
    expect(slow.raw.writableLength).toBeLessThan(half.length * 1.1);
    for (let n = 5; n <= 6; n += 1) {
      tell(eventNumber(n, half));
    }
    expect([...clients]).toEqual([quick]);
    expect(slow.raw.destroyed).toBe(true);
  });

  it('goes on where it was once it reads again', () => {
    const { clients, tell } = openClients(16 * 1024 * 1024);
    const one = listener();
    const client = clients.add(one);
    clients.follow(client, client.place);
    tell(eventNumber(1, half));
    tell(eventNumber(2));
    expect(one.ids()).toEqual(idsOf(1));
    read(client);
    expect(one.ids()).toEqual(idsOf(1, 2));
  });
});

it('writes to some clients a turn, and in the end to all', async () => {
  const { clients, tell } = openClients(1_024 * 1_024);
  const listeners = Array.from({ length: 3 * writesPerTurn }, () => listener());
  for (const client of listeners.map(clients.add)) clients.follow(client, client.place);
  const told = () => listeners.filter((one) => one.ids().length > 0).length;
  tell(eventNumber(1));
  expect(told()).toBe(writesPerTurn);
  // What comes meanwhile waits for the next round, and comes once.
  tell(eventNumber(2));
  expect(told()).toBe(writesPerTurn);
  for (let turn = 0; turn < 8; turn += 1) await nextTurn();
  for (const one of listeners) expect(one.ids()).toEqual(idsOf(1, 2));
});
