import { createHash } from 'node:crypto';

import { type BusinessId, type Clock, dayMs, type EpochMs, invariant, isoOf } from '#kernel';
import { type Database, type Executor, sql } from '#platform/db';

/** The right and duty to work on a request, and to say how it went. */
export interface IdempotencyClaim {
  readonly route: string;
  readonly key: string;
  readonly startedAt: EpochMs;
}

export type IdempotencyVerdict =
  /** Nobody has asked this before, or whoever worked on it is gone: do the work. */
  | { readonly kind: 'first'; readonly claim: IdempotencyClaim }
  | { readonly kind: 'replay'; readonly status: number; readonly body: string }
  | { readonly kind: 'in-progress' }
  /** The key was used for another input. */
  | { readonly kind: 'mismatch' };

/** The first answer to a request, for whoever asks again with the same key. */
export interface Idempotency {
  begin(request: {
    readonly route: string;
    readonly key: string;
    /** JSON; bigint is allowed. The order of members does not matter. */
    readonly input: unknown;
  }): Promise<IdempotencyVerdict>;
  /** Keeps the answer; in the transaction of the work where there is one. */
  finish(
    claim: IdempotencyClaim,
    answer: { readonly status: number; readonly body: string },
    executor?: Executor,
  ): Promise<void>;
  /** The work came to nothing, and asking again may start it anew. */
  abandon(claim: IdempotencyClaim): Promise<void>;
  /** Forgets answers after a week. */
  sweep(): Promise<void>;
}

/**
 * After so long the first asker is taken for dead and the next one takes over. Should it live after
 * all, both do the work, which is safe: whatever moves money is idempotent on the same key by
 * itself (ledger, transfers and charges keep it in unique columns). This table spares the work and
 * repeats the answer; it is not what keeps money from moving twice.
 */
const takeOverAfterMs = 60_000;
const keptMs = 7 * dayMs;
const bodyLengthMax = 256 * 1024;

interface Row {
  readonly hash: Buffer;
  readonly status: number | null;
  readonly body: string | null;
  readonly createdAt: EpochMs;
}

export function createIdempotency(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
}): Idempotency {
  const { database, businessId, clock } = deps;

  // Inserts a new row or takes over an abandoned one, and answers whether it did either.
  const claimed = async (claim: IdempotencyClaim, hash: Buffer): Promise<boolean> => {
    const startedAt = isoOf(claim.startedAt);
    const { rows } = await sql`
      insert into idempotent_request as r (business_id, route, key, input_hash, created_at)
      values (${businessId}, ${claim.route}, ${claim.key}, ${hash}, ${startedAt})
      on conflict (business_id, route, key) do update set created_at = excluded.created_at
      where r.status is null and r.input_hash = excluded.input_hash
        and r.created_at < ${isoOf(claim.startedAt - takeOverAfterMs)}
      returning true`.execute(database.executor);
    return rows.length > 0;
  };

  const find = async ({ route, key }: IdempotencyClaim): Promise<Row | undefined> => {
    const { rows } = await sql<Row>`
      select input_hash as hash, status, body, created_at as "createdAt" from idempotent_request
      where business_id = ${businessId} and route = ${route} and key = ${key}`.execute(
      database.executor,
    );
    return rows[0];
  };

  return {
    begin: async ({ route, key, input }) => {
      const hash = hashOf(input);
      const claim = { route, key, startedAt: clock.now() };
      if (await claimed(claim, hash)) return { kind: 'first', claim };
      const row = await find(claim);
      // Abandoned between the two statements: the client's next attempt finds the way free.
      if (row === undefined) return { kind: 'in-progress' };
      if (!row.hash.equals(hash)) return { kind: 'mismatch' };
      const { status, body } = row;
      return status === null
        ? { kind: 'in-progress' }
        : { kind: 'replay', status, body: body ?? '' };
    },

    finish: async ({ route, key, startedAt }, { status, body }, executor = database.executor) => {
      invariant(body.length <= bodyLengthMax, `a kept answer has at most ${bodyLengthMax} bytes`);
      // A claim that was taken over changes nothing: its successor answers.
      await sql`
        update idempotent_request set status = ${status}, body = ${body}
        where business_id = ${businessId} and route = ${route} and key = ${key}
          and status is null and created_at = ${isoOf(startedAt)}`.execute(executor);
    },

    abandon: async ({ route, key, startedAt }) => {
      await sql`
        delete from idempotent_request
        where business_id = ${businessId} and route = ${route} and key = ${key}
          and status is null and created_at = ${isoOf(startedAt)}`.execute(database.executor);
    },

    sweep: async () => {
      await sql`
        delete from idempotent_request
        where business_id = ${businessId} and created_at < ${isoOf(clock.now() - keptMs)}`.execute(
        database.executor,
      );
    },
  };
}

/** The same input gives the same hash, however its members are ordered. */
export function hashOf(input: unknown): Buffer {
  const text = JSON.stringify(input, (_name, value: unknown) => {
    if (typeof value === 'bigint') return { bigint: value.toString() };
    return isPlain(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  });
  return createHash('sha256')
    .update(text ?? 'nothing')
    .digest();
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
