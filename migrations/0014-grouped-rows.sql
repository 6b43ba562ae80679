-- Rows that come in groups of hundreds are looked at once a group, not once a row and reference.
-- What they refer to is never removed: businesses, accounts, transactions and callbacks stay.
create trigger business_is_kept before update of business_id or delete or truncate on business
  for each statement execute function refuse_change();

alter table callback drop constraint callback_business_id_fkey;

alter table payment drop constraint payment_business_id_fkey;

alter table event drop constraint event_business_id_fkey;

alter table evidence
  drop constraint evidence_business_id_fkey,
  drop constraint evidence_business_id_callback_id_fkey;

create function evidence_has_its_callbacks() returns trigger language plpgsql as $$
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
end $$;

create trigger evidence_is_grounded after insert on evidence
  referencing new table as added
  for each statement execute function evidence_has_its_callbacks();

alter table ledger_transaction drop constraint ledger_transaction_business_id_fkey;

alter table ledger_entry
  drop constraint ledger_entry_business_id_transaction_id_fkey,
  drop constraint ledger_entry_business_id_account_id_fkey;

create or replace function ledger_entries_balance() returns trigger language plpgsql as $$
declare
  unbalanced bigint;
  money text;
begin
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
end $$;
