import type { Clock, Timer } from '#kernel';
import type { EventForm } from '#api/contract';

import type { ApiDeps } from './deps.ts';
import { createChannel, fewClientsMax, type Channel } from './event-channel.ts';
import type { Clients, Listener } from './event-clients.ts';
import { beatText, retryText, statusText } from './event-text.ts';
import { sharing } from './sharing.ts';
import type { StatusBoard } from './status-board.ts';
import type { ThreadTime } from './thread-time.ts';

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
  readonly threadTime: () => ThreadTime;
};

const clientsMax = 2_000;
const beatMs = 15_000;
const beatsPerSnapshot = 2;
/** News is followed by a snapshot at once, but no sooner after the last one than this. */
const snapshotEveryMs = { few: 400, many: 1_000 } as const;
const retryMs = 3_000;

export function createEventHub(deps: HubDeps): EventHub {
  const board = createTexts(deps);
  const channels = createChannels(
    { ...deps, lastStatus: board.last },
    () => void (count() === 0 && rhythm.stop()),
  );
  const all = Object.values(channels);
  const count = (): number => all.reduce((sum, { clients }) => sum + clients.count, 0);

  const sayToAll = (text: string): void => {
    for (const channel of all) channel.sayToAll(text);
  };

  const sayStatus = async (): Promise<void> => {
    const text = await board.now();
    if (text !== '') sayToAll(text);
  };

  const dropEnded = (): Promise<void> =>
    dropEndedSessions(
      deps,
      all.map(({ clients }) => clients),
    );

  const lookRound = async (): Promise<void> => {
    await dropEnded();
    await sayStatus();
  };

  const rhythm = createRhythm(deps.clock, {
    beat: () => sayToAll(beatText),
    lookRound: () => void lookRound(),
    afterNews: () => void sayStatus(),
  });

  const unsubscribe = deps.relay.subscribe((events) => {
    for (const channel of all) channel.take(events);
    if (count() > 0) rhythm.news(snapshotEveryMs[count() > fewClientsMax ? 'many' : 'few']);
  });

  return {
    get isFull() {
      return count() >= clientsMax;
    },
    get openCount() {
      return count();
    },
    openMax: clientsMax,

    join: async (listener) => {
      const channel = channels[listener.form];
      const client = channel.clients.add(listener);
      rhythm.start();
      // Ended by closing the line: chunks would be made for each client anew.
      client.raw.useChunkedEncodingByDefault = false;
      client.raw.writeHead(200, { ...client.headers, ...streamHeaders });
      client.raw.flushHeaders();
      channel.clients.say(client, `${retryText(retryMs)}${await board.now()}`);
      await channel.resume(client);
    },

    dropEnded,

    close: () => {
      unsubscribe();
      for (const channel of all) channel.end();
      rhythm.stop();
    },
  };
}

function createChannels(
  deps: Omit<Parameters<typeof createChannel>[1], 'onEmpty'>,
  onEmpty: () => void,
): Readonly<Record<EventForm, Channel>> {
  return {
    full: createChannel('full', { ...deps, onEmpty }),
    digest: createChannel('digest', { ...deps, onEmpty }),
  };
}

/** When what is said without being asked; nothing while nobody listens. */
function createRhythm(
  clock: Clock,
  tasks: {
    readonly beat: () => void;
    readonly lookRound: () => void;
    readonly afterNews: () => void;
  },
) {
  let nextBeat: Timer | undefined;
  let newsSnapshot: Timer | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  let beats = 0;

  const tellNews = (): void => {
    newsSnapshot = undefined;
    toldAt = clock.now();
    tasks.afterNews();
  };

  const beat = (): void => {
    beats += 1;
    tasks.beat();
    if (beats % beatsPerSnapshot === 0) tasks.lookRound();
    nextBeat = clock.after(beatMs, beat);
  };

  return {
    start: (): void => {
      nextBeat ??= clock.after(beatMs, beat);
    },
    news: (everyMs: number): void => {
      if (newsSnapshot !== undefined) return;
      const waitMs = toldAt + everyMs - clock.now();
      // A clock that was put back makes nobody wait longer.
      if (waitMs > 0 && waitMs <= everyMs) newsSnapshot = clock.after(waitMs, tellNews);
      else tellNews();
    },
    stop: (): void => {
      nextBeat?.cancel();
      newsSnapshot?.cancel();
      nextBeat = undefined;
      newsSnapshot = undefined;
    },
  };
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy that collects answers would keep the news to itself.
  'x-accel-buffering': 'no',
};

/** Snapshots as text, read and written out once for all who ask meanwhile. */
function createTexts({ board, log }: Pick<HubDeps, 'board' | 'log'>) {
  let last = '';
  const now = async (): Promise<string> => {
    try {
      last = statusText(await board.read());
      return last;
    } catch (error) {
      log.debug({ err: error }, 'no snapshot could be told');
      return '';
    }
  };
  return { now: sharing(now), last: () => last };
}

/** A stream ends with its session, which being told events does not keep alive. */
async function dropEndedSessions(
  { sessions, log }: Pick<HubDeps, 'sessions' | 'log'>,
  everybody: readonly Clients[],
): Promise<void> {
  try {
    const live = new Set((await sessions.list()).map(({ id }) => id));
    for (const clients of everybody) {
      for (const client of clients) {
        const { sessionId } = client;
        if (sessionId !== undefined && !live.has(sessionId)) clients.drop(client, 'session ended');
      }
    }
  } catch (error) {
    log.debug({ err: error }, 'sessions could not be looked at');
  }
}
