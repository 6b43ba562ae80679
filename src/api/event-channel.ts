import type { Clock } from '#kernel';
import type { EventForm } from '#api/contract';
import type { Log } from '#platform/log';
import type { Outbox, PublishedEvent } from '#platform/outbox';

import { createBudget } from './event-budget.ts';
import { createClients, type Client, type Clients, type Patience } from './event-clients.ts';
import { frameOf } from './event-frame.ts';
import { createEventLog } from './event-log.ts';
import { createPace } from './event-pace.ts';
import { resumeDigest, resumeFull } from './event-resume.ts';
import { gapText } from './event-text.ts';
import type { ThreadTime } from './thread-time.ts';

/** One form of the stream: what was told in it, and to whom. */
export interface Channel {
  readonly clients: Clients;
  take(events: readonly PublishedEvent[]): void;
  sayToAll(text: string): void;
  /** What a client missed, then what comes. */
  resume(client: Client): Promise<void>;
  end(): void;
}

interface Manner {
  /** What comes together is told together: the first at once, then once an interval. */
  readonly everyMs: number;
  /** Many are told less often, down to this, while the thread has little time left for them. */
  readonly everyMsMax: number;
  /** Who falls further behind than this is dropped: it may come again. */
  readonly logBytesMax: number;
  readonly writesPerTurn: number;
  readonly patience: Omit<Patience, 'skipText'>;
}

const manners = {
  full: {
    everyMs: 50,
    everyMsMax: 50,
    logBytesMax: 16 * 1024 * 1024,
    writesPerTurn: 64,
    patience: { unsentBytesMax: 256 * 1024 },
  },
  // A screen that is some seconds behind on a busy day wants to see now, not then.
  digest: {
    everyMs: 75,
    everyMsMax: 1_000,
    logBytesMax: 4 * 1024 * 1024,
    // A digest is small: the last screen shall not wait for sixteen turns of a busy engine.
    writesPerTurn: 256,
    patience: { unsentBytesMax: 64 * 1024, behindBytesMax: 256 * 1024 },
  },
} as const satisfies Record<EventForm, Manner>;

/** Telling a few costs nothing that callbacks would miss. */
export const fewClientsMax = 50;
/** As long, events are written out for those who have lost the line, while nobody listens. */
const keepForNobodyMs = 60_000;

export function createChannel(
  form: EventForm,
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly outbox: Pick<Outbox, 'after'>;
    readonly threadTime: () => ThreadTime;
    readonly lastStatus: () => string;
    readonly onEmpty: () => void;
  },
): Channel {
  const { clock, log, outbox, threadTime } = deps;
  const manner: Manner = manners[form];
  const budget = createBudget({
    threadTime,
    everyMs: { min: manner.everyMs, max: manner.everyMsMax },
  });
  const eventLog = createEventLog(manner.logBytesMax);
  // Before anybody has come, there is nobody who could come back.
  let heardAt = Number.NEGATIVE_INFINITY;

  const clients = createClients({
    eventLog,
    log,
    writesPerTurn: manner.writesPerTurn,
    threadTime,
    onRound: budget.spent,
    patience: { ...manner.patience, skipText: () => `${gapText}${deps.lastStatus()}` },
    onEmpty: () => {
      heardAt = clock.now();
      deps.onEmpty();
    },
  });
  const everyMs = (): number => (clients.count > fewClientsMax ? budget.everyMs : manner.everyMs);
  const pace = createPace({ clock, everyMs }, (events) => {
    eventLog.add(frameOf[form](events));
    clients.spread();
  });
  const resumeDeps = { outbox, log, clients, eventLog };

  return {
    clients,
    take: (events) => {
      if (clients.count > 0 || clock.now() - heardAt <= keepForNobodyMs) pace.take(events);
      else eventLog.clear();
    },
    sayToAll: (text) => {
      if (clients.count === 0) return;
      eventLog.addText(text);
      // It goes with what is told soon: to write twice to each of many would cost twice.
      if (!pace.isWaiting) clients.spread();
    },
    resume: async (client) => {
      if (form === 'full') await resumeFull(resumeDeps, client);
      else resumeDigest(resumeDeps, client);
    },
    end: () => {
      pace.end();
      clients.endAll();
    },
  };
}
