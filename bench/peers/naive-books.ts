import type { Pool, PoolClient } from 'pg';

import { createHash } from 'node:crypto';

/** How a handler as one finds them in tutorials, and two more careful ones, keep their books. */
export const naiveKinds = ['tutorial', 'transaction', 'chain'] as const;
export type NaiveKind = (typeof naiveKinds)[number];

/** Bigint keys, unique receipts, an index where one is needed: nothing is slow on purpose. */
export const naiveSchema = `
create table charge (
  id bigint generated always as identity primary key,
  checkout text unique,
  reference text unique,
  amount bigint not null,
  state text not null default 'pending',
  receipt text,
  paid_at timestamptz
);
create table payment (
  id bigint generated always as identity primary key,
  receipt text not null unique,
  amount bigint not null,
  phone text not null,
  reference text not null,
  body jsonb not null,
  created_at timestamptz not null default now()
);
create table ledger_entry (
  id bigint generated always as identity primary key,
  payment_id bigint not null references payment,
  account text not null,
  amount bigint not null
);
create index on ledger_entry (account);
create table balance (account text primary key, amount bigint not null);
insert into balance values ('mpesa', 0), ('revenue', 0);
create table audit (
  id bigint generated always as identity primary key,
  payment_id bigint not null references payment,
  hash bytea not null
)`;

/**
 * Rows from before, so that statistics know that there are many: on empty tables a check of a
 * foreign key would be planned to read them all, and stay so.
 */
export const naivePast = `
with p as (
  insert into payment (receipt, amount, phone, reference, body)
  select 'PAST' || n, 45000, '254711100000', 'AI', '{}' from generate_series(1, 20000) n
  returning id
), a as (insert into audit (payment_id, hash) select id, sha256(id::text::bytea) from p)
insert into ledger_entry (payment_id, account, amount)
select id, 'mpesa', 45000 from p union all select id, 'revenue', -45000 from p`;

export const naiveSeed = `
insert into charge (checkout, reference, amount)
select * from unnest($1::text[], $2::text[], $3::bigint[])
on conflict do nothing`;

interface Item {
  readonly Name: string;
  readonly Value?: string | number;
}

/** A callback's few facts, read without doubt, as tutorials do. */
interface Facts {
  readonly receipt: string;
  readonly amountMinor: number;
  readonly phone: string;
  readonly checkout: string | undefined;
  readonly reference: string;
}

interface Body {
  readonly Body?: {
    readonly stkCallback: {
      readonly CheckoutRequestID: string;
      readonly CallbackMetadata: { readonly Item: readonly Item[] };
    };
  };
  readonly TransID?: string;
  readonly TransAmount?: string;
  readonly BillRefNumber?: string;
  readonly MSISDN?: string;
}

const parseBody = (body: Buffer): Body => JSON.parse(body.toString('utf8')) as Body;

function factsOf(body: Body): Facts {
  const callback = body.Body?.stkCallback;
  if (callback === undefined) {
    return {
      receipt: body.TransID ?? '',
      amountMinor: Number(body.TransAmount) * 100,
      phone: body.MSISDN ?? '',
      checkout: undefined,
      reference: body.BillRefNumber ?? '',
    };
  }
  const named = (name: string): string =>
    String(callback.CallbackMetadata.Item.find((item) => item.Name === name)?.Value ?? '');
  return {
    receipt: named('MpesaReceiptNumber'),
    amountMinor: Number(named('Amount')) * 100,
    phone: named('PhoneNumber'),
    checkout: callback.CheckoutRequestID,
    reference: '',
  };
}

const insertPayment = `
insert into payment (receipt, amount, phone, reference, body) values ($1, $2, $3, $4, $5)
returning id`;
const payCharge = `
update charge set state = 'paid', receipt = $2, paid_at = now()
where checkout = $1 or reference = $3`;
const insertEntry = 'insert into ledger_entry (payment_id, account, amount) values ($1, $2, $3)';
const changeBalance = 'update balance set amount = amount + $2 where account = $1';

const paymentValues = ({ receipt, amountMinor, phone, reference }: Facts, body: Buffer) => [
  receipt,
  amountMinor,
  phone,
  reference,
  body.toString('utf8'),
];
const chargeValues = ({ checkout, receipt, reference }: Facts) => [checkout, receipt, reference];

/** Two statements, each a commit of its own, and no books. */
const tutorial = async (pool: Pool, body: Buffer): Promise<void> => {
  const facts = factsOf(parseBody(body));
  await pool.query(insertPayment, paymentValues(facts, body));
  await pool.query(payCharge, chargeValues(facts));
};

async function book(client: PoolClient, body: Buffer): Promise<string> {
  const facts = factsOf(parseBody(body));
  const { rows } = await client.query<{ id: string }>(insertPayment, paymentValues(facts, body));
  const id = rows[0]?.id ?? '';
  await client.query(insertEntry, [id, 'mpesa', facts.amountMinor]);
  await client.query(insertEntry, [id, 'revenue', -facts.amountMinor]);
  await client.query(payCharge, chargeValues(facts));
  await client.query(changeBalance, ['mpesa', facts.amountMinor]);
  await client.query(changeBalance, ['revenue', -facts.amountMinor]);
  return id;
}

/** Any fixed number: one writer at a time, or the chain would fork. */
const chainLock = 4_711;

async function chain(client: PoolClient, body: Buffer): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [chainLock]);
  const id = await book(client, body);
  const { rows } = await client.query<{ hash: Buffer }>(
    'select hash from audit order by id desc limit 1',
  );
  const before = rows[0]?.hash ?? Buffer.alloc(32);
  const hash = createHash('sha256').update(before).update(body).digest();
  await client.query('insert into audit (payment_id, hash) values ($1, $2)', [id, hash]);
}

const inTransaction =
  (work: (client: PoolClient, body: Buffer) => Promise<unknown>) =>
  async (pool: Pool, body: Buffer): Promise<void> => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await work(client, body);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  };

export const naiveHandlers: Readonly<
  Record<NaiveKind, (pool: Pool, body: Buffer) => Promise<void>>
> = { tutorial, transaction: inTransaction(book), chain: inTransaction(chain) };
