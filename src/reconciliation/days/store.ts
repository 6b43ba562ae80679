import { isoOf, type BusinessDate, type BusinessId, type RailId } from '#kernel';
import { sql, type Executor } from '#platform/db';

import type { Cover } from '../statements/statement.ts';
import type { Figure, ReportedBalance, WalletFigures } from './day.ts';

/** One rail's day, and its wallets by their providers' names. */
export interface DayOf {
  readonly rail: RailId;
  readonly date: BusinessDate;
  readonly day: Cover;
  /** The one that customers pay into. */
  readonly account: string;
  /** The one that payouts are paid from. */
  readonly payoutAccount: string;
}

/** A figure by what it is of: a kind of posting, or a kind of line. */
export type FiguresByKind = ReadonlyMap<string, Figure>;

interface FigureRow {
  readonly kind: string;
  readonly count: bigint;
  readonly sumMinor: bigint | null;
}

type Condition = ReturnType<typeof sql>;

/** By which of its rail's doors the transfer `r` went out: the kind of line that it makes, too. */
export const roadOfTransfer = sql`
  case when r.kind = 'top-up' then 'top-up'
    when r.refund_by = 'reversal' then 'refund' else 'payout' end`;

const figuresOf = (rows: readonly FigureRow[]): FiguresByKind =>
  new Map(
    rows.map(({ kind, count, sumMinor }) => [
      kind,
      { count: Number(count), sumMinor: sumMinor ?? 0n },
    ]),
  );

/** Counts, sums and balances of a day. */
export function createDayStore(deps: { readonly businessId: BusinessId }) {
  const { businessId } = deps;

  /** Transfers booked on the day, by the kind of line they make; taken back, they count less. */
  const outgoing = ({ rail, date }: Pick<DayOf, 'rail' | 'date'>, fits: Condition) => sql`
    select ${roadOfTransfer} as kind,
      sum(case t.kind when 'transfer-completed' then 1 else -1 end) as count,
      sum(case t.kind when 'transfer-completed' then 1 else -1 end * r.amount_minor)::bigint
        as "sumMinor"
    from ledger_transaction t
    join transfer r on r.business_id = t.business_id and r.rail = ${rail}
      and r.own_id = 'QT' || substr(t.subject, 4)
    where t.business_id = ${businessId} and t.business_date = ${date}
      and t.kind in ('transfer-completed', 'transfer-reversed') and ${fits}
    group by 1`;

  /** Payments that the provider gave back by itself; taken back, they count less. */
  const reversed = ({ rail, date }: Pick<DayOf, 'rail' | 'date'>) => sql`
    select 'refund' as kind, sum(-sign(e.amount_minor))::bigint as count,
      -sum(e.amount_minor)::bigint as "sumMinor"
    from ledger_transaction t
    join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
    join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
    where t.business_id = ${businessId} and t.business_date = ${date}
      and t.kind in ('fix-book-reversal', 'undo-book-reversal')
      and a.name = ${`rail:${rail}:collection`}
    having count(*) > 0`;

  return {
    /** What came in and what was charged by their entries, what left by its transfers. */
    books: async (executor: Executor, { rail, date }: DayOf): Promise<FiguresByKind> => {
      const { rows } = await sql<FigureRow>`
        select case when a.name = ${`fees:${rail}`} then 'fee' else 'payment' end as kind,
          count(distinct t.id) as count, abs(sum(e.amount_minor))::bigint as "sumMinor"
        from ledger_transaction t
        join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where t.business_id = ${businessId} and t.business_date = ${date}
          and (a.name = ${`fees:${rail}`}
            or (a.name = ${`rail:${rail}:collection`} and t.kind like 'payment%'))
        group by 1
        union all
        select kind, sum(count)::bigint as count, sum("sumMinor")::bigint from (
          ${outgoing({ rail, date }, sql`true`)} union all ${reversed({ rail, date })}
        ) as gone group by 1`.execute(executor);
      return figuresOf(rows);
    },

    /** What providers told of besides their statements. */
    events: async (executor: Executor, { rail, date }: DayOf): Promise<FiguresByKind> => {
      const told = sql`exists (
        select from evidence e where e.business_id = r.business_id
          and e.subject_id = r.id and e.kind <> 'statement'
      )`;
      const { rows } = await sql<FigureRow>`
        select 'payment' as kind, count(*) as count, sum(p.amount_minor)::bigint as "sumMinor"
        from payment p
        where p.business_id = ${businessId} and p.business_date = ${date} and p.rail = ${rail}
          and exists (
            select from evidence e where e.business_id = p.business_id
              and e.subject_id = p.id and e.kind <> 'statement'
          )
        union all ${outgoing({ rail, date }, told)}`.execute(executor);
      return figuresOf(rows);
    },

    /** Lines of the day by kind; a receipt that several wallets' statements show counts once. */
    statement: async (executor: Executor, { rail, date }: DayOf): Promise<FiguresByKind> => {
      const { rows } = await sql<FigureRow>`
        select l.kind, count(*) as count, abs(sum(l.amount_minor))::bigint as "sumMinor"
        from (
          select distinct on (
            receipt, kind, occurrence,
            case when kind = 'top-up' then abs(amount_minor) else amount_minor end
          ) kind, amount_minor
          from statement_line
          where business_id = ${businessId} and business_date = ${date} and rail = ${rail}
        ) l group by l.kind`.execute(executor);
      return figuresOf(rows);
    },

    /** The first and the last balance of the day that the wallet's lines tell. */
    statementBalances: async (
      executor: Executor,
      { rail, date, account }: DayOf,
    ): Promise<WalletFigures & { readonly feesMinor: bigint }> => {
      const { rows } = await sql<{
        openingMinor: bigint | null;
        closingMinor: bigint | null;
        feesMinor: bigint | null;
      }>`
        with lines as (
          select * from statement_line
          where business_id = ${businessId} and business_date = ${date} and rail = ${rail}
            and account = ${account}
        )
        select
          (select balance_minor - amount_minor from lines
            order by occurred_at, statement_id, sequence limit 1) as "openingMinor",
          (select balance_minor from lines
            order by occurred_at desc, statement_id desc, sequence desc limit 1)
            as "closingMinor",
          (select sum(amount_minor)::bigint from lines where kind = 'fee') as "feesMinor"`.execute(
        executor,
      );
      return {
        openingMinor: rows[0]?.openingMinor ?? undefined,
        closingMinor: rows[0]?.closingMinor ?? undefined,
        feesMinor: rows[0]?.feesMinor ?? 0n,
      };
    },

    /** What the books have in the wallet, money set aside for transfers included. */
    bookBalances: async (executor: Executor, { rail, date }: DayOf): Promise<WalletFigures> => {
      const names = [`rail:${rail}:collection`, `transfer:in_flight:${rail}`];
      const { rows } = await sql<{ openingMinor: bigint; closingMinor: bigint }>`
        with wallet as (
          select id from ledger_account
          where business_id = ${businessId} and name = any(${names}::text[])
        ), kept as (
          select coalesce(sum(debits_minor - credits_minor), 0) as amount from ledger_balance
          where business_id = ${businessId} and account_id in (select id from wallet)
        ), since as (
          select coalesce(sum(e.amount_minor), 0) as amount,
            coalesce(sum(e.amount_minor) filter (where t.business_date > ${date}), 0) as later
          from ledger_transaction t
          join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
          where t.business_id = ${businessId} and t.business_date >= ${date}
            and e.account_id in (select id from wallet)
        )
        select (kept.amount - since.amount)::bigint as "openingMinor",
          (kept.amount - since.later)::bigint as "closingMinor"
        from kept, since`.execute(executor);
      return { openingMinor: rows[0]?.openingMinor, closingMinor: rows[0]?.closingMinor };
    },

    reported: async (
      executor: Executor,
      { rail, day, account }: DayOf,
    ): Promise<ReportedBalance | undefined> => {
      const { rows } = await sql<ReportedBalance>`
        select available_minor as "availableMinor", reported_at as "reportedAt"
        from balance_report
        where business_id = ${businessId} and rail = ${rail} and account = ${account}
          and reported_at between ${isoOf(day.fromAt)} and ${isoOf(day.toAt)}
        order by reported_at desc, id desc limit 1`.execute(executor);
      return rows[0];
    },
  };
}

export type DayStore = ReturnType<typeof createDayStore>;
