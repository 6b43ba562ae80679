-- How many exceptions are open, for every status: counting them would read each one. Groups are
-- written side by side, so every connection counts in a row of its own; where two share one after
-- all, the second waits for the first one's commit.
create table exception_count (
  business_id integer not null references business,
  writer smallint not null,
  open bigint not null,
  primary key (business_id, writer)
) with (fillfactor = 50);

create function exceptions_are_counted() returns trigger language plpgsql as $$
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
end $$;

create trigger exception_added_is_counted after insert on exception
  referencing new table as added
  for each statement execute function exceptions_are_counted();
create trigger exception_changed_is_counted after update on exception
  referencing old table as gone new table as added
  for each statement execute function exceptions_are_counted();
create trigger exception_removed_is_counted after delete on exception
  referencing old table as gone
  for each statement execute function exceptions_are_counted();
create trigger exception_is_not_emptied before truncate on exception
  for each statement execute function refuse_change();

insert into exception_count (business_id, writer, open)
select business_id, 0, count(*) from exception where state = 'open' group by business_id;

-- What transfers have moved since a moment, among all that payments have.
create index ledger_transaction_of_transfers on ledger_transaction (business_id, id)
  where kind like 'transfer-%';

-- What a payer may have meant is a slip away from what was typed, and a slip leaves one half of a
-- reference alone: two questions instead of one for each of some 240 slips. Both indexes hold the
-- charges that wait, and are not touched when one is paid.
create index charge_waiting_by_reference on charge (business_id, reference)
  where state in ('open', 'prompting', 'prompted', 'unknown');
create index charge_waiting_by_tail on charge (business_id, right(reference, 4))
  where state in ('open', 'prompting', 'prompted', 'unknown');
