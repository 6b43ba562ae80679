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
  const refusals = createRefusals();
  const obtain = createObtaining({ database, clock, store, refusals });

  const refresh = async (railId: RailId, mint: MintToken): Promise<AccessToken | TokenRefusal> => {
    try {
      const answer = await obtain(railId, mint);
      if ('token' in answer && !refusals.has(railId, answer)) remembered.set(railId, answer);
      return answer;
    } finally {
      underway.delete(railId);
    }
  };

  /** Those who come while a token is being fetched share it. */
  const join = (railId: RailId, mint: MintToken): Promise<AccessToken | TokenRefusal> => {
    const started = underway.get(railId) ?? refresh(railId, mint);
    underway.set(railId, started);
    return started;
  };

  return {
    get: async (railId, mint) => {
      const own = remembered.get(railId);
      if (own !== undefined && isFresh(own, clock.now())) return own;
      const answer = await join(railId, mint);
      // It was fetched before somebody else learned that it is refused.
      const isStale = 'token' in answer && refusals.has(railId, answer);
      return isStale ? await join(railId, mint) : answer;
    },

    drop: async (railId, refused) => {
      refusals.note(railId, refused);
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

/** Takes the token that another process minted, or mints one for all. */
function createObtaining(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly store: ReturnType<typeof createTokenStore>;
  readonly refusals: ReturnType<typeof createRefusals>;
}) {
  const { database, clock, store, refusals } = deps;
  return async (railId: RailId, mint: MintToken): Promise<DatedToken | TokenRefusal> => {
    let minted: Promise<DatedToken | TokenRefusal> | undefined;
    // A transaction may run twice; the provider is asked once.
    const mintOnce = async (): Promise<DatedToken | TokenRefusal> => {
      const answer = await (minted ??= dated(mint, clock.now()));
      // A provider may hand the same one out again, and mean it.
      if ('token' in answer) refusals.forget(railId);
      return answer;
    };
    const usable = (shared: DatedToken | undefined): shared is DatedToken =>
      shared !== undefined && isFresh(shared, clock.now()) && !refusals.has(railId, shared);
    try {
      return await database.transaction(async (tx) => {
        await store.lock(tx, railId);
        // Another process may have minted one while this one waited for the lock.
        const shared = await store.find(tx, railId);
        if (usable(shared)) return shared;
        const answer = await mintOnce();
        if ('token' in answer) await store.keep(tx, railId, answer);
        return answer;
      });
    } catch (error) {
      // Payments go on without the database as far as they can, so tokens do too.
      if (isDatabaseAway(error)) return await mintOnce();
      if (!isLockTimeout(error)) throw error;
      // Whoever held the lock so long may have a token by now, which another would kill.
      const shared = await store.find(database.executor, railId);
      return usable(shared) ? shared : await mintOnce();
    }
  };
}

/** The last token of each rail that its provider refused, by its digest. */
function createRefusals() {
  const digests = new Map<RailId, Buffer>();
  return {
    note: (railId: RailId, { token }: AccessToken) => digests.set(railId, digestOf(token)),
    forget: (railId: RailId) => digests.delete(railId),
    has: (railId: RailId, { token }: AccessToken): boolean =>
      digests.get(railId)?.equals(digestOf(token)) === true,
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
