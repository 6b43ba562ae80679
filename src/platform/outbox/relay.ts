import {
  idFromNumber,
  idNumberAt,
  idSpanOf,
  numberFromId,
  type Clock,
  type EventId,
} from '#kernel';
import type { Log } from '#platform/log';

import type { Outbox, PublishedEvent } from './outbox.ts';

export type EventListener = (events: readonly PublishedEvent[]) => void;

export interface Relay {
  /** Calls `listener` with every event from now on, each once, until the answer is called. */
  subscribe(listener: EventListener): () => void;
  stop(): Promise<void>;
}

const pollMs = 1_000;
const readMax = 500;
/** Counting so many again takes a tenth of a second or so of a core, and is done less often. */
const manyEvents = 10_000;
const lookBackMs = { usual: 1_000, many: 5_000 } as const;
// Ids are in order of time, not of commit: a transaction may commit after one with a later id, so
// the last seconds are looked at again for what was not there before.
const overlapMs = 15_000;
const seenMax = 200_000;

/** Hands the outbox on to this process's listeners: at once by notice, else by polling. */
export function createRelay(deps: {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
  /** Events up to this id are old news. */
  readonly startAfter: EventId;
}): Relay {
  const { outbox, clock, log } = deps;
  const listeners = new Set<EventListener>();
  const memory = createMemory(deps.startAfter);
  const stopping = new AbortController();
  let wake = new AbortController();
  let notices: { close(): Promise<void> } | undefined;
  let lookedBackAt = clock.now();

  /** A listener that fails fails alone. */
  const tell = (listener: EventListener, events: readonly PublishedEvent[]): void => {
    try {
      listener(events);
    } catch (error) {
      log.error({ err: error }, 'a listener to events failed');
    }
  };

  const handOn = (found: readonly PublishedEvent[]): void => {
    const events = found.filter(({ id }) => memory.isNew(id));
    memory.remember(events.map(({ id }) => id));
    if (events.length > 0) for (const listener of listeners) tell(listener, events);
  };
  // What this very process wrote need not be read back; what is read is what others wrote.
  outbox.onCommitted((events) => {
    if (!stopping.signal.aborted) handOn(events);
  });

  const readPages = async (next: () => Promise<readonly PublishedEvent[]>): Promise<void> => {
    for (let page = readMax; page === readMax && !stopping.signal.aborted;) {
      const events = await next();
      handOn(events);
      page = events.length;
    }
  };

  const readOnce = async (): Promise<void> => {
    // Back before ahead: after an outage the last seconds are those before it.
    const everyMs = memory.size > manyEvents ? lookBackMs.many : lookBackMs.usual;
    if (clock.now() - lookedBackAt >= everyMs) {
      const gap = memory.gap(clock.now());
      if ((await outbox.countIn(gap)) > gap.known.length) {
        await readPages(() => outbox.missing(memory.gap(clock.now()), readMax));
      }
      lookedBackAt = clock.now();
    }
    await readPages(() => outbox.after(memory.newest, readMax));
  };

  const listen = async (): Promise<void> => {
    notices ??= await outbox.onOthers({
      onNews: () => wake.abort(),
      onEnd: () => {
        notices = undefined;
      },
    });
  };

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      try {
        await listen();
        await readOnce();
      } catch (error) {
        log.debug({ err: error }, 'events could not be read; trying again');
      }
      if (!stopping.signal.aborted) await clock.sleep(pollMs, wake.signal);
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
      wake.abort();
      return running;
    },
  };
}

/** What was handed on already, as far back as a late commit may still turn up. */
function createMemory(startAfter: EventId) {
  const seen = new Set<EventId>();
  let newest = startAfter;
  // Nothing at or below is looked at again; it only rises, or forgotten ids would come twice.
  let floor = numberFromId(startAfter);
  const raiseFloor = (number: bigint): void => {
    if (number > floor) floor = number;
  };

  return {
    get newest() {
      return newest;
    },
    get size() {
      return seen.size;
    },

    isNew: (id: EventId): boolean => !seen.has(id),

    remember: (ids: readonly EventId[]): void => {
      for (const id of ids) {
        seen.add(id);
        if (id > newest) newest = id;
      }
      for (const id of seen) {
        if (seen.size <= seenMax) break;
        seen.delete(id);
        raiseFloor(numberFromId(id));
      }
    },

    /** The last seconds, counted from the newest event, or from now if its clock was ahead. */
    gap: (now: number) => {
      const here = idNumberAt(now);
      const latest = numberFromId(newest);
      raiseFloor((latest < here ? latest : here) - idSpanOf(overlapMs));
      // As text ids are in the order of their numbers.
      const last = idFromNumber('event', floor);
      for (const id of seen) if (id <= last) seen.delete(id);
      return { above: floor, upTo: newest, known: [...seen] };
    },
  };
}
