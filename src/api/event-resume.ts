import { idFromNumber, idSpanOf, numberFromId, type EventId } from '#kernel';
import type { Log } from '#platform/log';
import type { Outbox } from '#platform/outbox';

import type { Client, Clients } from './event-clients.ts';
import type { EventLog } from './event-log.ts';
import { gapText } from './event-text.ts';

export interface ResumeDeps {
  readonly outbox: Pick<Outbox, 'after'>;
  readonly log: Log;
  readonly clients: Clients;
  readonly eventLog: EventLog;
}

const pageEvents = 500;
const pagesMax = 4;
// Ids are in order of time, not of commit: what was committed late may have an id before the last
// one a client saw, so the seconds before it are told again. Clients know repeats by their ids.
const overlapMs = 15_000;

const earlier = (id: EventId): EventId => {
  const number = numberFromId(id) - idSpanOf(overlapMs);
  return idFromNumber('event', number > 0n ? number : 0n);
};

/**
 * Tells what was missed, then what comes. Who had an event of this process's own log goes on right
 * after it, in the order in which everybody was told; others are told from the database.
 */
export async function resumeFull(deps: ResumeDeps, client: Client): Promise<void> {
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

/**
 * From this process's own log, or with a gap. What is read from the database repeats the seconds
 * before, and a sum that counts a payment twice would not be true.
 */
export function resumeDigest({ clients, eventLog }: ResumeDeps, client: Client): void {
  const { lastEventId, place } = client;
  const known = lastEventId === undefined ? place : eventLog.after(lastEventId);
  if (known === undefined) clients.say(client, gapText);
  clients.follow(client, known ?? place);
}

async function tellMissed({ outbox, clients }: ResumeDeps, client: Client): Promise<Set<EventId>> {
  const told = new Set<EventId>();
  if (client.lastEventId === undefined) return told;
  let cursor = earlier(client.lastEventId);
  for (let page = 0; page < pagesMax; page += 1) {
    const events = await outbox.after(cursor, pageEvents);
    clients.tell(client, events);
    for (const { id } of events) told.add(id);
    if (events.length < pageEvents) return told;
    cursor = events.at(-1)?.id ?? cursor;
  }
  clients.say(client, gapText);
  return told;
}
