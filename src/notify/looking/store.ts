import { isoOf, type BusinessId, type EpochMs } from '#kernel';
import { sql, type Executor, type Tx } from '#platform/db';

export function createToldStore(businessId: BusinessId) {
  return {
    /** True for whoever says it first. */
    claim: async (tx: Tx, what: string, now: EpochMs): Promise<boolean> => {
      const { rows } = await sql`
        insert into push_told (business_id, what, told_at)
        values (${businessId}, ${what}, ${isoOf(now)})
        on conflict do nothing returning what`.execute(tx);
      return rows.length > 0;
    },

    /** What has not held for so long may be told again. */
    release: async (executor: Executor, what: string, before: EpochMs): Promise<void> => {
      await sql`
        delete from push_told
        where business_id = ${businessId} and what = ${what}
          and told_at < ${isoOf(before)}`.execute(executor);
    },

    forgetBefore: async (executor: Executor, at: EpochMs): Promise<void> => {
      await sql`
        delete from push_told
        where business_id = ${businessId} and told_at < ${isoOf(at)}`.execute(executor);
    },
  };
}

export type ToldStore = ReturnType<typeof createToldStore>;
