import { idFromNumber, idNumberAt, isoOf, type BusinessId, type EpochMs } from '#kernel';
import { sql, type Executor } from '#platform/db';

import type { Difference } from '../days/day.ts';
import type { DayOf } from '../days/store.ts';
import type { Cover } from '../statements/statement.ts';

interface DifferenceRow {
  readonly receipt: string | null;
  readonly amountMinor: bigint | null;
  readonly otherMinor: bigint | null;
  readonly occurredAt: EpochMs | null;
  readonly id: bigint | null;
  readonly line: string | null;
}

/** Of which times statements tell, of the wallet customers pay into and that of payouts. */
interface Told {
  readonly covers: readonly Cover[];
  readonly payoutCovers: readonly Cover[];
  readonly limit: number;
}

type Has = Pick<Difference, 'kind' | 'inBooks' | 'inEvents' | 'onStatement'>;

const differenceOf = (
  row: DifferenceRow,
  has: Has,
  idKind: 'payment' | 'transfer' | 'verification' | 'statementLine',
): Difference => ({
  ...has,
  receipt: row.receipt ?? undefined,
  amountMinor: row.amountMinor ?? undefined,
  otherMinor: row.otherMinor ?? undefined,
  occurredAt: row.occurredAt ?? undefined,
  line: row.line ?? undefined,
  subject: row.id === null ? undefined : idFromNumber(idKind, row.id),
});

/** What not all sides say of a day, or not alike. Every list has a limit. */
export function createDifferenceStore(deps: { readonly businessId: BusinessId }) {
  const { businessId } = deps;

  /** Within one of the times that statements tell of. */
  const covered = (at: ReturnType<typeof sql>, covers: readonly Cover[]) => sql`
    exists (
      select from unnest(
        ${covers.map(({ fromAt }) => isoOf(fromAt))}::timestamptz[],
        ${covers.map(({ toAt }) => isoOf(toAt))}::timestamptz[]
      ) as c (from_at, to_at)
      where ${at} between c.from_at and c.to_at
    )`;

  const list = async (
    executor: Executor,
    query: ReturnType<typeof sql<DifferenceRow>>,
  ): Promise<readonly DifferenceRow[]> => (await query.execute(executor)).rows;

  return {
    /** Payments that two sides know, or only one. */
    payments: async (
      executor: Executor,
      { rail, date }: DayOf,
      facts: Omit<Told, 'payoutCovers'>,
    ): Promise<readonly Difference[]> => {
      const both = { inBooks: true, inEvents: true, onStatement: true };
      const others = await list(
        executor,
        sql<DifferenceRow>`
          select p.receipt, p.amount_minor as "amountMinor", l.amount_minor as "otherMinor",
            p.occurred_at as "occurredAt", p.id, l.kind as line
          from statement_line l
          join payment p on p.business_id = l.business_id and p.rail = l.rail
            and p.receipt = l.receipt
          where l.business_id = ${businessId} and l.business_date = ${date} and l.rail = ${rail}
            and l.kind = 'payment' and l.amount_minor <> p.amount_minor
          order by l.id limit ${facts.limit}`,
      );
      const unbooked = await list(
        executor,
        sql<DifferenceRow>`
          select l.receipt, l.amount_minor as "amountMinor", null::bigint as "otherMinor",
            l.occurred_at as "occurredAt", l.id, l.kind as line
          from statement_line l
          where l.business_id = ${businessId} and l.business_date = ${date} and l.rail = ${rail}
            and l.kind = 'payment' and not exists (
              select from payment p where p.business_id = l.business_id and p.rail = l.rail
                and p.receipt = l.receipt
            )
          order by l.id limit ${facts.limit}`,
      );
      const missing = await list(
        executor,
        sql<DifferenceRow>`
          select p.receipt, p.amount_minor as "amountMinor", null::bigint as "otherMinor",
            p.occurred_at as "occurredAt", p.id, null as line
          from payment p
          where p.business_id = ${businessId} and p.business_date = ${date} and p.rail = ${rail}
            and ${covered(sql`p.occurred_at`, facts.covers)}
            and not exists (
              select from statement_line l where l.business_id = p.business_id
                and l.rail = p.rail and l.receipt = p.receipt and l.kind = 'payment'
            )
          order by p.id limit ${facts.limit}`,
      );
      const untold = await list(
        executor,
        sql<DifferenceRow>`
          select p.receipt, p.amount_minor as "amountMinor", null::bigint as "otherMinor",
            p.occurred_at as "occurredAt", p.id, 'payment' as line
          from payment p
          where p.business_id = ${businessId} and p.business_date = ${date} and p.rail = ${rail}
            and not exists (
              select from evidence e where e.business_id = p.business_id
                and e.subject_id = p.id and e.kind <> 'statement'
            )
          order by p.id limit ${facts.limit}`,
      );
      return [
        ...others.map((row) => differenceOf(row, { kind: 'amount-differs', ...both }, 'payment')),
        ...unbooked.map((row) =>
          differenceOf(row, { kind: 'payment-not-booked', ...statementOnly }, 'statementLine'),
        ),
        ...missing.map((row) =>
          differenceOf(
            row,
            { kind: 'payment-not-on-statement', ...both, onStatement: false },
            'payment',
          ),
        ),
        ...untold.map((row) =>
          differenceOf(
            row,
            { kind: 'told-by-statement-only', ...both, inEvents: false },
            'payment',
          ),
        ),
      ];
    },

    /** Money that left, or came in otherwise, by one side alone or in other amounts. */
    outgoing: async (
      executor: Executor,
      { rail, date }: DayOf,
      facts: Told,
    ): Promise<readonly Difference[]> => {
      const unbooked = await list(
        executor,
        sql<DifferenceRow>`
          select l.receipt, l.amount_minor as "amountMinor", t.amount_minor as "otherMinor",
            l.occurred_at as "occurredAt", l.id, l.kind as line
          from statement_line l
          left join lateral (
            select r.amount_minor from transfer r
            where r.business_id = l.business_id and r.rail = l.rail and r.state = 'completed'
              and (r.receipt = l.receipt or r.own_id = l.own_id)
            union all
            select p.refund_minor from payment p
            where p.business_id = l.business_id and p.rail = l.rail
              and p.receipt = l.linked_receipt and p.reversal_receipt = l.receipt
            limit 1
          ) t on true
          where l.business_id = ${businessId} and l.business_date = ${date} and l.rail = ${rail}
            and l.kind in ('payout', 'refund', 'top-up', 'settlement', 'other')
            and (t.amount_minor is null or t.amount_minor <> abs(l.amount_minor))
          order by l.id limit ${facts.limit}`,
      );
      const missing = await list(
        executor,
        sql<DifferenceRow>`
          select r.receipt, r.amount_minor as "amountMinor", null::bigint as "otherMinor",
            r.settled_at as "occurredAt", r.id, null as line
          from ledger_transaction t
          join transfer r on r.business_id = t.business_id and r.rail = ${rail}
            and r.own_id = 'QT' || substr(t.subject, 4)
          where t.business_id = ${businessId} and t.business_date = ${date}
            and t.kind = 'transfer-completed' and r.state = 'completed'
            -- A reversal takes from where the payment went.
            and case when r.refund_by = 'reversal'
              then ${covered(sql`r.settled_at`, facts.covers)}
              else ${covered(sql`r.settled_at`, facts.payoutCovers)} end
            and not exists (
              select from statement_line l where l.business_id = r.business_id
                and l.rail = r.rail and (l.receipt = r.receipt or l.own_id = r.own_id)
            )
          order by r.id limit ${facts.limit}`,
      );
      return [
        ...unbooked.map((row): Difference => {
          if (row.otherMinor === null) {
            const has = { kind: 'outgoing-not-booked', ...statementOnly } as const;
            return differenceOf(row, has, 'statementLine');
          }
          const has = { ...statementOnly, kind: 'amount-differs', inBooks: true } as const;
          return differenceOf(row, has, 'statementLine');
        }),
        ...missing.map((row) =>
          differenceOf(
            row,
            {
              kind: 'payout-not-on-statement',
              inBooks: true,
              inEvents: true,
              onStatement: false,
            },
            'transfer',
          ),
        ),
      ];
    },

    /** Fees that wait for the end of a transfer, and claims that no provider has vouched for. */
    waiting: async (
      executor: Executor,
      { rail, date, day }: DayOf,
      limit: number,
    ): Promise<readonly Difference[]> => {
      const fees = await list(
        executor,
        sql<DifferenceRow>`
          select l.linked_receipt as receipt, l.amount_minor as "amountMinor",
            null::bigint as "otherMinor", l.occurred_at as "occurredAt", l.id, l.kind as line
          from statement_line l
          join statement_fee f on f.business_id = l.business_id and f.line_id = l.id
          where l.business_id = ${businessId} and l.business_date = ${date} and l.rail = ${rail}
            and f.state = 'open'
          order by l.id limit ${limit}`,
      );
      const claims = await list(
        executor,
        sql<DifferenceRow>`
          select v.receipt, null::bigint as "amountMinor", null::bigint as "otherMinor",
            v.opened_at as "occurredAt", v.id, null as line
          from verification v
          where v.business_id = ${businessId} and v.rail = ${rail} and v.state <> 'confirmed'
            and v.id between ${idRange(day).from} and ${idRange(day).to}
            and not exists (
              select from payment p where p.business_id = v.business_id and p.rail = v.rail
                and p.receipt = v.receipt
            )
          order by v.id limit ${limit}`,
      );
      return [
        ...fees.map((row) =>
          differenceOf(row, { kind: 'fee-waits', ...statementOnly }, 'statementLine'),
        ),
        ...claims.map((row) =>
          differenceOf(
            row,
            {
              kind: 'claim-not-vouched-for',
              inBooks: false,
              inEvents: true,
              onStatement: false,
            },
            'verification',
          ),
        ),
      ];
    },
  };
}

export type DifferenceStore = ReturnType<typeof createDifferenceStore>;

const statementOnly = { inBooks: false, inEvents: false, onStatement: true };

/** Ids are in order of time, and there is an index on them. */
const idRange = ({ fromAt, toAt }: Cover) => ({
  from: idNumberAt(fromAt),
  to: idNumberAt(toAt + 1),
});
