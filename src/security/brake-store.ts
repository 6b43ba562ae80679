import { type BusinessId, type EpochMs, isoOf } from '#kernel';
import { type Executor, sql, type Tx } from '#platform/db';

import type { FailureCount } from './brake.ts';

export function createBrakeStore(businessId: BusinessId) {
  return {
    /** Every attempt takes this lock, so that they are counted one after the other. */
    lock: async (tx: Tx): Promise<void> => {
      await sql`
        select pg_advisory_xact_lock(hashtextextended('login_failure', ${businessId}))`.execute(tx);
    },

    find: async (tx: Tx, source: string): Promise<FailureCount | undefined> => {
      const { rows } = await sql<FailureCount>`
        select failures, last_at as "lastAt", blocked_until as "blockedUntil" from login_failure
        where business_id = ${businessId} and source = ${source}`.execute(tx);
      return rows[0];
    },

    keep: async (tx: Tx, source: string, count: FailureCount): Promise<void> => {
      await sql`
        insert into login_failure (business_id, source, failures, last_at, blocked_until)
        values (
          ${businessId}, ${source}, ${count.failures}, ${isoOf(count.lastAt)},
          ${isoOf(count.blockedUntil)}
        )
        on conflict (business_id, source) do update set failures = excluded.failures,
          last_at = excluded.last_at, blocked_until = excluded.blocked_until`.execute(tx);
    },

    takeBack: async (tx: Tx, source: string): Promise<void> => {
      await sql`
        update login_failure set failures = greatest(failures - 1, 0), blocked_until = last_at
        where business_id = ${businessId} and source = ${source}`.execute(tx);
    },

    remove: async (tx: Tx, source: string): Promise<void> => {
      await sql`
        delete from login_failure
        where business_id = ${businessId} and source = ${source}`.execute(tx);
    },

    removeQuietSince: async (executor: Executor, at: EpochMs): Promise<void> => {
      await sql`
        delete from login_failure
        where business_id = ${businessId}
          and greatest(last_at, blocked_until) < ${isoOf(at)}`.execute(executor);
    },
  };
}
