import { type BusinessId, type EpochMs, isoOf } from '#kernel';
import { type Executor, sql } from '#platform/db';

export interface WrappedKey {
  readonly keyId: number;
  readonly wrapped: Buffer;
  readonly retiredAt: EpochMs | null;
}

export function createDataKeyStore(businessId: BusinessId) {
  return {
    /** Newest first. */
    all: async (executor: Executor): Promise<readonly WrappedKey[]> => {
      const { rows } = await sql<WrappedKey>`
        select key_id as "keyId", wrapped, retired_at as "retiredAt" from data_key
        where business_id = ${businessId} order by key_id desc`.execute(executor);
      return rows;
    },

    /** Keeps the key unless another process was faster. */
    insert: async (
      executor: Executor,
      key: { readonly keyId: number; readonly wrapped: Buffer; readonly createdAt: EpochMs },
    ): Promise<void> => {
      await sql`
        insert into data_key (business_id, key_id, wrapped, created_at)
        values (${businessId}, ${key.keyId}, ${key.wrapped}, ${isoOf(key.createdAt)})
        on conflict (business_id, key_id) do nothing`.execute(executor);
    },
  };
}
