-- Money may be placed by a person: in parts, with a customer, or back with its payer.
alter table payment
  -- What fixes have earned of it by allocations; money that booking earned has a stream instead.
  add column allocated_minor bigint not null default 0,
  -- For whom the rest is held, where somebody is known.
  add column customer_index bytea,
  add column customer_sealed bytea,
  -- Where the money of a refund lay before; it lies there again when the refund fails.
  add column refund_from text check (refund_from in ('earned', 'suspense', 'credit')),
  add column refund_minor bigint,
  add column refund_transfer_id bigint,
  -- The business day whose revenue or liabilities the refund reduced.
  add column refunded_on date,
  drop constraint payment_check,
  drop constraint payment_state_check,
  add constraint payment_state_check check (
    state in ('earned', 'suspense', 'credit', 'refunding', 'refunded')
  ),
  add constraint payment_allocated_check check (
    allocated_minor between 0 and amount_minor and (stream_id is null or allocated_minor = 0)
  ),
  -- Earned is what is earned to the last cent; the other states say where the rest is.
  add constraint payment_place_check check (
    case state
      when 'earned' then stream_id is not null or allocated_minor = amount_minor
      when 'suspense' then stream_id is null and allocated_minor < amount_minor
      when 'credit' then stream_id is null and allocated_minor < amount_minor
      else true
    end
  ),
  add constraint payment_customer_check check (
    (customer_index is null) = (customer_sealed is null)
    and (state <> 'suspense' or customer_index is null)
    and (state <> 'credit' or customer_index is not null)
  ),
  -- A refund is of all that is earned, or of all that is not.
  add constraint payment_refund_check check (
    case when state in ('refunding', 'refunded')
      then refund_from is not null and refund_transfer_id is not null
        and (refunded_on is not null) = (state = 'refunded')
        and refund_minor = case
          when refund_from = 'earned' then amount_minor else amount_minor - allocated_minor
        end
        and refund_minor > 0
        and (refund_from <> 'earned' or stream_id is not null or allocated_minor = amount_minor)
      else num_nonnulls(refund_from, refund_minor, refund_transfer_id, refunded_on) = 0
    end
  );

create index payment_by_refund on payment (business_id, refund_transfer_id)
  where refund_transfer_id is not null;

create index payment_by_charge on payment (business_id, charge_id) where charge_id is not null;

-- What a person did about an exception, and what was taken back: an undo is a row of its own.
create table exception_fix (
  business_id int not null references business,
  id bigint not null,
  exception_id bigint not null,
  kind text not null collate "C",
  -- The fix as it was ordered; a customer by blind index and masked number.
  input jsonb not null,
  -- Tells a repeat of the request key from another order.
  input_hash bytea not null,
  reason text not null,
  applied_by text not null,
  applied_at timestamptz not null,
  request_key text collate "C",
  -- The fix this one takes back.
  undoes bigint,
  -- The refund it asked for.
  transfer_id bigint,
  primary key (business_id, id),
  unique (business_id, request_key),
  unique (business_id, undoes),
  foreign key (business_id, exception_id) references exception,
  foreign key (business_id, undoes) references exception_fix,
  check ((undoes is not null) = (kind in ('undo', 'refund-failed'))),
  check ((transfer_id is not null) = (kind = 'refund'))
);

create index exception_fix_by_exception on exception_fix (business_id, exception_id, id);

create index exception_fix_by_transfer on exception_fix (business_id, transfer_id)
  where transfer_id is not null;

create trigger exception_fix_is_append_only before update or delete or truncate on exception_fix
  for each statement execute function refuse_change();

-- The payments a fix moved: where each was, where it is since, and what the books say of it.
create table exception_fix_payment (
  business_id int not null references business,
  fix_id bigint not null,
  payment_id bigint not null,
  state_before text not null,
  state_after text not null,
  ledger_transaction_id bigint,
  primary key (business_id, fix_id, payment_id),
  foreign key (business_id, fix_id) references exception_fix,
  foreign key (business_id, payment_id) references payment,
  foreign key (business_id, ledger_transaction_id) references ledger_transaction
);

create index exception_fix_payment_by_payment
  on exception_fix_payment (business_id, payment_id, fix_id);

create trigger exception_fix_payment_is_append_only
  before update or delete or truncate on exception_fix_payment
  for each statement execute function refuse_change();

-- What a fix earned of a payment, and which charge it paid.
create table payment_allocation (
  business_id int not null references business,
  fix_id bigint not null,
  position smallint not null check (position >= 0),
  payment_id bigint not null,
  -- Null where a stream earned it without a charge.
  charge_id bigint,
  stream_id text not null collate "C",
  amount_minor bigint not null check (amount_minor > 0),
  -- What the owner let go of the charge.
  waived_minor bigint not null default 0 check (waived_minor >= 0),
  -- The undo that took it back.
  reversed_by bigint,
  primary key (business_id, fix_id, position),
  foreign key (business_id, fix_id) references exception_fix,
  foreign key (business_id, payment_id) references payment,
  foreign key (business_id, charge_id) references charge,
  foreign key (business_id, reversed_by) references exception_fix,
  check (charge_id is not null or waived_minor = 0)
);

create index payment_allocation_by_payment on payment_allocation (business_id, payment_id);

create index payment_allocation_by_charge on payment_allocation (business_id, charge_id)
  where charge_id is not null;

-- An allocation is taken back once, and changes in no other way.
create function allocation_is_only_reversed() returns trigger language plpgsql as $$
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
end $$;

create trigger payment_allocation_is_only_reversed before update or delete on payment_allocation
  for each row execute function allocation_is_only_reversed();

create trigger payment_allocation_is_not_emptied before truncate on payment_allocation
  for each statement execute function allocation_is_only_reversed();

-- Which fix resolved it; null where it resolved itself.
alter table exception add column fix_id bigint,
  add constraint exception_fix_fkey foreign key (business_id, fix_id) references exception_fix,
  add constraint exception_fix_check check (fix_id is null or state = 'resolved');

create index exception_by_subject on exception (business_id, subject);

create index exception_by_fix on exception (business_id, fix_id) where fix_id is not null;

-- One kind for two troubles with different remedies.
update exception e
set kind = case when p.amount_minor > c.amount_minor then 'overpaid' else 'underpaid' end
from payment p
join charge c on c.business_id = p.business_id and c.id = p.charge_id
where e.business_id = p.business_id and e.kind = 'amount-mismatch' and p.rail = e.rail
  and p.receipt = e.detail ->> 'receipt';

-- Charges that wait for money, by whose phone they are.
create index charge_waiting_by_phone on charge (business_id, phone_index)
  where state in ('open', 'prompting', 'prompted', 'unknown');
