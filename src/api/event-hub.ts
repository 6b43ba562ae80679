import { idFromNumber, numberFromId, type EventId, type Timer } from '#kernel';

import type { PublishedEvent } from '#platform/outbox';

import type { ApiDeps } from './deps.ts';
import { createClients, type Client, type Clients, type Listener } from './event-clients.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { beatText, gapText, retryText, statusText } from './event-text.ts';
import type { StatusBoard } from './status-board.ts';

export interface EventHub {
  readonly isFull: boolean;
  readonly openCount: number;
  readonly openMax: number;
  /** Takes over the response: snapshot first, then what was missed, then events as they come. */
  join(listener: Listener): Promise<void>;
  /** Ends the streams of sessions that are no more; otherwise they end within half a minute. */
  dropEnded(): Promise<void>;
  close(): void;
}

type HubDeps = Pick<ApiDeps, 'relay' | 'outbox' | 'sessions' | 'clock' | 'log'> & {
  readonly board: StatusBoard;
};

const clientsMax = 2_000;
/** What comes together is told together: the first at once, then once an interval. */
const frameEveryMs = 50;
/** As long, events are written out for those who have lost the line, while nobody listens. */
const keepForNobodyMs = 60_000;
/** Who falls further behind than this comes again, and is told from the database. */
const logBytesMax = 16 * 1024 * 1024;
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
  const eventLog = createEventLog(logBytesMax);
  const clients = createClients(eventLog, log);
  const frames = createFrames(deps, (events) => {
    eventLog.add(events);
    clients.spread();
  });
  let newsSnapshot: Timer | undefined;
  let beats = 0;
  let heardAt = clock.now();

  const sayToAll = (text: string): void => {
    eventLog.addText(text);
    clients.spread();
  };

  const sayStatus = async (): Promise<void> => {
    const text = await statusNow(deps);
    if (text !== undefined) sayToAll(text);
  };

  const unsubscribe = deps.relay.subscribe((events) => {
    if (clients.count > 0) heardAt = clock.now();
    else if (clock.now() - heardAt > keepForNobodyMs) return eventLog.clear();
    frames.take(events);
    if (clients.count === 0) return undefined;
    newsSnapshot ??= clock.after(snapshotAfterNewsMs, () => {
      newsSnapshot = undefined;
      void sayStatus();
    });
  });

  const beat = (): void => {
    beats += 1;
    sayToAll(beatText);
    if (beats % beatsPerSnapshot === 0 && clients.count > 0) {
      void dropEndedSessions(deps, clients).then(sayStatus);
    }
    nextBeat = clock.after(beatMs, beat);
  };
  let nextBeat = clock.after(beatMs, beat);

  return {
    get isFull() {
      return clients.count >= clientsMax;
    },
    get openCount() {
      return clients.count;
    },
    openMax: clientsMax,

    join: async (listener) => {
      const client = clients.add(listener);
      // Ended by closing the line: chunks would be made for each client anew.
      client.raw.useChunkedEncodingByDefault = false;
      client.raw.writeHead(200, { ...client.headers, ...streamHeaders });
      const text = await statusNow(deps);
      clients.say(client, `${retryText(retryMs)}${text ?? ''}`);
      await resume({ ...deps, clients, eventLog }, client);
    },

    dropEnded: () => dropEndedSessions(deps, clients),

    close: () => {
      unsubscribe();
      frames.end();
      nextBeat.cancel();
      newsSnapshot?.cancel();
      clients.endAll();
    },
  };
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy that collects answers would keep the news to itself.
  'x-accel-buffering': 'no',
};

async function statusNow({
  board,
  log,
}: Pick<HubDeps, 'board' | 'log'>): Promise<string | undefined> {
  try {
    return statusText(await board.read());
  } catch (error) {
    log.debug({ err: error }, 'no snapshot could be told');
    return undefined;
  }
}

/** Collects events that come within an interval; the first after a quiet while waits for none. */
function createFrames(
  { clock }: Pick<HubDeps, 'clock'>,
  tell: (events: readonly PublishedEvent[]) => void,
) {
  let collected: PublishedEvent[] = [];
  let toldAt = Number.NEGATIVE_INFINITY;
  let next: Timer | undefined;

  const flush = (): void => {
    next = undefined;
    toldAt = clock.now();
    const events = collected;
    collected = [];
    tell(events);
  };

  return {
    take: (events: readonly PublishedEvent[]): void => {
      for (const event of events) collected.push(event);
      if (next !== undefined) return;
      const waitMs = toldAt + frameEveryMs - clock.now();
      // A clock that was put back makes nobody wait longer.
      if (waitMs > 0 && waitMs <= frameEveryMs) next = clock.after(waitMs, flush);
      else flush();
    },
    end: () => next?.cancel(),
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

type ResumeDeps = Pick<HubDeps, 'outbox' | 'log'> & {
  readonly clients: Clients;
  readonly eventLog: EventLog;
};

/**
 * Tells what was missed, then what comes. Who had an event of this process's own log goes on right
 * after it, in the order in which everybody was told; others are told from the database.
 */
async function resume(deps: ResumeDeps, client: Client): Promise<void> {
  const { clients, eventLog } = deps;
  const { lastEventId, place } = client;
  const known = lastEventId === undefined ? place : eventLog.after(lastEventId);
  if (known !== undefined) return clients.follow(client, known);
  try {
    client.told = await tellMissed(deps, client);
    return clients.follow(client, place);
  } catch (error) {
    deps.log.debug({ err: error }, 'missed events could not be read');
    return clients.drop(client, 'it has to come again');
  }
}

async function tellMissed({ outbox, clients }: ResumeDeps, client: Client): Promise<Set<EventId>> {
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
