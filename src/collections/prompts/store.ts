import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type ChargeId,
  type EpochMs,
  type PromptId,
  type RailId,
} from '#kernel';
import { int8s, sql, texts, type Executor, type RawBuilder } from '#platform/db';

import { promptStatesBefore, refusalsByPayer, type Prompt, type PromptState } from './prompt.ts';

interface PromptRow {
  readonly id: bigint;
  readonly chargeId: bigint;
  readonly rail: RailId;
  readonly ownId: string;
  readonly state: PromptState;
  readonly providerRequestId: string | null;
  readonly providerTraceId: string | null;
  readonly amountMinor: bigint;
  readonly code: string | null;
  readonly reason: string | null;
  readonly plannedAt: EpochMs;
  readonly settledAt: EpochMs | null;
  readonly queries: number;
  readonly failedAnswers: number;
}

const columns = sql`
  id, charge_id as "chargeId", rail, own_id as "ownId", state,
  provider_request_id as "providerRequestId", provider_trace_id as "providerTraceId",
  amount_minor as "amountMinor", code, reason, planned_at as "plannedAt",
  settled_at as "settledAt", queries, failed_answers as "failedAnswers"`;

const promptOf = (row: PromptRow): Prompt => ({
  id: idFromNumber('prompt', row.id),
  chargeId: idFromNumber('charge', row.chargeId),
  rail: row.rail,
  ownId: row.ownId,
  state: row.state,
  providerRequestId: row.providerRequestId ?? undefined,
  providerTraceId: row.providerTraceId ?? undefined,
  amountMinor: row.amountMinor,
  code: row.code ?? undefined,
  reason: row.reason ?? undefined,
  plannedAt: row.plannedAt,
  settledAt: row.settledAt ?? undefined,
  queries: row.queries,
  failedAnswers: row.failedAnswers,
});

export interface PromptChange {
  readonly id: PromptId;
  readonly to: PromptState;
  readonly providerRequestId?: string;
  readonly providerTraceId?: string;
  readonly code?: string;
  readonly description?: string;
  readonly reason?: string;
  /** When the janitor asks next; undefined once the outcome is known. */
  readonly nextQueryAt?: EpochMs;
}

export interface PhoneHistory {
  readonly promptsInLastDay: number;
  readonly pendingSince: EpochMs | undefined;
  readonly refusedAt: EpochMs | undefined;
}

const settledStates: readonly PromptState[] = ['paid', 'failed', 'refused'];

/**
 * Of a prompt whose answer was lost and whose charge turned up as paid: its payer may have
 * cancelled it and paid by hand, so that a consent from before may have been withdrawn.
 */
const paidOtherwise = 'paid-otherwise';

/** When the prompt in `changed` is asked about next: locked before its row here is. */
const setDue = (at: EpochMs) => sql`
  insert into prompt_due as d (business_id, id, next_query_at)
  select business_id, id, ${isoOf(at)}::timestamptz from changed
  on conflict (business_id, id) do update set next_query_at = excluded.next_query_at`;

/** Nothing more is to be asked about the prompt in `changed`. */
const endDue = sql`
  delete from prompt_due d using changed c where d.business_id = c.business_id and d.id = c.id`;

export interface PromptsWanted {
  readonly ids: readonly bigint[];
  readonly ownIds: readonly string[];
}

export function createPromptStore(businessId: BusinessId) {
  return {
    /** Locks the phone, so that two prompts to it are never decided on at once. */
    lockPhone: async (executor: Executor, phoneIndex: Buffer, now: EpochMs): Promise<void> => {
      await sql`
        insert into phone (business_id, phone_index, first_seen_at)
        values (${businessId}, ${phoneIndex}, ${isoOf(now)})
        on conflict do nothing`.execute(executor);
      await sql`
        select from phone
        where business_id = ${businessId} and phone_index = ${phoneIndex} for update`.execute(
        executor,
      );
    },

    /** A refusal counts for as long as the consent it withdrew: there is no oldest one. */
    phoneHistory: async (
      executor: Executor,
      phone: { readonly index: Buffer; readonly since: EpochMs },
    ): Promise<PhoneHistory> => {
      const { rows } = await sql<{
        promptsInLastDay: bigint;
        pendingSince: EpochMs | null;
        refusedAt: EpochMs | null;
      }>`
        select
          count(*) filter (where state <> 'refused' and planned_at > ${isoOf(phone.since)})
            as "promptsInLastDay",
          max(planned_at) filter (where state in ('sending', 'accepted', 'unknown')
            or (state = 'paid' and reason = ${paidOtherwise})) as "pendingSince",
          max(settled_at) filter (where state = 'failed'
            and (rail = 'mpesa' and reason = any(${[...refusalsByPayer.mpesa]}::text[])
              or rail = 'airtel' and reason = any(${[...refusalsByPayer.airtel]}::text[])
            )) as "refusedAt"
        from prompt
        where business_id = ${businessId} and phone_index = ${phone.index}`.execute(executor);
      const [row] = rows;
      return {
        promptsInLastDay: Number(row?.promptsInLastDay ?? 0n),
        pendingSince: row?.pendingSince ?? undefined,
        refusedAt: row?.refusedAt ?? undefined,
      };
    },

    insert: async (
      executor: Executor,
      prompt: Prompt & { readonly phoneIndex: Buffer; readonly nextQueryAt: EpochMs },
    ): Promise<void> => {
      await sql`
        with planned as (
          insert into prompt (
            business_id, id, charge_id, rail, own_id, state, phone_index, amount_minor, planned_at
          ) values (
            ${businessId}, ${numberFromId(prompt.id)}, ${numberFromId(prompt.chargeId)},
            ${prompt.rail}, ${prompt.ownId}, ${prompt.state}, ${prompt.phoneIndex},
            ${prompt.amountMinor}, ${isoOf(prompt.plannedAt)}
          ) returning business_id, id
        )
        insert into prompt_due (business_id, id, next_query_at)
        select business_id, id, ${isoOf(prompt.nextQueryAt)} from planned`.execute(executor);
    },

    /** The charges of the same prompts, as a part of another statement; undefined for none. */
    chargesOf: ({ ids, ownIds }: PromptsWanted): RawBuilder<unknown> | undefined =>
      ids.length === 0 && ownIds.length === 0
        ? undefined
        : sql`
            select charge_id from prompt
            where business_id = ${businessId}
              and (id = any(${int8s(ids)}::bigint[]) or own_id = any(${texts(ownIds)}::text[]))`,

    find: async (
      executor: Executor,
      wanted: PromptsWanted & { readonly lock?: boolean },
    ): Promise<readonly Prompt[]> => {
      if (wanted.ids.length === 0 && wanted.ownIds.length === 0) return [];
      const { rows } = await sql<PromptRow>`
        select ${columns} from prompt
        where business_id = ${businessId}
          and (id = any(${int8s(wanted.ids)}::bigint[])
            or own_id = any(${texts(wanted.ownIds)}::text[]))
        order by id ${wanted.lock === true ? sql`for update` : sql``}`.execute(executor);
      return rows.map(promptOf);
    },

    ofCharges: async (
      executor: Executor,
      chargeIds: readonly ChargeId[],
    ): Promise<readonly Prompt[]> => {
      const { rows } = await sql<PromptRow>`
        select ${columns} from prompt
        where business_id = ${businessId}
          and charge_id = any(${chargeIds.map(numberFromId)}::bigint[])
        order by id`.execute(executor);
      return rows.map(promptOf);
    },

    change: async (executor: Executor, change: PromptChange, at: EpochMs): Promise<boolean> => {
      const settled = settledStates.includes(change.to);
      const { rows } = await sql<{ id: bigint }>`
        with changed as (
          update prompt set
            state = ${change.to},
            provider_request_id =
              coalesce(${change.providerRequestId ?? null}, provider_request_id),
            provider_trace_id = coalesce(${change.providerTraceId ?? null}, provider_trace_id),
            code = coalesce(${change.code ?? null}, code),
            description = coalesce(${change.description ?? null}, description),
            reason = ${change.reason ?? null},
            settled_at = ${settled ? isoOf(at) : null}
          where business_id = ${businessId} and id = ${numberFromId(change.id)}
            and state = any(${[...promptStatesBefore(change.to)]}::text[])
          returning business_id, id
        ), due as (${change.nextQueryAt === undefined ? endDue : setDue(change.nextQueryAt)})
        select id from changed`.execute(executor);
      return rows.length > 0;
    },

    /** Takes up to `limit` prompts that are due for a question, each by one process alone. */
    claimDue: async (
      executor: Executor,
      due: { readonly now: EpochMs; readonly until: EpochMs; readonly limit: number },
    ): Promise<readonly Prompt[]> => {
      // Materialised: as a subquery it may be run once a row, and then takes more than its limit.
      // A hint that was written while the payment was leaves one that is paid: nothing is to ask.
      const { rows } = await sql<PromptRow>`
        with due as materialized (
          select id from prompt_due
          where business_id = ${businessId} and next_query_at <= ${isoOf(due.now)}
          order by next_query_at limit ${due.limit} for update skip locked
        ), found as materialized (
          select ${columns} from prompt
          where business_id = ${businessId} and id = any(array(select id from due))
        ), over as (
          delete from prompt_due
          where business_id = ${businessId}
            and id = any(array(select id from found where state = 'paid'))
        ), claimed as (
          update prompt_due set next_query_at = ${isoOf(due.until)}
          where business_id = ${businessId}
            and id = any(array(select id from found where state <> 'paid'))
        )
        select * from found where state <> 'paid'`.execute(executor);
      return rows.map(promptOf);
    },

    /** The money is there: whatever was believed of these before, they are paid. */
    settlePaid: async (
      executor: Executor,
      ids: readonly PromptId[],
      at: EpochMs,
    ): Promise<void> => {
      await sql`
        with paid as (
          update prompt set state = 'paid', reason = null, settled_at = ${isoOf(at)}
          where business_id = ${businessId} and id = any(${int8s(ids.map(numberFromId))}::bigint[])
            and (state = any(${[...promptStatesBefore('paid')]}::text[])
              or (state = 'paid' and reason = ${paidOtherwise}))
          returning id
        )
        delete from prompt_due
        where business_id = ${businessId} and id = any(array(select id from paid))`.execute(
        executor,
      );
    },

    /** Its charge is paid, and nobody has said that it was by this prompt. */
    notePaidOtherwise: async (executor: Executor, id: PromptId): Promise<void> => {
      await sql`
        update prompt set reason = ${paidOtherwise}
        where business_id = ${businessId} and id = ${numberFromId(id)}
          and state = 'paid'`.execute(executor);
    },

    /**
     * The sum of an inquiry that did not settle anything. A hint that came while we asked has set
     * the next question already, and stays.
     */
    reschedule: async (
      executor: Executor,
      plan: {
        readonly id: PromptId;
        readonly now: EpochMs;
        readonly nextQueryAt: EpochMs | undefined;
        readonly queries: number;
        readonly failedAnswers: number;
      },
    ): Promise<void> => {
      const { now, nextQueryAt } = plan;
      await sql`
        with changed as (
          update prompt set queries = ${plan.queries}, failed_answers = ${plan.failedAnswers}
          where business_id = ${businessId} and id = ${numberFromId(plan.id)} and state <> 'paid'
          returning business_id, id
        )
        ${nextQueryAt === undefined ? endDue : setDue(nextQueryAt)}
        ${nextQueryAt === undefined ? sql`and` : sql`where`} d.next_query_at > ${isoOf(now)}
      `.execute(executor);
    },

    /** A hint came: ask at the earliest polite moment, in one of these states. */
    askSoon: async (
      executor: Executor,
      hint: {
        readonly id: PromptId;
        readonly at: EpochMs;
        readonly states: readonly PromptState[];
      },
    ): Promise<void> => {
      await sql`
        with changed as (
          select business_id, id from prompt
          where business_id = ${businessId} and id = ${numberFromId(hint.id)}
            and state = any(${[...hint.states]}::text[])
          for update
        )
        ${setDue(hint.at)} where d.next_query_at > excluded.next_query_at`.execute(executor);
    },
  };
}

export type PromptStore = ReturnType<typeof createPromptStore>;
