import {
  dayMs,
  floorShillings,
  isoOf,
  numberFromId,
  startOfBusinessDay,
  businessDateOf,
  type BusinessDate,
  type BusinessId,
  type EpochMs,
  type IdSource,
  type RailId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';

import type { DayTakings, Hours } from './history.ts';
import { withCombined, type TargetKind } from './target.ts';

export interface StreamTakings {
  readonly rail: RailId;
  readonly streamId: string;
  readonly payments: number;
  readonly amountMinor: bigint;
}

/** One stream's takings of one day, on all rails. */
export interface StreamDay {
  readonly streamId: string;
  readonly date: BusinessDate;
  readonly payments: number;
  readonly amountMinor: bigint;
}

const historyDaysMax = 28;
const historyStart = (date: BusinessDate): BusinessDate =>
  businessDateOf(startOfBusinessDay(date) - historyDaysMax * dayMs);

/** Reads the roll-ups that booking keeps; a proof compares them with payments and books. */
export function createTargetStore(deps: {
  readonly businessId: BusinessId;
  readonly ids: IdSource;
}) {
  const { businessId, ids } = deps;
  return {
    earnedOn: async (executor: Executor, rail: RailId, date: string): Promise<bigint> => {
      const { rows } = await sql<{ amountMinor: bigint }>`
        select coalesce(sum(amount_minor), 0)::bigint as "amountMinor" from daily_revenue
        where business_id = ${businessId} and business_date = ${date}
          and rail = ${rail}`.execute(executor);
      return rows[0]?.amountMinor ?? 0n;
    },

    /** Takings of a day by rail and stream. */
    streamsOn: async (executor: Executor, date: string): Promise<readonly StreamTakings[]> => {
      const { rows } = await sql<{
        rail: RailId;
        streamId: string;
        payments: bigint;
        amountMinor: bigint;
      }>`
        select rail, stream_id as "streamId", payments, amount_minor as "amountMinor"
        from daily_revenue
        where business_id = ${businessId} and business_date = ${date}
        order by rail, stream_id`.execute(executor);
      return rows.map((row) => ({ ...row, payments: Number(row.payments) }));
    },

    /** Days on which a stream has figures, oldest first. */
    streamDaysBetween: async (
      executor: Executor,
      { from, to }: { readonly from: BusinessDate; readonly to: BusinessDate },
    ): Promise<readonly StreamDay[]> => {
      const { rows } = await sql<Omit<StreamDay, 'payments'> & { readonly payments: bigint }>`
        select stream_id as "streamId", business_date as date, sum(payments)::bigint as payments,
          sum(amount_minor)::bigint as "amountMinor"
        from daily_revenue
        where business_id = ${businessId} and business_date between ${from} and ${to}
        group by stream_id, business_date order by business_date, stream_id`.execute(executor);
      return rows.map((row) => ({ ...row, payments: Number(row.payments) }));
    },

    totals: async (executor: Executor): Promise<ReadonlyMap<RailId, bigint>> => {
      const { rows } = await sql<{ rail: RailId; amountMinor: bigint }>`
        select rail, sum(amount_minor)::bigint as "amountMinor" from daily_revenue
        where business_id = ${businessId} group by rail`.execute(executor);
      return new Map(rows.map((row) => [row.rail, row.amountMinor]));
    },

    /**
     * Shillings taken in each hour of the Nairobi day over the four weeks before `date`. An hour in
     * which more went back than came says nothing of when money comes.
     */
    usualHours: async (executor: Executor, date: BusinessDate): Promise<readonly number[]> => {
      const { rows } = await sql<{ hour: number; amountMinor: bigint }>`
        select hour, sum(amount_minor)::bigint as "amountMinor"
        from hourly_revenue
        where business_id = ${businessId} and business_date >= ${historyStart(date)}
          and business_date < ${date}
        group by hour`.execute(executor);
      const byHour = new Map(
        rows.map((row) => [row.hour, Math.max(0, floorShillings(row.amountMinor))]),
      );
      return Array.from({ length: 24 }, (_, hour) => byHour.get(hour) ?? 0);
    },

    /** What each of 24 hours of a day brought, in the order of the hours. */
    hoursOn: async (executor: Executor, date: BusinessDate): Promise<Hours> => {
      const { rows } = await sql<{ hour: number; rail: RailId; amountMinor: bigint }>`
        select hour, rail, amount_minor as "amountMinor" from hourly_revenue
        where business_id = ${businessId} and business_date = ${date}`.execute(executor);
      const found = new Map(rows.map((row) => [`${row.rail} ${row.hour}`, row.amountMinor]));
      const of = (rail: RailId, hour: number): bigint => found.get(`${rail} ${hour}`) ?? 0n;
      return Array.from({ length: 24 }, (_, hour) => ({
        mpesa: of('mpesa', hour),
        airtel: of('airtel', hour),
      }));
    },

    /** Days that have figures, oldest first. */
    daysBetween: async (
      executor: Executor,
      { from, to }: { readonly from: BusinessDate; readonly to: BusinessDate },
    ): Promise<readonly DayTakings[]> => {
      const { rows } = await sql<{
        date: BusinessDate;
        mpesa: bigint;
        airtel: bigint;
        payments: bigint;
      }>`
        select business_date as date, sum(payments)::bigint as payments,
          coalesce(sum(amount_minor) filter (where rail = 'mpesa'), 0)::bigint as mpesa,
          coalesce(sum(amount_minor) filter (where rail = 'airtel'), 0)::bigint as airtel
        from daily_revenue
        where business_id = ${businessId} and business_date between ${from} and ${to}
        group by business_date order by business_date`.execute(executor);
      return rows.map(({ date, payments, mpesa, airtel }) => ({
        date,
        payments: Number(payments),
        takings: withCombined({ mpesa, airtel }),
      }));
    },

    firstDay: async (executor: Executor): Promise<BusinessDate | undefined> => {
      const { rows } = await sql<{ date: BusinessDate }>`
        select business_date as date from daily_revenue where business_id = ${businessId}
        order by business_date limit 1`.execute(executor);
      return rows[0]?.date;
    },

    daysOfHistory: async (executor: Executor, date: BusinessDate): Promise<number> => {
      const { rows } = await sql<{ days: bigint }>`
        select count(distinct business_date) as days from daily_revenue
        where business_id = ${businessId} and business_date < ${date}
          and business_date >= ${historyStart(date)}`.execute(executor);
      return Number(rows[0]?.days ?? 0n);
    },

    /** What each rail's counter had when it was last started anew on that day. */
    closedOn: async (executor: Executor, date: string): Promise<ReadonlyMap<RailId, bigint>> => {
      const { rows } = await sql<{ rail: RailId; closedMinor: bigint }>`
        select distinct on (rail) rail, closed_minor as "closedMinor" from counter_reset
        where business_id = ${businessId} and business_date = ${date}
        order by rail, id desc`.execute(executor);
      return new Map(rows.map((row) => [row.rail, row.closedMinor]));
    },

    addReset: async (
      executor: Executor,
      reset: {
        readonly rail: RailId;
        readonly date: string;
        readonly closedMinor: bigint;
        readonly by: string;
        readonly at: EpochMs;
      },
    ): Promise<void> => {
      await sql`
        insert into counter_reset (
          business_id, id, business_date, rail, closed_minor, reset_by, reset_at
        ) values (
          ${businessId}, ${numberFromId(ids.next('event'))}, ${reset.date}, ${reset.rail},
          ${reset.closedMinor}, ${reset.by}, ${isoOf(reset.at)}
        )`.execute(executor);
    },

    changed: async (executor: Executor): Promise<ReadonlyMap<TargetKind, bigint>> => {
      const { rows } = await sql<{ kind: TargetKind; amountMinor: bigint }>`
        select distinct on (kind) kind, amount_minor as "amountMinor" from target_change
        where business_id = ${businessId} order by kind, id desc`.execute(executor);
      return new Map(rows.map((row) => [row.kind, row.amountMinor]));
    },

    change: async (
      executor: Executor,
      change: {
        readonly kind: TargetKind;
        readonly amountMinor: bigint;
        readonly by: string;
        readonly at: EpochMs;
      },
    ): Promise<void> => {
      await sql`
        insert into target_change (business_id, id, kind, amount_minor, changed_by, changed_at)
        values (
          ${businessId}, ${numberFromId(ids.next('event'))}, ${change.kind},
          ${change.amountMinor}, ${change.by}, ${isoOf(change.at)}
        )`.execute(executor);
    },
  };
}

export type TargetStore = ReturnType<typeof createTargetStore>;
