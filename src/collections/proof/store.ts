import type { BusinessId } from '#kernel';
import { decimalOf, idFromNumber } from '#kernel';
import { checkOf, type ProofCheck } from '#ledger';
import { sql, type Executor } from '#platform/db';

const shownMax = 20;

/** Statements about money in that must hold whenever anybody looks. */
export async function checkPayments(
  executor: Executor,
  businessId: BusinessId,
): Promise<readonly ProofCheck[]> {
  return [
    await unevidenced(executor, businessId),
    await unposted(executor, businessId),
    await unpaidCharges(executor, businessId),
    await filedCharges(executor, businessId),
    await allocations(executor, businessId),
    await owed(executor, businessId, suspended),
    await owed(executor, businessId, credited),
    await rollUps(executor, businessId),
    await hours(executor, businessId),
    await countedExceptions(executor, businessId),
  ];
}

/**
 * What refunds took from revenue and gave back to it, by the books. A refund that went through is
 * its payment's; what was completed and taken back has left no trace there, on either day.
 */
const takenBack = (businessId: BusinessId) => sql`(
  select stream_id, rail, business_date, amount_minor,
    amount_minor > 0 and latest = 1 and net > 0 as is_standing
  from (
    select substr(a.name, length('revenue:') + 1) as stream_id, r.rail, t.business_date,
      e.amount_minor, sum(e.amount_minor) over (partition by o.transfer, a.id) as net,
      row_number() over (
        partition by o.transfer, a.id, e.amount_minor > 0 order by t.id desc
      ) as latest
    from ledger_transaction t
    join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
    join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
    cross join lateral (
      select case when t.kind in ('refund-placed', 'refund-unplaced')
        then split_part(t.idempotency_key, ':', 2) else t.subject end as transfer
    ) o
    cross join lateral (
      select substring(b.name from '^(?:rail|transfer:in_flight|suspense|credit):([^:]+)') as rail
      from ledger_entry f
      join ledger_account b on b.business_id = f.business_id and b.id = f.account_id
      where f.business_id = t.business_id and f.transaction_id = t.id
        and b.name ~ '^(rail|transfer:in_flight|suspense|credit):' limit 1
    ) r
    where t.business_id = ${businessId} and a.kind = 'income' and o.transfer like 'tr\\_%'
  ) as booked
) as refunds`;

/** Every piece of revenue with the day it counts on: the figures shown are sums of these. */
const earnings = (businessId: BusinessId) => sql`(
  select id as payment_id, stream_id, rail, business_date, amount_minor, 1 as payments
  from payment where business_id = ${businessId} and stream_id is not null
  union all
  select a.payment_id, a.stream_id, p.rail, p.business_date, a.amount_minor, 1
  from payment_allocation a
  join payment p on p.business_id = a.business_id and p.id = a.payment_id
  where a.business_id = ${businessId} and a.reversed_by is null
  union all
  select p.id, coalesce(p.stream_id, (
      select min(a.stream_id) from payment_allocation a
      where a.business_id = p.business_id and a.payment_id = p.id and a.reversed_by is null
    )), p.rail, p.refunded_on, -p.refund_minor, 0
  from payment p
  where p.business_id = ${businessId} and p.state in ('refunded', 'reversed')
    and p.refund_from = 'earned'
  union all
  select null, stream_id, rail, business_date, -amount_minor, 0
  from ${takenBack(businessId)} where not is_standing
) as e`;

async function unevidenced(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint; receipt: string }>`
    select p.id, p.receipt from payment p
    where p.business_id = ${businessId} and not exists (
      select from evidence e
      where e.business_id = p.business_id and e.subject_id = p.id
    ) limit ${shownMax}`.execute(executor);
  return checkOf(
    'evidence',
    rows.map((row) => `${idFromNumber('payment', row.id)} (${row.receipt}) has no evidence`),
    'every payment keeps a link to what its provider said',
  );
}

/** One receipt, one posting, of the same amount. */
async function unposted(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint; receipt: string }>`
    select p.id, p.receipt from payment p
    left join ledger_transaction t
      on t.business_id = p.business_id and t.id = p.ledger_transaction_id
    left join ledger_entry e
      on e.business_id = t.business_id and e.transaction_id = t.id and e.amount_minor > 0
    left join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
    where p.business_id = ${businessId} and (
      t.id is null or t.idempotency_key <> 'payment:' || p.rail || ':' || p.receipt
      or e.amount_minor is distinct from p.amount_minor
      or a.name is distinct from 'rail:' || p.rail || ':collection'
    ) limit ${shownMax}`.execute(executor);
  const { rows: orphans } = await sql<{ key: string }>`
    select t.idempotency_key as key from ledger_transaction t
    where t.business_id = ${businessId} and t.kind in ('payment', 'payment-in-suspense')
      and not exists (
        select from payment p
        where p.business_id = t.business_id and p.ledger_transaction_id = t.id
      ) limit ${shownMax}`.execute(executor);
  return checkOf(
    'one-receipt-one-posting',
    [
      ...rows.map((row) => `${row.receipt} is not posted as it was received`),
      ...orphans.map((row) => `${row.key} is posted without a payment`),
    ],
    'every receipt has one posting, and every posting its receipt',
  );
}

/** By one payment that named it, or by allocations that make up its amount; never by both. */
async function unpaidCharges(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint }>`
    select c.id from charge c
    left join payment p on p.business_id = c.business_id and p.id = c.payment_id
      and p.charge_id = c.id and p.stream_id = c.stream_id and p.amount_minor = c.amount_minor
    left join (
      select charge_id, sum(amount_minor + waived_minor) as amount from payment_allocation
      where business_id = ${businessId} and reversed_by is null and charge_id is not null
      group by 1
    ) a on a.charge_id = c.id
    where c.business_id = ${businessId} and (
      (c.state = 'paid') <> (p.id is not null or a.charge_id is not null)
      or (p.id is not null and a.charge_id is not null)
      or a.amount <> c.amount_minor
    ) limit ${shownMax}`.execute(executor);
  return checkOf(
    'paid-charges',
    rows.map((row) => `${idFromNumber('charge', row.id)} and its payment disagree`),
    'a charge is paid exactly when confirmed payments of its amount say so',
  );
}

/** What charges are looked for by is what they are. */
async function filedCharges(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint }>`
    select coalesce(c.id, u.id, p.id) as id
    from (select * from charge where business_id = ${businessId}) c
    full join (select * from charge_unpaid where business_id = ${businessId}) u on u.id = c.id
    full join (select * from charge_paid where business_id = ${businessId}) p
      on p.id = coalesce(c.id, u.id)
    where c.id is null or (c.state = 'paid') <> (p.id is not null)
      or (c.state <> 'paid' and (
        (u.state, u.amount_minor, u.reference, u.phone_index, u.expires_at)
          is distinct from (c.state, c.amount_minor, c.reference, c.phone_index, c.expires_at)
      ))
      or (c.state = 'paid' and u.id is not null)
    limit ${shownMax}`.execute(executor);
  return checkOf(
    'filed-charges',
    rows.map((row) => `${idFromNumber('charge', row.id)} is filed as something else`),
    'every charge is filed by the state it is in',
  );
}

/** What fixes earned of a payment is what its allocations say, and no more than came. */
async function allocations(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint; keptMinor: bigint; allocatedMinor: bigint }>`
    with allocated as (
      select payment_id, sum(amount_minor)::bigint as amount from payment_allocation
      where business_id = ${businessId} and reversed_by is null group by 1
    )
    select p.id, p.allocated_minor as "keptMinor", coalesce(a.amount, 0) as "allocatedMinor"
    from payment p left join allocated a on a.payment_id = p.id
    where p.business_id = ${businessId} and (
      p.allocated_minor <> coalesce(a.amount, 0) or p.allocated_minor > p.amount_minor
    ) limit ${shownMax}`.execute(executor);
  return checkOf(
    'allocations',
    rows.map(
      (row) =>
        `${idFromNumber('payment', row.id)} keeps ${decimalOf(row.keptMinor)} as earned by ` +
        `fixes, its allocations are ${decimalOf(row.allocatedMinor)}`,
    ),
    'what fixes earned of a payment equals its allocations and is no more than came',
  );
}

interface Liability {
  readonly name: string;
  readonly account: string;
  readonly place: string;
  readonly holds: string;
}

const suspended: Liability = {
  name: 'suspense',
  account: 'suspense:%',
  place: 'suspense',
  holds: 'money in suspense equals the payments nobody could place',
};
const credited: Liability = {
  name: 'credit',
  account: 'credit:%',
  place: 'credit',
  holds: 'credit of customers equals the payments held for them',
};

/** What payments leave with nobody or with a customer is what the books owe. */
async function owed(
  executor: Executor,
  businessId: BusinessId,
  { name, account, place, holds }: Liability,
): Promise<ProofCheck> {
  const { rows } = await sql<{ rail: string; bookedMinor: bigint; waitingMinor: bigint }>`
    with booked as (
      select split_part(a.name, ':', 2) as rail, b.credits_minor - b.debits_minor as amount
      from ledger_account a
      join ledger_balance b on b.business_id = a.business_id and b.account_id = a.id
      where a.business_id = ${businessId} and a.name like ${account}
    ), waiting as (
      select rail, sum(
        amount_minor - allocated_minor - case state when 'reversed' then refund_minor else 0 end
      )::bigint as amount
      from payment
      where business_id = ${businessId} and (
        state = ${place} or (state in ('refunding', 'reversed') and refund_from = ${place})
      )
      group by rail
    )
    select coalesce(b.rail, w.rail) as rail, coalesce(b.amount, 0) as "bookedMinor",
      coalesce(w.amount, 0) as "waitingMinor"
    from booked b full join waiting w on w.rail = b.rail
    where coalesce(b.amount, 0) <> coalesce(w.amount, 0)`.execute(executor);
  return checkOf(
    name,
    rows.map(
      (row) =>
        `${row.rail}: ${decimalOf(row.bookedMinor)} in the books, ` +
        `${decimalOf(row.waitingMinor)} in payments`,
    ),
    holds,
  );
}

interface Figure {
  readonly name: string;
  readonly keptMinor: bigint;
  readonly bookedMinor: bigint;
}

const figureWords = ({ name, keptMinor, bookedMinor }: Figure): string =>
  `${name}: shown ${decimalOf(keptMinor)}, booked ${decimalOf(bookedMinor)}`;

/** Figures on screens come from roll-ups: they must equal payments and the books, day by day. */
async function rollUps(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<Figure>`
    with kept as (
      select business_date, rail, stream_id, sum(payments) as payments, sum(amount_minor) as amount
      from daily_revenue where business_id = ${businessId} group by 1, 2, 3
    ), paid as (
      select business_date, rail, stream_id, sum(payments) as payments, sum(amount_minor) as amount
      from ${earnings(businessId)} group by 1, 2, 3
    )
    select coalesce(k.rail, p.rail) || ' ' || coalesce(k.stream_id, p.stream_id) || ' on '
        || coalesce(k.business_date, p.business_date) as name,
      coalesce(k.amount, 0)::bigint as "keptMinor", coalesce(p.amount, 0)::bigint as "bookedMinor"
    from kept k full join paid p using (business_date, rail, stream_id)
    where coalesce(k.amount, 0) <> coalesce(p.amount, 0)
      or coalesce(k.payments, 0) <> coalesce(p.payments, 0)
    limit ${shownMax}`.execute(executor);
  const streams = await sql<Figure>`
    with kept as (
      select business_date, 'revenue:' || stream_id as name, sum(amount_minor) as amount
      from daily_revenue where business_id = ${businessId} group by 1, 2
    ), booked as (
      select t.business_date, a.name, -sum(e.amount_minor) as amount
      from ledger_account a
      join ledger_entry e on e.business_id = a.business_id and e.account_id = a.id
      join ledger_transaction t on t.business_id = e.business_id and t.id = e.transaction_id
      where a.business_id = ${businessId} and a.kind = 'income' group by 1, 2
    )
    select name || ' on ' || business_date as name, coalesce(k.amount, 0)::bigint as "keptMinor",
      coalesce(b.amount, 0)::bigint as "bookedMinor"
    from kept k full join booked b using (business_date, name)
    where coalesce(k.amount, 0) <> coalesce(b.amount, 0)
    limit ${shownMax}`.execute(executor);
  return checkOf(
    'revenue-figures',
    [...rows, ...streams.rows].map(figureWords),
    'the figures shown equal the payments, and the payments the books, on every day',
  );
}

/** The hours of a day add up to the day. */
async function hours(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<Figure>`
    with hours as (
      select business_date, rail, sum(amount_minor) as amount, sum(payments) as payments
      from hourly_revenue where business_id = ${businessId} group by 1, 2
    ), days as (
      select business_date, rail, sum(amount_minor) as amount, sum(payments) as payments
      from daily_revenue where business_id = ${businessId} group by 1, 2
    )
    select rail || ' on ' || business_date as name, coalesce(h.amount, 0)::bigint as "keptMinor",
      coalesce(d.amount, 0)::bigint as "bookedMinor"
    from hours h full join days d using (business_date, rail)
    where coalesce(h.amount, 0) <> coalesce(d.amount, 0)
      or coalesce(h.payments, 0) <> coalesce(d.payments, 0)
    limit ${shownMax}`.execute(executor);
  return checkOf('hourly-figures', rows.map(figureWords), 'the hours of every day add up to it');
}

/** The status shows a count that is kept, not counted. */
async function countedExceptions(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ kept: bigint; open: bigint }>`
    select k.kept, o.open from (
      select coalesce(sum(open), 0)::bigint as kept from exception_count
      where business_id = ${businessId}
    ) as k, (
      select count(*) as open from exception where business_id = ${businessId} and state = 'open'
    ) as o
    where k.kept <> o.open`.execute(executor);
  return checkOf(
    'open-exceptions',
    rows.map(({ kept, open }) => `${kept} shown, ${open} open`),
    'as many exceptions are open as are shown',
  );
}
