import {
  idFromNumber,
  idNumberAt,
  isoOf,
  numberFromId,
  type BusinessId,
  type Clock,
  type EpochMs,
  type EventId,
  type IdSource,
  type Timer,
} from '#kernel';
import { afterCommit, int8s, jsons, sql, texts, type Database, type Tx } from '#platform/db';

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
  /** Calls `listener` with events of this process as soon as they are committed: a short cut. */
  onCommitted(listener: (events: readonly PublishedEvent[]) => void): void;
  /** Calls `onNews` when another process says that it has published; only a hint. */
  onOthers(listener: OthersListener): Promise<{ close(): Promise<void> }>;
  /** Events after an id, oldest first, at most `limit`. */
  after(id: EventId | undefined, limit: number): Promise<readonly PublishedEvent[]>;
  /** How many events there are in a stretch of ids. */
  countIn(stretch: EventStretch): Promise<number>;
  /** Events of a stretch of ids but for the known ones, oldest first, at most `limit`. */
  missing(gap: EventGap, limit: number): Promise<readonly PublishedEvent[]>;
  /** Forgets events older than the retention; the facts themselves stay where they are. */
  sweep(): Promise<void>;
}

export interface OthersListener {
  readonly onNews: () => void;
  /** Nothing more will be heard: the connection is gone. */
  readonly onEnd: () => void;
}

export interface EventStretch {
  /** Ids above this number … */
  readonly above: bigint;
  /** … up to this one. */
  readonly upTo: EventId;
}

export interface EventGap extends EventStretch {
  readonly known: readonly EventId[];
}

const eventChannel = 'qmoi_event';
/** One notice tells of all that was published within this time; the first waits for none. */
const noticeEveryMs = 25;
const retentionMs = 7 * 24 * 60 * 60 * 1000;
/** A sweep forgets in bites, so that it never holds many rows; a million events at most. */
const sweepRowsMax = 10_000;
const sweepBitesMax = 100;

interface EventRow {
  readonly id: bigint;
  readonly topic: string;
  readonly occurredAt: EpochMs;
  readonly payload: JsonObject;
}

const columns = sql`id, topic, occurred_at as "occurredAt", payload`;
const eventOf = (row: EventRow): PublishedEvent => ({ ...row, id: idFromNumber('event', row.id) });

export function createOutbox(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
}): Outbox {
  const { database, businessId, clock, ids } = deps;
  const listeners: ((events: readonly PublishedEvent[]) => void)[] = [];
  const notices = createNotices(deps);
  return {
    publish: async (tx, news) => {
      if (news.length === 0) return;
      const occurredAt = clock.now();
      const events = news.map((one) => ({ ...one, id: ids.next('event'), occurredAt }));
      await sql`
        insert into event (business_id, id, topic, occurred_at, payload)
        select ${businessId}, n.id, n.topic, ${isoOf(occurredAt)}, n.payload
        from unnest(
          ${int8s(events.map(({ id }) => numberFromId(id)))}::bigint[],
          ${texts(events.map(({ topic }) => topic))}::text[],
          ${jsons(events.map(({ payload }) => JSON.stringify(payload)))}::jsonb[]
        ) as n (id, topic, payload)`.execute(tx);
      afterCommit(tx, () => {
        for (const listener of listeners) listener(events);
        notices.give();
      });
    },

    onCommitted: (listener) => void listeners.push(listener),
    onOthers: notices.listen,

    after: async (id, limit) => {
      const { rows } = await sql<EventRow>`
        select ${columns} from event
        where business_id = ${businessId} and id > ${id === undefined ? 0n : numberFromId(id)}
        order by id limit ${limit}`.execute(database.executor);
      return rows.map(eventOf);
    },

    countIn: async ({ above, upTo }) => {
      const { rows } = await sql<{ count: bigint }>`
        select count(*) as count from event
        where business_id = ${businessId} and id > ${above}
          and id <= ${numberFromId(upTo)}`.execute(database.executor);
      return Number(rows[0]?.count ?? 0n);
    },

    missing: async ({ above, upTo, known }, limit) => {
      const { rows } = await sql<EventRow>`
        select ${columns} from event
        where business_id = ${businessId} and id > ${above} and id <= ${numberFromId(upTo)}
          and id <> all(${int8s(known.map(numberFromId))}::bigint[])
        order by id limit ${limit}`.execute(database.executor);
      return rows.map(eventOf);
    },

    sweep: async () => {
      // By id, which carries the time and has the index.
      const before = idNumberAt(clock.now() - retentionMs);
      for (let bite = 0; bite < sweepBitesMax; bite += 1) {
        const { numAffectedRows = 0n } = await sql`
          delete from event where business_id = ${businessId} and id in (
            select id from event where business_id = ${businessId} and id < ${before}
            order by id limit ${sweepRowsMax}
          )`.execute(database.executor);
        if (numAffectedRows < sweepRowsMax) break;
      }
    },
  };
}

/**
 * Tells other processes to look. Outside the transactions of the facts: there a notice makes their
 * commits wait for each other, and wakes us once a commit to hear what we know.
 */
function createNotices({ database, clock, ids }: Parameters<typeof createOutbox>[0]) {
  /** Signs what this process says. */
  const self = ids.next('event');
  let givenAt = Number.NEGATIVE_INFINITY;
  let next: Timer | undefined;

  const send = (): void => {
    next = undefined;
    givenAt = clock.now();
    // Whoever is not told looks by itself.
    sql`select pg_notify(${eventChannel}, ${self})`
      .execute(database.executor)
      .catch(() => undefined);
  };

  return {
    give: (): void => {
      if (next !== undefined) return;
      const waitMs = givenAt + noticeEveryMs - clock.now();
      // A clock that was put back makes nobody wait longer.
      if (waitMs > 0 && waitMs <= noticeEveryMs) next = clock.after(waitMs, send);
      else send();
    },
    listen: ({ onNews, onEnd }: OthersListener) =>
      database.listen(eventChannel, {
        onNotice: (said) => {
          if (said !== self) onNews();
        },
        onEnd,
      }),
  };
}
