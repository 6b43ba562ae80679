-- What a provider gave back by itself is earned no more: which receipt of its statement says so.
alter table payment
  add column reversal_receipt text collate "C",
  add column reversed_at timestamptz,
  drop constraint payment_state_check,
  drop constraint payment_refund_check,
  add constraint payment_state_check check (
    state in ('earned', 'suspense', 'credit', 'refunding', 'refunded', 'reversed')
  ),
  -- A refund is of all that is earned, or of all that is not; a provider may give less back.
  add constraint payment_refund_check check (
    case
      when state in ('refunding', 'refunded')
        then refund_from is not null and refund_transfer_id is not null
          and (refunded_on is not null) = (state = 'refunded')
          and refund_minor = case
            when refund_from = 'earned' then amount_minor else amount_minor - allocated_minor
          end
          and refund_minor > 0
          and (refund_from <> 'earned' or stream_id is not null or allocated_minor = amount_minor)
          and num_nonnulls(reversal_receipt, reversed_at) = 0
      when state = 'reversed'
        then num_nonnulls(refund_from, refund_minor, refunded_on, reversal_receipt, reversed_at) = 5
          and refund_transfer_id is null
          and refund_minor between 1 and case
            when refund_from = 'earned' then amount_minor else amount_minor - allocated_minor
          end
          and (refund_from <> 'earned' or stream_id is not null or allocated_minor = amount_minor)
      else num_nonnulls(
        refund_from, refund_minor, refund_transfer_id, refunded_on, reversal_receipt, reversed_at
      ) = 0
    end
  );
