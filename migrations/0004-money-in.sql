-- One row a phone: locked while a prompt to it is planned, so that two never go out at once.
create table phone (
  business_id int not null references business,
  -- Keyed blind index of the number.
  phone_index bytea not null,
  first_seen_at timestamptz not null,
  primary key (business_id, phone_index)
);

create table charge (
  business_id int not null references business,
  id bigint not null,
  state text not null check (
    state in ('open', 'prompting', 'prompted', 'paid', 'declined', 'expired', 'unknown')
  ),
  stream_id text not null collate "C",
  rail text not null collate "C",
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  -- What the payer sees and may type as account number.
  reference text not null collate "C",
  description text not null,
  phone_index bytea,
  phone_sealed bytea,
  -- The act by which the phone's owner asked for a prompt; null where nobody did.
  consented_at timestamptz,
  consent_basis text,
  payment_id bigint,
  reason text,
  -- When a prompt may next be considered; null when none may.
  prompt_after timestamptz,
  created_by text not null,
  -- Who asked twice with the same key gets the same charge.
  request_key text collate "C",
  created_at timestamptz not null,
  expires_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (business_id, id),
  unique (business_id, reference),
  unique (business_id, request_key)
) with (fillfactor = 45);

create index charge_to_prompt on charge (business_id, prompt_after)
  where prompt_after is not null;

create index charge_to_expire on charge (business_id, expires_at)
  where state in ('open', 'prompting', 'prompted', 'unknown');

create table prompt (
  business_id int not null references business,
  id bigint not null,
  charge_id bigint not null,
  rail text not null collate "C",
  own_id text not null collate "C",
  state text not null check (
    state in ('sending', 'accepted', 'unknown', 'refused', 'paid', 'failed')
  ),
  provider_request_id text collate "C",
  provider_trace_id text collate "C",
  phone_index bytea not null,
  amount_minor bigint not null,
  code text,
  description text,
  reason text,
  planned_at timestamptz not null,
  settled_at timestamptz,
  -- When the janitor asks next; null once the outcome is known.
  next_query_at timestamptz,
  queries int not null default 0,
  -- Equal final answers in a row: one alone does not close a payment as failed.
  failed_answers int not null default 0,
  primary key (business_id, id),
  unique (business_id, rail, own_id),
  foreign key (business_id, charge_id) references charge
) with (fillfactor = 60);

create index prompt_by_charge on prompt (business_id, charge_id);

create index prompt_by_phone on prompt (business_id, phone_index, planned_at);

create index prompt_to_query on prompt (business_id, next_query_at) where next_query_at is not null;

-- Every callback as it came, encrypted: the evidence, and the inbox.
create table callback (
  business_id int not null references business,
  id bigint not null,
  channel text not null collate "C",
  received_at timestamptz not null,
  -- SHA-256 over channel, address and body: a redelivery is known by it.
  digest bytea not null,
  body_sealed bytea not null,
  source text not null,
  -- What the road in proved: the unguessable address, or nothing.
  authentic boolean not null,
  verdict text not null,
  primary key (business_id, id),
  unique (business_id, digest)
);

create trigger callback_is_append_only before update or delete or truncate on callback
  for each statement execute function refuse_change();

-- Confirmed money. One receipt, one row, whichever road it came by.
create table payment (
  business_id int not null references business,
  id bigint not null,
  rail text not null collate "C",
  receipt text not null collate "C",
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  -- Earned by a stream, or waiting in suspense until somebody knows whose it is.
  state text not null check (state in ('earned', 'suspense')),
  stream_id text collate "C",
  charge_id bigint,
  prompt_id bigint,
  account_reference text not null,
  payer_sealed bytea,
  payer_index bytea,
  road text not null,
  occurred_at timestamptz not null,
  booked_at timestamptz not null,
  business_date date not null,
  ledger_transaction_id bigint not null,
  primary key (business_id, id),
  unique (business_id, rail, receipt),
  -- The row is claimed before its entries are booked, so that one of two roads gives way.
  foreign key (business_id, ledger_transaction_id) references ledger_transaction
    deferrable initially deferred,
  check ((state = 'earned') = (stream_id is not null))
);

create index payment_by_reference on payment (business_id, account_reference);

create index payment_by_payer on payment (business_id, payer_index, id);

-- What a provider said about a payment or a transfer, beside its callbacks.
create table evidence (
  business_id int not null references business,
  id bigint not null,
  -- A payment's, prompt's or transfer's id.
  subject_id bigint not null,
  kind text not null check (kind in ('callback', 'enquiry', 'list', 'answer')),
  callback_id bigint,
  body_sealed bytea,
  recorded_at timestamptz not null,
  primary key (business_id, id),
  foreign key (business_id, callback_id) references callback,
  check ((kind = 'callback') = (callback_id is not null)),
  check ((kind = 'callback') = (body_sealed is null))
);

create index evidence_by_subject on evidence (business_id, subject_id);

create trigger evidence_is_append_only before update or delete or truncate on evidence
  for each statement execute function refuse_change();

-- Money a callback claims and the provider has yet to vouch for.
create table verification (
  business_id int not null references business,
  id bigint not null,
  rail text not null collate "C",
  receipt text not null collate "C",
  why text not null,
  callback_id bigint not null,
  prompt_id bigint,
  -- What the callback claimed, encrypted: judged again when more is known.
  claim_sealed bytea not null,
  state text not null check (state in ('open', 'confirmed', 'refuted', 'given-up')),
  asks int not null default 0,
  opened_at timestamptz not null,
  next_at timestamptz,
  primary key (business_id, id),
  unique (business_id, rail, receipt, callback_id),
  foreign key (business_id, callback_id) references callback
);

create index verification_due on verification (business_id, next_at) where state = 'open';

-- What a person should look at.
create table exception (
  business_id int not null references business,
  id bigint not null,
  kind text not null collate "C",
  state text not null check (state in ('open', 'resolved')),
  rail text collate "C",
  -- The payment, charge, prompt, transfer or callback it is about.
  subject text not null collate "C",
  amount_minor bigint,
  detail jsonb not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  primary key (business_id, id),
  unique (business_id, kind, subject)
);

create index exception_open on exception (business_id, id) where state = 'open';

-- Confirmed revenue by day: kept in the transaction that books it, proved against the ledger.
create table daily_revenue (
  business_id int not null references business,
  business_date date not null,
  rail text not null collate "C",
  stream_id text not null collate "C",
  payments bigint not null,
  amount_minor bigint not null,
  primary key (business_id, business_date, rail, stream_id)
) with (fillfactor = 60);

-- The same by hour of the Nairobi day and rail.
create table hourly_revenue (
  business_id int not null references business,
  business_date date not null,
  hour smallint not null,
  rail text not null collate "C",
  payments bigint not null,
  amount_minor bigint not null,
  primary key (business_id, business_date, hour, rail)
) with (fillfactor = 60);
