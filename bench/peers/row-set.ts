import { randomBytes } from 'node:crypto';

import { createWallClock } from '#kernel';

import { receiptOf } from '../product/callbacks.ts';
import { byteaArray, int2Array, int4Array, int8Array, textArray } from './binary-array.ts';

/** Accounts of the floor's own books: what came in, and where it belongs. */
export const accounts = { collection: 1, revenue: 2 } as const;

/** Of each batch: callbacks about a prompt, and callbacks that pay a charge at all. */
export const shares = { prompts: 0.7, charges: 0.85 } as const;
export const chargesPerBatch = (size: number): number => Math.floor(size * shares.charges);
const promptsPerBatch = (size: number): number => Math.floor(size * shares.prompts);

/** As long as sealed ones are; of a body, what it takes in a pack. */
const bytes = { body: 45, digest: 32, hash: 32, payer: 45, index: 16, leaf: 32 };

/**
 * Everything that one booked callback leaves in the books, of a whole batch, in one statement and
 * one round trip: what no engine on these tables can beat. Same tables, keys and triggers.
 */
export const rowSetStatement = `
with
  k as (
    insert into callback_pack (business_id, id, bodies_sealed) values (1, $22::bigint, $3::bytea)
  ),
  c as (
    insert into callback (
      business_id, id, channel, received_at, content_day, digest, pack_id, source, authentic,
      verdict
    )
    select 1, id, 'stk-result', now(), current_date, digest, $22::bigint, '127.0.0.1', true,
      'prompt-result'
    from unnest($1::bigint[], $2::bytea[]) u (id, digest)
  ),
  t as (
    insert into ledger_transaction (
      business_id, id, kind, idempotency_key, input_hash, entry_count, occurred_at, posted_at,
      business_date, subject
    )
    select 1, id, 'payment', 'payment:mpesa:' || receipt, hash, 2, now(), now(), current_date,
      subject
    from unnest($4::bigint[], $5::text[], $6::bytea[], $7::text[]) u (id, receipt, hash, subject)
  ),
  e as (
    insert into ledger_entry (amount_minor, transaction_id, business_id, account_id, position)
    select amount, id, 1, account, position
    from unnest($8::bigint[], $9::bigint[], $10::int[], $11::smallint[])
      u (amount, id, account, position)
  ),
  b as (
    insert into ledger_balance as b (
      business_id, account_id, debits_minor, credits_minor, entry_count
    )
    select 1, account, debits, credits, $14::int
    from unnest(array[1, 2], array[$12::bigint, 0], array[0, $12::bigint])
      u (account, debits, credits)
    on conflict (business_id, account_id) do update set
      debits_minor = b.debits_minor + excluded.debits_minor,
      credits_minor = b.credits_minor + excluded.credits_minor,
      entry_count = b.entry_count + excluded.entry_count
  ),
  p as (
    insert into payment (
      business_id, id, rail, receipt, amount_minor, currency, state, stream_id,
      account_reference, payer_sealed, payer_index, road, occurred_at, booked_at, business_date,
      ledger_transaction_id
    )
    select 1, id, 'mpesa', receipt, amount, 'KES', 'earned', 'trading', 'TRADING', payer,
      payer_index, 'stk-callback', now(), now(), current_date, posting
    from unnest($13::bigint[], $5::text[], $15::bigint[], $16::bytea[], $17::bytea[], $4::bigint[])
      u (id, receipt, amount, payer, payer_index, posting)
  ),
  d as (
    insert into daily_revenue as d
    select 1, current_date, 'mpesa', 'trading', $14::int, $12::bigint
    on conflict (business_id, business_date, rail, stream_id) do update set
      payments = d.payments + excluded.payments,
      amount_minor = d.amount_minor + excluded.amount_minor
  ),
  h as (
    insert into hourly_revenue as h
    select 1, current_date, 12, 'mpesa', $14::int, $12::bigint
    on conflict (business_id, business_date, hour, rail) do update set
      payments = h.payments + excluded.payments,
      amount_minor = h.amount_minor + excluded.amount_minor
  ),
  g as (
    update charge set state = 'paid', payment_id = u.payment, updated_at = now()
    from unnest($18::bigint[], $19::bigint[]) u (id, payment)
    where charge.business_id = 1 and charge.id = u.id
  ),
  r as (
    update prompt set state = 'paid', settled_at = now()
    where business_id = 1 and id = any($20::bigint[])
  ),
  q as (
    delete from prompt_due where business_id = 1 and id = any($20::bigint[])
  ),
  v as (
    insert into evidence (business_id, id, subject_id, kind, callback_id, recorded_at)
    select 1, id, payment, 'callback', id, now()
    from unnest($1::bigint[], $13::bigint[]) u (id, payment)
  ),
  n as (
    insert into event (business_id, id, topic, occurred_at, payload)
    select 1, id, 'payment.confirmed', now(), payload::jsonb
    from unnest($1::bigint[], $21::text[]) u (id, payload)
  )
insert into audit_record (business_id, id, recorded_at, actor, action, subject, detail, leaf)
values (1, $22::bigint, now(), 'engine:collections', 'payments.booked', 'payment:1',
  $23::jsonb, $24::bytea)`;

/** Sealed and hashed bytes look like chance; drawing them anew for each row would measure that. */
const stock = randomBytes(1 << 20);
let drawnFrom = 0;
function someBytes(count: number): Buffer {
  drawnFrom = (drawnFrom + 97) % (stock.length - count);
  return stock.subarray(drawnFrom, drawnFrom + count);
}

/** Of receipts. */
const today = createWallClock().now();

/** The statement's parameters for `size` callbacks from `from` on, and charges from `chargeId`. */
export function rowSetOf({ from, size, chargeId }: Batch): unknown[] {
  const numbers = Array.from({ length: size }, (_, n) => from + n);
  const ids = numbers.map(BigInt);
  const repeated = <Value>(make: () => Value): Value[] => numbers.map(make);
  const amounts = numbers.map((n) => BigInt(10_000 + (n % 90_000)));
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  const charges = ids.slice(0, chargesPerBatch(size)).map((_, n) => BigInt(chargeId + n));
  const idArray = int8Array(ids);
  const subjects = numbers.map((n) => `pay_0${String(n).padStart(12, '0')}`);
  return [
    idArray,
    byteaArray(numbers.map(digestOf)),
    someBytes(bytes.body * size),
    idArray,
    textArray(numbers.map((n) => receiptOf(n, today))),
    byteaArray(repeated(() => someBytes(bytes.hash))),
    textArray(subjects),
    int8Array([...amounts, ...amounts.map((amount) => -amount)]),
    int8Array([...ids, ...ids]),
    int4Array([...repeated(() => accounts.collection), ...repeated(() => accounts.revenue)]),
    int2Array([...repeated(() => 0), ...repeated(() => 1)]),
    String(total),
    idArray,
    size,
    int8Array(amounts),
    byteaArray(repeated(() => someBytes(bytes.payer))),
    byteaArray(repeated(() => someBytes(bytes.index))),
    int8Array(charges),
    int8Array(ids.slice(0, charges.length)),
    int8Array(charges.slice(0, promptsPerBatch(size))),
    textArray(subjects.map(newsOf)),
    String(from),
    JSON.stringify({ count: size, digest: 'f'.repeat(64) }),
    someBytes(bytes.leaf),
  ];
}

interface Batch {
  readonly from: number;
  readonly size: number;
  readonly chargeId: number;
}

/** Unlike the other bytes it is unique. */
function digestOf(number: number): Buffer {
  const digest = Buffer.from(someBytes(bytes.digest));
  digest.writeDoubleBE(number, 0);
  return digest;
}

const newsOf = (subject: string): string =>
  JSON.stringify({
    payment: subject,
    rail: 'mpesa',
    stream: 'trading',
    amount: '450.00',
    receipt: 'UKQ0000000',
    occurredAt: '2026-11-26T11:35:00.000Z',
  });

/** Charges and prompts that are waiting, numbered from `$1` to `$2`, their keys scattered. */
export const seedStatements = [
  `insert into charge (
     business_id, id, state, stream_id, rail, amount_minor, currency, reference, description,
     phone_index, phone_sealed, consented_at, consent_basis, created_by, created_at, expires_at,
     updated_at
   )
   select 1, n, 'prompted', 'trading', 'mpesa', 45000, 'KES', reverse(lpad(n::text, 8, '0')),
     'a purchase', substr(sha256(n::text::bytea), 1, 16),
     substr(sha512(n::text::bytea), 1, 45), now(), 'payer-act', 'bench', now(),
     now() + interval '30 days', now()
   from generate_series($1::bigint, $2::bigint) n`,
  `insert into prompt (
     business_id, id, charge_id, rail, own_id, state, provider_request_id, provider_trace_id,
     phone_index, amount_minor, planned_at
   )
   select 1, n, n, 'mpesa', 'QP' || lpad(n::text, 13, '0'), 'accepted',
     'ws_CO_' || lpad(n::text, 30, '0'), '29115-34620561-1',
     substr(sha256(n::text::bytea), 1, 16), 45000, now()
   from generate_series($1::bigint, $2::bigint) n`,
  `insert into prompt_due (business_id, id, next_query_at)
   select 1, n, now() + interval '1 hour' from generate_series($1::bigint, $2::bigint) n`,
] as const;

/** Books of their own for the floor, in a fresh database. */
export const openStatements = [
  `insert into business (business_id, name, mode, created_at)
   values (1, 'floor', 'sandbox', now())`,
  `insert into ledger_account (business_id, id, name, kind, currency, opened_at)
   values (1, ${accounts.collection}, 'collection', 'asset', 'KES', now()),
     (1, ${accounts.revenue}, 'revenue', 'income', 'KES', now())`,
] as const;
