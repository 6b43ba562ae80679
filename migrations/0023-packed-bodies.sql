-- What a group of callbacks said is packed and sealed together: bodies of one kind are alike, so
-- that a pack takes a tenth of the room, and one seal does for all. Those of before keep their own.
create table callback_pack (
  business_id int not null references business,
  -- The id of its first callback.
  id bigint not null,
  bodies_sealed bytea not null,
  primary key (business_id, id)
);
-- Packed already, and nothing that is sealed gets smaller.
alter table callback_pack alter column bodies_sealed set storage external;

create trigger callback_pack_is_append_only before update or delete or truncate on callback_pack
  for each statement execute function refuse_change();

alter table callback alter column body_sealed drop not null;
alter table callback add column pack_id bigint;
alter table callback add constraint callback_has_one_body
  check ((body_sealed is null) <> (pack_id is null));

create function callbacks_have_their_packs() returns trigger language plpgsql as $$
declare
  orphan bigint;
begin
  select a.id into orphan
  from added a
  where a.pack_id is not null and not exists (
    select from callback_pack p where p.business_id = a.business_id and p.id = a.pack_id
  )
  limit 1;
  if found then
    raise exception 'callback % names a pack that is not there', orphan
      using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;

create trigger callback_is_packed after insert on callback referencing new table as added
  for each statement execute function callbacks_have_their_packs();
