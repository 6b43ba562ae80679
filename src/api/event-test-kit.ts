import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import { createVirtualClock, idFromNumber, type EventId } from '#kernel';
import { digestSchema, type EventForm } from '#api/contract';
import { silentLog } from '#platform/log';
import type { PublishedEvent, Relay } from '#platform/outbox';

import type { Client, Listener } from './event-clients.ts';
import { createEventHub } from './event-hub.ts';

/** A response that nobody reads: what is written to it piles up. */
export function listener(lastEventId?: EventId, form: EventForm = 'full') {
  const raw = new ServerResponse(new IncomingMessage(new Socket()));
  let text = '';
  const write = raw.write.bind(raw);
  raw.write = (piece: string | Buffer) => {
    text += String(piece);
    return write(piece);
  };
  const one: Listener = { raw, headers: {}, sessionId: undefined, form, lastEventId };
  const matches = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found ?? '');
  return {
    ...one,
    ids: () => matches(/^id: (.*)$/gm),
    names: () => matches(/^event: (.*)$/gm),
    digests: () =>
      matches(/^event: digest\ndata: (.*)$/gm).map((data) => digestSchema.parse(JSON.parse(data))),
  };
}

export const eventNumber = (number: number, filler = ''): PublishedEvent => ({
  id: idFromNumber('event', BigInt(number)),
  topic: 'payment.confirmed',
  occurredAt: number,
  payload: { filler },
});
export const idsOf = (...numbers: readonly number[]) => numbers.map((n) => eventNumber(n).id);
export const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => eventNumber(first + n));

/** As if the client had read what was written to it. */
export function read({ raw }: Pick<Client, 'raw'>) {
  Object.defineProperty(raw, 'writableLength', { value: 0, configurable: true });
  raw.emit('drain');
}

const refuse = () => Promise.reject(new Error('not asked here'));

/** A thread for which no time passes: it is never too busy for screens. */
export const restingThread = () => ({ busyMs: 0, idleMs: 0 });

/** A hub that is told by hand. */
export function openHub(stored: readonly PublishedEvent[] = []) {
  let snapshots = 0;
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
    threadTime: restingThread,
    board: {
      read: () => {
        snapshots += 1;
        return refuse();
      },
    },
  });
  return {
    hub,
    clock,
    tell: (events: readonly PublishedEvent[]) => tell(events),
    /** How often a snapshot was asked for. */
    snapshots: () => snapshots,
  };
}
