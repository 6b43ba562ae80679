import type { Clock, EventId } from '#kernel';
import type { Log } from '#platform/log';

import { createMemory } from './memory.ts';
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
    const events = found.filter(({ id }) => memory.add(id));
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
      const stretch = memory.lookBack(clock.now());
      const known = memory.size;
      if ((await outbox.countIn(stretch)) > known) {
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
