import {
  businessDateOf,
  dayMs,
  idNumberAt,
  isoOf,
  startOfBusinessDay,
  type BusinessDate,
  type BusinessId,
  type EpochMs,
  type RailId,
} from '#kernel';
import { railCollection } from '#ledger';
import { sql, type Executor } from '#platform/db';
import type { ProviderWord, ReportedAccount } from '#rails';

import type { HourlyTakings } from './forecast.ts';

export interface WalletReport {
  readonly account: string;
  readonly availableMinor: bigint;
  readonly reportedAt: EpochMs;
  /** The earliest moment it may speak of: when it was asked for. */
  readonly asOf: EpochMs;
}

/** How asking a rail for its wallets has gone. */
export interface BalancePoll {
  readonly rail: RailId;
  readonly askedAt: EpochMs;
  readonly answeredAt: EpochMs | undefined;
  /** In a row. */
  readonly refusals: number;
  readonly code: string | undefined;
  readonly description: string | undefined;
  readonly nextAt: EpochMs;
}

const historyDaysMax = 28;
/** How old the figures of a report may be that nobody is known to have asked for. */
const unaskedMs = 120_000;

/** Wallets as providers report them, and what the hours of a day usually bring. */
export function createFloatStore({ businessId }: { readonly businessId: BusinessId }) {
  const heldMinor = (rail: RailId) => sql`
    coalesce((
      select sum(b.debits_minor - b.credits_minor)
      from ledger_account held
      join ledger_balance b on b.business_id = held.business_id and b.account_id = held.id
      where held.business_id = ${businessId} and held.name = ${railCollection(rail).name}
    ), 0)::bigint`;

  return {
    report: async (
      executor: Executor,
      report: {
        readonly rail: RailId;
        readonly accounts: readonly ReportedAccount[];
        readonly ids: readonly bigint[];
        readonly at: EpochMs;
      },
    ): Promise<void> => {
      await sql`
        insert into balance_report (
          business_id, id, rail, account, available_minor, reported_at, asked_at
        )
        select ${businessId}, r.id, ${report.rail}, r.account, r.available, ${isoOf(report.at)}, (
            select p.asked_at from balance_poll p
            where p.business_id = ${businessId} and p.rail = ${report.rail}
          )
        from unnest(
          ${[...report.ids]}::bigint[], ${report.accounts.map((a) => a.name)}::text[],
          ${report.accounts.map((a) => a.availableMinor)}::bigint[]
        ) as r (id, account, available)`.execute(executor);
    },

    latest: async (
      executor: Executor,
      rail: RailId,
      account: string,
    ): Promise<WalletReport | undefined> => {
      const { rows } = await sql<WalletReport>`
        select account, available_minor as "availableMinor", reported_at as "reportedAt",
          coalesce(
            least(asked_at, reported_at), reported_at - ${unaskedMs} * interval '1 millisecond'
          ) as "asOf"
        from balance_report
        where business_id = ${businessId} and rail = ${rail} and account = ${account}
        order by reported_at desc, id desc limit 1`.execute(executor);
      return rows[0];
    },

    /** What the books have in the rail's account. */
    held: async (executor: Executor, rail: RailId): Promise<bigint> => {
      const { rows } = await sql<{ heldMinor: bigint }>`
        select ${heldMinor(rail)} as "heldMinor"`.execute(executor);
      return rows[0]?.heldMinor ?? 0n;
    },

    /** The same, and how much of it has come and gone since, as of one moment. */
    heldAndMoved: async (
      executor: Executor,
      rail: RailId,
      since: EpochMs,
    ): Promise<{ readonly heldMinor: bigint; readonly movedMinor: bigint }> => {
      const { rows } = await sql<{ heldMinor: bigint; movedMinor: bigint }>`
        select ${heldMinor(rail)} as "heldMinor", coalesce(sum(e.amount_minor), 0)::bigint
          as "movedMinor"
        from ledger_account a
        join ledger_entry e on e.business_id = a.business_id and e.account_id = a.id
        where a.business_id = ${businessId} and a.name = ${railCollection(rail).name}
          and e.transaction_id >= ${idNumberAt(since + 1)}`.execute(executor);
      return rows[0] ?? { heldMinor: 0n, movedMinor: 0n };
    },

    /**
     * What transfers alone have moved since. Where customers pay into another wallet than payouts
     * are paid from, payouts and top-ups move it: reversals take from where was paid into.
     */
    movedByPayouts: async (executor: Executor, rail: RailId, since: EpochMs): Promise<bigint> => {
      const { rows } = await sql<{ movedMinor: bigint | null }>`
        select sum(e.amount_minor)::bigint as "movedMinor"
        from ledger_account a
        join ledger_transaction t on t.business_id = a.business_id
          and t.id >= ${idNumberAt(since + 1)} and t.kind like 'transfer-%'
        join ledger_entry e on e.business_id = t.business_id and e.account_id = a.id
          and e.transaction_id = t.id
        join transfer r on r.business_id = t.business_id and r.rail = ${rail}
          and r.own_id = 'QT' || substr(t.subject, 4)
        where a.business_id = ${businessId} and a.name = ${railCollection(rail).name}
          and r.refund_by is distinct from 'reversal'`.execute(executor);
      return rows[0]?.movedMinor ?? 0n;
    },

    /** Takes the turn to ask a rail; false while it is too early, for every process. */
    claimPoll: async (
      executor: Executor,
      poll: { readonly rail: RailId; readonly now: EpochMs; readonly nextAt: EpochMs },
    ): Promise<boolean> => {
      const { rows } = await sql`
        insert into balance_poll as p (business_id, rail, asked_at, next_at)
        values (${businessId}, ${poll.rail}, ${isoOf(poll.now)}, ${isoOf(poll.nextAt)})
        on conflict (business_id, rail) do update
          set asked_at = excluded.asked_at, next_at = excluded.next_at
          where p.next_at <= excluded.asked_at
        returning rail`.execute(executor);
      return rows.length > 0;
    },

    answered: async (executor: Executor, rail: RailId, at: EpochMs): Promise<void> => {
      await sql`
        insert into balance_poll (business_id, rail, asked_at, answered_at, next_at)
        values (${businessId}, ${rail}, ${isoOf(at)}, ${isoOf(at)}, ${isoOf(at)})
        on conflict (business_id, rail) do update
          set answered_at = excluded.answered_at, refusals = 0, code = null, description = null,
            next_at = excluded.next_at`.execute(executor);
    },

    /** Each refusal in a row doubles the wait. */
    refused: async (
      executor: Executor,
      rail: RailId,
      refusal: ProviderWord & {
        readonly at: EpochMs;
        readonly waitMs: number;
        readonly waitMsMax: number;
      },
    ): Promise<void> => {
      await sql`
        update balance_poll set refusals = least(refusals, 30) + 1, code = ${refusal.code},
          description = ${refusal.description},
          next_at = ${isoOf(refusal.at)}::timestamptz + least(
            ${refusal.waitMs}::float8 * power(2, least(refusals, 30)), ${refusal.waitMsMax}::float8
          ) * interval '1 millisecond'
        where business_id = ${businessId} and rail = ${rail}`.execute(executor);
    },

    polls: async (executor: Executor): Promise<readonly BalancePoll[]> => {
      const { rows } = await sql<{
        rail: RailId;
        askedAt: EpochMs;
        answeredAt: EpochMs | null;
        refusals: number;
        code: string | null;
        description: string | null;
        nextAt: EpochMs;
      }>`
        select rail, asked_at as "askedAt", answered_at as "answeredAt", refusals, code,
          description, next_at as "nextAt"
        from balance_poll where business_id = ${businessId} order by rail`.execute(executor);
      return rows.map((row) => ({
        ...row,
        answeredAt: row.answeredAt ?? undefined,
        code: row.code ?? undefined,
        description: row.description ?? undefined,
      }));
    },

    /** Answers true once a business day. */
    claimWarning: async (executor: Executor, rail: RailId, date: BusinessDate) => {
      const { rows } = await sql`
        update balance_poll set warned_on = ${date}
        where business_id = ${businessId} and rail = ${rail}
          and warned_on is distinct from ${date}::date
        returning rail`.execute(executor);
      return rows.length > 0;
    },

    /** What the days before `date` took, hour by hour; days without takings count as well. */
    usualHours: async (
      executor: Executor,
      rail: RailId,
      date: BusinessDate,
    ): Promise<HourlyTakings> => {
      const from = businessDateOf(startOfBusinessDay(date) - historyDaysMax * dayMs);
      const { rows } = await sql<{ hour: number; amountMinor: bigint; days: number }>`
        select hour, sum(amount_minor)::bigint as "amountMinor",
          (${date}::date - min(min(business_date)) over ())::int as days
        from hourly_revenue
        where business_id = ${businessId} and rail = ${rail} and business_date >= ${from}
          and business_date < ${date}
        group by hour`.execute(executor);
      const byHour = new Map(rows.map((row) => [row.hour, row.amountMinor]));
      return {
        days: rows[0]?.days ?? 0,
        byHourMinor: Array.from({ length: 24 }, (_, hour) => byHour.get(hour) ?? 0n),
      };
    },
  };
}
