create table transfer (
  business_id int not null references business,
  id bigint not null,
  rail text not null collate "C",
  kind text not null check (kind in ('auto', 'manual')),
  state text not null check (
    state in (
      'planned', 'approved', 'sending', 'sent', 'completed', 'failed', 'unknown', 'reversed',
      'cancelled'
    )
  ),
  amount_minor bigint not null check (amount_minor > 0),
  fee_minor bigint,
  -- The provider's idempotency key, chosen before the first byte goes out.
  own_id text not null collate "C",
  provider_request_id text collate "C",
  receipt text collate "C",
  phone_index bytea not null,
  phone_sealed bytea not null,
  business_date date not null,
  requested_by text not null,
  why text not null,
  code text,
  description text,
  reason text,
  planned_at timestamptz not null,
  sent_at timestamptz,
  settled_at timestamptz,
  next_step_at timestamptz,
  queries int not null default 0,
  -- Equal final answers in a row: one alone does not close a transfer as failed.
  failed_answers int not null default 0,
  -- Who asked twice with the same key gets the same transfer.
  request_key text collate "C",
  primary key (business_id, id),
  unique (business_id, rail, own_id),
  unique (business_id, request_key)
) with (fillfactor = 60);

-- The daily sweep goes out once a rail and day, whatever crashes and however many engines run.
create unique index transfer_one_sweep_a_day on transfer (business_id, rail, business_date)
  where kind = 'auto' and state not in ('failed', 'cancelled');

create index transfer_due on transfer (business_id, next_step_at) where next_step_at is not null;

create unique index transfer_receipt on transfer (business_id, rail, receipt)
  where receipt is not null;

-- The wallets as the provider last reported them.
create table balance_report (
  business_id int not null references business,
  id bigint not null,
  rail text not null collate "C",
  account text not null,
  available_minor bigint not null,
  reported_at timestamptz not null,
  primary key (business_id, id)
);

create index balance_report_latest on balance_report (business_id, rail, account, id desc);
