create table ledger_account (
  business_id int not null references business,
  id int not null,
  name text not null collate "C",
  kind text not null check (kind in ('asset', 'liability', 'equity', 'income', 'expense')),
  currency char(3) not null,
  opened_at timestamptz not null,
  primary key (business_id, id),
  unique (business_id, name, currency)
);

create trigger ledger_account_is_append_only before update or delete or truncate on ledger_account
  for each statement execute function refuse_change();

create table ledger_transaction (
  business_id int not null references business,
  id bigint not null,
  kind text not null collate "C",
  -- The same key with another input is refused, not booked.
  idempotency_key text not null collate "C",
  input_hash bytea not null,
  entry_count smallint not null check (entry_count >= 2),
  occurred_at timestamptz not null,
  posted_at timestamptz not null,
  business_date date not null,
  -- What the money is about: a payment's or a transfer's id.
  subject text not null collate "C",
  primary key (business_id, id),
  unique (business_id, idempotency_key)
);

create index ledger_transaction_by_subject on ledger_transaction (business_id, subject);

-- Debits are positive, credits negative, minor units of the account's currency.
create table ledger_entry (
  amount_minor bigint not null check (amount_minor <> 0),
  transaction_id bigint not null,
  business_id int not null,
  account_id int not null,
  -- 0, 1, 2 …: with the unique constraint it keeps entries from being added later.
  position smallint not null check (position >= 0),
  primary key (business_id, account_id, transaction_id, position),
  unique (business_id, transaction_id, position),
  foreign key (business_id, transaction_id) references ledger_transaction,
  foreign key (business_id, account_id) references ledger_account
);

create table ledger_balance (
  business_id int not null,
  account_id int not null,
  debits_minor bigint not null default 0 check (debits_minor >= 0),
  credits_minor bigint not null default 0 check (credits_minor >= 0),
  entry_count bigint not null default 0,
  primary key (business_id, account_id),
  foreign key (business_id, account_id) references ledger_account
) with (fillfactor = 20);

-- All entries of a transaction come in one statement; looking at the inserted rows once per
-- statement keeps the check cheap for groups of hundreds.
create function ledger_entries_balance() returns trigger language plpgsql as $$
declare
  unbalanced bigint;
begin
  select e.transaction_id into unbalanced
  from added e
  join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
  group by e.business_id, e.transaction_id, a.currency
  having sum(e.amount_minor) <> 0 or count(*) < 2
  limit 1;
  if found then
    raise exception 'ledger transaction % does not balance', unbalanced using errcode = 'QM002';
  end if;
  select e.transaction_id into unbalanced
  from added e
  join ledger_transaction t on t.business_id = e.business_id and t.id = e.transaction_id
  group by e.business_id, e.transaction_id, t.entry_count
  having count(*) <> t.entry_count or max(e.position) >= t.entry_count
  limit 1;
  if found then
    raise exception 'ledger transaction % has other entries than it says', unbalanced
      using errcode = 'QM002';
  end if;
  return null;
end $$;

create trigger ledger_entry_balances after insert on ledger_entry
  referencing new table as added
  for each statement execute function ledger_entries_balance();

create trigger ledger_entry_is_append_only before update or delete or truncate on ledger_entry
  for each statement execute function refuse_change();

create trigger ledger_transaction_is_append_only
  before update or delete or truncate on ledger_transaction
  for each statement execute function refuse_change();
