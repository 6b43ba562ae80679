import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type IdSource,
  type PushNoteId,
} from '#kernel';
import { int8s, jsons, moments, sql, texts, type Executor } from '#platform/db';

import type { Facts, KeptNote, WaitingNote } from './note.ts';
import type { Language, Topic } from './topic.ts';

interface NoteRow {
  readonly id: bigint;
  readonly deviceId: bigint;
  readonly topic: Topic;
  readonly about: string;
  readonly count: number;
  readonly amountMinor: bigint;
  readonly facts: Facts;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly attempts: number;
  readonly language: Language;
  readonly sealed: Buffer;
  readonly failures: number;
}

/** A note that this process sends, until its claim ends. */
export interface ClaimedNote extends KeptNote {
  readonly language: Language;
  readonly sealed: Buffer;
  /** Of the device, before this note. */
  readonly failures: number;
}

export interface Claim {
  readonly now: EpochMs;
  /** Whoever has not said by then what became of it has died. */
  readonly until: EpochMs;
  readonly limit: number;
}

/** One attempt and one repeat, where nobody knows whether the first one arrived. */
const unansweredMax = 2;

const claimedOf = (row: NoteRow): ClaimedNote => ({
  ...row,
  id: idFromNumber('pushNote', row.id),
  deviceId: idFromNumber('pushDevice', row.deviceId),
});

export function createNoteStore(deps: { readonly businessId: BusinessId; readonly ids: IdSource }) {
  const { businessId, ids } = deps;
  return {
    /** Adds to what waits: more of the same joins a note that was not sent yet. */
    add: async (executor: Executor, notes: readonly WaitingNote[]): Promise<void> => {
      if (notes.length === 0) return;
      await sql`
        insert into push_note (
          business_id, id, device_id, topic, about, count, amount_minor, facts, first_at, last_at,
          due_at, expires_at
        )
        select ${businessId}, n.id, n.device_id, n.topic, n.about, n.count, n.amount_minor,
          n.facts, n.first_at, n.last_at, n.due_at, n.expires_at
        from unnest(
          ${int8s(notes.map(() => numberFromId(ids.next('pushNote'))))}::bigint[],
          ${int8s(notes.map(({ deviceId }) => numberFromId(deviceId)))}::bigint[],
          ${texts(notes.map(({ topic }) => topic))}::text[],
          ${texts(notes.map(({ about }) => about))}::text[],
          ${int8s(notes.map(({ count }) => BigInt(count)))}::bigint[],
          ${int8s(notes.map(({ amountMinor }) => amountMinor))}::bigint[],
          ${jsons(notes.map(({ facts }) => JSON.stringify(facts)))}::jsonb[],
          ${moments(notes.map(({ firstAt }) => firstAt))}::timestamptz[],
          ${moments(notes.map(({ lastAt }) => lastAt))}::timestamptz[],
          ${moments(notes.map(({ dueAt }) => dueAt))}::timestamptz[],
          ${moments(notes.map(({ expiresAt }) => expiresAt))}::timestamptz[]
        ) as n (
          id, device_id, topic, about, count, amount_minor, facts, first_at, last_at, due_at,
          expires_at
        )
        on conflict (business_id, device_id, topic, about) where attempts = 0 do update set
          count = push_note.count + excluded.count,
          amount_minor = push_note.amount_minor + excluded.amount_minor,
          facts = excluded.facts, last_at = excluded.last_at,
          expires_at = excluded.expires_at`.execute(executor);
    },

    /** A device that cannot be reached does not fill the table: its oldest notes go. */
    trim: async (executor: Executor, keptMax: number): Promise<void> => {
      await sql`
        delete from push_note where business_id = ${businessId} and id in (
          select id from (
            select id, row_number() over (partition by device_id order by id desc) as place
            from push_note where business_id = ${businessId}
          ) as ranked where place > ${keptMax}
        )`.execute(executor);
    },

    /** What is no news any more, and what may have arrived as often as it may. */
    drop: async (executor: Executor, now: EpochMs): Promise<void> => {
      await sql`
        delete from push_note
        where business_id = ${businessId} and (
          expires_at <= ${isoOf(now)}
          or unanswered >= ${unansweredMax}
            and (claimed_until is null or claimed_until <= ${isoOf(now)})
        )`.execute(executor);
    },

    /** Takes what is due, so that no other process sends it meanwhile. */
    claim: async (executor: Executor, claim: Claim): Promise<readonly ClaimedNote[]> => {
      const now = isoOf(claim.now);
      const { rows } = await sql<NoteRow>`
        with due as materialized (
          select n.id from push_note n
          join push_device d on d.business_id = n.business_id and d.id = n.device_id
          where n.business_id = ${businessId} and n.due_at <= ${now} and n.expires_at > ${now}
            and (n.claimed_until is null or n.claimed_until <= ${now})
            and n.unanswered < ${unansweredMax}
            and (d.retry_at is null or d.retry_at <= ${now})
          order by n.due_at, n.id limit ${claim.limit} for update of n skip locked
        ), mine as (
          update push_note n set attempts = attempts + 1, unanswered = unanswered + 1,
            claimed_until = ${isoOf(claim.until)}
          from due where n.business_id = ${businessId} and n.id = due.id
          returning n.*
        ), noted as (
          update push_device d set noted = d.noted || m.noted
          from (
            select device_id, jsonb_object_agg(topic, ${claim.now}::bigint) as noted
            from mine group by device_id
          ) as m
          where d.business_id = ${businessId} and d.id = m.device_id
        )
        select m.id, m.device_id as "deviceId", m.topic, m.about, m.count,
          m.amount_minor as "amountMinor", m.facts, m.first_at as "firstAt",
          m.last_at as "lastAt", m.expires_at as "expiresAt", m.attempts, d.language,
          d.subscription_sealed as sealed, d.failures
        from mine m join push_device d on d.business_id = m.business_id and d.id = m.device_id
        order by m.id`.execute(executor);
      return rows.map(claimedOf);
    },

    /** Sent, or never to be. */
    done: async (executor: Executor, id: PushNoteId): Promise<void> => {
      await sql`
        delete from push_note
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
    },

    /** It may be sent again from then on. `heard`: it certainly did not arrive. */
    again: async (
      executor: Executor,
      id: PushNoteId,
      how: { readonly at: EpochMs; readonly heard: boolean },
    ): Promise<void> => {
      await sql`
        update push_note set claimed_until = null, due_at = ${isoOf(how.at)},
          unanswered = case when ${how.heard}::bool then 0 else unanswered end
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
    },
  };
}

export type NoteStore = ReturnType<typeof createNoteStore>;
