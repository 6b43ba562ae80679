import { createHash } from 'node:crypto';

import { type BusinessId, type EpochMs, isoOf, type RailId, Secret } from '#kernel';
import { type Executor, sql, type Tx } from '#platform/db';

import { type SealContext, SealBroken } from './envelope.ts';
import type { Vault } from './vault.ts';

export interface DatedToken {
  readonly token: Secret<string>;
  readonly mintedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

const lockWaitMs = 30_000;

export const digestOf = (token: Secret<string>): Buffer =>
  createHash('sha256').update(token.reveal()).digest();

const contextOf = (railId: RailId): SealContext => ({
  table: 'provider_token',
  column: 'sealed',
  row: railId,
});

export function createTokenStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Pick<Vault, 'seal' | 'unseal'>;
}) {
  const { businessId, vault } = deps;
  return {
    /** One process at a time, until the transaction ends; waits for others, but not for ever. */
    lock: async (tx: Tx, railId: RailId): Promise<void> => {
      await sql`select set_config('lock_timeout', ${String(lockWaitMs)}, true)`.execute(tx);
      await sql`
        select pg_advisory_xact_lock(
          hashtextextended(${`provider_token:${railId}`}, ${businessId})
        )`.execute(tx);
    },

    find: async (executor: Executor, railId: RailId): Promise<DatedToken | undefined> => {
      const { rows } = await sql<{ sealed: Buffer; mintedAt: EpochMs; expiresAt: EpochMs }>`
        select sealed, minted_at as "mintedAt", expires_at as "expiresAt"
        from provider_token where business_id = ${businessId} and rail = ${railId}`.execute(
        executor,
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      const { sealed, ...dates } = row;
      const token = openedOrNone(() => vault.unseal(sealed, contextOf(railId)).toString('utf8'));
      return token === undefined ? undefined : { token: new Secret(token), ...dates };
    },

    keep: async (executor: Executor, railId: RailId, kept: DatedToken): Promise<void> => {
      const sealed = vault.seal(kept.token.reveal(), contextOf(railId));
      await sql`
        insert into provider_token (business_id, rail, sealed, digest, minted_at, expires_at)
        values (
          ${businessId}, ${railId}, ${sealed}, ${digestOf(kept.token)}, ${isoOf(kept.mintedAt)},
          ${isoOf(kept.expiresAt)}
        )
        on conflict (business_id, rail) do update set sealed = excluded.sealed,
          digest = excluded.digest, minted_at = excluded.minted_at,
          expires_at = excluded.expires_at`.execute(executor);
    },

    drop: async (executor: Executor, railId: RailId, token: Secret<string>): Promise<void> => {
      await sql`
        delete from provider_token
        where business_id = ${businessId} and rail = ${railId}
          and digest = ${digestOf(token)}`.execute(executor);
    },
  };
}

/** A token that does not open is no loss: the provider gives another for the asking. */
function openedOrNone(open: () => string): string | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof SealBroken) return undefined;
    throw error;
  }
}
