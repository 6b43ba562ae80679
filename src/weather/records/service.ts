import type { BusinessId, Clock, EpochMs, RailId } from '#kernel';
import type { Database } from '#platform/db';

import type { Arrival } from '../forecast.ts';
import type { Operation } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { createRecordStore, type WeatherHour } from './store.ts';
import { addTallies, tallyOf } from './tally.ts';

export const hourMs = 60 * 60 * 1000;
export const retentionMs = 35 * 24 * hourMs;
/** Every rail and operation of 35 days is fewer. */
const hoursMax = 20_000;

export const hourOf = (at: EpochMs): EpochMs => Math.floor(at / hourMs) * hourMs;

/** Counts calls in memory and adds them up in the database. */
export function createRecords(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
}) {
  const { database, clock } = deps;
  const store = createRecordStore(deps.businessId);
  let counted = new Map<string, WeatherHour>();

  const put = (cell: WeatherHour): void => {
    const name = `${cell.rail} ${cell.operation} ${cell.hour}`;
    const before = counted.get(name);
    counted.set(name, before === undefined ? cell : { ...cell, ...addTallies(before, cell) });
  };

  return {
    note: (
      call: { readonly rail: RailId; readonly operation: Operation; readonly tookMs: number },
      outcome: Outcome,
    ): void => {
      const { rail, operation, tookMs } = call;
      put({ ...tallyOf(outcome, tookMs), rail, operation, hour: hourOf(clock.now()) });
    },

    /** What could not be written is counted on, and written next time. */
    flush: async (): Promise<void> => {
      const cells = [...counted.values()];
      if (cells.length === 0) return;
      counted = new Map();
      try {
        await database.transaction((tx) => store.add(tx, cells));
      } catch (error) {
        for (const cell of cells) put(cell);
        throw error;
      }
    },

    since: (at: EpochMs): Promise<readonly WeatherHour[]> =>
      store.since(database.executor, { at: hourOf(at), limit: hoursMax }),

    arrivals: (since: EpochMs): Promise<ReadonlyMap<RailId, Arrival>> =>
      store.arrivals(database.executor, { since, now: clock.now() }),

    sweep: (): Promise<void> => store.sweep(database.executor, clock.now() - retentionMs),
  };
}

export type Records = ReturnType<typeof createRecords>;
