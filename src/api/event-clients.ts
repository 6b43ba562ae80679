import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { EventId, SessionId } from '#kernel';
import type { EventForm } from '#api/contract';
import type { Log } from '#platform/log';
import type { PublishedEvent } from '#platform/outbox';

import type { EventLog, Place } from './event-log.ts';
import { createRounds, type RoundDeps } from './event-rounds.ts';
import { eventText } from './event-text.ts';

/** Who listens: a browser tab, or the command line without a session. */
export interface Listener {
  readonly raw: ServerResponse;
  readonly headers: Readonly<Record<string, number | string | string[] | undefined>>;
  readonly sessionId: SessionId | undefined;
  readonly form: EventForm;
  /** The last event it had before it lost the line. */
  readonly lastEventId: EventId | undefined;
}

export interface Client extends Listener {
  /**
   * What is written to. The answer has neither length nor chunks: once its headers are out, what
   * it says is what goes over the socket, and written there it costs two fifths less. One that
   * waits for the answer before it on the same connection has no socket yet.
   */
  readonly line: Socket | ServerResponse;
  /** What it is told next. */
  place: Place;
  /** Told what is in the log from now on; until then a snapshot and missed events come first. */
  follows: boolean;
  /** Events that were told from the database, and may come by the log as well. */
  told: Set<EventId>;
}

/** The open streams of one form. */
export interface Clients extends Iterable<Client> {
  readonly count: number;
  /** Its place is the end of the log, until somebody knows better. */
  add(listener: Listener): Client;
  say(client: Client, text: string): void;
  tell(client: Client, events: readonly PublishedEvent[]): void;
  /** From here on it is told what is in the log. */
  follow(client: Client, place: Place): void;
  /** Tells everybody what they have not had yet, a few at a time. */
  spread(): void;
  drop(client: Client, why: string): void;
  endAll(): void;
}

/** What is done about those who read too slowly. */
export interface Patience {
  /** Beyond this a client is left alone until it has read some; the log waits for it, a while. */
  readonly unsentBytesMax: number;
  /** Who is further behind than this goes on with what is new; without it, nobody skips. */
  readonly behindBytesMax?: number;
  /** What who skips is told first. */
  readonly skipText: () => string;
}

interface ClientsDeps extends RoundDeps {
  readonly eventLog: EventLog;
  readonly log: Log;
  readonly patience: Patience;
  /** Called when the last one has left. */
  readonly onEmpty: () => void;
}

export function createClients(deps: ClientsDeps): Clients {
  const { eventLog, log, onEmpty } = deps;
  const clients = new Set<Client>();

  const remove = (client: Client): boolean => {
    const wasThere = clients.delete(client);
    if (wasThere && clients.size === 0) onEmpty();
    return wasThere;
  };

  const drop = (client: Client, why: string): void => {
    if (!remove(client)) return;
    log.debug({ why }, 'an event stream was ended');
    client.raw.destroy();
  };

  const say = (client: Client, text: string): void => {
    if (clients.has(client) && client.line.writable) client.line.write(text);
  };

  const tell = (client: Client, events: readonly PublishedEvent[]): void => {
    if (events.length > 0) say(client, events.map(eventText).join(''));
  };

  const tellNext = createCatchUp({ ...deps, drop, say, tell });
  const catchUp = (client: Client): void => {
    if (clients.has(client)) tellNext(client);
  };

  return {
    [Symbol.iterator]: () => clients.values(),
    get count() {
      return clients.size;
    },
    add: (listener) => {
      const place = { frame: eventLog.end, offset: 0 };
      const line = listener.raw.socket ?? listener.raw;
      const client: Client = { ...listener, line, place, follows: false, told: new Set() };
      clients.add(client);
      client.raw.on('close', () => remove(client));
      line.on('drain', () => catchUp(client));
      return client;
    },
    say,
    tell,
    follow: (client, place) => {
      client.place = place;
      client.follows = true;
      catchUp(client);
    },
    spread: createRounds(clients, catchUp, deps),
    drop,
    endAll: () => {
      for (const { raw } of clients) raw.end();
      clients.clear();
    },
  };
}

/** Tells a client what it has not had, as far as it reads. */
function createCatchUp({
  eventLog,
  patience,
  drop,
  say,
  tell,
}: Pick<Clients, 'drop' | 'say' | 'tell'> & {
  readonly eventLog: EventLog;
  readonly patience: Patience;
}): (client: Client) => void {
  const { unsentBytesMax, behindBytesMax = Number.POSITIVE_INFINITY, skipText } = patience;

  const tellNew = (client: Client, events: readonly PublishedEvent[]): void =>
    tell(
      client,
      events.filter(({ id }) => !client.told.delete(id)),
    );

  const skip = (client: Client): void => {
    client.place = { frame: eventLog.end, offset: 0 };
    say(client, skipText());
  };

  const tellRest = (client: Client): void => {
    const { line } = client;
    while (client.place.frame < eventLog.end) {
      const { frame, offset } = client.place;
      const found = eventLog.at(frame);
      // It comes again, and is told then what it missed.
      if (found === undefined) return drop(client, 'too slow');
      if (line.writableLength > unsentBytesMax || !line.writable) return;
      if (eventLog.bytesFrom(frame) > behindBytesMax) return skip(client);
      client.place = { frame: frame + 1, offset: 0 };
      if (client.told.size > 0 && found.events.length > 0) tellNew(client, found.events);
      else if (offset < found.bytes.length) line.write(found.bytes.subarray(offset));
    }
  };

  return (client) => {
    if (!client.follows) return;
    if (eventLog.end - client.place.frame <= 1) return tellRest(client);
    // Several go out as one: it is each write to a socket that takes time.
    client.line.cork();
    tellRest(client);
    client.line.uncork();
  };
}
