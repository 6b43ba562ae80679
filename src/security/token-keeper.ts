import { type BusinessId, type Clock, type EpochMs, type RailId, type Secret } from '#kernel';
import { type Database, isDatabaseAway } from '#platform/db';

import { createTokenStore, type DatedToken, digestOf } from './token-store.ts';
import type { Vault } from './vault.ts';

// The rails' port in our own words: security stands above rails and may not know them.
interface AccessToken {
  readonly token: Secret<string>;
  readonly expiresAt: EpochMs;
}
type TokenRefusal =
  | { readonly kind: 'refused'; readonly code: string; readonly description: string }
  | { readonly kind: 'unknown'; readonly cause: string };
type MintToken = () => Promise<AccessToken | TokenRefusal>;

/** Keeps provider tokens for all processes; structurally the rails' `TokenKeeper`. */
export interface SharedTokenKeeper {
  get(railId: RailId, mint: MintToken): Promise<AccessToken | TokenRefusal>;
  drop(railId: RailId, refused: AccessToken): Promise<void>;
}

const marginMsMax = 60_000;
const lockNotAvailable = '55P03';

/** Enough life for a call and its retries: a minute, or a third of a short life. */
function isFresh({ mintedAt, expiresAt }: DatedToken, now: EpochMs): boolean {
  const marginMs = Math.min(marginMsMax, (expiresAt - mintedAt) / 3);
  return expiresAt - now > marginMs;
}

export function createTokenKeeper(deps: {
  readonly database: Database;
  readonly vault: Pick<Vault, 'seal' | 'unseal'>;
  readonly businessId: BusinessId;
  readonly clock: Clock;
}): SharedTokenKeeper {
  const { database, clock } = deps;
  const store = createTokenStore(deps);
  const remembered = new Map<RailId, DatedToken>();
  const underway = new Map<RailId, Promise<AccessToken | TokenRefusal>>();

  const obtain = async (railId: RailId, mint: MintToken): Promise<DatedToken | TokenRefusal> => {
    let minted: Promise<DatedToken | TokenRefusal> | undefined;
    // A transaction may run twice; the provider is asked once.
    const mintOnce = () => (minted ??= dated(mint, clock.now()));
    try {
      return await database.transaction(async (tx) => {
        await store.lock(tx, railId);
        // Another process may have minted one while this one waited for the lock.
        const shared = await store.find(tx, railId);
        if (shared !== undefined && isFresh(shared, clock.now())) return shared;
        const answer = await mintOnce();
        if ('token' in answer) await store.keep(tx, railId, answer);
        return answer;
      });
    } catch (error) {
      // Payments go on without the database as far as they can, so tokens do too.
      if (isDatabaseAway(error) || isLockTimeout(error)) return await mintOnce();
      throw error;
    }
  };

  const refresh = async (railId: RailId, mint: MintToken): Promise<AccessToken | TokenRefusal> => {
    try {
      const answer = await obtain(railId, mint);
      if ('token' in answer) remembered.set(railId, answer);
      return answer;
    } finally {
      underway.delete(railId);
    }
  };

  return {
    get: (railId, mint) => {
      const own = remembered.get(railId);
      if (own !== undefined && isFresh(own, clock.now())) return Promise.resolve(own);
      const started = underway.get(railId) ?? refresh(railId, mint);
      underway.set(railId, started);
      return started;
    },

    drop: async (railId, refused) => {
      const own = remembered.get(railId)?.token;
      if (own !== undefined && digestOf(own).equals(digestOf(refused.token)))
        remembered.delete(railId);
      try {
        await store.drop(database.executor, railId, refused.token);
      } catch (error) {
        // The refused token may be read back once; being refused again, it is dropped again.
        if (!isDatabaseAway(error)) throw error;
      }
    },
  };
}

/** Dated from before the asking, so that a slow answer shortens the life and never stretches it. */
async function dated(mint: MintToken, mintedAt: EpochMs): Promise<DatedToken | TokenRefusal> {
  const answer = await mint();
  return 'token' in answer
    ? { token: answer.token, expiresAt: answer.expiresAt, mintedAt }
    : answer;
}

const isLockTimeout = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === lockNotAvailable;
