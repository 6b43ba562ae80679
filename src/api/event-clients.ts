import type { ServerResponse } from 'node:http';

import type { EventId, SessionId } from '#kernel';
import type { Log } from '#platform/log';
import type { PublishedEvent } from '#platform/outbox';

import { eventText } from './event-text.ts';

/** Who listens: a browser tab, or the command line without a session. */
export interface Listener {
  readonly raw: ServerResponse;
  readonly headers: Readonly<Record<string, number | string | string[] | undefined>>;
  readonly sessionId: SessionId | undefined;
  /** The last event it had before it lost the line. */
  readonly lastEventId: EventId | undefined;
}

export interface Client extends Listener {
  /** Events that came while missed ones were being read; undefined once those are told. */
  waiting: readonly PublishedEvent[] | undefined;
}

/** The open streams. */
export interface Clients extends Iterable<Client> {
  readonly count: number;
  add(listener: Listener): Client;
  say(client: Client, text: string): void;
  tell(client: Client, events: readonly PublishedEvent[]): void;
  /** As `tell`, or later where missed events come first. */
  pass(client: Client, events: readonly PublishedEvent[]): void;
  drop(client: Client, why: string): void;
  endAll(): void;
}

const unsentBytesMax = 1024 * 1024;
const waitingMax = 5_000;

export function createClients(log: Log): Clients {
  const clients = new Set<Client>();

  const drop = (client: Client, why: string): void => {
    if (!clients.delete(client)) return;
    log.debug({ why }, 'an event stream was ended');
    client.raw.destroy();
  };

  const say = (client: Client, text: string): void => {
    if (!clients.has(client)) return;
    if (client.raw.writableLength > unsentBytesMax) drop(client, 'too slow');
    else client.raw.write(text);
  };

  const tell = (client: Client, events: readonly PublishedEvent[]): void => {
    if (events.length > 0) say(client, events.map(eventText).join(''));
  };

  return {
    [Symbol.iterator]: () => clients.values(),
    get count() {
      return clients.size;
    },
    add: (listener) => {
      const client: Client = { ...listener, waiting: [] };
      clients.add(client);
      client.raw.on('close', () => clients.delete(client));
      return client;
    },
    say,
    tell,
    pass: (client, events) => {
      const { waiting } = client;
      if (waiting === undefined) tell(client, events);
      else if (waiting.length < waitingMax) client.waiting = [...waiting, ...events];
      else drop(client, 'too much came while it caught up');
    },
    drop,
    endAll: () => {
      for (const { raw } of clients) raw.end();
      clients.clear();
    },
  };
}
