import { businessDateOf, nairobiHourOf, numberFromId } from '#kernel';
import { railCollection } from '#ledger';
import {
  alongside,
  byteas,
  dates,
  int2s,
  int4s,
  int8s,
  jsons,
  lastly,
  moments,
  sql,
  texts,
  type Tx,
} from '#platform/db';

import type { Foundation } from '../../src/foundation.ts';
import { chargeLifeMs, chargeWords, ownIdOf, promptWords } from './drawing.ts';
import { kindOf, type Past, type PastEvent, type PastPack } from './history-rows.ts';

/** Of those that count exceptions: none of the engine's connections has its number. */
const countWriter = 1_024;

/** Numbers of the accounts by their names. */
export type AccountNumbers = ReadonlyMap<string, number>;

export async function accountNumbersOf(foundation: Foundation): Promise<AccountNumbers> {
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from ledger_account
    where business_id = ${foundation.businessId} and currency = 'KES'`.execute(
    foundation.database.executor,
  );
  return new Map(rows.map(({ id, name }) => [name, id]));
}

export interface PastRows {
  readonly past: readonly Past[];
  /** Of all of them, in their order. */
  readonly packs: readonly PastPack[];
  readonly events: readonly PastEvent[];
}

/** Rows of callbacks that were booked long ago, by the set, within a group's transaction. */
export function createHistoryStore(businessId: number, accounts: AccountNumbers) {
  const accountOf = (name: string): number => {
    const number = accounts.get(name);
    if (number === undefined) throw new Error(`account ${name} is not open`);
    return number;
  };
  const collection = accountOf(railCollection('mpesa').name);

  /** As they stood before they were paid. */
  const insertCharges = (past: readonly Past[]) => {
    const charges = past.flatMap(({ charge }) => charge ?? []);
    return sql`
      insert into charge (
        business_id, id, state, stream_id, rail, amount_minor, currency, reference, description,
        phone_index, phone_sealed, consented_at, consent_basis, created_by, created_at, expires_at,
        updated_at
      )
      select ${businessId}, c.id, c.state, c.stream_id, 'mpesa', c.amount * 100, 'KES', c.reference,
        ${chargeWords.description}, c.phone_index, c.phone_sealed, c.at, ${chargeWords.basis},
        ${chargeWords.by}, c.at, c.expires_at, c.at
      from unnest(
        ${int8s(charges.map(({ id }) => numberFromId(id)))}::bigint[],
        ${texts(charges.map(({ isPrompted }) => (isPrompted ? 'prompted' : 'open')))}::text[],
        ${texts(charges.map(({ streamId }) => streamId))}::text[],
        ${int4s(charges.map(({ amount }) => amount))}::int[],
        ${texts(charges.map(({ reference }) => reference))}::text[],
        ${byteas(charges.map(({ phoneIndex }) => phoneIndex))}::bytea[],
        ${byteas(charges.map(({ phoneSealed }) => phoneSealed))}::bytea[],
        ${moments(charges.map(({ createdAt }) => createdAt))}::timestamptz[],
        ${moments(charges.map(({ createdAt }) => createdAt + chargeLifeMs))}::timestamptz[]
      ) as c (id, state, stream_id, amount, reference, phone_index, phone_sealed, at, expires_at)`;
  };

  const insertPrompts = (past: readonly Past[]) => {
    const prompts = past.flatMap(({ charge }) => (charge?.isPrompted === true ? [charge] : []));
    return sql`
      insert into prompt (
        business_id, id, charge_id, rail, own_id, state, provider_request_id, provider_trace_id,
        phone_index, amount_minor, planned_at
      )
      select ${businessId}, p.id, p.charge_id, 'mpesa', p.own_id, 'accepted', p.request_id,
        ${promptWords.traceId}, p.phone_index, p.amount * 100, p.at
      from unnest(
        ${int8s(prompts.map(({ promptId }) => numberFromId(promptId)))}::bigint[],
        ${int8s(prompts.map(({ id }) => numberFromId(id)))}::bigint[],
        ${texts(prompts.map(({ promptId }) => ownIdOf(promptId)))}::text[],
        ${texts(prompts.map(({ requestId }) => requestId))}::text[],
        ${byteas(prompts.map(({ phoneIndex }) => phoneIndex))}::bytea[],
        ${int4s(prompts.map(({ amount }) => amount))}::int[],
        ${moments(prompts.map(({ createdAt }) => createdAt))}::timestamptz[]
      ) as p (id, charge_id, own_id, request_id, phone_index, amount, at)`;
  };

  const insertPacks = (packs: readonly PastPack[]) => sql`
    insert into callback_pack (business_id, id, bodies_sealed)
    select ${businessId}, p.id, p.sealed
    from unnest(
      ${int8s(packs.map(({ id }) => id))}::bigint[],
      ${byteas(packs.map(({ sealed }) => sealed))}::bytea[]
    ) as p (id, sealed)`;

  const insertCallbacks = (past: readonly Past[], packs: readonly PastPack[]) => sql`
    with h as materialized (
      select * from unnest(
        ${int8s(past.map(({ callbackId }) => callbackId))}::bigint[],
        ${texts(past.map(({ channel }) => channel))}::text[],
        ${moments(past.map(({ receivedAt }) => receivedAt))}::timestamptz[],
        ${dates(past.map(({ contentDay }) => contentDay))}::date[],
        ${byteas(past.map(({ digest }) => digest))}::bytea[],
        ${int8s(packs.flatMap(({ id, size }) => Array<bigint>(size).fill(id)))}::bigint[],
        ${int8s(past.map(({ evidenceId }) => evidenceId))}::bigint[],
        ${int8s(past.map(({ payment }) => payment))}::bigint[],
        ${moments(past.map(({ bookedAt }) => bookedAt))}::timestamptz[]
      ) as h (
        id, channel, received_at, content_day, digest, pack_id, evidence_id, payment_id, booked_at
      )
    ), kept as (
      insert into callback (
        business_id, id, channel, received_at, content_day, digest, pack_id, source, authentic,
        verdict
      )
      select ${businessId}, id, channel, received_at, content_day, digest, pack_id, '127.0.0.1',
        true, case channel when 'stk-result' then 'prompt-result' else 'payer-payment' end
      from h
    )
    insert into evidence (business_id, id, subject_id, kind, callback_id, recorded_at)
    select ${businessId}, evidence_id, payment_id, 'callback', id, booked_at from h`;

  const insertPayments = (past: readonly Past[]) => sql`
    with h as materialized (
      select *, (occurred_at at time zone 'Africa/Nairobi')::date as business_date
      from unnest(
        ${int8s(past.map(({ payment }) => payment))}::bigint[],
        ${texts(past.map(({ paymentId }) => paymentId))}::text[],
        ${texts(past.map(({ receipt }) => receipt))}::text[],
        ${int8s(past.map(({ amountMinor }) => amountMinor))}::bigint[],
        ${texts(past.map(({ drawn }) => drawn.streamId ?? null))}::text[],
        ${int8s(past.map(chargeOf))}::bigint[],
        ${int8s(past.map(promptOf))}::bigint[],
        ${texts(past.map(({ reference }) => reference))}::text[],
        ${byteas(past.map(({ payerSealed }) => payerSealed))}::bytea[],
        ${byteas(past.map(({ payerIndex }) => payerIndex))}::bytea[],
        ${moments(past.map(({ occurredAt }) => occurredAt))}::timestamptz[],
        ${moments(past.map(({ bookedAt }) => bookedAt))}::timestamptz[],
        ${int8s(past.map(({ transactionId }) => transactionId))}::bigint[],
        ${texts(past.map(({ drawn }) => kindOf(drawn.streamId)))}::text[],
        ${byteas(past.map(({ inputHash }) => inputHash))}::bytea[],
        ${int4s(past.map(({ credited }) => accountOf(credited)))}::int[],
        ${int8s(past.map(({ exceptionId }) => exceptionId))}::bigint[]
      ) as h (id, name, receipt, amount, stream_id, charge_id, prompt_id, reference, payer_sealed,
        payer_index, occurred_at, booked_at, transaction_id, kind, input_hash, account_id,
        exception_id)
    ), posted as (
      insert into ledger_transaction (
        business_id, id, kind, idempotency_key, input_hash, entry_count, occurred_at, posted_at,
        business_date, subject
      )
      select ${businessId}, transaction_id, kind, 'payment:mpesa:' || receipt, input_hash, 2,
        occurred_at, booked_at, business_date, name
      from h
    ), entered as (
      insert into ledger_entry (amount_minor, transaction_id, business_id, account_id, position)
      select case side when 0 then amount else -amount end, transaction_id, ${businessId},
        case side when 0 then ${collection} else account_id end, side
      from h cross join generate_series(0, 1) as side
    ), told as (
      insert into exception (
        business_id, id, kind, state, rail, subject, amount_minor, detail, opened_at
      )
      select ${businessId}, exception_id, 'unknown-reference', 'open', 'mpesa', name, amount,
        jsonb_build_object(
          'receipt', receipt, 'accountReference', reference, 'charge', null::text
        ), booked_at
      from h where exception_id is not null
    ), counted as (
      insert into exception_count as c (business_id, writer, open)
      select ${businessId}::int, ${countWriter}::smallint, count(exception_id) from h
      on conflict (business_id, writer) do update set open = c.open + excluded.open
    )
    insert into payment (
      business_id, id, rail, receipt, amount_minor, currency, state, stream_id, charge_id,
      prompt_id, account_reference, payer_sealed, payer_index, road, occurred_at, booked_at,
      business_date, ledger_transaction_id
    )
    select ${businessId}, id, 'mpesa', receipt, amount, 'KES',
      case when stream_id is null then 'suspense' else 'earned' end, stream_id, charge_id,
      prompt_id, reference, payer_sealed, payer_index,
      case when prompt_id is null then 'paybill-confirmation' else 'stk-callback' end, occurred_at,
      booked_at, business_date, transaction_id
    from h`;

  const settle = (past: readonly Past[]) => {
    const paid = past.filter(({ charge }) => charge !== undefined);
    return sql`
      with h as materialized (
        select * from unnest(
          ${int8s(paid.map(chargeOf))}::bigint[],
          ${int8s(paid.map(promptOf))}::bigint[],
          ${int8s(paid.map(({ payment }) => payment))}::bigint[],
          ${moments(paid.map(({ bookedAt }) => bookedAt))}::timestamptz[]
        ) as h (charge_id, prompt_id, payment_id, at)
      ), prompts as (
        update prompt p set state = 'paid', settled_at = h.at from h
        where p.business_id = ${businessId} and p.id = h.prompt_id
      ), filed as (
        insert into charge_paid (business_id, id) select ${businessId}, charge_id from h
      )
      update charge c set state = 'paid', payment_id = h.payment_id, updated_at = h.at from h
      where c.business_id = ${businessId} and c.id = h.charge_id`;
  };

  const publish = (events: readonly PastEvent[]) => sql`
    insert into event (business_id, id, topic, occurred_at, payload)
    select ${businessId}, e.id, e.topic, e.at, e.payload
    from unnest(
      ${int8s(events.map(({ id }) => id))}::bigint[],
      ${texts(events.map(({ topic }) => topic))}::text[],
      ${moments(events.map(({ occurredAt }) => occurredAt))}::timestamptz[],
      ${jsons(events.map(({ payload }) => payload))}::jsonb[]
    ) as e (id, topic, at, payload)`;

  /** The figures of days and hours, and what the accounts hold. */
  const addSums = (past: readonly Past[]) => sql`
    with h as materialized (
      select * from unnest(
        ${dates(past.map(({ occurredAt }) => businessDateOf(occurredAt)))}::date[],
        ${int2s(past.map(({ occurredAt }) => nairobiHourOf(occurredAt)))}::smallint[],
        ${texts(past.map(({ drawn }) => drawn.streamId ?? null))}::text[],
        ${int4s(past.map(({ credited }) => accountOf(credited)))}::int[],
        ${int8s(past.map(({ amountMinor }) => amountMinor))}::bigint[]
      ) as h (business_date, hour, stream_id, account_id, amount)
    ), days as (
      insert into daily_revenue as d
      select ${businessId}::int, business_date, 'mpesa', stream_id, count(*), sum(amount)
      from h where stream_id is not null group by 2, 3, 4 order by 2, 3, 4
      on conflict (business_id, business_date, rail, stream_id) do update set
        payments = d.payments + excluded.payments,
        amount_minor = d.amount_minor + excluded.amount_minor
    ), hours as (
      insert into hourly_revenue as r
      select ${businessId}::int, business_date, hour, 'mpesa', count(*), sum(amount)
      from h where stream_id is not null group by 2, 3, 4 order by 2, 3, 4
      on conflict (business_id, business_date, hour, rail) do update set
        payments = r.payments + excluded.payments,
        amount_minor = r.amount_minor + excluded.amount_minor
    )
    insert into ledger_balance as b (
      business_id, account_id, debits_minor, credits_minor, entry_count
    )
    select ${businessId}, account_id, sum(debit), sum(credit), count(*)
    from (
      select ${collection}::int as account_id, amount as debit, 0 as credit from h
      union all
      select account_id, 0, amount from h
    ) as e
    group by account_id order by account_id
    on conflict (business_id, account_id) do update set
      debits_minor = b.debits_minor + excluded.debits_minor,
      credits_minor = b.credits_minor + excluded.credits_minor,
      entry_count = b.entry_count + excluded.entry_count`;

  return {
    insert: async (tx: Tx, { past, packs, events }: PastRows): Promise<void> => {
      // A power cut would end the bench as well.
      await alongside(tx, sql`set local synchronous_commit = off`.execute(tx));
      // Checked by the set in the end: row by row it costs a third of the database's time.
      await alongside(tx, sql`set local session_replication_role = replica`.execute(tx));
      for (const statement of [
        insertCharges(past),
        insertPrompts(past),
        insertPacks(packs),
        insertCallbacks(past, packs),
        insertPayments(past),
        settle(past),
        ...(events.length === 0 ? [] : [publish(events)]),
      ]) {
        await alongside(tx, statement.execute(tx));
      }
      await lastly(tx, async () => void (await addSums(past).execute(tx)));
    },
  };
}

/** What triggers would have refused, and the engine's own proof does not look at. */
export async function orphansIn({ businessId, database }: Foundation): Promise<readonly string[]> {
  const { rows } = await sql<{ what: string; count: bigint }>`
    select 'prompts without their charge' as what, count(*) as count
    from prompt p left join charge c on c.business_id = p.business_id and c.id = p.charge_id
    where p.business_id = ${businessId} and c.id is null
    union all
    select 'evidence without its callback', count(*)
    from evidence e
    left join callback c on c.business_id = e.business_id and c.id = e.callback_id
    where e.business_id = ${businessId} and e.callback_id is not null and c.id is null
    union all
    select 'payments without their booking', count(*)
    from payment p
    left join ledger_transaction t
      on t.business_id = p.business_id and t.id = p.ledger_transaction_id
    where p.business_id = ${businessId} and t.id is null`.execute(database.executor);
  return rows.flatMap(({ what, count }) => (count === 0n ? [] : [`${count} ${what}`]));
}

const chargeOf = ({ charge }: Past): bigint | null =>
  charge === undefined ? null : numberFromId(charge.id);

const promptOf = ({ charge }: Past): bigint | null =>
  charge?.isPrompted === true ? numberFromId(charge.promptId) : null;
