import { sql, type RawBuilder } from 'kysely';

import type { Executor, Tx } from './database.ts';
import { isUniqueViolation } from './errors.ts';

type Run = <Value>(work: (tx: Tx) => Promise<Value>) => Promise<Value>;

const hopeful = new WeakSet<Executor>();
/** Who sends twice sends more twice: so many groups after one that was disappointed do not hope. */
const cautiousGroups = 200;

/**
 * Ends an insert: rows whose key is known are left out. To look for each key first costs a ninth of
 * an insert, and nearly always all of them are new: a group hopes for that, and is run again
 * without hope when one is not.
 */
export const unlessKnown = (tx: Executor, key: RawBuilder<unknown>): RawBuilder<unknown> =>
  hopeful.has(tx) ? sql`` : sql`on conflict ${key} do nothing`;

/** Runs work in hope that all it inserts is new, and otherwise once more. */
export function hopingWith(run: Run): Run {
  let cautious = 0;
  return async (work) => {
    if (cautious > 0) {
      cautious -= 1;
      return run(work);
    }
    try {
      return await run((tx) => {
        hopeful.add(tx);
        return work(tx);
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      cautious = cautiousGroups;
      return run(work);
    }
  };
}
