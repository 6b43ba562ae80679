-- Lines that take a payment back, in order of time: the payment may be booked after them.
create index statement_line_taking_back on statement_line (business_id, id)
  where kind = 'refund' and amount_minor < 0 and linked_receipt is not null;
