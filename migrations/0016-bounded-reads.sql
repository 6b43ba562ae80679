-- Lists, searches and jobs read a bounded number of rows, however many there are. An index on
-- payment is paid for by every payment: one that nothing asks by goes, one that serves both
-- streams and rails comes, and the rest hold few rows.
drop index payment_by_reference;
create index payment_by_stream on payment (business_id, stream_id, rail, id);
create index payment_not_earned on payment (business_id, state, id) where state <> 'earned';
drop index payment_by_day;
create index payment_by_day on payment (business_id, business_date, id);
create index payment_allocation_by_stream on payment_allocation (business_id, stream_id, payment_id)
  where reversed_by is null;

create index charge_by_state on charge (business_id, state, id);
-- Not touched when a charge is paid.
create index charge_waiting_by_amount on charge (business_id, amount_minor, id)
  where state in ('open', 'prompting', 'prompted', 'unknown');

create index exception_by_state on exception (business_id, state, id);
drop index exception_open;
create index verification_by_prompt on verification (business_id, prompt_id) where state = 'open';

create index audit_record_by_actor on audit_record (business_id, split_part(actor, ':', 1), id);
create index audit_record_by_action on audit_record (business_id, action, id);
create index audit_record_by_subject on audit_record (business_id, subject, id);

create index transfer_by_rail on transfer (business_id, rail, id);
create index transfer_by_day on transfer (business_id, rail, business_date);
create index transfer_by_payment on transfer (business_id, payment_id)
  where payment_id is not null;
create index transfer_top_ups on transfer (business_id, rail, id) where kind = 'top-up';
-- Whether our credentials are refused: the last refusal against the last transfer that arrived.
create index transfer_arrived on transfer (business_id, rail, sent_at)
  where state = 'completed' and settled_by is null;
create index transfer_credentials_refused on transfer (business_id, rail, settled_at)
  where state = 'failed' and reason = 'our-credentials';
