-- Numbers the owner has allowed money to go to. One that was never heard from is not paid.
create table payee (
  business_id int not null references business,
  id bigint not null,
  rail text not null collate "C",
  state text not null check (state in ('unconfirmed', 'testing', 'confirmed', 'refused')),
  phone_index bytea not null,
  phone_sealed bytea not null,
  label text not null,
  -- The number of the configuration, to which sweeps go.
  active boolean not null,
  activated_at timestamptz,
  -- It took another number's place: sweeps wait a while after its confirmation.
  replaces boolean not null default false,
  added_by text not null,
  added_at timestamptz not null,
  test_id bigint,
  tries int not null default 0 check (tries >= 0),
  confirmed_by text,
  confirmed_at timestamptz,
  primary key (business_id, id),
  unique (business_id, rail, phone_index),
  check ((state = 'confirmed') = (confirmed_at is not null)),
  check ((confirmed_at is null) = (confirmed_by is null)),
  check (state <> 'testing' or test_id is not null),
  check (not active or activated_at is not null)
);

create unique index payee_one_active on payee (business_id, rail) where active;

alter table transfer drop constraint transfer_kind_check;

alter table transfer
  add constraint transfer_kind_check
    check (kind in ('auto', 'manual', 'test', 'refund', 'top-up')),
  alter column phone_index drop not null,
  alter column phone_sealed drop not null,
  add column payee_id bigint,
  -- Of a refund: the payment it gives back, how, and from which account of the books.
  add column payment_id bigint,
  add column refund_by text check (refund_by in ('reversal', 'payout')),
  add column refunded_receipt text collate "C",
  add column paid_from text collate "C",
  add column paid_from_kind text
    check (paid_from_kind in ('liability', 'equity', 'income', 'expense')),
  -- Who settled it, as long as no provider has said what became of it.
  add column settled_by text,
  -- How often its end was taken back: each has postings of its own.
  add column corrections int not null default 0 check (corrections >= 0),
  add foreign key (business_id, payee_id) references payee,
  add foreign key (business_id, payment_id) references payment,
  add constraint transfer_kind_has_its_columns check (
    (phone_index is null) = (phone_sealed is null)
    and (kind = 'refund') = (payment_id is not null)
    and (kind = 'refund') = (refund_by is not null)
    and (kind = 'refund') = (refunded_receipt is not null)
    and (kind = 'refund') = (paid_from is not null)
    and (kind = 'refund') = (paid_from_kind is not null)
    and (phone_index is null)
      = (kind = 'top-up' or (kind = 'refund' and refund_by = 'reversal'))
    and (payee_id is null or kind in ('manual', 'test'))
    and (kind <> 'test' or payee_id is not null)
  ),
  add constraint transfer_settled_by_hand_is_settled check (
    settled_by is null or state in ('completed', 'failed', 'reversed')
  );

alter table payee add foreign key (business_id, test_id) references transfer;

-- A payment is given back once. A refund that goes through after it was reported as failed is
-- booked beside the one that took its place.
create unique index transfer_one_refund on transfer (business_id, payment_id)
  where kind = 'refund' and state not in ('failed', 'cancelled', 'reversed')
    and not completed_late;

-- Neither a second test while the first is under way, nor a second filling of a wallet.
create unique index transfer_one_test on transfer (business_id, payee_id)
  where kind = 'test' and state in ('planned', 'approved', 'sending', 'sent', 'unknown');

create unique index transfer_one_top_up on transfer (business_id, rail)
  where kind = 'top-up' and state in ('planned', 'approved', 'sending', 'sent', 'unknown');

create index transfer_refunds_under_way on transfer (business_id, rail)
  where kind = 'refund' and state in ('approved', 'sending', 'sent', 'unknown');

create index transfer_by_phone on transfer (business_id, rail, phone_index, business_date);

-- Never more than was paid, never another payment's receipt, and in part only as a payout.
create function refund_fits_payment() returns trigger language plpgsql as $$
begin
  if not exists (
    select from payment p
    where p.business_id = new.business_id and p.id = new.payment_id and p.rail = new.rail
      and p.receipt = new.refunded_receipt and p.amount_minor >= new.amount_minor
      and (new.refund_by = 'payout' or p.amount_minor = new.amount_minor)
  ) then
    raise exception 'refund % does not fit the payment it gives back', new.id
      using errcode = 'QM010';
  end if;
  return new;
end $$;

create trigger transfer_refund_fits_payment
  before insert or update of kind, amount_minor, payment_id, refunded_receipt, refund_by, rail
  on transfer for each row when (new.kind = 'refund') execute function refund_fits_payment();

-- When each rail's wallets were asked for, and whether the provider answered.
create table balance_poll (
  business_id int not null references business,
  rail text not null collate "C",
  asked_at timestamptz not null,
  answered_at timestamptz,
  -- Refusals in a row: each waits longer before the next question.
  refusals int not null default 0 check (refusals >= 0),
  code text,
  description text,
  next_at timestamptz not null,
  -- The business day on which a low float was last told of.
  warned_on date,
  primary key (business_id, rail)
);

-- A report may take minutes to come: it speaks of the time it was asked for.
alter table balance_report add column asked_at timestamptz;
