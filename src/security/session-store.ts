import {
  type BusinessId,
  type EpochMs,
  idFromNumber,
  isoOf,
  numberFromId,
  type SessionId,
} from '#kernel';
import { type Executor, sql } from '#platform/db';

import { idleMsMax, type Session } from './session.ts';

export interface KeptSession extends Session {
  readonly revokedAt: EpochMs | undefined;
}

interface Row {
  readonly id: bigint;
  readonly source: string;
  readonly userAgent: string | null;
  readonly createdAt: EpochMs;
  readonly lastSeenAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly verifiedAt: EpochMs | null;
  readonly revokedAt: EpochMs | null;
}

const columns = sql`id, source, user_agent as "userAgent", created_at as "createdAt",
  last_seen_at as "lastSeenAt", expires_at as "expiresAt", verified_at as "verifiedAt",
  revoked_at as "revokedAt"`;

const fromRow = (row: Row): KeptSession => ({
  ...row,
  id: idFromNumber('session', row.id),
  userAgent: row.userAgent ?? undefined,
  verifiedAt: row.verifiedAt ?? undefined,
  revokedAt: row.revokedAt ?? undefined,
});

const live = (businessId: BusinessId, now: EpochMs) => sql`
  business_id = ${businessId} and revoked_at is null
    and expires_at > ${isoOf(now)} and last_seen_at > ${isoOf(now - idleMsMax)}`;

export const createSessionStore = (businessId: BusinessId) => ({
  ...readsOf(businessId),
  ...writesOf(businessId),
});

export type SessionStore = ReturnType<typeof createSessionStore>;

function writesOf(businessId: BusinessId) {
  return {
    insert: async (executor: Executor, session: Session, tokenHash: Buffer): Promise<void> => {
      await sql`
        insert into session (
          business_id, id, token_hash, actor, source, user_agent, created_at, last_seen_at,
          expires_at
        )
        values (
          ${businessId}, ${numberFromId(session.id)}, ${tokenHash}, 'master', ${session.source},
          ${session.userAgent ?? null}, ${isoOf(session.createdAt)}, ${isoOf(session.lastSeenAt)},
          ${isoOf(session.expiresAt)}
        )`.execute(executor);
    },

    touch: async (executor: Executor, id: SessionId, now: EpochMs): Promise<void> => {
      await sql`
        update session set last_seen_at = greatest(last_seen_at, ${isoOf(now)}::timestamptz)
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
    },

    verified: async (executor: Executor, id: SessionId, now: EpochMs): Promise<void> => {
      const at = isoOf(now);
      await sql`
        update session set verified_at = ${at},
          last_seen_at = greatest(last_seen_at, ${at}::timestamptz)
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
    },

    /** Ends the given live session, or all but `except`; answers those it ended. */
    revoke: async (
      executor: Executor,
      {
        now,
        only,
        except,
      }: { readonly now: EpochMs; readonly only?: SessionId; readonly except?: SessionId },
    ): Promise<readonly SessionId[]> => {
      const onlyId = only === undefined ? null : numberFromId(only);
      const exceptId = except === undefined ? null : numberFromId(except);
      const { rows } = await sql<{ id: bigint }>`
        update session set revoked_at = ${isoOf(now)}
        where ${live(businessId, now)}
          and (${onlyId}::bigint is null or id = ${onlyId})
          and (${exceptId}::bigint is null or id <> ${exceptId})
        returning id`.execute(executor);
      return rows.map((row) => idFromNumber('session', row.id));
    },

    removeEndedBefore: async (executor: Executor, before: EpochMs): Promise<void> => {
      await sql`
        delete from session
        where business_id = ${businessId} and expires_at < ${isoOf(before)}`.execute(executor);
    },
  };
}

function readsOf(businessId: BusinessId) {
  return {
    byTokenHash: async (
      executor: Executor,
      tokenHash: Buffer,
    ): Promise<KeptSession | undefined> => {
      const { rows } = await sql<Row>`
        select ${columns} from session
        where business_id = ${businessId} and token_hash = ${tokenHash}`.execute(executor);
      return rows.map(fromRow)[0];
    },

    /** Newest first. */
    live: async (
      executor: Executor,
      { now, limit }: { readonly now: EpochMs; readonly limit: number },
    ): Promise<readonly Session[]> => {
      const { rows } = await sql<Row>`
        select ${columns} from session where ${live(businessId, now)}
        order by id desc limit ${limit}`.execute(executor);
      return rows.map(fromRow);
    },

    /** Whether somebody with the right key came from there since the given time. */
    isKnownSource: async (
      executor: Executor,
      { source, since }: { readonly source: string; readonly since: EpochMs },
    ): Promise<boolean> => {
      const { rows } = await sql`
        select from session
        where business_id = ${businessId} and source = ${source} and created_at > ${isoOf(since)}
        limit 1`.execute(executor);
      return rows.length > 0;
    },
  };
}
