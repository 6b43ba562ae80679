import {
  dayMs,
  numberFromId,
  parseBusinessDate,
  parseMsisdn,
  railIds,
  startOfBusinessDay,
  type BusinessId,
  type PaymentId,
  type RailId,
} from '#kernel';
import { newestFirst, sql, type Walk } from '#platform/db';
import type { BlindIndex } from '#security';

import type { PaymentState } from '../payments/store.ts';

export interface PaymentFilter {
  readonly before: PaymentId | undefined;
  readonly limit: number;
  readonly rail: RailId | undefined;
  readonly streamId: string | undefined;
  readonly state: PaymentState | undefined;
  readonly receipt: string | undefined;
  readonly phone: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly amountMin: bigint | undefined;
  readonly amountMax: bigint | undefined;
}

type Condition = ReturnType<typeof sql>;

/** What a filter asks of a payment; where it asks nothing, nothing. */
interface Asked {
  readonly rail?: Condition;
  readonly stream?: Condition;
  readonly state?: Condition;
  readonly receipt?: Condition;
  readonly phone?: Condition;
  readonly from?: Condition;
  readonly to?: Condition;
  readonly amount?: Condition;
}

/** An index to go along, by the values of its first columns, and what of a filter they answer. */
interface Road {
  readonly keys: Walk['keys'];
  readonly answers: readonly (keyof Asked)[];
  /** What the index holds rows of, where it does not hold all. */
  readonly holds?: Condition;
}

/** Beside a stream or a rail, more days than these are looked for among its payments. */
const fewDays = 31;

/** An index by what comes as if by chance is cut by so many days, and grows at its end. */
const stretchDays = 32;
const firstDay = sql`date '2000-01-01'`;

const column = {
  stream: sql`payment.stream_id`,
  rail: sql`payment.rail`,
  day: sql`payment.business_date`,
  state: sql`payment.state`,
  stretch: sql`((payment.business_date - ${firstDay}) / ${sql.raw(String(stretchDays))})`,
  payer: sql`payment.payer_index`,
  amount: sql`payment.amount_minor`,
};

/**
 * Numbers of the newest payments that a filter lets through, as a query. It goes along the index
 * that fits the filter best, newest first, and stops when the page is full; what else is asked is
 * looked at payment by payment on the way.
 */
export function createPaymentPages(deps: {
  readonly businessId: BusinessId;
  readonly blindIndex: BlindIndex;
}) {
  const { businessId, blindIndex } = deps;

  /** What is asked beside that which the road answers, as conditions to go on with. */
  const restOf = (filter: PaymentFilter, answers: readonly (keyof Asked)[]): Condition => {
    const rest = Object.entries(askedOf(filter, blindIndex))
      .filter(([name]) => !answers.some((one) => one === name))
      .map(([, condition]) => sql` and ${condition}`);
    return sql.join(rest, sql``);
  };

  const beforeOf = ({ before }: PaymentFilter): bigint | undefined =>
    before === undefined ? undefined : numberFromId(before);

  const go = (filter: PaymentFilter, { keys, answers, holds = sql`true` }: Road): Condition => {
    const walk = newestFirst({ keys, id: sql`payment.id`, before: beforeOf(filter) });
    return sql`(
      select payment.id from payment
      where payment.business_id = ${businessId} and ${holds} and ${walk.where}
        ${restOf(filter, answers)}
      order by ${walk.order} limit ${filter.limit}
    )`;
  };

  /** Money that is nobody's yet, and what fixes have made of it. */
  const withoutStream = (filter: PaymentFilter, rail: RailId): Condition => {
    const before = beforeOf(filter);
    return sql`(
      select payment.id from payment
      where payment.business_id = ${businessId} and payment.stream_id is null
        and payment.rail = ${rail} ${before === undefined ? sql`` : sql`and payment.id < ${before}`}
        ${restOf(filter, ['rail'])}
      order by payment.stream_id desc, payment.rail desc, payment.id desc limit ${filter.limit}
    )`;
  };

  const byStream = (filter: PaymentFilter, streamId: string): Condition => {
    const own = (filter.rail === undefined ? railIds : [filter.rail]).map((rail) =>
      go(filter, {
        keys: [
          { column: column.stream, value: sql`${streamId}` },
          { column: column.rail, value: sql`${rail}` },
        ],
        answers: ['stream', 'rail'],
      }),
    );
    const allocations = newestFirst({
      keys: [{ column: sql`a.stream_id`, value: sql`${streamId}` }],
      id: sql`a.payment_id`,
      before: beforeOf(filter),
    });
    return sql`
      select found.id from (
        ${sql.join(own, sql` union all `)}
        -- What fixes have earned has no stream of its own.
        union all select fixed.payment_id from (
          select distinct a.stream_id, a.payment_id
          from payment_allocation a
          join payment on payment.business_id = a.business_id and payment.id = a.payment_id
          where a.business_id = ${businessId} and a.reversed_by is null
            and ${allocations.where} ${restOf(filter, ['stream'])}
          order by ${allocations.order} limit ${filter.limit}
        ) as fixed
      ) as found (id)
      order by found.id desc limit ${filter.limit}`;
  };

  /** Stream by stream, whatever streams there are: one index serves both. */
  const byRail = (filter: PaymentFilter, rail: RailId): Condition => {
    const keys = [
      { column: column.stream, value: sql`stream.id` },
      { column: column.rail, value: sql`${rail}` },
    ];
    return sql`
      with recursive stream (id) as (
        select (select min(p.stream_id) from payment p where p.business_id = ${businessId})
        union all
        select (
          select min(p.stream_id) from payment p
          where p.business_id = ${businessId} and p.stream_id > stream.id
        ) from stream where stream.id is not null
      )
      select found.id from (
        select own.id
        from stream cross join lateral ${go(filter, { keys, answers: ['rail'] })} as own
        union all ${withoutStream(filter, rail)}
      ) as found (id)
      order by found.id desc limit ${filter.limit}`;
  };

  /**
   * Stretch by stretch of so many days. The page is in those whose newest payments are newest: in
   * as many of them as it has lines.
   */
  const byStretches = (
    filter: PaymentFilter,
    { days, on }: { readonly days: number; readonly on: (number: Condition) => Road },
  ): Condition => {
    const { from = null, to = null, limit } = filter;
    const edge = (which: Condition) => sql`(
      select ${which} from payment p where p.business_id = ${businessId}
    )`;
    const stretchOf = (day: Condition) => sql`(${day} - ${firstDay}) / ${days}::int`;
    return sql`
      select found.id from (
        select stretch.number
        from generate_series(
          ${stretchOf(sql`greatest(${from}::date, ${edge(sql`min(p.business_date)`)})`)},
          ${stretchOf(sql`least(${to}::date, ${edge(sql`max(p.business_date)`)})`)}
        ) as stretch (number)
        cross join lateral ${go({ ...filter, limit: 1 }, on(sql`stretch.number`))} as newest
        order by newest.id desc limit ${limit}
      ) as fit
      cross join lateral ${go(filter, on(sql`fit.number`))} as found
      order by found.id desc limit ${limit}`;
  };

  const byDays = (filter: PaymentFilter): Condition => {
    const amount = exactAmountOf(filter);
    return byStretches(filter, {
      days: 1,
      on: (number) => ({
        keys: [
          ...(amount === undefined
            ? []
            : [{ column: column.amount, value: sql`${amount}::bigint` }]),
          { column: column.day, value: sql`(${firstDay} + ${number})` },
        ],
        answers: amount === undefined ? ['from', 'to'] : ['from', 'to', 'amount'],
      }),
    });
  };

  const byPayer = (filter: PaymentFilter, phone: Buffer): Condition =>
    byStretches(filter, {
      days: stretchDays,
      on: (number) => ({
        keys: [
          { column: column.stretch, value: number },
          { column: column.payer, value: sql`${phone}` },
        ],
        answers: ['phone'],
        holds: sql`payment.payer_index is not null`,
      }),
    });

  return (filter: PaymentFilter): Condition => {
    const { rail, streamId, state, receipt, from, to } = filter;
    const phone = phoneIn(filter, blindIndex);
    if (receipt !== undefined)
      return sql`
      select payment.id from payment
      where payment.business_id = ${businessId} and payment.rail = any(${[...railIds]}::text[])
        ${beforeOf(filter) === undefined ? sql`` : sql`and payment.id < ${beforeOf(filter)}`}
        ${restOf(filter, [])}
      limit ${filter.limit}`;
    if (phone !== undefined) return byPayer(filter, phone);
    // Nearly all are earned; of others there are few.
    if (state !== undefined && state !== 'earned') {
      return go(filter, {
        keys: [{ column: column.state, value: sql`${state}` }],
        answers: ['state'],
        holds: sql`payment.state <> 'earned'`,
      });
    }
    if (exactAmountOf(filter) !== undefined || isFewDays(filter)) return byDays(filter);
    if (streamId !== undefined) return byStream(filter, streamId);
    if (rail !== undefined) return byRail(filter, rail);
    return from === undefined && to === undefined
      ? go(filter, { keys: [], answers: [] })
      : byDays(filter);
  };
}

const isFewDays = ({ from, to }: PaymentFilter): boolean => {
  const [first, last] = [from, to].map((text) => parseBusinessDate(text ?? ''));
  if (first?.ok !== true || last?.ok !== true) return false;
  return startOfBusinessDay(last.value) - startOfBusinessDay(first.value) < fewDays * dayMs;
};

/** An amount has an index; of a range every payment on the way is looked at. */
const exactAmountOf = ({ amountMin, amountMax }: PaymentFilter): bigint | undefined =>
  amountMin === amountMax ? amountMin : undefined;

/** Whether pages are read by stretches: nothing says how far apart its payments lie. */
export const isAmountRange = (filter: PaymentFilter): boolean =>
  (filter.amountMin !== undefined || filter.amountMax !== undefined) &&
  exactAmountOf(filter) === undefined;

export const isInRange = ({ amountMin, amountMax }: PaymentFilter): Condition =>
  sql`payment.amount_minor
    between ${amountMin ?? 0n}::bigint and ${amountMax ?? amountEnd}::bigint`;

const amountEnd = 2n ** 63n - 1n;

const phoneIn = ({ phone }: PaymentFilter, blindIndex: BlindIndex): Buffer | undefined => {
  const parsed = phone === undefined ? undefined : parseMsisdn(phone);
  return parsed?.ok === true ? blindIndex(parsed.value) : undefined;
};

function askedOf(filter: PaymentFilter, blindIndex: BlindIndex): Asked {
  const { rail, streamId, state, receipt, from, to, amountMin, amountMax } = filter;
  const phone = phoneIn(filter, blindIndex);
  const hasAmount = amountMin !== undefined || amountMax !== undefined;
  return {
    ...(rail !== undefined && { rail: sql`payment.rail = ${rail}` }),
    ...(streamId !== undefined && { stream: earnedBy(streamId) }),
    ...(state !== undefined && { state: sql`payment.state = ${state}` }),
    ...(receipt !== undefined && { receipt: sql`payment.receipt = ${receipt}` }),
    ...(phone !== undefined && { phone: sql`payment.payer_index = ${phone}` }),
    ...(from !== undefined && { from: sql`payment.business_date >= ${from}` }),
    ...(to !== undefined && { to: sql`payment.business_date <= ${to}` }),
    ...(hasAmount && { amount: isInRange(filter) }),
  };
}

/** By booking, or by fixes that stand; as an array, for each payment by itself. */
const earnedBy = (streamId: string): Condition => sql`(
  payment.stream_id = ${streamId} or ${streamId} = any(array(
    select a.stream_id from payment_allocation a
    where a.business_id = payment.business_id and a.payment_id = payment.id
      and a.reversed_by is null
  ))
)`;
