-- Payments of an amount, day by day: what a cashier asks for, and what an owner looks for.
create index payment_by_amount on payment (business_id, amount_minor, business_date, id);

-- A provider told us of a payment to somebody else's short code: there are few.
create index exception_of_other_till on exception (business_id, (detail ->> 'receipt'), id)
  where kind = 'forged-callback' and detail ->> 'receipt' is not null;
