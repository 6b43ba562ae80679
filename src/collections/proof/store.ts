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
    await unmatched(executor, businessId),
    await rollUps(executor, businessId),
  ];
}

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

async function unpaidCharges(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint }>`
    select c.id from charge c
    left join payment p on p.business_id = c.business_id and p.id = c.payment_id
      and p.charge_id = c.id and p.state = 'earned' and p.amount_minor = c.amount_minor
    where c.business_id = ${businessId} and (c.state = 'paid') <> (p.id is not null)
    limit ${shownMax}`.execute(executor);
  return checkOf(
    'paid-charges',
    rows.map((row) => `${idFromNumber('charge', row.id)} and its payment disagree`),
    'a charge is paid exactly when a confirmed payment of its amount says so',
  );
}

/** What waits in suspense is what the books owe to payers not known yet. */
async function unmatched(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ rail: string; bookedMinor: bigint; waitingMinor: bigint }>`
    with booked as (
      select split_part(a.name, ':', 2) as rail, b.credits_minor - b.debits_minor as amount
      from ledger_account a
      join ledger_balance b on b.business_id = a.business_id and b.account_id = a.id
      where a.business_id = ${businessId} and a.name like 'suspense:%'
    ), waiting as (
      select rail, sum(amount_minor)::bigint as amount from payment
      where business_id = ${businessId} and state = 'suspense' group by rail
    )
    select coalesce(b.rail, w.rail) as rail, coalesce(b.amount, 0) as "bookedMinor",
      coalesce(w.amount, 0) as "waitingMinor"
    from booked b full join waiting w on w.rail = b.rail
    where coalesce(b.amount, 0) <> coalesce(w.amount, 0)`.execute(executor);
  return checkOf(
    'suspense',
    rows.map(
      (row) =>
        `${row.rail}: ${decimalOf(row.bookedMinor)} in the books, ` +
        `${decimalOf(row.waitingMinor)} in payments`,
    ),
    'money in suspense equals the payments nobody could place',
  );
}

/** Figures on screens come from roll-ups: they must equal payments and the books. */
async function rollUps(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ name: string; keptMinor: bigint; bookedMinor: bigint }>`
    with kept as (
      select business_date, rail, stream_id, sum(payments) as payments, sum(amount_minor) as amount
      from daily_revenue where business_id = ${businessId} group by 1, 2, 3
    ), paid as (
      select business_date, rail, stream_id, count(*) as payments, sum(amount_minor) as amount
      from payment where business_id = ${businessId} and state = 'earned' group by 1, 2, 3
    )
    select coalesce(k.rail, p.rail) || ' ' || coalesce(k.stream_id, p.stream_id) || ' on '
        || coalesce(k.business_date, p.business_date) as name,
      coalesce(k.amount, 0)::bigint as "keptMinor", coalesce(p.amount, 0)::bigint as "bookedMinor"
    from kept k full join paid p using (business_date, rail, stream_id)
    where k.amount is distinct from p.amount or k.payments is distinct from p.payments
    limit ${shownMax}`.execute(executor);
  const streams = await sql<{ name: string; keptMinor: bigint; bookedMinor: bigint }>`
    select coalesce(a.name, 'revenue:' || d.stream_id) as name,
      coalesce(d.amount, 0)::bigint as "keptMinor",
      coalesce(b.credits_minor - b.debits_minor, 0)::bigint as "bookedMinor"
    from (
      select stream_id, sum(amount_minor) as amount from daily_revenue
      where business_id = ${businessId} group by 1
    ) d
    full join (
      select * from ledger_account where business_id = ${businessId} and kind = 'income'
    ) a on a.name = 'revenue:' || d.stream_id
    left join ledger_balance b on b.business_id = a.business_id and b.account_id = a.id
    where coalesce(d.amount, 0) <> coalesce(b.credits_minor - b.debits_minor, 0)`.execute(executor);
  return checkOf(
    'revenue-figures',
    [...rows, ...streams.rows].map(
      (row) =>
        `${row.name}: shown ${decimalOf(row.keptMinor)}, booked ${decimalOf(row.bookedMinor)}`,
    ),
    'the figures shown equal the payments, and the payments the books',
  );
}
