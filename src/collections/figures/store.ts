import type { BusinessId, RailId } from '#kernel';
import { dates, int2s, int8s, sql, texts, type Executor } from '#platform/db';
import type { StreamId } from '#streams';

export interface RevenueChange {
  readonly businessDate: string;
  readonly hour: number;
  readonly rail: RailId;
  readonly streamId: StreamId;
  readonly amountMinor: bigint;
  /** How many payments more the day counts; the other sign for one that is taken back. */
  readonly payments: 1 | 0 | -1;
}

/** Keeps the figures that screens show: by day, rail and stream, and by hour. */
export async function addRevenue(
  executor: Executor,
  businessId: BusinessId,
  changes: readonly RevenueChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await sql`
    with c as (
      select * from unnest(
        ${dates(changes.map((c) => c.businessDate))}::date[],
        ${int2s(changes.map((c) => c.hour))}::smallint[],
        ${texts(changes.map((c) => c.rail))}::text[],
        ${texts(changes.map((c) => c.streamId))}::text[],
        ${int8s(changes.map((c) => c.amountMinor))}::bigint[],
        ${int8s(changes.map((c) => BigInt(c.payments)))}::bigint[]
      ) as c (business_date, hour, rail, stream_id, amount, payments)
    ), daily as (
      insert into daily_revenue as d
      select ${businessId}::int, c.business_date, c.rail, c.stream_id, sum(c.payments),
        sum(c.amount)
      from c group by 2, 3, 4 order by 2, 3, 4
      on conflict (business_id, business_date, rail, stream_id) do update set
        payments = d.payments + excluded.payments,
        amount_minor = d.amount_minor + excluded.amount_minor
    )
    insert into hourly_revenue as h
    select ${businessId}::int, c.business_date, c.hour, c.rail, sum(c.payments), sum(c.amount)
    from c group by 2, 3, 4 order by 2, 3, 4
    on conflict (business_id, business_date, hour, rail) do update set
      payments = h.payments + excluded.payments,
      amount_minor = h.amount_minor + excluded.amount_minor`.execute(executor);
}
