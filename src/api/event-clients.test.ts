import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { createVirtualClock, idFromNumber } from '#kernel';
import { silentLog } from '#platform/log';
import type { PublishedEvent } from '#platform/outbox';

import { createClients, type Listener } from './event-clients.ts';
import { createEventHub } from './event-hub.ts';

/** A response that nobody reads: what is written to it piles up. */
const listener = (): Listener => ({
  raw: new ServerResponse(new IncomingMessage(new Socket())),
  headers: {},
  sessionId: undefined,
  lastEventId: undefined,
});

const eventNumber = (number: number): PublishedEvent => ({
  id: idFromNumber('event', BigInt(number)),
  topic: 'payment.confirmed',
  occurredAt: number,
  payload: {},
});

describe('a client', () => {
  it('that does not read is dropped once a mebibyte waits for it', () => {
    const clients = createClients(silentLog);
    const client = clients.add(listener());
    const piece = 'x'.repeat(512 * 1024);
    for (let n = 0; n < 2; n += 1) clients.say(client, piece);
    expect(clients.count).toBe(1);
    clients.say(client, piece);
    expect(clients.count).toBe(0);
    expect(client.raw.destroyed).toBe(true);
  });

  it('that catches up is given what came meanwhile later, up to a limit', () => {
    const clients = createClients(silentLog);
    const client = clients.add(listener());
    clients.pass(client, [eventNumber(1)]);
    expect(client.raw.writableLength).toBe(0);
    expect(client.waiting).toHaveLength(1);
    clients.pass(
      client,
      Array.from({ length: 5_000 }, (_, n) => eventNumber(n + 2)),
    );
    clients.pass(client, [eventNumber(6_000)]);
    expect(clients.count).toBe(0);
  });
});

it('takes a hundred listeners and tells them when it ends', async () => {
  const refuse = () => Promise.reject(new Error('not asked here'));
  const hub = createEventHub({
    relay: { subscribe: () => () => undefined },
    outbox: { after: () => Promise.resolve([]) },
    sessions: {
      login: refuse,
      authenticate: refuse,
      verify: refuse,
      logout: refuse,
      list: () => Promise.resolve([]),
      revoke: refuse,
    },
    clock: createVirtualClock(0),
    log: silentLog,
    board: { read: refuse },
  });
  const listeners = Array.from({ length: 100 }, listener);
  for (const one of listeners) {
    expect(hub.isFull).toBe(false);
    await hub.join(one);
  }
  expect(hub.isFull).toBe(true);
  hub.close();
  expect(listeners.every(({ raw }) => raw.writableEnded)).toBe(true);
  expect(hub.isFull).toBe(false);
});
