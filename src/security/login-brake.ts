import { type BusinessId, type Clock, err, ok, type Result } from '#kernel';
import type { Database, Tx } from '#platform/db';

import { createBrakeStore } from './brake-store.ts';
import { freeFailures, quietMs, withAttempt } from './brake.ts';

/**
 * Slows guessing. An attempt is counted as a failure before the key is looked at and taken back
 * when the key was right, so that a thousand guesses sent at once do not all slip through.
 */
export interface LoginBrake {
  /**
   * Answers the source's failures with this attempt, or how long to wait. Guessing from everywhere
   * slows down strangers, not a source that the owner has used: nobody can lock the owner out.
   */
  attempt(from: {
    readonly source: string;
    readonly isKnownSource: boolean;
  }): Promise<Result<{ readonly failures: number }, { readonly retryAfterMs: number }>>;
  /** The key was right: the source starts anew, and the attempt is no failure of everyone's. */
  succeeded(tx: Tx, source: string): Promise<void>;
  sweep(): Promise<void>;
}

/** The count of all sources together; no address looks like it. */
const everyone = '*';

export function createLoginBrake(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
}): LoginBrake {
  const { database, clock } = deps;
  const store = createBrakeStore(deps.businessId);
  return {
    attempt: ({ source, isKnownSource }) =>
      database.transaction(async (tx) => {
        const now = clock.now();
        await store.lock(tx);
        const all = await store.find(tx, everyone);
        const own = await store.find(tx, source);
        const blockedUntil = Math.max(
          own?.blockedUntil ?? 0,
          isKnownSource ? 0 : (all?.blockedUntil ?? 0),
        );
        if (blockedUntil > now) return err({ retryAfterMs: blockedUntil - now });
        const counted = withAttempt(own, { now, free: freeFailures.source });
        await store.keep(tx, source, counted);
        await store.keep(tx, everyone, withAttempt(all, { now, free: freeFailures.everyone }));
        return ok({ failures: counted.failures });
      }),

    succeeded: async (tx, source) => {
      await store.lock(tx);
      await store.takeBack(tx, everyone);
      await store.remove(tx, source);
    },

    sweep: () => store.removeQuietSince(database.executor, clock.now() - quietMs),
  };
}
