import {
  createPrng,
  createWallClock,
  dayMs,
  idNumberAt,
  idSpanOf,
  invariant,
  type Clock,
  type EpochMs,
} from '#kernel';
import { alongside } from '#platform/db';
import { Client } from 'pg';

import { createDrawing, type Mix } from './drawing.ts';
import { takeIndexesDown } from './history-indexes.ts';
import { auditEntryOf, createPast, eventsOf, packOf, type Past } from './history-rows.ts';
import { accountNumbersOf, createHistoryStore, orphansIn } from './history-store.ts';
import type { ProductSecrets } from './installation.ts';
import { layBenchFoundation } from './seeder.ts';

/** Callbacks of the past, put into the books by the set: as if they had come one by one. */
export interface History {
  /** Goes on until there are so many. Callbacks may come before and after, not meanwhile. */
  growTo(callbacks: number, tell: (text: string) => void): Promise<void>;
  readonly callbacks: number;
  close(): Promise<void>;
}

export interface HistoryPlan {
  /** How many it will be in the end: they are spread evenly over the days. */
  readonly total: number;
  readonly mix: Mix;
}

const daysMax = 1_000;
/** Between what is past and what the bench itself sends. */
const quietMs = 3_600_000;
const chunk = 4_000;
/** Transactions at a time: PostgreSQL has work while the next rows are made ready. */
const lanes = 2;
/** Of payments in an audit record and callbacks in a pack: a busy engine takes about as many. */
const groupSize = 42;
const eventLifeMs = 7 * dayMs;
/** From the order to the callback; with many callbacks half their distance. */
const answerMsMax = 20_000;
/** Beyond the numbers that the seeder gives to callbacks: no receipt or reference comes twice. */
const firstNumber = 1_000_000_000;
/** When that part of the table is dead; autovacuum waits for a fifth, and for its minute. */
const vacuumShare = 0.1;
const vacuumRowsMin = 8_000;

const createPastClock = (startAt: EpochMs) => {
  let at = startAt;
  const clock: Clock = { ...createWallClock(), now: () => at };
  return { clock, moveTo: (to: EpochMs) => void (at = to) };
};

/** Ids carry the time, and begin with a day: nothing can be older than that. */
const spanOf = (now: EpochMs): { readonly startAt: EpochMs; readonly endAt: EpochMs } => {
  const sinceIdsMs = Number(idNumberAt(now) / idSpanOf(1));
  return { startAt: now - Math.min(daysMax * dayMs, sinceIdsMs - dayMs), endAt: now - quietMs };
};

export async function openHistory(
  { connectionString, secrets }: { connectionString: string; secrets: ProductSecrets },
  { total, mix }: HistoryPlan,
): Promise<History> {
  const now = createWallClock().now();
  const { startAt, endAt } = spanOf(now);
  const stepMs = (endAt - startAt) / total;
  invariant(stepMs >= 2, 'callbacks of the past have a moment of their own');
  const past = createPastClock(startAt);
  const foundation = await layBenchFoundation(connectionString, secrets, past.clock);
  const { database } = foundation;
  // Ids never go back: what is recorded has ids of its own, for by then the next rows have theirs.
  const recorded = createPastClock(startAt);
  const records = await layBenchFoundation(connectionString, secrets, recorded.clock);
  const store = createHistoryStore(foundation.businessId, await accountNumbersOf(foundation));
  const draw = createDrawing(foundation, { mix, prng: createPrng(20_260_101) });
  const makeOne = createPast(foundation, { shortCode: secrets.shortCode, clock: past });
  const answerMs = Math.floor(Math.min(answerMsMax, stepMs / 2));
  let callbacks = 0;

  const makeChunk = (size: number) => {
    const rows = Array.from({ length: size }, (_, n): Past => {
      const createdAt = Math.floor(startAt + (callbacks + n) * stepMs);
      const times = { createdAt, receivedAt: createdAt + answerMs };
      return makeOne(draw, firstNumber + callbacks + n, times);
    });
    const recent = rows.filter(({ bookedAt }) => bookedAt > now - eventLifeMs);
    const events = recent.flatMap((row) => eventsOf(foundation, row));
    const groups = Array.from({ length: Math.ceil(size / groupSize) }, (_, n) =>
      rows.slice(n * groupSize, (n + 1) * groupSize),
    );
    const packs = groups.map((group) => packOf(foundation, group));
    return { past: rows, packs, events, groups };
  };

  const write = ({ groups, ...rows }: ReturnType<typeof makeChunk>): Promise<void> =>
    database.groupTransaction(async (tx) => {
      await store.insert(tx, rows);
      for (const group of groups) {
        recorded.moveTo(group.at(-1)?.bookedAt ?? startAt);
        await alongside(tx, records.audit.record(tx, auditEntryOf(group)));
      }
    });

  const fill = async (until: number, client: Client, tell: (text: string) => void) => {
    const running: Promise<void>[] = [];
    const vacuum = createVacuum(client, callbacks);
    const startedAt = performance.now();
    const before = callbacks;
    while (callbacks < until) {
      const size = Math.min(chunk, until - callbacks);
      const written = write(makeChunk(size));
      // Waited for in its turn; until then a failure must not end the process.
      written.catch(() => undefined);
      running.push(written);
      callbacks += size;
      if (running.length >= lanes) await running.shift();
      if (await vacuum(callbacks)) {
        const perSecond = (callbacks - before) / ((performance.now() - startedAt) / 1_000);
        tell(`${callbacks.toLocaleString('en')} of the past, ${perSecond.toFixed(0)} a second`);
      }
    }
    for (const written of running) await written;
  };

  return {
    get callbacks() {
      return callbacks;
    },
    growTo: async (wanted, tell) => {
      const client = new Client({ connectionString });
      await client.connect();
      try {
        const putIndexesUp = await takeIndexesDown(client);
        await fill(Math.min(wanted, total), client, tell);
        await putIndexesUp(tell);
        tell('vacuum and checkpoint');
        await client.query('vacuum (analyze)');
        await client.query('checkpoint');
        const orphans = await orphansIn(foundation);
        if (orphans.length > 0) throw new Error(orphans.join(', '));
      } finally {
        await client.end();
      }
    },
    close: async () => {
      await records.database.close();
      await database.close();
    },
  };
}

/** What charges and prompts leave behind as they are paid is cleared away as it is in life. */
function createVacuum(client: Client, from: number): (callbacks: number) => Promise<boolean> {
  let last = from;
  return async (callbacks) => {
    if (callbacks - last < Math.max(vacuumRowsMin, last * vacuumShare)) return false;
    last = callbacks;
    await client.query('vacuum charge, prompt');
    return true;
  };
}
