import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessDate,
  type BusinessId,
  type EpochMs,
  type RailId,
  type StatementLineId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { Road } from '#transfers';

import { roadOfTransfer } from '../days/store.ts';

/** A fee line that the books have not taken in, or took in without knowing what it was for. */
export interface DueFee {
  readonly lineId: StatementLineId;
  readonly rail: RailId;
  /** The receipt it was charged for. */
  readonly receipt: string;
  readonly state: 'open' | 'settled';
  readonly looks: number;
  readonly occurredAt: EpochMs;
  readonly businessDate: BusinessDate;
}

/** What a fee was charged for, as the books know it. */
export interface FeeSubject {
  readonly about: 'payment' | Road;
  /** Undefined where only the statement tells of it. */
  readonly id: string | undefined;
  readonly amountMinor: bigint;
}

/** A provider's clock and ours differ by no more. */
const clockSkewMs = 5 * 60 * 1000;

export function createFeeStore(deps: { readonly businessId: BusinessId }) {
  const { businessId } = deps;
  return {
    open: async (
      executor: Executor,
      rail: RailId,
      lines: readonly StatementLineId[],
    ): Promise<void> => {
      if (lines.length === 0) return;
      await sql`
        insert into statement_fee (business_id, line_id, rail, state)
        select ${businessId}, l.id, ${rail}, 'open'
        from unnest(${lines.map(numberFromId)}::bigint[]) as l (id)`.execute(executor);
    },

    /** One decision about fees at a time, in every process. */
    lock: async (executor: Executor): Promise<void> => {
      await sql`
        select pg_advisory_xact_lock(hashtextextended('statement fees', ${businessId}))`.execute(
        executor,
      );
    },

    /** Fees that are open, or were taken in before the books knew what they were for. */
    due: async (
      executor: Executor,
      page: { readonly after: bigint; readonly limit: number },
    ): Promise<readonly (DueFee & { readonly number: bigint })[]> => {
      const { rows } = await sql<Omit<DueFee, 'lineId'> & { readonly number: bigint }>`
        select f.line_id as number, f.rail, l.linked_receipt as receipt, f.state, f.looks,
          l.occurred_at as "occurredAt", l.business_date as "businessDate"
        from statement_fee f
        join statement_line l on l.business_id = f.business_id and l.id = f.line_id
        where f.business_id = ${businessId} and f.line_id > ${page.after}
          and (f.state = 'open' or f.subject is null)
          and (f.state = 'open' or exists (
            select from transfer t
            where t.business_id = f.business_id and t.rail = f.rail
              and t.receipt = l.linked_receipt and t.state = 'completed'
          ) or exists (
            select from payment p
            where p.business_id = f.business_id and p.rail = f.rail
              and p.receipt = l.linked_receipt
          ))
        order by f.line_id limit ${page.limit}`.execute(executor);
      return rows.map((row) => ({ ...row, lineId: idFromNumber('statementLine', row.number) }));
    },

    /** A transfer before a payment: a payout's receipt is no payment's. */
    subjectOf: async (
      executor: Executor,
      rail: RailId,
      receipt: string,
    ): Promise<FeeSubject | undefined> => {
      const { rows } = await sql<{
        about: FeeSubject['about'];
        number: bigint | null;
        amountMinor: bigint;
      }>`
        select ${roadOfTransfer} as about, id as number, amount_minor as "amountMinor", 1 as rank
        from transfer r
        where business_id = ${businessId} and rail = ${rail} and state = 'completed'
          and receipt = ${receipt}
        union all
        select ${roadOfTransfer}, id, amount_minor, 1 from transfer r
        where business_id = ${businessId} and rail = ${rail} and state = 'completed'
          and own_id = any(array(
            select l.own_id from statement_line l
            where l.business_id = ${businessId} and l.rail = ${rail} and l.receipt = ${receipt}
              and l.own_id is not null
          ))
        union all
        select 'payment', id, amount_minor, 2 from payment
        where business_id = ${businessId} and rail = ${rail} and receipt = ${receipt}
        union all
        select kind, null, abs(amount_minor), 3 from statement_line
        where business_id = ${businessId} and rail = ${rail} and receipt = ${receipt}
          and kind in ('payment', 'payout')
        order by rank limit 1`.execute(executor);
      const [row] = rows;
      if (row === undefined) return undefined;
      const { about, number, amountMinor } = row;
      const kind = about === 'payment' ? 'payment' : 'transfer';
      return { about, amountMinor, id: number === null ? undefined : idFromNumber(kind, number) };
    },

    /** Whether a transfer without an end may turn out to be what the fee was charged for. */
    mayBelongToUnsettled: async (executor: Executor, fee: DueFee): Promise<boolean> => {
      const { rows } = await sql<{ may: boolean }>`
        select exists (
          select from transfer
          where business_id = ${businessId} and rail = ${fee.rail}
            and state in ('approved', 'sending', 'sent', 'unknown')
            and planned_at <= ${isoOf(fee.occurredAt + clockSkewMs)}
        ) as may`.execute(executor);
      return rows[0]?.may === true;
    },

    /**
     * By all lines for the receipt. Where several wallets' statements show the same fee, one of
     * them counts.
     */
    chargedFor: async (executor: Executor, rail: RailId, receipt: string): Promise<bigint> => {
      const { rows } = await sql<{ chargedMinor: bigint }>`
        select -sum(amount_minor)::bigint as "chargedMinor" from statement_line
        where business_id = ${businessId} and rail = ${rail} and linked_receipt = ${receipt}
          and kind = 'fee'
        group by account order by abs(sum(amount_minor)) desc limit 1`.execute(executor);
      return rows[0]?.chargedMinor ?? 0n;
    },

    bookedFor: async (
      executor: Executor,
      account: string,
      subjects: readonly string[],
    ): Promise<bigint> => {
      const { rows } = await sql<{ bookedMinor: bigint }>`
        select coalesce(sum(e.amount_minor), 0)::bigint as "bookedMinor"
        from ledger_transaction t
        join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where t.business_id = ${businessId} and t.subject = any(${[...subjects]}::text[])
          and a.name = ${account}`.execute(executor);
      return rows[0]?.bookedMinor ?? 0n;
    },

    /** All lines for the receipt are settled by one look at it. */
    settle: async (executor: Executor, fee: DueFee, subject: string | undefined): Promise<void> => {
      await sql`
        update statement_fee f set state = 'settled', subject = ${subject ?? null},
          looks = f.looks + 1
        from statement_line l
        where f.business_id = ${businessId} and l.business_id = f.business_id
          and l.id = f.line_id and l.rail = ${fee.rail} and l.kind = 'fee'
          and l.linked_receipt = ${fee.receipt}`.execute(executor);
    },
  };
}

export type FeeStore = ReturnType<typeof createFeeStore>;
