-- A payment changes its charge and its prompt. Where none of what changes hangs in an index, a row
-- changes in place, and no index of it is touched. So what is looked up by its state lies in narrow
-- tables beside, from which a payment takes it away.

-- Every charge that is not paid, as it is looked for.
create table charge_unpaid (
  business_id integer not null,
  id bigint not null,
  state text not null,
  amount_minor bigint not null,
  reference text collate "C" not null,
  phone_index bytea,
  expires_at timestamptz not null,
  primary key (business_id, id)
);

-- Every charge that is, for the list of those.
create table charge_paid (
  business_id integer not null,
  id bigint not null,
  primary key (business_id, id)
);

insert into charge_unpaid (business_id, id, state, amount_minor, reference, phone_index, expires_at)
select business_id, id, state, amount_minor, reference, phone_index, expires_at
from charge where state <> 'paid' order by business_id, id;

insert into charge_paid (business_id, id)
select business_id, id from charge where state = 'paid' order by business_id, id;

create index charge_unpaid_by_state on charge_unpaid (business_id, state, id);
create index charge_unpaid_to_expire on charge_unpaid (business_id, expires_at)
  where state = 'open';
create index charge_waiting_by_amount_of on charge_unpaid (business_id, amount_minor, id)
  where state in ('open', 'prompting', 'prompted', 'unknown');
create index charge_waiting_by_phone_of on charge_unpaid (business_id, phone_index)
  where state in ('open', 'prompting', 'prompted', 'unknown');
create index charge_waiting_by_reference_of on charge_unpaid (business_id, reference)
  where state in ('open', 'prompting', 'prompted', 'unknown');
create index charge_waiting_by_tail_of on charge_unpaid (business_id, right(reference, 4))
  where state in ('open', 'prompting', 'prompted', 'unknown');

drop index charge_by_state, charge_to_expire, charge_waiting_by_amount, charge_waiting_by_phone,
  charge_waiting_by_reference, charge_waiting_by_tail;

alter index charge_waiting_by_amount_of rename to charge_waiting_by_amount;
alter index charge_waiting_by_phone_of rename to charge_waiting_by_phone;
alter index charge_waiting_by_reference_of rename to charge_waiting_by_reference;
alter index charge_waiting_by_tail_of rename to charge_waiting_by_tail;

-- The tables follow the charges by themselves, whoever changes one. A plan is made once in a
-- connection, often while the tables are empty: one made for empty tables would read them whole.
create function charges_are_filed() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  insert into charge_unpaid (
    business_id, id, state, amount_minor, reference, phone_index, expires_at
  )
  select business_id, id, state, amount_minor, reference, phone_index, expires_at
  from added where state <> 'paid';
  insert into charge_paid (business_id, id)
  select business_id, id from added where state = 'paid';
  return null;
end $$;

create trigger charge_is_filed after insert on charge
  referencing new table as added for each statement execute function charges_are_filed();

create function charges_are_filed_anew() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
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
end $$;

create trigger charge_is_filed_anew after update on charge
  referencing new table as added for each statement execute function charges_are_filed_anew();

create function charges_are_unfiled() returns trigger language plpgsql
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
  delete from charge_unpaid u using gone g where u.business_id = g.business_id and u.id = g.id;
  delete from charge_paid p using gone g where p.business_id = g.business_id and p.id = g.id;
  return null;
end $$;

create trigger charge_is_unfiled after delete on charge
  referencing old table as gone for each statement execute function charges_are_unfiled();

-- When the provider of a prompt is asked about it next. One that is settled has no row here.
create table prompt_due (
  business_id integer not null,
  id bigint not null,
  next_query_at timestamptz not null,
  primary key (business_id, id)
);

insert into prompt_due (business_id, id, next_query_at)
select business_id, id, next_query_at from prompt where next_query_at is not null;

drop index prompt_to_query;

create index prompt_to_query on prompt_due (business_id, next_query_at);

alter table prompt drop column next_query_at;

-- Room in each page for the rows to change in.
alter table charge set (fillfactor = 50);

alter table prompt set (fillfactor = 50);
