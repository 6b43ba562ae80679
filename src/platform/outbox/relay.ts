import { idFromNumber, numberFromId, type Clock, type EventId } from '#kernel';
import type { Database } from '#platform/db';
import type { Log } from '#platform/log';

import { eventChannel, type Outbox, type PublishedEvent } from './outbox.ts';

export interface Relay {
  /** Calls `listener` with every event from now on, each once, until the answer is called. */
  subscribe(listener: (events: readonly PublishedEvent[]) => void): () => void;
  stop(): Promise<void>;
}

const pollMs = 1_000;
const readMax = 500;
// Ids are in order of time, not of commit: a transaction may commit after one with a later id, so
// the last seconds are read again and what was seen is left out.
const overlapMs = 15_000;
const sequenceAndShardBits = 21n;
const seenMax = 20_000;

const earlier = (id: EventId): EventId => {
  const number = numberFromId(id) - (BigInt(overlapMs) << sequenceAndShardBits);
  return idFromNumber('event', number > 0n ? number : 0n);
};

/** Hands the outbox on to this process's listeners: at once by notice, by polling where that fails. */
export function createRelay(deps: {
  readonly database: Database;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** Events up to this id are old news. */
  readonly startAfter: EventId;
}): Relay {
  const { outbox, clock, log } = deps;
  const listeners = new Set<(events: readonly PublishedEvent[]) => void>();
  const seen = new Set<EventId>();
  const stopping = new AbortController();
  let newest = deps.startAfter;
  let wake = new AbortController();
  let notices: { close(): Promise<void> } | undefined;

  const remember = (events: readonly PublishedEvent[]): void => {
    for (const { id } of events) {
      seen.add(id);
      if (id > newest) newest = id;
    }
    for (const id of seen) {
      if (seen.size <= seenMax) break;
      seen.delete(id);
    }
  };

  const readOnce = async (): Promise<void> => {
    const from = earlier(newest) > deps.startAfter ? earlier(newest) : deps.startAfter;
    let cursor = from;
    for (let page = readMax; page === readMax; ) {
      const events = await outbox.after(cursor, readMax);
      const fresh = events.filter((event) => !seen.has(event.id));
      remember(fresh);
      if (fresh.length > 0) for (const listener of listeners) listener(fresh);
      page = events.length;
      cursor = events.at(-1)?.id ?? cursor;
    }
  };

  const listen = async (): Promise<void> => {
    notices ??= await deps.database.listen(eventChannel, () => wake.abort());
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      try {
        await listen();
        await readOnce();
      } catch (error) {
        log.debug({ err: error }, 'events could not be read; trying again');
        await notices?.close().catch(() => undefined);
        notices = undefined;
      }
      await clock.sleep(pollMs, AbortSignal.any([wake.signal, stopping.signal]));
    }
    await notices?.close().catch(() => undefined);
  };
  const running = loop();

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
