alter table evidence drop constraint evidence_kind_check;

alter table evidence add constraint evidence_kind_check
  check (kind in ('callback', 'enquiry', 'list', 'answer', 'statement'));

-- Figures of one day are compared with a statement's.
create index payment_by_day on payment (business_id, business_date, rail);

create index ledger_transaction_by_day on ledger_transaction (business_id, business_date);

-- A file that somebody looks at before it is imported; gone after a day.
create table statement_preview (
  business_id int not null references business,
  id bigint not null,
  -- SHA-256 of the file: the same file is one preview.
  digest bytea not null,
  rail text not null collate "C",
  name text not null,
  password_sealed bytea,
  expires_at timestamptz not null,
  primary key (business_id, id),
  unique (business_id, digest)
);

create index statement_preview_expired on statement_preview (business_id, expires_at);

create table statement_preview_chunk (
  business_id int not null references business,
  preview_id bigint not null,
  position smallint not null check (position >= 0),
  body_sealed bytea not null,
  primary key (business_id, preview_id, position),
  foreign key (business_id, preview_id) references statement_preview on delete cascade
);

-- A provider's statement as it was given: evidence.
create table statement_file (
  business_id int not null references business,
  id bigint not null,
  digest bytea not null,
  rail text not null collate "C",
  -- The wallet's name as the provider reports it.
  account text not null collate "C",
  short_code text,
  kind text not null check (kind in ('csv', 'xlsx', 'pdf')),
  name text not null,
  byte_count int not null check (byte_count > 0),
  line_count int not null check (line_count >= 0),
  -- The time of which it surely tells everything; null where it tells of none.
  covered_from timestamptz,
  covered_to timestamptz,
  opening_minor bigint,
  closing_minor bigint,
  password_sealed bytea,
  imported_by text not null,
  imported_at timestamptz not null,
  primary key (business_id, id),
  unique (business_id, digest),
  check ((covered_from is null) = (covered_to is null)),
  check (covered_from <= covered_to)
);

create index statement_file_by_cover on statement_file (business_id, rail, account, covered_to);

create trigger statement_file_is_append_only before update or delete or truncate on statement_file
  for each statement execute function refuse_change();

create table statement_chunk (
  business_id int not null references business,
  statement_id bigint not null,
  position smallint not null check (position >= 0),
  body_sealed bytea not null,
  primary key (business_id, statement_id, position),
  foreign key (business_id, statement_id) references statement_file
);

create trigger statement_chunk_is_append_only
  before update or delete or truncate on statement_chunk
  for each statement execute function refuse_change();

-- What moved money by the provider's word. Statements overlap; a line of two of them is one.
create table statement_line (
  business_id int not null references business,
  id bigint not null,
  statement_id bigint not null,
  line int not null,
  -- In order of time within its file.
  sequence int not null,
  rail text not null collate "C",
  account text not null collate "C",
  receipt text not null collate "C",
  kind text not null check (
    kind in ('payment', 'payout', 'fee', 'refund', 'top-up', 'settlement', 'other')
  ),
  amount_minor bigint not null check (amount_minor <> 0),
  -- The how-manieth of lines that are otherwise alike, from 0.
  occurrence int not null check (occurrence >= 0),
  occurred_at timestamptz not null,
  business_date date not null,
  balance_minor bigint,
  -- Of a fee always: the receipt it was charged for.
  linked_receipt text collate "C",
  own_id text collate "C",
  -- Reference, party, details and the line as it stood.
  body_sealed bytea not null,
  primary key (business_id, id),
  unique (business_id, rail, account, receipt, kind, amount_minor, occurrence),
  foreign key (business_id, statement_id) references statement_file,
  check (kind <> 'payment' or amount_minor > 0),
  check (kind <> 'fee' or linked_receipt is not null)
);

create index statement_line_by_day on statement_line (business_id, business_date, rail);

create index statement_line_by_receipt on statement_line (business_id, rail, receipt);

create index statement_line_by_link on statement_line (business_id, rail, linked_receipt)
  where linked_receipt is not null;

create trigger statement_line_is_append_only before update or delete or truncate on statement_line
  for each statement execute function refuse_change();

-- How far the booking of a statement has come; one group of lines at a time.
create table statement_booking (
  business_id int not null references business,
  statement_id bigint not null,
  state text not null check (state in ('booking', 'done')),
  lines_done int not null default 0,
  lines_new int not null default 0,
  payments_booked int not null default 0,
  booked_minor bigint not null default 0,
  payments_known int not null default 0,
  transfers_settled int not null default 0,
  exceptions_opened int not null default 0,
  finished_at timestamptz,
  primary key (business_id, statement_id),
  foreign key (business_id, statement_id) references statement_file,
  check ((state = 'done') = (finished_at is not null))
);

-- Whether the books have taken a fee line in.
create table statement_fee (
  business_id int not null references business,
  line_id bigint not null,
  rail text not null collate "C",
  state text not null check (state in ('open', 'settled')),
  -- The payment or transfer it was charged for; null where the books knew none.
  subject text collate "C",
  -- How often it was looked at with an outcome: part of the posting's key.
  looks int not null default 0,
  primary key (business_id, line_id),
  foreign key (business_id, line_id) references statement_line
);

create index statement_fee_due on statement_fee (business_id, line_id)
  where state = 'open' or subject is null;
