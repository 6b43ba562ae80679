import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type Clock,
  type EpochMs,
  type EventId,
  type IdSource,
} from '#kernel';
import { sql, type Database, type Tx } from '#platform/db';

/** News of something that is now true, as read by dashboards and jobs. */
export interface PublishedEvent {
  readonly id: EventId;
  readonly topic: string;
  readonly occurredAt: EpochMs;
  readonly payload: JsonObject;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export interface News {
  readonly topic: string;
  readonly payload: JsonObject;
}

export interface Outbox {
  /** Written in the caller's transaction: the news exists exactly when the fact does. */
  publish(tx: Tx, news: readonly News[]): Promise<void>;
  /** Events after an id, oldest first, at most `limit`. */
  after(id: EventId | undefined, limit: number): Promise<readonly PublishedEvent[]>;
  /** Forgets events older than the retention; the facts themselves stay where they are. */
  sweep(): Promise<void>;
}

export const eventChannel = 'qmoi_event';
const retentionMs = 7 * 24 * 60 * 60 * 1000;

export function createOutbox(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
}): Outbox {
  const { database, businessId, clock, ids } = deps;
  return {
    publish: async (tx, news) => {
      if (news.length === 0) return;
      await sql`
        insert into event (business_id, id, topic, occurred_at, payload)
        select ${businessId}, n.id, n.topic, ${isoOf(clock.now())}, n.payload
        from unnest(
          ${news.map(() => numberFromId(ids.next('event')))}::bigint[],
          ${news.map((n) => n.topic)}::text[],
          ${news.map((n) => JSON.stringify(n.payload))}::jsonb[]
        ) as n (id, topic, payload)`.execute(tx);
      await sql`select pg_notify(${eventChannel}, '')`.execute(tx);
    },

    after: async (id, limit) => {
      const { rows } = await sql<{
        id: bigint;
        topic: string;
        occurredAt: EpochMs;
        payload: JsonObject;
      }>`
        select id, topic, occurred_at as "occurredAt", payload from event
        where business_id = ${businessId} and id > ${id === undefined ? 0n : numberFromId(id)}
        order by id limit ${limit}`.execute(database.executor);
      return rows.map((row) => ({ ...row, id: idFromNumber('event', row.id) }));
    },

    sweep: async () => {
      await sql`
        delete from event
        where business_id = ${businessId} and occurred_at < ${isoOf(clock.now() - retentionMs)}`.execute(
        database.executor,
      );
    },
  };
}
