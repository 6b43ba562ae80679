-- A sweep that its provider reported as failed makes room for another one the same day. When the
-- first turns out to have gone through after all, it is booked beside the second.
alter table transfer add column completed_late boolean not null default false;

drop index transfer_one_sweep_a_day;

create unique index transfer_one_sweep_a_day on transfer (business_id, rail, business_date)
  where kind = 'auto' and state not in ('failed', 'cancelled') and not completed_late;
