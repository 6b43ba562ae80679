-- One row a business; every other table starts its keys with business_id, so that a business can
-- be moved to a shard of its own.
create table business (
  business_id int primary key,
  name text not null,
  -- Sandbox and live money never share a database.
  mode text not null check (mode in ('sandbox', 'live')),
  created_at timestamptz not null
);

-- Hands each engine process a shard of the id space; ids themselves need no round trip.
create sequence process_shard;

-- Whether the owner has the engine running (prompts and payouts) or stopped (recording only).
create table engine_state (
  business_id int primary key references business,
  running boolean not null,
  reason text not null,
  changed_by text not null,
  changed_at timestamptz not null
);

-- Work that exactly one process does per slot of time: whoever inserts the row does it.
create table cycle_run (
  business_id int not null references business,
  kind text not null collate "C",
  slot_at timestamptz not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  outcome jsonb,
  primary key (business_id, kind, slot_at)
);

-- News for dashboards and jobs, written in the transaction that made it true.
create table event (
  business_id int not null references business,
  id bigint not null,
  topic text not null collate "C",
  occurred_at timestamptz not null,
  payload jsonb not null,
  primary key (business_id, id)
);

-- The first answer to a request that creates or moves money, for whoever asks again.
create table idempotent_request (
  business_id int not null references business,
  route text not null collate "C",
  key text not null collate "C",
  input_hash bytea not null,
  -- Null while the first request is still being worked on.
  status int,
  body text,
  created_at timestamptz not null,
  primary key (business_id, route, key)
);

-- Shared by every append-only table.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name
    using errcode = 'QM001', hint = 'Book a correcting entry instead.';
end $$;
