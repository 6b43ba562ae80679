import { idNumberAt, idSpanOf, isoOf, type BusinessId, type EpochMs, type RailId } from '#kernel';
import { sql, type Executor, type Tx } from '#platform/db';

import type { Arrival } from '../forecast.ts';
import type { Operation } from '../operation.ts';
import { addTallies, emptyTally, type Tally } from './tally.ts';

/** What one hour's calls of one kind to one rail came to. */
export interface WeatherHour extends Tally {
  readonly rail: RailId;
  readonly operation: Operation;
  /** Its start. */
  readonly hour: EpochMs;
}

const columns = sql`
  w.rail, w.operation, w.hour, w.calls, w.ok, w.our_fault as "ourFault", w.refused, w.unknown,
  w.unheard, w.latency_counts as "latencyCounts", w.codes`;

const sameCell = (one: WeatherHour, other: WeatherHour): boolean =>
  one.rail === other.rail && one.operation === other.operation && one.hour === other.hour;

const sampleEveryMs = 15 * 60 * 1000;
const sampleMax = 25;

export function createRecordStore(businessId: BusinessId) {
  /** Rows for every cell, made where there are none, and locked in one order. */
  const lockCells = async (
    tx: Tx,
    cells: readonly WeatherHour[],
  ): Promise<readonly WeatherHour[]> => {
    const rails = cells.map(({ rail }) => rail);
    const kinds = cells.map(({ operation }) => operation);
    const hours = cells.map(({ hour }) => isoOf(hour));
    await sql`
      insert into rail_weather (
        business_id, rail, operation, hour, calls, ok, our_fault, refused, unknown, unheard,
        latency_counts, codes
      )
      select ${businessId}, c.rail, c.operation, c.hour, 0, 0, 0, 0, 0, 0,
        ${[...emptyTally.latencyCounts]}::int[], '{}'
      from unnest(${rails}::text[], ${kinds}::text[], ${hours}::timestamptz[])
        as c (rail, operation, hour)
      order by 2, 3, 4
      on conflict do nothing`.execute(tx);
    const { rows } = await sql<WeatherHour>`
      select ${columns} from rail_weather w
      join unnest(${rails}::text[], ${kinds}::text[], ${hours}::timestamptz[])
        as c (rail, operation, hour) using (rail, operation, hour)
      where w.business_id = ${businessId}
      order by w.rail, w.operation, w.hour for update of w`.execute(tx);
    return rows;
  };

  return {
    /** Adds to what is there already; several processes add up. */
    add: async (tx: Tx, hours: readonly WeatherHour[]): Promise<void> => {
      if (hours.length === 0) return;
      const sums = (await lockCells(tx, hours)).map((row) => ({
        ...row,
        ...hours.filter((one) => sameCell(one, row)).reduce<Tally>(addTallies, row),
      }));
      await sql`
        update rail_weather w set
          calls = s.calls, ok = s.ok, our_fault = s.our_fault, refused = s.refused,
          unknown = s.unknown, unheard = s.unheard, codes = s.codes,
          latency_counts = array(select jsonb_array_elements_text(s.latency)::int)
        from unnest(
          ${sums.map((s) => s.rail)}::text[], ${sums.map((s) => s.operation)}::text[],
          ${sums.map((s) => isoOf(s.hour))}::timestamptz[], ${sums.map((s) => s.calls)}::int[],
          ${sums.map((s) => s.ok)}::int[], ${sums.map((s) => s.ourFault)}::int[],
          ${sums.map((s) => s.refused)}::int[], ${sums.map((s) => s.unknown)}::int[],
          ${sums.map((s) => s.unheard)}::int[],
          ${sums.map((s) => JSON.stringify(s.latencyCounts))}::jsonb[],
          ${sums.map((s) => JSON.stringify(s.codes))}::jsonb[]
        ) as s (rail, operation, hour, calls, ok, our_fault, refused, unknown, unheard, latency,
          codes)
        where w.business_id = ${businessId} and w.rail = s.rail and w.operation = s.operation
          and w.hour = s.hour`.execute(tx);
    },

    /** Hours from that one on, newest first. */
    since: async (
      executor: Executor,
      from: { readonly at: EpochMs; readonly limit: number },
    ): Promise<readonly WeatherHour[]> => {
      const { rows } = await sql<WeatherHour>`
        select ${columns} from rail_weather w
        where w.business_id = ${businessId} and w.hour >= ${isoOf(from.at)}
        order by w.hour desc, w.rail desc, w.operation limit ${from.limit}`.execute(executor);
      return rows;
    },

    sweep: async (executor: Executor, before: EpochMs): Promise<void> => {
      await sql`
        delete from rail_weather
        where business_id = ${businessId} and hour < ${isoOf(before)}`.execute(executor);
    },

    /**
     * How the ends of prompts were learned, by the first few of every stretch: a day may have
     * millions, and what is told of them are shares. A payment knows its road; a failure that was
     * asked for was answered twice before it was believed, so one that never was came by callback.
     */
    arrivals: async (
      executor: Executor,
      { since, now }: { readonly since: EpochMs; readonly now: EpochMs },
    ): Promise<ReadonlyMap<RailId, Arrival>> => {
      const { rows } = await sql<{
        rail: RailId;
        settled: bigint;
        byCallback: bigint;
        medianMs: bigint | null;
      }>`
        select rail, count(*) as settled, count(*) filter (where heard) as "byCallback",
          (percentile_disc(0.5) within group (order by took_ms) filter (where heard))::bigint
            as "medianMs"
        from (
          select p.rail,
            (extract(epoch from p.settled_at - p.planned_at) * 1000)::bigint as took_ms,
            case p.state
              when 'paid' then coalesce(m.road in ('stk-callback', 'paybill-confirmation'), false)
              else p.failed_answers = 0 and p.code <> 'not-found'
            end as heard
          from generate_series(
            ${idNumberAt(since)}::bigint, ${idNumberAt(now)}::bigint, ${idSpanOf(sampleEveryMs)}
          ) as stretch (start)
          cross join lateral (
            select * from prompt
            where business_id = ${businessId} and id >= stretch.start
              and id < stretch.start + ${idSpanOf(sampleEveryMs)}
            order by id limit ${sampleMax}
          ) as p
          join charge c on c.business_id = p.business_id and c.id = p.charge_id
          -- A confirmation that comes before the prompt's own callback names the charge alone.
          left join payment m on m.business_id = c.business_id and m.id = c.payment_id
          where p.state in ('paid', 'failed')
        ) as ends
        group by rail`.execute(executor);
      return new Map(
        rows.map(({ rail, settled, byCallback, medianMs }) => [
          rail,
          {
            settled: Number(settled),
            byCallback: Number(byCallback),
            medianMs: medianMs === null ? undefined : Number(medianMs),
          },
        ]),
      );
    },
  };
}

export type RecordStore = ReturnType<typeof createRecordStore>;
