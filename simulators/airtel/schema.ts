/** Times are epoch milliseconds, amounts cents. Every state that must outlive a kill is here. */
export const schema = `
create table if not exists meta (name text primary key, value integer not null) strict;

create table if not exists account (
  id text primary key,
  -- Only the world outside may owe: what people and the merchant hold came from there.
  balance_minor integer not null default 0 check (balance_minor >= 0 or id = 'outside')
) strict;

create table if not exists posting (
  seq integer primary key autoincrement,
  movement integer not null,
  account text not null references account (id),
  amount_minor integer not null,
  at integer not null
) strict;
create index if not exists posting_account on posting (account);

create table if not exists truth (
  seq integer primary key autoincrement,
  kind text not null check (kind in ('collection', 'disbursement', 'refund')),
  own_id text,
  airtel_id text not null unique,
  amount_minor integer not null check (amount_minor > 0),
  fee_minor integer not null check (fee_minor >= 0),
  national text not null,
  reference text not null,
  at integer not null
) strict;
create index if not exists truth_national on truth (national, seq);
create index if not exists truth_at on truth (at);

create table if not exists phone (
  national text primary key,
  name text not null,
  on_prompt text not null default 'ask',
  after_ms integer not null default 2000,
  barred integer not null default 0,
  pin_set integer not null default 1,
  registered integer not null default 1
) strict;

create table if not exists collection (
  own_id text primary key,
  national text not null,
  amount_minor integer not null check (amount_minor > 0),
  reference text not null,
  status text not null check (status in ('TIP', 'TS', 'TF', 'TA', 'TE')),
  code text not null,
  airtel_id text unique,
  accepted_at integer not null,
  settled_at integer,
  check ((status = 'TS') = (airtel_id is not null))
) strict;

create table if not exists prompt (
  id integer primary key autoincrement,
  own_id text not null unique references collection (own_id),
  action text,
  shown_at integer not null,
  closed_at integer
) strict;
create index if not exists prompt_open on prompt (id) where closed_at is null;

create table if not exists disbursement (
  own_id text primary key,
  version text not null,
  type text not null,
  national text not null,
  amount_minor integer not null check (amount_minor > 0),
  reference text not null,
  status text not null check (status in ('TIP', 'TS', 'TF', 'TA')),
  code text not null,
  airtel_id text unique,
  accepted_at integer not null,
  settled_at integer,
  check ((status = 'TS') = (airtel_id is not null))
) strict;

create table if not exists refund (
  of_airtel_id text primary key,
  airtel_id text not null unique,
  at integer not null
) strict;

create table if not exists token (
  token text primary key,
  expires_at integer not null
) strict;

create table if not exists rsa_key (
  key_id integer primary key,
  private_pem text not null,
  valid_until integer not null
) strict;

create table if not exists job (
  id integer primary key autoincrement,
  kind text not null,
  subject text not null,
  due_at integer not null
) strict;

create table if not exists callback (
  id integer primary key autoincrement,
  own_id text not null,
  status_code text not null,
  body text not null,
  state text not null check (state in ('queued', 'dropped', 'sending', 'answered', 'failed')),
  url text,
  http_status integer,
  error text,
  queued_at integer not null,
  attempted_at integer
) strict;
`;
