import { Client } from 'pg';

import { dayMs, idNumberAt, idSpanOf, isoOf, type EpochMs } from '#kernel';

const payments = 25_000;
/** Before the books' own first day. */
const daysBefore = 100;

/**
 * Books as after some months, put in by the set: what is rare lies far back, where a walk along
 * the wrong index would look for it longest. Rows that came the usual way before are left alone,
 * and their accounts used.
 */
export async function growBooks(connectionString: string, now: EpochMs): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const start = now - daysBefore * dayMs;
    await client.query("select set_config('grown.id', $1, false)", [String(idNumberAt(start))]);
    await client.query("select set_config('grown.step', $1, false)", [
      String(idSpanOf((daysBefore * dayMs) / payments)),
    ]);
    await client.query("select set_config('grown.at', $1, false)", [isoOf(start)]);
    await client.query(`
      create temp view grown as
      select n, 1 as business_id, 'grown ' || n as name, int4send(n % 5000) as phone,
        current_setting('grown.id')::bigint + n * current_setting('grown.step')::bigint as id,
        current_setting('grown.at')::timestamptz
          + n * interval '${daysBefore} days' / ${payments} as at
      from generate_series(1, ${payments} - 1) as n`);
    // Their rules are about rows that come one by one; these are checked nowhere but by people.
    await client.query('set session_replication_role = replica');
    for (const table of tables) await client.query(table);
    await client.query('reset session_replication_role');
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

const tables: readonly string[] = [
  `insert into charge (business_id, id, state, stream_id, rail, amount_minor, currency, reference,
      description, phone_index, payment_id, created_by, created_at, expires_at, updated_at)
    select business_id, id,
      case when n > 20000 then 'prompted' when n < 200 then 'declined' when n % 2 = 0 then 'paid'
        else 'expired' end,
      'trading', case when n < 500 then 'airtel' else 'mpesa' end, 10000 + n % 5, 'KES', name, '',
      phone, case when n between 200 and 20000 and n % 2 = 0 then id end, 'cli', at,
      at + interval '30 days', at
    from grown`,
  `insert into charge_unpaid (business_id, id, state, amount_minor, reference, phone_index,
      expires_at)
    select business_id, id, state, amount_minor, reference, phone_index, expires_at
    from charge where state <> 'paid' on conflict do nothing`,
  `insert into charge_paid (business_id, id)
    select business_id, id from charge where state = 'paid' on conflict do nothing`,
  `insert into prompt (business_id, id, charge_id, rail, own_id, state, phone_index, amount_minor,
      code, planned_at, settled_at)
    select business_id, id, id, 'mpesa', name,
      case when n > 24900 then 'accepted' when n % 2 = 0 then 'paid' else 'failed' end, phone,
      10000, '0', at, case when n <= 24900 then at end
    from grown`,
  `insert into prompt_due (business_id, id, next_query_at)
    select business_id, id, at + interval '200 days' from grown where n > 10000`,
  `insert into payment (business_id, id, rail, receipt, amount_minor, currency, state, stream_id,
      charge_id, account_reference, payer_index, road, occurred_at, booked_at, business_date,
      ledger_transaction_id, allocated_minor)
    select business_id, id, case when n < 500 then 'airtel' else 'mpesa' end, name,
      10000 + n % 5, 'KES', case when n < 3000 and n % 10 = 0 then 'suspense' else 'earned' end,
      case when n < 3000 and n % 10 = 0 or n < 12500 and n % 10 = 5 then null
        when n < 300 then 'utilities' when n % 2 = 0 then 'trading' else 'automation' end,
      case when n between 200 and 20000 and n % 2 = 0 then id end, name, phone, 'stk-callback', at,
      at, (at at time zone 'Africa/Nairobi')::date, id,
      case when n < 12500 and n % 10 = 5 then 10000 else 0 end
    from grown`,
  `insert into payment_allocation (business_id, fix_id, position, payment_id, stream_id,
      amount_minor)
    select business_id, id, 0, id, 'airtime', 10000 from grown where n < 12500 and n % 10 = 5`,
  `insert into exception_fix (business_id, id, exception_id, kind, input, input_hash, reason,
      applied_by, applied_at)
    select business_id, id, id, 'keep', '{}', phone, '', 'cli', at from grown where n < 5000`,
  `insert into ledger_transaction (business_id, id, kind, idempotency_key, input_hash, entry_count,
      occurred_at, posted_at, business_date, subject)
    select business_id, id, 'payment', name, phone, 2, at, at,
      (at at time zone 'Africa/Nairobi')::date, name
    from grown`,
  `insert into ledger_entry (amount_minor, transaction_id, business_id, account_id, position)
    select case position when 0 then 10000 else -10000 end, g.id, g.business_id, a.id, position
    from grown g cross join generate_series(0, 1) as position
    join (select id, row_number() over (order by id) - 1 as place from ledger_account) a
      on a.place = position`,
  `insert into callback_pack (business_id, id, bodies_sealed)
    select business_id, id, '' from grown`,
  `insert into callback (business_id, id, channel, received_at, content_day, digest,
      pack_id, source, authentic, verdict)
    select business_id, id, 'stk-result', at, at::date, decode(md5(name), 'hex'), id, '', true,
      'event'
    from grown`,
  `insert into evidence (business_id, id, subject_id, kind, callback_id, recorded_at)
    select business_id, id, id, 'callback', id, at from grown`,
  `insert into event (business_id, id, topic, occurred_at, payload)
    select business_id, id, 'payment.confirmed', at, '{}' from grown`,
  `insert into audit_record (business_id, id, recorded_at, actor, action, subject, detail, leaf)
    select business_id, id, at,
      case when n < 300 then 'cli' else 'engine:collections' end,
      case when n < 300 then 'target.changed' else 'payments.booked' end, name, '{}', ''
    from grown`,
  `insert into exception (business_id, id, kind, state, subject, detail, opened_at, resolved_at)
    select business_id, id, 'unknown-reference', case when n < 5000 then 'resolved' else 'open' end,
      name, '{}', at, case when n < 5000 then at end
    from grown where n < 20000`,
  `insert into transfer (business_id, id, rail, kind, state, amount_minor, own_id, business_date,
      requested_by, why, reason, planned_at, sent_at, settled_at)
    select business_id, id, case when n < 500 then 'airtel' else 'mpesa' end, 'top-up',
      case when n % 10 = 0 then 'failed' else 'completed' end, 10000, name,
      (at at time zone 'Africa/Nairobi')::date, 'cli', '', 'other', at, at, at
    from grown where n < 20000`,
  `insert into verification (business_id, id, rail, receipt, why, callback_id, prompt_id,
      claim_sealed, state, opened_at)
    select business_id, id, 'mpesa', name, '', id, id, '', 'confirmed', at
    from grown where n < 20000`,
  `insert into statement_file (business_id, id, digest, rail, account, kind, name, byte_count,
      line_count, imported_by, imported_at)
    select business_id, id, decode(md5(name), 'hex'), 'mpesa', 'Utility', 'csv', name, 1, 1,
      'cli', at
    from grown where n < 5000`,
  `insert into statement_booking (business_id, statement_id, state, finished_at)
    select business_id, id, 'done', at from grown where n < 5000`,
  `insert into statement_line (business_id, id, statement_id, line, sequence, rail, account,
      receipt, kind, amount_minor, occurrence, occurred_at, business_date, body_sealed)
    select business_id, id, id, 1, 1, 'mpesa', 'Utility', name, 'payment', 10000, 0, at,
      (at at time zone 'Africa/Nairobi')::date, ''
    from grown`,
  // The fee of each, beside it.
  `insert into statement_line (business_id, id, statement_id, line, sequence, rail, account,
      receipt, kind, amount_minor, occurrence, occurred_at, business_date, linked_receipt,
      body_sealed)
    select business_id, id + 1, id, 2, 2, 'mpesa', 'Utility', name, 'fee', -500, 0, at,
      (at at time zone 'Africa/Nairobi')::date, name, ''
    from grown`,
  `insert into statement_fee (business_id, line_id, rail, state, subject)
    select business_id, id + 1, 'mpesa', 'settled', name from grown`,
  `insert into phone (business_id, phone_index, first_seen_at)
    select business_id, phone, at from grown where n < 5000`,
  `insert into cycle_run (business_id, kind, slot_at, started_at, finished_at)
    select business_id, 'revenue', at, at, at from grown where n < 20000`,
];
