import { idFromNumber, idNumberAt, idSpanOf, type BusinessId, type EpochMs } from '#kernel';
import { sql, type Executor, type Tx } from '#platform/db';
import type { JsonObject, PublishedEvent } from '#platform/outbox';

import { eventTopics } from '../notes/happening.ts';

// Ids are in order of time, not of commit: a transaction may commit after one with a later id.
const overlapMs = 15_000;
/** What is older is on the screen, and no news on a phone. */
const lookBackMsMax = 60 * 60 * 1000;

export interface Reading {
  readonly events: readonly PublishedEvent[];
  readonly isAtEnd: boolean;
}

interface EventRow {
  readonly id: bigint;
  readonly topic: string;
  readonly occurredAt: EpochMs;
  readonly payload: JsonObject;
}

export function createReadingStore(businessId: BusinessId) {
  const forgetUpTo = (executor: Executor, number: bigint) =>
    sql`
      delete from push_read_event
      where business_id = ${businessId} and event_id <= ${number}`.execute(executor);

  return {
    /** One process reads at a time, until its transaction ends. Undefined if nobody has begun. */
    lock: async (tx: Tx): Promise<bigint | undefined> => {
      const { rows } = await sql<{ readUpTo: bigint }>`
        select read_up_to as "readUpTo" from push_reading
        where business_id = ${businessId} for update`.execute(tx);
      return rows[0]?.readUpTo;
    },

    /** The row that is locked; where it is new, reading begins now. */
    open: async (tx: Tx, now: EpochMs): Promise<void> => {
      await sql`
        insert into push_reading (business_id, read_up_to)
        values (${businessId}, ${idNumberAt(now)})
        on conflict do nothing`.execute(tx);
    },

    /** Nobody was there to be told of what happened before. */
    restart: async (tx: Tx, now: EpochMs): Promise<void> => {
      await sql`
        update push_reading set read_up_to = ${idNumberAt(now)}
        where business_id = ${businessId}`.execute(tx);
      await forgetUpTo(tx, idNumberAt(now));
    },

    /** Events that were not read before, oldest first, and remembers that they were. */
    take: async (
      tx: Tx,
      { readUpTo, now, limit }: { readUpTo: bigint; now: EpochMs; limit: number },
    ): Promise<Reading> => {
      const oldest = idNumberAt(now - lookBackMsMax);
      const from = readUpTo > oldest ? readUpTo : oldest;
      const { rows } = await sql<EventRow>`
        with found as materialized (
          select id, topic, occurred_at, payload from event e
          where business_id = ${businessId} and id > ${from}
            and topic = any(${[...eventTopics]}::text[])
            and not exists (
              select from push_read_event r
              where r.business_id = ${businessId} and r.event_id = e.id
            )
          order by id limit ${limit}
        ), kept as (
          insert into push_read_event (business_id, event_id)
          select ${businessId}, id from found
        )
        select id, topic, occurred_at as "occurredAt", payload from found order by id`.execute(tx);
      const isAtEnd = rows.length < limit;
      const last = rows.at(-1)?.id ?? 0n;
      // What is behind the overlap has come, or never will.
      const top = isAtEnd ? idNumberAt(now) : last < idNumberAt(now) ? last : idNumberAt(now);
      const upTo = top - idSpanOf(overlapMs);
      if (upTo > from) {
        await sql`
          update push_reading set read_up_to = ${upTo}
          where business_id = ${businessId}`.execute(tx);
        await forgetUpTo(tx, upTo);
      }
      return {
        events: rows.map((row) => ({ ...row, id: idFromNumber('event', row.id) })),
        isAtEnd,
      };
    },
  };
}

export type ReadingStore = ReturnType<typeof createReadingStore>;
