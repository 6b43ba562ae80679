/** Everything durable. Amounts are whole shillings, times are epoch milliseconds. */
export const schema = `
create table if not exists facts (name text primary key, value text not null) strict;
create table if not exists series (name text primary key, last integer not null) strict;

create table if not exists phones (
  msisdn text primary key,
  name text not null,
  on_prompt text not null,
  after_ms integer not null,
  wrong_pins integer not null default 0
) strict;

create table if not exists accounts (
  name text primary key,
  balance_kes integer not null
) strict;
create table if not exists entries (
  id integer primary key,
  kind text not null,
  receipt text,
  booked_at integer not null
) strict;
create table if not exists postings (
  entry_id integer not null references entries (id),
  account text not null references accounts (name),
  amount_kes integer not null
) strict;
create index if not exists postings_by_account on postings (account);

create table if not exists transactions (
  seq integer primary key autoincrement,
  kind text not null,
  receipt text not null unique,
  amount_kes integer not null,
  fee_kes integer not null,
  msisdn text not null,
  account_reference text not null,
  short_code text not null,
  checkout_request_id text,
  conversation_id text,
  originator_conversation_id text,
  original_receipt text,
  initiated_at integer not null,
  settled_at integer not null
) strict;
create index if not exists transactions_by_phone on transactions (msisdn, settled_at);
create unique index if not exists one_reversal_each on transactions (original_receipt);
create index if not exists transactions_by_time on transactions (settled_at);
create index if not exists transactions_by_conversation on transactions (conversation_id);
create index if not exists transactions_by_originator
  on transactions (originator_conversation_id);

create table if not exists prompts (
  checkout_request_id text primary key,
  merchant_request_id text not null,
  msisdn text not null,
  amount_kes integer not null,
  account_reference text not null,
  description text not null,
  transaction_type text not null,
  party_b text not null,
  callback_url text not null,
  state text not null,
  action text,
  result_code text,
  receipt text,
  submitted_at integer not null,
  shown_at integer,
  finished_at integer
) strict;
create unique index if not exists one_open_prompt_each on prompts (msisdn) where state <> 'done';
create index if not exists prompts_by_time on prompts (submitted_at);

create table if not exists conversations (
  conversation_id text primary key,
  originator_conversation_id text not null unique,
  kind text not null,
  request text not null,
  refusal text,
  is_silent integer not null default 0,
  state text not null,
  result_code text,
  receipt text,
  accepted_at integer not null,
  finished_at integer
) strict;

create table if not exists c2b_urls (
  short_code text primary key,
  version integer not null,
  response_type text not null,
  confirmation_url text not null,
  validation_url text not null
) strict;
create table if not exists pull_registrations (
  short_code text primary key,
  nominated_number text not null,
  callback_url text not null
) strict;

create table if not exists tokens (
  token_hash text primary key,
  missing_products text not null,
  expires_at integer not null
) strict;

create table if not exists tasks (
  id integer primary key autoincrement,
  kind text not null,
  subject text not null,
  due_at integer not null
) strict;

create table if not exists callbacks (
  id integer primary key autoincrement,
  kind text not null,
  correlation text not null,
  url text not null,
  short_code_header text,
  body text not null,
  state text not null,
  is_held integer not null default 0,
  created_at integer not null,
  due_at integer not null,
  attempted_at integer,
  http_status integer,
  error text
) strict;
create index if not exists callbacks_by_state on callbacks (state, due_at);

create table if not exists requests (
  id integer primary key autoincrement,
  received_at integer not null,
  method text not null,
  path text not null,
  request_body text not null,
  http_status integer not null,
  response_body text not null
) strict;
`;
