-- Targets the owner set by hand; the newest of a kind wins over the configuration.
create table target_change (
  business_id int not null references business,
  id bigint not null,
  kind text not null check (kind in ('mpesa', 'airtel', 'combined')),
  amount_minor bigint not null check (amount_minor > 0),
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (business_id, id)
);

create index target_change_latest on target_change (business_id, kind, id desc);

create trigger target_change_is_append_only before update or delete or truncate on target_change
  for each statement execute function refuse_change();

-- A closed counter: what the day had earned when the owner started counting anew.
create table counter_reset (
  business_id int not null references business,
  id bigint not null,
  business_date date not null,
  rail text not null collate "C",
  closed_minor bigint not null,
  reset_by text not null,
  reset_at timestamptz not null,
  primary key (business_id, id)
);

create index counter_reset_of_day on counter_reset (business_id, business_date, rail, id desc);

create trigger counter_reset_is_append_only before update or delete or truncate on counter_reset
  for each statement execute function refuse_change();
