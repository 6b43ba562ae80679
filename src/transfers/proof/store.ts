import {
  decimalOf,
  idFromNumber,
  isoOf,
  railNames,
  type BusinessId,
  type EpochMs,
  type RailId,
} from '#kernel';
import { checkOf, type ProofCheck } from '#ledger';
import { sql, type Executor } from '#platform/db';
import type { WalletNames } from '#rails';

const shownMax = 20;
/** A wallet report and the books are compared only when nothing moved around the report. */
const quietMs = 120_000;

export interface TransferProofDeps {
  readonly businessId: BusinessId;
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
}

/** Statements about money out that must hold whenever anybody looks. */
export async function checkTransfers(
  executor: Executor,
  deps: TransferProofDeps,
): Promise<readonly ProofCheck[]> {
  return [
    await reservations(executor, deps.businessId),
    await completions(executor, deps.businessId),
    await refunds(executor, deps.businessId),
    await wallets(executor, deps),
  ];
}

/** What is set aside equals what is under way. */
async function reservations(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ rail: RailId; booked: bigint; outstanding: bigint }>`
    with outstanding as (
      select rail, sum(amount_minor)::bigint as amount from transfer
      where business_id = ${businessId} and state in ('approved', 'sending', 'sent', 'unknown')
        and kind <> 'top-up'
      group by rail
    ), booked as (
      select split_part(a.name, ':', 3) as rail, b.debits_minor - b.credits_minor as amount
      from ledger_account a
      join ledger_balance b on b.business_id = a.business_id and b.account_id = a.id
      where a.business_id = ${businessId} and a.name like 'transfer:in\_flight:%'
    )
    select coalesce(b.rail, o.rail) as rail, coalesce(b.amount, 0) as booked,
      coalesce(o.amount, 0) as outstanding
    from booked b full join outstanding o on o.rail = b.rail
    where coalesce(b.amount, 0) <> coalesce(o.amount, 0)`.execute(executor);
  return checkOf(
    'transfers-reserved',
    rows.map(
      (r) => `${r.rail}: ${decimalOf(r.booked)} set aside, ${decimalOf(r.outstanding)} under way`,
    ),
    'money set aside equals the transfers under way',
  );
}

/**
 * What a completed transfer moved stands once on the account it was paid from or into; every other
 * transfer has left nothing there. Evidence is the provider's word, or a person's with a name.
 */
async function completions(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint }>`
    select t.id from transfer t
    where t.business_id = ${businessId} and (
      (t.state = 'completed' and t.settled_by is null and not exists (
        select from evidence e where e.business_id = t.business_id and e.subject_id = t.id
      )) or (
        select coalesce(sum(e.amount_minor), 0) from ledger_transaction l
        join ledger_entry e on e.business_id = l.business_id and e.transaction_id = l.id
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where l.business_id = t.business_id and l.subject = 'tr_' || substr(t.own_id, 3)
          and a.name = case t.kind
            when 'refund' then t.paid_from
            when 'top-up' then 'owner:capital:' || t.rail
            else 'owner:drawings:' || t.rail end
      ) <> case
        when t.state <> 'completed' then 0
        when t.kind = 'top-up' then -t.amount_minor
        else t.amount_minor end
    ) limit ${shownMax}`.execute(executor);
  return checkOf(
    'transfers-evidenced',
    rows.map((row) => `${idFromNumber('transfer', row.id)} is not completed as the books say`),
    'every completed transfer has evidence and one posting of its amount',
  );
}

/** No payment was given back twice, or in full and then some, unless providers did it. */
async function refunds(executor: Executor, businessId: BusinessId): Promise<ProofCheck> {
  const { rows } = await sql<{ id: bigint }>`
    select p.id from payment p
    join transfer t on t.business_id = p.business_id and t.payment_id = p.id
    where p.business_id = ${businessId} and t.kind = 'refund' and not t.completed_late
      and t.state not in ('failed', 'cancelled', 'reversed')
    group by p.id, p.amount_minor
    having sum(t.amount_minor) > p.amount_minor or count(*) > 1
    limit ${shownMax}`.execute(executor);
  return checkOf(
    'refunds',
    rows.map((row) => `${idFromNumber('payment', row.id)} is given back more than once`),
    'no payment is given back twice, nor more of it than was paid',
  );
}

async function wallets(executor: Executor, deps: TransferProofDeps): Promise<ProofCheck> {
  const notes: string[] = [];
  const objections: string[] = [];
  for (const [rail, { collection, payout }] of deps.walletNames) {
    // The books keep a rail's money in one account: they cannot tell what lies in which of two.
    if (collection !== payout) continue;
    const difference = await walletDifference(executor, { ...deps, rail, wallet: payout });
    if (difference === undefined) continue;
    notes.push(difference.text);
    if (difference.unexplained) objections.push(difference.text);
  }
  return checkOf(
    'wallets',
    objections,
    notes.length === 0 ? 'no wallet was reported yet' : notes.join('; '),
  );
}

async function walletDifference(
  executor: Executor,
  deps: { readonly businessId: BusinessId; readonly rail: RailId; readonly wallet: string },
): Promise<{ readonly text: string; readonly unexplained: boolean } | undefined> {
  const { businessId, rail, wallet } = deps;
  const { rows } = await sql<{
    reported: bigint;
    reportedAt: EpochMs;
    booked: bigint;
    movedAt: EpochMs | null;
    outstanding: boolean;
  }>`
    select r.available_minor as reported, r.reported_at as "reportedAt",
      coalesce(b.debits_minor - b.credits_minor, 0) as booked,
      (
        select max(t.posted_at) from ledger_transaction t
        where t.business_id = ${businessId} and t.id = (
          select max(e.transaction_id) from ledger_entry e
          where e.business_id = ${businessId} and e.account_id = a.id
        )
      ) as "movedAt",
      exists (
        select from transfer t where t.business_id = ${businessId} and t.rail = ${rail}
          and t.state in ('approved', 'sending', 'sent', 'unknown')
      ) or exists (
        select from prompt p where p.business_id = ${businessId} and p.rail = ${rail}
          and p.state in ('sending', 'accepted', 'unknown')
      ) as outstanding
    from balance_report r
    left join ledger_account a on a.business_id = r.business_id
      and a.name = ${`rail:${rail}:collection`}
    left join ledger_balance b on b.business_id = a.business_id and b.account_id = a.id
    where r.business_id = ${businessId} and r.rail = ${rail} and r.account = ${wallet}
    order by r.reported_at desc, r.id desc limit 1`.execute(executor);
  const [row] = rows;
  if (row === undefined) return undefined;
  const difference = row.reported - row.booked;
  const quiet = row.movedAt === null || row.movedAt + quietMs < row.reportedAt;
  const text =
    `${railNames[rail]} reported ${decimalOf(row.reported)} at ${isoOf(row.reportedAt)}, ` +
    `the books say ${decimalOf(row.booked)} now: ${decimalOf(difference)} apart` +
    (difference === 0n ? '' : explain(row.outstanding, quiet));
  return { text, unexplained: difference !== 0n && quiet && !row.outstanding };
}

const explain = (outstanding: boolean, quiet: boolean): string => {
  if (outstanding) return ', with payments or transfers under way';
  return quiet ? ', unexplained' : ', with bookings since';
};
