-- Digests and payers come as if by chance: in one index of all time each row would touch a page of
-- its own, which goes whole into the log after a checkpoint. Behind a day, or a stretch of days,
-- an index grows in one place, as large as that is.

-- The day that a callback itself tells of. Those of before are known by their digest alone.
alter table callback add column content_day date not null default '-infinity';
alter table callback alter column content_day drop default;

alter table callback drop constraint callback_business_id_digest_key;
alter table callback add unique (business_id, content_day, digest);

drop index payment_by_payer;
create index payment_by_payer on payment (
  business_id, ((business_date - date '2000-01-01') / 32), payer_index, id
) where payer_index is not null;
