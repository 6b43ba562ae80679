import { idFromNumber, numberFromId, type EventId, type Timer } from '#kernel';

import type { ApiDeps } from './deps.ts';
import { createClients, type Client, type Clients, type Listener } from './event-clients.ts';
import { beatText, gapText, retryText, statusText } from './event-text.ts';
import type { StatusBoard } from './status-board.ts';

export interface EventHub {
  readonly isFull: boolean;
  /** Takes over the response: snapshot first, then what was missed, then events as they come. */
  join(listener: Listener): Promise<void>;
  close(): void;
}

type HubDeps = Pick<ApiDeps, 'relay' | 'outbox' | 'sessions' | 'clock' | 'log'> & {
  readonly board: StatusBoard;
};

const clientsMax = 100;
const beatMs = 15_000;
const beatsPerSnapshot = 2;
/** News is followed by a snapshot, but a busy second by one only. */
const snapshotAfterNewsMs = 1_000;
const retryMs = 3_000;
const resumePage = 500;
const resumePagesMax = 4;
// Ids are in order of time, not of commit: what was committed late may have an id before the last
// one a client saw, so the seconds before it are told again. Clients know repeats by their ids.
const overlapMs = 15_000n;
const sequenceAndShardBits = 21n;

const earlier = (id: EventId): EventId => {
  const number = numberFromId(id) - (overlapMs << sequenceAndShardBits);
  return idFromNumber('event', number > 0n ? number : 0n);
};

export function createEventHub(deps: HubDeps): EventHub {
  const { clock, log } = deps;
  const clients = createClients(log);
  let newsSnapshot: Timer | undefined;
  let beats = 0;

  const sayStatus = async (to: Iterable<Client>): Promise<void> => {
    try {
      const text = statusText(await deps.board.read());
      for (const client of to) clients.say(client, text);
    } catch (error) {
      log.debug({ err: error }, 'no snapshot could be told');
    }
  };

  const unsubscribe = deps.relay.subscribe((events) => {
    for (const client of clients) clients.pass(client, events);
    if (clients.count === 0) return;
    newsSnapshot ??= clock.after(snapshotAfterNewsMs, () => {
      newsSnapshot = undefined;
      void sayStatus(clients);
    });
  });

  const beat = (): void => {
    beats += 1;
    for (const client of clients) clients.say(client, beatText);
    if (beats % beatsPerSnapshot === 0 && clients.count > 0) {
      void dropEndedSessions(deps, clients).then(() => sayStatus(clients));
    }
    nextBeat = clock.after(beatMs, beat);
  };
  let nextBeat = clock.after(beatMs, beat);

  return {
    get isFull() {
      return clients.count >= clientsMax;
    },

    join: async (listener) => {
      const client = clients.add(listener);
      client.raw.writeHead(200, {
        ...client.headers,
        'content-type': 'text/event-stream; charset=utf-8',
        // A proxy that collects answers would keep the news to itself.
        'x-accel-buffering': 'no',
      });
      clients.say(client, retryText(retryMs));
      await sayStatus([client]);
      await catchUp(deps, clients, client);
    },

    close: () => {
      unsubscribe();
      nextBeat.cancel();
      newsSnapshot?.cancel();
      clients.endAll();
    },
  };
}

/** A stream ends with its session, which being told events does not keep alive. */
async function dropEndedSessions(
  { sessions, log }: Pick<HubDeps, 'sessions' | 'log'>,
  clients: Clients,
): Promise<void> {
  try {
    const live = new Set((await sessions.list()).map(({ id }) => id));
    for (const client of clients) {
      const { sessionId } = client;
      if (sessionId !== undefined && !live.has(sessionId)) clients.drop(client, 'session ended');
    }
  } catch (error) {
    log.debug({ err: error }, 'sessions could not be looked at');
  }
}

/** Tells what was missed, then what came meanwhile; from then on events pass at once. */
async function catchUp(deps: HubDeps, clients: Clients, client: Client): Promise<void> {
  try {
    const told = await tellMissed(deps.outbox, clients, client);
    const waiting = client.waiting ?? [];
    client.waiting = undefined;
    clients.tell(
      client,
      waiting.filter(({ id }) => !told.has(id)),
    );
  } catch (error) {
    deps.log.debug({ err: error }, 'missed events could not be read');
    clients.drop(client, 'it has to come again');
  }
}

async function tellMissed(
  outbox: HubDeps['outbox'],
  clients: Clients,
  client: Client,
): Promise<ReadonlySet<EventId>> {
  const told = new Set<EventId>();
  if (client.lastEventId === undefined) return told;
  let cursor = earlier(client.lastEventId);
  for (let page = 0; page < resumePagesMax; page += 1) {
    const events = await outbox.after(cursor, resumePage);
    clients.tell(client, events);
    for (const { id } of events) told.add(id);
    if (events.length < resumePage) return told;
    cursor = events.at(-1)?.id ?? cursor;
  }
  clients.say(client, gapText);
  return told;
}
