import { isoOf, type BusinessId, type EpochMs, Secret } from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { SealContext, Vault } from '#security';

/** By which push services know this engine (RFC 8292). */
export interface ServerKeys {
  readonly publicKey: string;
  readonly privateKey: Secret<string>;
}

const cell: SealContext = { table: 'push_key', column: 'private_key_sealed', row: 'vapid' };

export function createKeyStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Pick<Vault, 'seal' | 'unseal'>;
}) {
  const { businessId, vault } = deps;
  return {
    find: async (executor: Executor): Promise<ServerKeys | undefined> => {
      const { rows } = await sql<{ publicKey: string; sealed: Buffer }>`
        select public_key as "publicKey", private_key_sealed as sealed
        from push_key where business_id = ${businessId}`.execute(executor);
      return rows.map(({ publicKey, sealed }) => ({
        publicKey,
        privateKey: new Secret(vault.unseal(sealed, cell).toString('utf8')),
      }))[0];
    },

    /** Where another process was first, its keys stay. */
    insert: async (executor: Executor, keys: ServerKeys, at: EpochMs): Promise<void> => {
      await sql`
        insert into push_key (business_id, public_key, private_key_sealed, made_at)
        values (
          ${businessId}, ${keys.publicKey}, ${vault.seal(keys.privateKey.reveal(), cell)},
          ${isoOf(at)}
        )
        on conflict do nothing`.execute(executor);
    },
  };
}

export type KeyStore = ReturnType<typeof createKeyStore>;
