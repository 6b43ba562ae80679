-- Made by `node tools/write-schema.ts` from migrations/; do not edit.

create sequence process_shard;

CREATE OR REPLACE FUNCTION public.allocation_is_only_reversed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' then
    if old.reversed_by is null and new.reversed_by is not null
      and to_jsonb(new) - 'reversed_by' = to_jsonb(old) - 'reversed_by'
    then
      return new;
    end if;
  end if;
  raise exception 'rows of % are never changed or removed', tg_table_name
    using errcode = 'QM001', hint = 'Undo the fix instead.';
end $function$
;

CREATE OR REPLACE FUNCTION public.callbacks_have_their_packs()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  orphan bigint;
begin
  select a.id into orphan
  from added a
  where a.pack_id is not null and not exists (
    select from callback_pack p where p.business_id = a.business_id and p.id = a.pack_id
  )
  limit 1;
  if found then
    raise exception 'callback % names a pack that is not there', orphan
      using errcode = 'foreign_key_violation';
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.charges_are_filed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
begin
  insert into charge_unpaid (
    business_id, id, state, amount_minor, reference, phone_index, expires_at
  )
  select business_id, id, state, amount_minor, reference, phone_index, expires_at
  from added where state <> 'paid';
  insert into charge_paid (business_id, id)
  select business_id, id from added where state = 'paid';
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.charges_are_filed_anew()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
begin
  delete from charge_unpaid u using added a
  where a.state = 'paid' and u.business_id = a.business_id and u.id = a.id;
  insert into charge_paid (business_id, id)
  select business_id, id from added where state = 'paid'
  on conflict do nothing;
  perform from added where state <> 'paid' limit 1;
  if not found then
    return null;
  end if;
  delete from charge_paid p using added a
  where a.state <> 'paid' and p.business_id = a.business_id and p.id = a.id;
  insert into charge_unpaid as u (
    business_id, id, state, amount_minor, reference, phone_index, expires_at
  )
  select business_id, id, state, amount_minor, reference, phone_index, expires_at
  from added where state <> 'paid'
  on conflict (business_id, id) do update set state = excluded.state,
    amount_minor = excluded.amount_minor, reference = excluded.reference,
    phone_index = excluded.phone_index, expires_at = excluded.expires_at
  where (u.state, u.amount_minor, u.reference, u.phone_index, u.expires_at)
    is distinct from (excluded.state, excluded.amount_minor, excluded.reference,
      excluded.phone_index, excluded.expires_at);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.charges_are_unfiled()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
begin
  delete from charge_unpaid u using gone g where u.business_id = g.business_id and u.id = g.id;
  delete from charge_paid p using gone g where p.business_id = g.business_id and p.id = g.id;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.evidence_has_its_callbacks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  orphan bigint;
begin
  select e.id into orphan
  from added e
  left join callback c on c.business_id = e.business_id and c.id = e.callback_id
  where e.callback_id is not null and c.id is null
  limit 1;
  if found then
    raise exception 'evidence % names a callback that is not there', orphan
      using errcode = 'foreign_key_violation';
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.exceptions_are_counted()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- Of an `insert on conflict do update` both triggers fire, each with its own rows.
  if tg_op = 'INSERT' then
    insert into exception_count as c (business_id, writer, open)
    select business_id, pg_backend_pid() % 1024, count(*) from added
    where state = 'open' group by business_id
    on conflict (business_id, writer) do update set open = c.open + excluded.open;
  elsif tg_op = 'UPDATE' then
    insert into exception_count as c (business_id, writer, open)
    select business_id, pg_backend_pid() % 1024, sum(change) from (
      select business_id, 1 as change from added where state = 'open'
      union all
      select business_id, -1 from gone where state = 'open'
    ) as changed
    group by business_id having sum(change) <> 0
    on conflict (business_id, writer) do update set open = c.open + excluded.open;
  else
    insert into exception_count as c (business_id, writer, open)
    select business_id, pg_backend_pid() % 1024, -count(*) from gone
    where state = 'open' group by business_id
    on conflict (business_id, writer) do update set open = c.open + excluded.open;
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.ledger_entries_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  unbalanced bigint;
  money text;
begin
  -- One pass tells whether anything is wrong; what it is, is asked only then.
  perform
  from (
    select e.business_id, e.transaction_id, count(*) as entries, count(a.id) as accounts,
      max(e.position) as last, min(a.currency) as currency, max(a.currency) as other,
      sum(e.amount_minor) as amount
    from added e
    left join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
    group by e.business_id, e.transaction_id
  ) p
  left join ledger_transaction t on t.business_id = p.business_id and t.id = p.transaction_id
  where p.entries is distinct from t.entry_count or p.last >= t.entry_count or p.entries < 2
    or p.accounts < p.entries or p.currency <> p.other or p.amount <> 0
  limit 1;
  if not found then
    return null;
  end if;
  select e.transaction_id, a.currency into unbalanced, money
  from added e
  left join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
  group by e.business_id, e.transaction_id, a.currency
  having sum(e.amount_minor) <> 0 or count(*) < 2 or a.currency is null
  order by a.currency nulls first limit 1;
  if found and money is null then
    raise exception 'ledger transaction % names an account that is not open', unbalanced
      using errcode = 'foreign_key_violation';
  elsif found then
    raise exception 'ledger transaction % does not balance', unbalanced using errcode = 'QM002';
  end if;
  select e.transaction_id into unbalanced
  from added e
  left join ledger_transaction t on t.business_id = e.business_id and t.id = e.transaction_id
  group by e.business_id, e.transaction_id, t.entry_count
  -- Null where there is no such transaction.
  having count(*) is distinct from t.entry_count or max(e.position) >= t.entry_count
  limit 1;
  if found then
    raise exception 'ledger transaction % has other entries than it says', unbalanced
      using errcode = 'QM002';
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.refund_fits_payment()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (
    select from payment p
    where p.business_id = new.business_id and p.id = new.payment_id and p.rail = new.rail
      and p.receipt = new.refunded_receipt and p.amount_minor >= new.amount_minor
      and (new.refund_by = 'payout' or p.amount_minor = new.amount_minor)
  ) then
    raise exception 'refund % does not fit the payment it gives back', new.id
      using errcode = 'QM010';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name
    using errcode = 'QM001', hint = 'Book a correcting entry instead.';
end $function$
;

create table audit_record (
  business_id integer not null,
  id bigint not null,
  recorded_at timestamp with time zone not null,
  actor text not null,
  action text collate "C" not null,
  subject text collate "C" not null,
  detail jsonb not null,
  leaf bytea not null,
  constraint audit_record_pkey PRIMARY KEY (business_id, id),
  constraint audit_record_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table balance_poll (
  business_id integer not null,
  rail text collate "C" not null,
  asked_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  refusals integer not null default 0,
  code text,
  description text,
  next_at timestamp with time zone not null,
  warned_on date,
  constraint balance_poll_pkey PRIMARY KEY (business_id, rail),
  constraint balance_poll_refusals_check CHECK ((refusals >= 0)),
  constraint balance_poll_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table balance_report (
  business_id integer not null,
  id bigint not null,
  rail text collate "C" not null,
  account text not null,
  available_minor bigint not null,
  reported_at timestamp with time zone not null,
  asked_at timestamp with time zone,
  constraint balance_report_pkey PRIMARY KEY (business_id, id),
  constraint balance_report_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table business (
  business_id integer not null,
  name text not null,
  mode text not null,
  created_at timestamp with time zone not null,
  constraint business_pkey PRIMARY KEY (business_id),
  constraint business_mode_check CHECK ((mode = ANY (ARRAY['sandbox'::text, 'live'::text])))
);

create table callback (
  business_id integer not null,
  id bigint not null,
  channel text collate "C" not null,
  received_at timestamp with time zone not null,
  digest bytea not null,
  body_sealed bytea,
  source text not null,
  authentic boolean not null,
  verdict text not null,
  content_day date not null,
  pack_id bigint,
  constraint callback_pkey PRIMARY KEY (business_id, id),
  constraint callback_business_id_content_day_digest_key UNIQUE (business_id, content_day, digest),
  constraint callback_has_one_body CHECK (((body_sealed IS NULL) <> (pack_id IS NULL)))
);

create table callback_pack (
  business_id integer not null,
  id bigint not null,
  bodies_sealed bytea not null,
  constraint callback_pack_pkey PRIMARY KEY (business_id, id),
  constraint callback_pack_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table charge (
  business_id integer not null,
  id bigint not null,
  state text not null,
  stream_id text collate "C" not null,
  rail text collate "C" not null,
  amount_minor bigint not null,
  currency character(3) not null,
  reference text collate "C" not null,
  description text not null,
  phone_index bytea,
  phone_sealed bytea,
  consented_at timestamp with time zone,
  consent_basis text,
  payment_id bigint,
  reason text,
  prompt_after timestamp with time zone,
  created_by text not null,
  request_key text collate "C",
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  fallback_rail text collate "C",
  fallback_phone_index bytea,
  fallback_phone_sealed bytea,
  fell_back_at timestamp with time zone,
  constraint charge_pkey PRIMARY KEY (business_id, id),
  constraint charge_business_id_reference_key UNIQUE (business_id, reference),
  constraint charge_amount_minor_check CHECK ((amount_minor > 0)),
  constraint charge_fallback_of_an_act CHECK (((fallback_rail IS NULL) OR ((fallback_rail <> rail) AND (consent_basis = 'payer-act'::text)))),
  constraint charge_fallback_whole CHECK ((((fallback_rail IS NULL) = (fallback_phone_sealed IS NULL)) AND ((fallback_rail IS NULL) = (fallback_phone_index IS NULL)) AND ((fallback_rail IS NOT NULL) OR (fell_back_at IS NULL)))),
  constraint charge_state_check CHECK ((state = ANY (ARRAY['open'::text, 'prompting'::text, 'prompted'::text, 'paid'::text, 'declined'::text, 'expired'::text, 'unknown'::text]))),
  constraint charge_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
) with (fillfactor=50);

create table charge_paid (
  business_id integer not null,
  id bigint not null,
  constraint charge_paid_pkey PRIMARY KEY (business_id, id)
);

create table charge_unpaid (
  business_id integer not null,
  id bigint not null,
  state text not null,
  amount_minor bigint not null,
  reference text collate "C" not null,
  phone_index bytea,
  expires_at timestamp with time zone not null,
  constraint charge_unpaid_pkey PRIMARY KEY (business_id, id)
);

create table counter_reset (
  business_id integer not null,
  id bigint not null,
  business_date date not null,
  rail text collate "C" not null,
  closed_minor bigint not null,
  reset_by text not null,
  reset_at timestamp with time zone not null,
  constraint counter_reset_pkey PRIMARY KEY (business_id, id),
  constraint counter_reset_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table cycle_run (
  business_id integer not null,
  kind text collate "C" not null,
  slot_at timestamp with time zone not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  outcome jsonb,
  constraint cycle_run_pkey PRIMARY KEY (business_id, kind, slot_at),
  constraint cycle_run_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table daily_revenue (
  business_id integer not null,
  business_date date not null,
  rail text collate "C" not null,
  stream_id text collate "C" not null,
  payments bigint not null,
  amount_minor bigint not null,
  constraint daily_revenue_pkey PRIMARY KEY (business_id, business_date, rail, stream_id),
  constraint daily_revenue_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
) with (fillfactor=60);

create table data_key (
  business_id integer not null,
  key_id integer not null,
  wrapped bytea not null,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  constraint data_key_pkey PRIMARY KEY (business_id, key_id),
  constraint data_key_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table engine_state (
  business_id integer not null,
  running boolean not null,
  reason text not null,
  changed_by text not null,
  changed_at timestamp with time zone not null,
  constraint engine_state_pkey PRIMARY KEY (business_id),
  constraint engine_state_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table event (
  business_id integer not null,
  id bigint not null,
  topic text collate "C" not null,
  occurred_at timestamp with time zone not null,
  payload jsonb not null,
  constraint event_pkey PRIMARY KEY (business_id, id)
);

create table evidence (
  business_id integer not null,
  id bigint not null,
  subject_id bigint not null,
  kind text not null,
  callback_id bigint,
  body_sealed bytea,
  recorded_at timestamp with time zone not null,
  constraint evidence_pkey PRIMARY KEY (business_id, subject_id, id),
  constraint evidence_check CHECK (((kind = 'callback'::text) = (callback_id IS NOT NULL))),
  constraint evidence_check1 CHECK (((kind = 'callback'::text) = (body_sealed IS NULL))),
  constraint evidence_kind_check CHECK ((kind = ANY (ARRAY['callback'::text, 'enquiry'::text, 'list'::text, 'answer'::text, 'statement'::text])))
);

create table exception (
  business_id integer not null,
  id bigint not null,
  kind text collate "C" not null,
  state text not null,
  rail text collate "C",
  subject text collate "C" not null,
  amount_minor bigint,
  detail jsonb not null,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  fix_id bigint,
  constraint exception_pkey PRIMARY KEY (business_id, id),
  constraint exception_business_id_kind_subject_key UNIQUE (business_id, kind, subject),
  constraint exception_fix_check CHECK (((fix_id IS NULL) OR (state = 'resolved'::text))),
  constraint exception_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resolved'::text]))),
  constraint exception_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint exception_fix_fkey FOREIGN KEY (business_id, fix_id) REFERENCES exception_fix(business_id, id)
);

create table exception_count (
  business_id integer not null,
  writer smallint not null,
  open bigint not null,
  constraint exception_count_pkey PRIMARY KEY (business_id, writer),
  constraint exception_count_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
) with (fillfactor=50);

create table exception_fix (
  business_id integer not null,
  id bigint not null,
  exception_id bigint not null,
  kind text collate "C" not null,
  input jsonb not null,
  input_hash bytea not null,
  reason text not null,
  applied_by text not null,
  applied_at timestamp with time zone not null,
  request_key text collate "C",
  undoes bigint,
  transfer_id bigint,
  constraint exception_fix_pkey PRIMARY KEY (business_id, id),
  constraint exception_fix_business_id_request_key_key UNIQUE (business_id, request_key),
  constraint exception_fix_business_id_undoes_key UNIQUE (business_id, undoes),
  constraint exception_fix_check CHECK (((undoes IS NOT NULL) = (kind = ANY (ARRAY['undo'::text, 'refund-failed'::text])))),
  constraint exception_fix_check1 CHECK (((transfer_id IS NOT NULL) = (kind = 'refund'::text))),
  constraint exception_fix_business_id_exception_id_fkey FOREIGN KEY (business_id, exception_id) REFERENCES exception(business_id, id),
  constraint exception_fix_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint exception_fix_business_id_undoes_fkey FOREIGN KEY (business_id, undoes) REFERENCES exception_fix(business_id, id)
);

create table exception_fix_payment (
  business_id integer not null,
  fix_id bigint not null,
  payment_id bigint not null,
  state_before text not null,
  state_after text not null,
  ledger_transaction_id bigint,
  constraint exception_fix_payment_pkey PRIMARY KEY (business_id, fix_id, payment_id),
  constraint exception_fix_payment_business_id_fix_id_fkey FOREIGN KEY (business_id, fix_id) REFERENCES exception_fix(business_id, id),
  constraint exception_fix_payment_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint exception_fix_payment_business_id_ledger_transaction_id_fkey FOREIGN KEY (business_id, ledger_transaction_id) REFERENCES ledger_transaction(business_id, id),
  constraint exception_fix_payment_business_id_payment_id_fkey FOREIGN KEY (business_id, payment_id) REFERENCES payment(business_id, id)
);

create table hourly_revenue (
  business_id integer not null,
  business_date date not null,
  hour smallint not null,
  rail text collate "C" not null,
  payments bigint not null,
  amount_minor bigint not null,
  constraint hourly_revenue_pkey PRIMARY KEY (business_id, business_date, hour, rail),
  constraint hourly_revenue_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
) with (fillfactor=60);

create table idempotent_request (
  business_id integer not null,
  route text collate "C" not null,
  key text collate "C" not null,
  input_hash bytea not null,
  status integer,
  body text,
  created_at timestamp with time zone not null,
  constraint idempotent_request_pkey PRIMARY KEY (business_id, route, key),
  constraint idempotent_request_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table ledger_account (
  business_id integer not null,
  id integer not null,
  name text collate "C" not null,
  kind text not null,
  currency character(3) not null,
  opened_at timestamp with time zone not null,
  constraint ledger_account_pkey PRIMARY KEY (business_id, id),
  constraint ledger_account_business_id_name_currency_key UNIQUE (business_id, name, currency),
  constraint ledger_account_kind_check CHECK ((kind = ANY (ARRAY['asset'::text, 'liability'::text, 'equity'::text, 'income'::text, 'expense'::text]))),
  constraint ledger_account_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table ledger_balance (
  business_id integer not null,
  account_id integer not null,
  debits_minor bigint not null default 0,
  credits_minor bigint not null default 0,
  entry_count bigint not null default 0,
  constraint ledger_balance_pkey PRIMARY KEY (business_id, account_id),
  constraint ledger_balance_credits_minor_check CHECK ((credits_minor >= 0)),
  constraint ledger_balance_debits_minor_check CHECK ((debits_minor >= 0)),
  constraint ledger_balance_business_id_account_id_fkey FOREIGN KEY (business_id, account_id) REFERENCES ledger_account(business_id, id)
) with (fillfactor=20);

create table ledger_entry (
  amount_minor bigint not null,
  transaction_id bigint not null,
  business_id integer not null,
  account_id integer not null,
  "position" smallint not null,
  constraint ledger_entry_pkey PRIMARY KEY (business_id, account_id, transaction_id, "position"),
  constraint ledger_entry_business_id_transaction_id_position_key UNIQUE (business_id, transaction_id, "position"),
  constraint ledger_entry_amount_minor_check CHECK ((amount_minor <> 0)),
  constraint ledger_entry_position_check CHECK (("position" >= 0))
);

create table ledger_transaction (
  business_id integer not null,
  id bigint not null,
  kind text collate "C" not null,
  idempotency_key text collate "C" not null,
  input_hash bytea not null,
  entry_count smallint not null,
  occurred_at timestamp with time zone not null,
  posted_at timestamp with time zone not null,
  business_date date not null,
  subject text collate "C" not null,
  constraint ledger_transaction_pkey PRIMARY KEY (business_id, id),
  constraint ledger_transaction_business_id_idempotency_key_key UNIQUE (business_id, idempotency_key),
  constraint ledger_transaction_entry_count_check CHECK ((entry_count >= 2))
);

create table login_failure (
  business_id integer not null,
  source text collate "C" not null,
  failures integer not null,
  last_at timestamp with time zone not null,
  blocked_until timestamp with time zone not null,
  constraint login_failure_pkey PRIMARY KEY (business_id, source),
  constraint login_failure_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table operator_warning (
  business_id integer not null,
  rail text collate "C" not null,
  set_on date not null,
  days_left integer not null,
  warned_at timestamp with time zone not null,
  constraint operator_warning_pkey PRIMARY KEY (business_id, rail, set_on, days_left),
  constraint operator_warning_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table payee (
  business_id integer not null,
  id bigint not null,
  rail text collate "C" not null,
  state text not null,
  phone_index bytea not null,
  phone_sealed bytea not null,
  label text not null,
  active boolean not null,
  activated_at timestamp with time zone,
  replaces boolean not null default false,
  added_by text not null,
  added_at timestamp with time zone not null,
  test_id bigint,
  tries integer not null default 0,
  confirmed_by text,
  confirmed_at timestamp with time zone,
  constraint payee_pkey PRIMARY KEY (business_id, id),
  constraint payee_business_id_rail_phone_index_key UNIQUE (business_id, rail, phone_index),
  constraint payee_check CHECK (((state = 'confirmed'::text) = (confirmed_at IS NOT NULL))),
  constraint payee_check1 CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
  constraint payee_check2 CHECK (((state <> 'testing'::text) OR (test_id IS NOT NULL))),
  constraint payee_check3 CHECK (((NOT active) OR (activated_at IS NOT NULL))),
  constraint payee_state_check CHECK ((state = ANY (ARRAY['unconfirmed'::text, 'testing'::text, 'confirmed'::text, 'refused'::text]))),
  constraint payee_tries_check CHECK ((tries >= 0)),
  constraint payee_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint payee_business_id_test_id_fkey FOREIGN KEY (business_id, test_id) REFERENCES transfer(business_id, id)
);

create table payment (
  business_id integer not null,
  id bigint not null,
  rail text collate "C" not null,
  receipt text collate "C" not null,
  amount_minor bigint not null,
  currency character(3) not null,
  state text not null,
  stream_id text collate "C",
  charge_id bigint,
  prompt_id bigint,
  account_reference text not null,
  payer_sealed bytea,
  payer_index bytea,
  road text not null,
  occurred_at timestamp with time zone not null,
  booked_at timestamp with time zone not null,
  business_date date not null,
  ledger_transaction_id bigint not null,
  allocated_minor bigint not null default 0,
  customer_index bytea,
  customer_sealed bytea,
  refund_from text,
  refund_minor bigint,
  refund_transfer_id bigint,
  refunded_on date,
  reversal_receipt text collate "C",
  reversed_at timestamp with time zone,
  constraint payment_pkey PRIMARY KEY (business_id, id),
  constraint payment_business_id_rail_receipt_key UNIQUE (business_id, rail, receipt),
  constraint payment_allocated_check CHECK ((((allocated_minor >= 0) AND (allocated_minor <= amount_minor)) AND ((stream_id IS NULL) OR (allocated_minor = 0)))),
  constraint payment_amount_minor_check CHECK ((amount_minor > 0)),
  constraint payment_customer_check CHECK ((((customer_index IS NULL) = (customer_sealed IS NULL)) AND ((state <> 'suspense'::text) OR (customer_index IS NULL)) AND ((state <> 'credit'::text) OR (customer_index IS NOT NULL)))),
  constraint payment_place_check CHECK (
CASE state
    WHEN 'earned'::text THEN ((stream_id IS NOT NULL) OR (allocated_minor = amount_minor))
    WHEN 'suspense'::text THEN ((stream_id IS NULL) AND (allocated_minor < amount_minor))
    WHEN 'credit'::text THEN ((stream_id IS NULL) AND (allocated_minor < amount_minor))
    ELSE true
END),
  constraint payment_refund_check CHECK (
CASE
    WHEN (state = ANY (ARRAY['refunding'::text, 'refunded'::text])) THEN ((refund_from IS NOT NULL) AND (refund_transfer_id IS NOT NULL) AND ((refunded_on IS NOT NULL) = (state = 'refunded'::text)) AND (refund_minor =
    CASE
        WHEN (refund_from = 'earned'::text) THEN amount_minor
        ELSE (amount_minor - allocated_minor)
    END) AND (refund_minor > 0) AND ((refund_from <> 'earned'::text) OR (stream_id IS NOT NULL) OR (allocated_minor = amount_minor)) AND (num_nonnulls(reversal_receipt, reversed_at) = 0))
    WHEN (state = 'reversed'::text) THEN ((num_nonnulls(refund_from, refund_minor, refunded_on, reversal_receipt, reversed_at) = 5) AND (refund_transfer_id IS NULL) AND ((refund_minor >= 1) AND (refund_minor <=
    CASE
        WHEN (refund_from = 'earned'::text) THEN amount_minor
        ELSE (amount_minor - allocated_minor)
    END)) AND ((refund_from <> 'earned'::text) OR (stream_id IS NOT NULL) OR (allocated_minor = amount_minor)))
    ELSE (num_nonnulls(refund_from, refund_minor, refund_transfer_id, refunded_on, reversal_receipt, reversed_at) = 0)
END),
  constraint payment_refund_from_check CHECK ((refund_from = ANY (ARRAY['earned'::text, 'suspense'::text, 'credit'::text]))),
  constraint payment_state_check CHECK ((state = ANY (ARRAY['earned'::text, 'suspense'::text, 'credit'::text, 'refunding'::text, 'refunded'::text, 'reversed'::text]))),
  constraint payment_business_id_ledger_transaction_id_fkey FOREIGN KEY (business_id, ledger_transaction_id) REFERENCES ledger_transaction(business_id, id) DEFERRABLE INITIALLY DEFERRED
);

create table payment_allocation (
  business_id integer not null,
  fix_id bigint not null,
  "position" smallint not null,
  payment_id bigint not null,
  charge_id bigint,
  stream_id text collate "C" not null,
  amount_minor bigint not null,
  waived_minor bigint not null default 0,
  reversed_by bigint,
  constraint payment_allocation_pkey PRIMARY KEY (business_id, fix_id, "position"),
  constraint payment_allocation_amount_minor_check CHECK ((amount_minor > 0)),
  constraint payment_allocation_check CHECK (((charge_id IS NOT NULL) OR (waived_minor = 0))),
  constraint payment_allocation_position_check CHECK (("position" >= 0)),
  constraint payment_allocation_waived_minor_check CHECK ((waived_minor >= 0)),
  constraint payment_allocation_business_id_charge_id_fkey FOREIGN KEY (business_id, charge_id) REFERENCES charge(business_id, id),
  constraint payment_allocation_business_id_fix_id_fkey FOREIGN KEY (business_id, fix_id) REFERENCES exception_fix(business_id, id),
  constraint payment_allocation_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint payment_allocation_business_id_payment_id_fkey FOREIGN KEY (business_id, payment_id) REFERENCES payment(business_id, id),
  constraint payment_allocation_business_id_reversed_by_fkey FOREIGN KEY (business_id, reversed_by) REFERENCES exception_fix(business_id, id)
);

create table phone (
  business_id integer not null,
  phone_index bytea not null,
  first_seen_at timestamp with time zone not null,
  constraint phone_pkey PRIMARY KEY (business_id, phone_index),
  constraint phone_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table prompt (
  business_id integer not null,
  id bigint not null,
  charge_id bigint not null,
  rail text collate "C" not null,
  own_id text collate "C" not null,
  state text not null,
  provider_request_id text collate "C",
  provider_trace_id text collate "C",
  phone_index bytea not null,
  amount_minor bigint not null,
  code text,
  description text,
  reason text,
  planned_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  queries integer not null default 0,
  failed_answers integer not null default 0,
  constraint prompt_pkey PRIMARY KEY (business_id, id),
  constraint prompt_business_id_rail_own_id_key UNIQUE (business_id, rail, own_id),
  constraint prompt_state_check CHECK ((state = ANY (ARRAY['sending'::text, 'accepted'::text, 'unknown'::text, 'refused'::text, 'paid'::text, 'failed'::text]))),
  constraint prompt_business_id_charge_id_fkey FOREIGN KEY (business_id, charge_id) REFERENCES charge(business_id, id),
  constraint prompt_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
) with (fillfactor=50);

create table prompt_due (
  business_id integer not null,
  id bigint not null,
  next_query_at timestamp with time zone not null,
  constraint prompt_due_pkey PRIMARY KEY (business_id, id)
);

create table provider_token (
  business_id integer not null,
  rail text collate "C" not null,
  sealed bytea not null,
  digest bytea not null,
  minted_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint provider_token_pkey PRIMARY KEY (business_id, rail),
  constraint provider_token_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table push_device (
  business_id integer not null,
  id bigint not null,
  endpoint_index bytea not null,
  subscription_sealed bytea not null,
  service text not null,
  label text not null,
  language text not null,
  topics text[] not null,
  created_at timestamp with time zone not null,
  delivered_at timestamp with time zone,
  failures integer not null default 0,
  failed_at timestamp with time zone,
  failure text,
  retry_at timestamp with time zone,
  noted jsonb not null default '{}'::jsonb,
  constraint push_device_pkey PRIMARY KEY (business_id, id),
  constraint push_device_business_id_endpoint_index_key UNIQUE (business_id, endpoint_index),
  constraint push_device_check CHECK ((((failures = 0) = (failure IS NULL)) AND ((failure IS NULL) = (failed_at IS NULL)))),
  constraint push_device_failures_check CHECK ((failures >= 0)),
  constraint push_device_language_check CHECK ((language = ANY (ARRAY['en'::text, 'sw'::text]))),
  constraint push_device_topics_check CHECK ((cardinality(topics) > 0)),
  constraint push_device_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table push_key (
  business_id integer not null,
  public_key text not null,
  private_key_sealed bytea not null,
  made_at timestamp with time zone not null,
  constraint push_key_pkey PRIMARY KEY (business_id),
  constraint push_key_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table push_note (
  business_id integer not null,
  id bigint not null,
  device_id bigint not null,
  topic text collate "C" not null,
  about text collate "C" not null,
  count integer not null,
  amount_minor bigint not null,
  facts jsonb not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  attempts integer not null default 0,
  unanswered integer not null default 0,
  claimed_until timestamp with time zone,
  constraint push_note_pkey PRIMARY KEY (business_id, id),
  constraint push_note_attempts_check CHECK ((attempts >= 0)),
  constraint push_note_check CHECK (((unanswered >= 0) AND (unanswered <= attempts))),
  constraint push_note_count_check CHECK ((count > 0)),
  constraint push_note_business_id_device_id_fkey FOREIGN KEY (business_id, device_id) REFERENCES push_device(business_id, id) ON DELETE CASCADE,
  constraint push_note_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table push_read_event (
  business_id integer not null,
  event_id bigint not null,
  constraint push_read_event_pkey PRIMARY KEY (business_id, event_id),
  constraint push_read_event_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table push_reading (
  business_id integer not null,
  read_up_to bigint not null,
  constraint push_reading_pkey PRIMARY KEY (business_id),
  constraint push_reading_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table push_told (
  business_id integer not null,
  what text collate "C" not null,
  told_at timestamp with time zone not null,
  constraint push_told_pkey PRIMARY KEY (business_id, what),
  constraint push_told_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table rail_breaker (
  business_id integer not null,
  rail text collate "C" not null,
  lane text collate "C" not null,
  state text not null,
  cause text not null,
  code text not null,
  opened_at timestamp with time zone not null,
  until_at timestamp with time zone,
  trips integer not null,
  credentials_mark text not null,
  constraint rail_breaker_pkey PRIMARY KEY (business_id, rail, lane),
  constraint rail_breaker_cause_check CHECK ((cause = ANY (ARRAY['failing'::text, 'locked-out'::text]))),
  constraint rail_breaker_check CHECK (((cause = 'locked-out'::text) = (until_at IS NULL))),
  constraint rail_breaker_check1 CHECK (((cause = 'failing'::text) OR (state = 'open'::text))),
  constraint rail_breaker_state_check CHECK ((state = ANY (ARRAY['open'::text, 'half-open'::text]))),
  constraint rail_breaker_trips_check CHECK ((trips > 0)),
  constraint rail_breaker_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table rail_weather (
  business_id integer not null,
  rail text collate "C" not null,
  operation text collate "C" not null,
  hour timestamp with time zone not null,
  calls integer not null,
  ok integer not null,
  our_fault integer not null,
  refused integer not null,
  unknown integer not null,
  unheard integer not null,
  latency_counts integer[] not null,
  codes jsonb not null,
  constraint rail_weather_pkey PRIMARY KEY (business_id, rail, operation, hour),
  constraint rail_weather_calls_check CHECK ((calls >= 0)),
  constraint rail_weather_check CHECK (((unheard >= 0) AND (unheard <= calls))),
  constraint rail_weather_check1 CHECK ((calls = (((ok + our_fault) + refused) + unknown))),
  constraint rail_weather_ok_check CHECK ((ok >= 0)),
  constraint rail_weather_our_fault_check CHECK ((our_fault >= 0)),
  constraint rail_weather_refused_check CHECK ((refused >= 0)),
  constraint rail_weather_unknown_check CHECK ((unknown >= 0)),
  constraint rail_weather_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table session (
  business_id integer not null,
  id bigint not null,
  token_hash bytea not null,
  actor text not null,
  source text not null,
  user_agent text,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  verified_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint session_pkey PRIMARY KEY (business_id, id),
  constraint session_business_id_token_hash_key UNIQUE (business_id, token_hash),
  constraint session_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table statement_booking (
  business_id integer not null,
  statement_id bigint not null,
  state text not null,
  lines_done integer not null default 0,
  lines_new integer not null default 0,
  payments_booked integer not null default 0,
  booked_minor bigint not null default 0,
  payments_known integer not null default 0,
  transfers_settled integer not null default 0,
  exceptions_opened integer not null default 0,
  finished_at timestamp with time zone,
  constraint statement_booking_pkey PRIMARY KEY (business_id, statement_id),
  constraint statement_booking_check CHECK (((state = 'done'::text) = (finished_at IS NOT NULL))),
  constraint statement_booking_state_check CHECK ((state = ANY (ARRAY['booking'::text, 'done'::text]))),
  constraint statement_booking_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint statement_booking_business_id_statement_id_fkey FOREIGN KEY (business_id, statement_id) REFERENCES statement_file(business_id, id)
);

create table statement_chunk (
  business_id integer not null,
  statement_id bigint not null,
  "position" smallint not null,
  body_sealed bytea not null,
  constraint statement_chunk_pkey PRIMARY KEY (business_id, statement_id, "position"),
  constraint statement_chunk_position_check CHECK (("position" >= 0)),
  constraint statement_chunk_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint statement_chunk_business_id_statement_id_fkey FOREIGN KEY (business_id, statement_id) REFERENCES statement_file(business_id, id)
);

create table statement_fee (
  business_id integer not null,
  line_id bigint not null,
  rail text collate "C" not null,
  state text not null,
  subject text collate "C",
  looks integer not null default 0,
  constraint statement_fee_pkey PRIMARY KEY (business_id, line_id),
  constraint statement_fee_state_check CHECK ((state = ANY (ARRAY['open'::text, 'settled'::text]))),
  constraint statement_fee_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint statement_fee_business_id_line_id_fkey FOREIGN KEY (business_id, line_id) REFERENCES statement_line(business_id, id)
);

create table statement_file (
  business_id integer not null,
  id bigint not null,
  digest bytea not null,
  rail text collate "C" not null,
  account text collate "C" not null,
  short_code text,
  kind text not null,
  name text not null,
  byte_count integer not null,
  line_count integer not null,
  covered_from timestamp with time zone,
  covered_to timestamp with time zone,
  opening_minor bigint,
  closing_minor bigint,
  password_sealed bytea,
  imported_by text not null,
  imported_at timestamp with time zone not null,
  constraint statement_file_pkey PRIMARY KEY (business_id, id),
  constraint statement_file_business_id_digest_key UNIQUE (business_id, digest),
  constraint statement_file_byte_count_check CHECK ((byte_count > 0)),
  constraint statement_file_check CHECK (((covered_from IS NULL) = (covered_to IS NULL))),
  constraint statement_file_check1 CHECK ((covered_from <= covered_to)),
  constraint statement_file_kind_check CHECK ((kind = ANY (ARRAY['csv'::text, 'xlsx'::text, 'pdf'::text]))),
  constraint statement_file_line_count_check CHECK ((line_count >= 0)),
  constraint statement_file_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table statement_line (
  business_id integer not null,
  id bigint not null,
  statement_id bigint not null,
  line integer not null,
  sequence integer not null,
  rail text collate "C" not null,
  account text collate "C" not null,
  receipt text collate "C" not null,
  kind text not null,
  amount_minor bigint not null,
  occurrence integer not null,
  occurred_at timestamp with time zone not null,
  business_date date not null,
  balance_minor bigint,
  linked_receipt text collate "C",
  own_id text collate "C",
  body_sealed bytea not null,
  constraint statement_line_pkey PRIMARY KEY (business_id, id),
  constraint statement_line_business_id_rail_account_receipt_kind_amount_key UNIQUE (business_id, rail, account, receipt, kind, amount_minor, occurrence),
  constraint statement_line_amount_minor_check CHECK ((amount_minor <> 0)),
  constraint statement_line_check CHECK (((kind <> 'payment'::text) OR (amount_minor > 0))),
  constraint statement_line_check1 CHECK (((kind <> 'fee'::text) OR (linked_receipt IS NOT NULL))),
  constraint statement_line_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'payout'::text, 'fee'::text, 'refund'::text, 'top-up'::text, 'settlement'::text, 'other'::text]))),
  constraint statement_line_occurrence_check CHECK ((occurrence >= 0)),
  constraint statement_line_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint statement_line_business_id_statement_id_fkey FOREIGN KEY (business_id, statement_id) REFERENCES statement_file(business_id, id)
);

create table statement_preview (
  business_id integer not null,
  id bigint not null,
  digest bytea not null,
  rail text collate "C" not null,
  name text not null,
  password_sealed bytea,
  expires_at timestamp with time zone not null,
  constraint statement_preview_pkey PRIMARY KEY (business_id, id),
  constraint statement_preview_business_id_digest_key UNIQUE (business_id, digest),
  constraint statement_preview_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table statement_preview_chunk (
  business_id integer not null,
  preview_id bigint not null,
  "position" smallint not null,
  body_sealed bytea not null,
  constraint statement_preview_chunk_pkey PRIMARY KEY (business_id, preview_id, "position"),
  constraint statement_preview_chunk_position_check CHECK (("position" >= 0)),
  constraint statement_preview_chunk_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint statement_preview_chunk_business_id_preview_id_fkey FOREIGN KEY (business_id, preview_id) REFERENCES statement_preview(business_id, id) ON DELETE CASCADE
);

create table target_change (
  business_id integer not null,
  id bigint not null,
  kind text not null,
  amount_minor bigint not null,
  changed_by text not null,
  changed_at timestamp with time zone not null,
  constraint target_change_pkey PRIMARY KEY (business_id, id),
  constraint target_change_amount_minor_check CHECK ((amount_minor > 0)),
  constraint target_change_kind_check CHECK ((kind = ANY (ARRAY['mpesa'::text, 'airtel'::text, 'combined'::text]))),
  constraint target_change_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

create table transfer (
  business_id integer not null,
  id bigint not null,
  rail text collate "C" not null,
  kind text not null,
  state text not null,
  amount_minor bigint not null,
  fee_minor bigint,
  own_id text collate "C" not null,
  provider_request_id text collate "C",
  receipt text collate "C",
  phone_index bytea,
  phone_sealed bytea,
  business_date date not null,
  requested_by text not null,
  why text not null,
  code text,
  description text,
  reason text,
  planned_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  settled_at timestamp with time zone,
  next_step_at timestamp with time zone,
  queries integer not null default 0,
  failed_answers integer not null default 0,
  request_key text collate "C",
  completed_late boolean not null default false,
  payee_id bigint,
  payment_id bigint,
  refund_by text,
  refunded_receipt text collate "C",
  paid_from text collate "C",
  paid_from_kind text,
  settled_by text,
  corrections integer not null default 0,
  constraint transfer_pkey PRIMARY KEY (business_id, id),
  constraint transfer_business_id_rail_own_id_key UNIQUE (business_id, rail, own_id),
  constraint transfer_business_id_request_key_key UNIQUE (business_id, request_key),
  constraint transfer_amount_minor_check CHECK ((amount_minor > 0)),
  constraint transfer_corrections_check CHECK ((corrections >= 0)),
  constraint transfer_kind_check CHECK ((kind = ANY (ARRAY['auto'::text, 'manual'::text, 'test'::text, 'refund'::text, 'top-up'::text]))),
  constraint transfer_kind_has_its_columns CHECK ((((phone_index IS NULL) = (phone_sealed IS NULL)) AND ((kind = 'refund'::text) = (payment_id IS NOT NULL)) AND ((kind = 'refund'::text) = (refund_by IS NOT NULL)) AND ((kind = 'refund'::text) = (refunded_receipt IS NOT NULL)) AND ((kind = 'refund'::text) = (paid_from IS NOT NULL)) AND ((kind = 'refund'::text) = (paid_from_kind IS NOT NULL)) AND ((phone_index IS NULL) = ((kind = 'top-up'::text) OR ((kind = 'refund'::text) AND (refund_by = 'reversal'::text)))) AND ((payee_id IS NULL) OR (kind = ANY (ARRAY['manual'::text, 'test'::text]))) AND ((kind <> 'test'::text) OR (payee_id IS NOT NULL)))),
  constraint transfer_paid_from_kind_check CHECK ((paid_from_kind = ANY (ARRAY['liability'::text, 'equity'::text, 'income'::text, 'expense'::text]))),
  constraint transfer_refund_by_check CHECK ((refund_by = ANY (ARRAY['reversal'::text, 'payout'::text]))),
  constraint transfer_settled_by_hand_is_settled CHECK (((settled_by IS NULL) OR (state = ANY (ARRAY['completed'::text, 'failed'::text, 'reversed'::text])))),
  constraint transfer_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'approved'::text, 'sending'::text, 'sent'::text, 'completed'::text, 'failed'::text, 'unknown'::text, 'reversed'::text, 'cancelled'::text]))),
  constraint transfer_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id),
  constraint transfer_business_id_payee_id_fkey FOREIGN KEY (business_id, payee_id) REFERENCES payee(business_id, id),
  constraint transfer_business_id_payment_id_fkey FOREIGN KEY (business_id, payment_id) REFERENCES payment(business_id, id)
) with (fillfactor=60);

create table verification (
  business_id integer not null,
  id bigint not null,
  rail text collate "C" not null,
  receipt text collate "C" not null,
  why text not null,
  callback_id bigint not null,
  prompt_id bigint,
  claim_sealed bytea not null,
  state text not null,
  asks integer not null default 0,
  opened_at timestamp with time zone not null,
  next_at timestamp with time zone,
  constraint verification_pkey PRIMARY KEY (business_id, id),
  constraint verification_business_id_rail_receipt_callback_id_key UNIQUE (business_id, rail, receipt, callback_id),
  constraint verification_state_check CHECK ((state = ANY (ARRAY['open'::text, 'confirmed'::text, 'refuted'::text, 'given-up'::text]))),
  constraint verification_business_id_callback_id_fkey FOREIGN KEY (business_id, callback_id) REFERENCES callback(business_id, id),
  constraint verification_business_id_fkey FOREIGN KEY (business_id) REFERENCES business(business_id)
);

CREATE INDEX audit_record_by_action ON public.audit_record USING btree (business_id, action, id);

CREATE INDEX audit_record_by_actor ON public.audit_record USING btree (business_id, split_part(actor, ':'::text, 1), id);

CREATE INDEX audit_record_by_subject ON public.audit_record USING btree (business_id, subject, id);

CREATE INDEX balance_report_newest ON public.balance_report USING btree (business_id, rail, account, reported_at DESC, id DESC);

CREATE UNIQUE INDEX charge_business_id_request_key_key ON public.charge USING btree (business_id, request_key) WHERE (request_key IS NOT NULL);

CREATE INDEX charge_to_prompt ON public.charge USING btree (business_id, prompt_after) WHERE (prompt_after IS NOT NULL);

CREATE INDEX charge_unpaid_by_state ON public.charge_unpaid USING btree (business_id, state, id);

CREATE INDEX charge_unpaid_to_expire ON public.charge_unpaid USING btree (business_id, expires_at) WHERE (state = 'open'::text);

CREATE INDEX charge_waiting_by_amount ON public.charge_unpaid USING btree (business_id, amount_minor, id) WHERE (state = ANY (ARRAY['open'::text, 'prompting'::text, 'prompted'::text, 'unknown'::text]));

CREATE INDEX charge_waiting_by_phone ON public.charge_unpaid USING btree (business_id, phone_index) WHERE (state = ANY (ARRAY['open'::text, 'prompting'::text, 'prompted'::text, 'unknown'::text]));

CREATE INDEX charge_waiting_by_reference ON public.charge_unpaid USING btree (business_id, reference) WHERE (state = ANY (ARRAY['open'::text, 'prompting'::text, 'prompted'::text, 'unknown'::text]));

CREATE INDEX charge_waiting_by_tail ON public.charge_unpaid USING btree (business_id, "right"(reference, 4)) WHERE (state = ANY (ARRAY['open'::text, 'prompting'::text, 'prompted'::text, 'unknown'::text]));

CREATE INDEX counter_reset_of_day ON public.counter_reset USING btree (business_id, business_date, rail, id DESC);

CREATE INDEX exception_by_fix ON public.exception USING btree (business_id, fix_id) WHERE (fix_id IS NOT NULL);

CREATE INDEX exception_by_state ON public.exception USING btree (business_id, state, id);

CREATE INDEX exception_by_subject ON public.exception USING btree (business_id, subject);

CREATE INDEX exception_fix_by_exception ON public.exception_fix USING btree (business_id, exception_id, id);

CREATE INDEX exception_fix_by_transfer ON public.exception_fix USING btree (business_id, transfer_id) WHERE (transfer_id IS NOT NULL);

CREATE INDEX exception_fix_payment_by_payment ON public.exception_fix_payment USING btree (business_id, payment_id, fix_id);

CREATE INDEX exception_of_other_till ON public.exception USING btree (business_id, ((detail ->> 'receipt'::text)), id) WHERE ((kind = 'forged-callback'::text) AND ((detail ->> 'receipt'::text) IS NOT NULL));

CREATE INDEX ledger_transaction_by_day ON public.ledger_transaction USING brin (business_date) WITH (pages_per_range='16', autosummarize='on');

CREATE INDEX ledger_transaction_by_subject ON public.ledger_transaction USING btree (business_id, subject);

CREATE INDEX ledger_transaction_of_transfers ON public.ledger_transaction USING btree (business_id, id) WHERE (kind ~~ 'transfer-%'::text);

CREATE UNIQUE INDEX payee_one_active ON public.payee USING btree (business_id, rail) WHERE active;

CREATE INDEX payment_allocation_by_charge ON public.payment_allocation USING btree (business_id, charge_id) WHERE (charge_id IS NOT NULL);

CREATE INDEX payment_allocation_by_payment ON public.payment_allocation USING btree (business_id, payment_id);

CREATE INDEX payment_allocation_by_stream ON public.payment_allocation USING btree (business_id, stream_id, payment_id) WHERE (reversed_by IS NULL);

CREATE INDEX payment_by_amount ON public.payment USING btree (business_id, amount_minor, business_date, id);

CREATE INDEX payment_by_charge ON public.payment USING btree (business_id, charge_id) WHERE (charge_id IS NOT NULL);

CREATE INDEX payment_by_day ON public.payment USING btree (business_id, business_date, id);

CREATE INDEX payment_by_payer ON public.payment USING btree (business_id, (((business_date - '2000-01-01'::date) / 32)), payer_index, id) WHERE (payer_index IS NOT NULL);

CREATE INDEX payment_by_refund ON public.payment USING btree (business_id, refund_transfer_id) WHERE (refund_transfer_id IS NOT NULL);

CREATE INDEX payment_by_stream ON public.payment USING btree (business_id, stream_id, rail, id);

CREATE INDEX payment_not_earned ON public.payment USING btree (business_id, state, id) WHERE (state <> 'earned'::text);

CREATE INDEX prompt_by_charge ON public.prompt USING btree (business_id, charge_id);

CREATE INDEX prompt_by_phone ON public.prompt USING btree (business_id, phone_index, planned_at);

CREATE INDEX prompt_to_query ON public.prompt_due USING btree (business_id, next_query_at);

CREATE UNIQUE INDEX push_note_waiting ON public.push_note USING btree (business_id, device_id, topic, about) WHERE (attempts = 0);

CREATE INDEX rail_weather_by_hour ON public.rail_weather USING btree (business_id, hour);

CREATE INDEX statement_fee_due ON public.statement_fee USING btree (business_id, line_id) WHERE ((state = 'open'::text) OR (subject IS NULL));

CREATE INDEX statement_file_by_cover ON public.statement_file USING btree (business_id, rail, account, covered_to);

CREATE INDEX statement_line_by_day ON public.statement_line USING btree (business_id, business_date, rail);

CREATE INDEX statement_line_by_link ON public.statement_line USING btree (business_id, rail, linked_receipt) WHERE (linked_receipt IS NOT NULL);

CREATE INDEX statement_line_by_receipt ON public.statement_line USING btree (business_id, rail, receipt);

CREATE INDEX statement_line_taking_back ON public.statement_line USING btree (business_id, id) WHERE ((kind = 'refund'::text) AND (amount_minor < 0) AND (linked_receipt IS NOT NULL));

CREATE INDEX statement_preview_expired ON public.statement_preview USING btree (business_id, expires_at);

CREATE INDEX target_change_latest ON public.target_change USING btree (business_id, kind, id DESC);

CREATE INDEX transfer_arrived ON public.transfer USING btree (business_id, rail, sent_at) WHERE ((state = 'completed'::text) AND (settled_by IS NULL));

CREATE INDEX transfer_by_day ON public.transfer USING btree (business_id, rail, business_date);

CREATE INDEX transfer_by_payment ON public.transfer USING btree (business_id, payment_id) WHERE (payment_id IS NOT NULL);

CREATE INDEX transfer_by_phone ON public.transfer USING btree (business_id, rail, phone_index, business_date);

CREATE INDEX transfer_by_rail ON public.transfer USING btree (business_id, rail, id);

CREATE INDEX transfer_credentials_refused ON public.transfer USING btree (business_id, rail, settled_at) WHERE ((state = 'failed'::text) AND (reason = 'our-credentials'::text));

CREATE INDEX transfer_due ON public.transfer USING btree (business_id, next_step_at) WHERE (next_step_at IS NOT NULL);

CREATE UNIQUE INDEX transfer_one_refund ON public.transfer USING btree (business_id, payment_id) WHERE ((kind = 'refund'::text) AND (state <> ALL (ARRAY['failed'::text, 'cancelled'::text, 'reversed'::text])) AND (NOT completed_late));

CREATE UNIQUE INDEX transfer_one_sweep_a_day ON public.transfer USING btree (business_id, rail, business_date) WHERE ((kind = 'auto'::text) AND (state <> ALL (ARRAY['failed'::text, 'cancelled'::text])) AND (NOT completed_late));

CREATE UNIQUE INDEX transfer_one_test ON public.transfer USING btree (business_id, payee_id) WHERE ((kind = 'test'::text) AND (state = ANY (ARRAY['planned'::text, 'approved'::text, 'sending'::text, 'sent'::text, 'unknown'::text])));

CREATE UNIQUE INDEX transfer_one_top_up ON public.transfer USING btree (business_id, rail) WHERE ((kind = 'top-up'::text) AND (state = ANY (ARRAY['planned'::text, 'approved'::text, 'sending'::text, 'sent'::text, 'unknown'::text])));

CREATE UNIQUE INDEX transfer_receipt ON public.transfer USING btree (business_id, rail, receipt) WHERE (receipt IS NOT NULL);

CREATE INDEX transfer_refunds_under_way ON public.transfer USING btree (business_id, rail) WHERE ((kind = 'refund'::text) AND (state = ANY (ARRAY['approved'::text, 'sending'::text, 'sent'::text, 'unknown'::text])));

CREATE INDEX transfer_top_ups ON public.transfer USING btree (business_id, rail, id) WHERE (kind = 'top-up'::text);

CREATE INDEX verification_by_prompt ON public.verification USING btree (business_id, prompt_id) WHERE (state = 'open'::text);

CREATE INDEX verification_due ON public.verification USING btree (business_id, next_at) WHERE (state = 'open'::text);

CREATE TRIGGER audit_record_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER business_is_kept BEFORE DELETE OR UPDATE OF business_id OR TRUNCATE ON public.business FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER callback_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.callback FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER callback_is_packed AFTER INSERT ON public.callback REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION callbacks_have_their_packs();

CREATE TRIGGER callback_pack_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.callback_pack FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER charge_is_filed AFTER INSERT ON public.charge REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION charges_are_filed();

CREATE TRIGGER charge_is_filed_anew AFTER UPDATE ON public.charge REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION charges_are_filed_anew();

CREATE TRIGGER charge_is_unfiled AFTER DELETE ON public.charge REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION charges_are_unfiled();

CREATE TRIGGER counter_reset_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.counter_reset FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER evidence_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER evidence_is_grounded AFTER INSERT ON public.evidence REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION evidence_has_its_callbacks();

CREATE TRIGGER exception_added_is_counted AFTER INSERT ON public.exception REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION exceptions_are_counted();

CREATE TRIGGER exception_changed_is_counted AFTER UPDATE ON public.exception REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION exceptions_are_counted();

CREATE TRIGGER exception_is_not_emptied BEFORE TRUNCATE ON public.exception FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER exception_removed_is_counted AFTER DELETE ON public.exception REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION exceptions_are_counted();

CREATE TRIGGER exception_fix_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.exception_fix FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER exception_fix_payment_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.exception_fix_payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ledger_account_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_account FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ledger_entry_balances AFTER INSERT ON public.ledger_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_balance();

CREATE TRIGGER ledger_entry_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER ledger_transaction_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_transaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER payment_allocation_is_not_emptied BEFORE TRUNCATE ON public.payment_allocation FOR EACH STATEMENT EXECUTE FUNCTION allocation_is_only_reversed();

CREATE TRIGGER payment_allocation_is_only_reversed BEFORE DELETE OR UPDATE ON public.payment_allocation FOR EACH ROW EXECUTE FUNCTION allocation_is_only_reversed();

CREATE TRIGGER statement_chunk_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.statement_chunk FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_file_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.statement_file FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER statement_line_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.statement_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER target_change_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.target_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER transfer_refund_fits_payment BEFORE INSERT OR UPDATE OF kind, amount_minor, payment_id, refunded_receipt, refund_by, rail ON public.transfer FOR EACH ROW WHEN ((new.kind = 'refund'::text)) EXECUTE FUNCTION refund_fits_payment();
