import { idFromNumber, type BusinessId, type PaymentId } from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { BlindIndex } from '#security';

import {
  createPaymentPages,
  isAmountRange,
  isInRange,
  type PaymentFilter,
} from '../pages/store.ts';
import type { Payment, PaymentStore } from '../payments/store.ts';

export type PaymentSearch = Omit<PaymentFilter, 'before' | 'limit'>;

export interface PaymentPage {
  readonly payments: readonly Payment[];
  /** Where the next page begins; undefined when all was looked at. */
  readonly next: PaymentId | undefined;
}

/** A range of amounts is looked for among so many payments at once, so often for one page. */
const stretchMax = 50;
const stretchesMax = 40;

/** Payments by what somebody asks of them, in pages of which each reads a bounded number. */
export function createPaymentSearch(deps: {
  readonly businessId: BusinessId;
  readonly blindIndex: BlindIndex;
  readonly payments: PaymentStore;
}) {
  const { businessId, payments } = deps;
  const newestOf = createPaymentPages(deps);

  /** The next payments, whatever their amount, and which of them are in the range. */
  const stretch = async (executor: Executor, filter: PaymentFilter) => {
    const among = { ...filter, amountMin: undefined, amountMax: undefined, limit: stretchMax };
    const { rows } = await sql<{ id: bigint; fits: boolean }>`
      select payment.id, ${isInRange(filter)} as fits from payment
      where payment.business_id = ${businessId} and payment.id = any(array(${newestOf(among)}))
      order by payment.id desc`.execute(executor);
    return rows.map((row) => ({ id: idFromNumber('payment', row.id), fits: row.fits }));
  };

  /** Goes so far and no further for one page, be it without a find: the next goes on from there. */
  const inRange = async (executor: Executor, filter: PaymentFilter): Promise<PaymentPage> => {
    const found: PaymentId[] = [];
    let next = filter.before;
    for (let n = 0; n < stretchesMax && found.length < filter.limit; n += 1) {
      const rows = await stretch(executor, { ...filter, before: next });
      for (const { id, fits } of rows) {
        if (found.length === filter.limit) break;
        next = id;
        if (fits) found.push(id);
      }
      const isAtItsEnd = rows.length < stretchMax && next === (rows.at(-1)?.id ?? next);
      if (isAtItsEnd) return { payments: await newestFirst(executor, found), next: undefined };
    }
    return { payments: await newestFirst(executor, found), next };
  };

  const newestFirst = async (executor: Executor, ids: readonly PaymentId[]) =>
    (await payments.findMany(executor, ids)).toReversed();

  return {
    page: async (executor: Executor, filter: PaymentFilter): Promise<PaymentPage> => {
      if (isAmountRange(filter)) return inRange(executor, filter);
      const found = await payments.foundBy(executor, newestOf(filter));
      const next = found.length < filter.limit ? undefined : found.at(-1)?.id;
      return { payments: found, next };
    },

    /** How many there are, and at most so many. Reads them all. */
    count: async (executor: Executor, search: PaymentSearch, atMost: number): Promise<number> => {
      const all = newestOf({ ...search, before: undefined, limit: atMost });
      const { rows } = await sql<{ count: bigint }>`
        select count(*) as count from (${all}) as found`.execute(executor);
      return Number(rows[0]?.count ?? 0n);
    },
  };
}

export type PaymentSearcher = ReturnType<typeof createPaymentSearch>;
