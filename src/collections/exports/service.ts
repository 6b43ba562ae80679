import {
  err,
  ok,
  type Clock,
  type EpochMs,
  type IdSource,
  type PaymentId,
  type Result,
} from '#kernel';
import type { Actor, Audit, Detail } from '#audit';
import type { Database } from '#platform/db';

import type { Payment } from '../payments/store.ts';
import type { PaymentPage, PaymentSearch, PaymentSearcher } from '../searches/store.ts';

export interface ExportOrder {
  readonly search: PaymentSearch;
  /** The kind of file, for the audit record. */
  readonly format: string;
  /** More payments than this do not fit; undefined where any number does. */
  readonly fits: number | undefined;
  readonly by: Actor;
}

export type ExportRefusal =
  | { readonly kind: 'too-many-payments'; readonly most: number }
  | { readonly kind: 'too-many-exports'; readonly most: number };

export interface PaymentExport {
  readonly startedAt: EpochMs;
  /** How many there are; undefined where they are too many to be counted first. */
  readonly count: number | undefined;
  /** Newest first. What is booked after the start is not among them. */
  readonly pages: AsyncIterable<readonly Payment[]>;
  /** Makes room for another, whether it was read to its end or not. */
  readonly end: () => void;
}

const pageMax = 200;
const exportsMax = 2;
/** Beyond this nobody waits for a count. */
const countMax = 1_000_000;

/** Payments in any number, page by page as they are taken, and a record of who took them. */
export function createExporter(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly searches: PaymentSearcher;
}) {
  const { database, searches } = deps;
  const under = new Set<symbol>();

  async function* pagesOf(search: PaymentSearch, first: PaymentId) {
    let before: PaymentId | undefined = first;
    while (before !== undefined) {
      const page: PaymentPage = await searches.page(database.executor, {
        ...search,
        before,
        limit: pageMax,
      });
      if (page.payments.length > 0) yield page.payments;
      before = page.next;
    }
  }

  const beginAt = async (
    { search, fits, by, format }: ExportOrder,
    end: () => void,
  ): Promise<Result<PaymentExport, ExportRefusal>> => {
    const most = fits ?? countMax;
    const startedAt = deps.clock.now();
    const first = deps.ids.next('payment');
    const found = await searches.count(database.executor, search, most + 1);
    if (fits !== undefined && found > fits) return err({ kind: 'too-many-payments', most: fits });
    const count = found > most ? undefined : found;
    await database.transaction((tx) =>
      deps.audit.record(tx, {
        actor: by,
        action: 'payments.exported',
        subject: 'payments:export',
        detail: { format, count: count ?? null, ...askedOf(search) },
      }),
    );
    return ok({ startedAt, count, pages: pagesOf(search, first), end });
  };

  return {
    begin: async (order: ExportOrder): Promise<Result<PaymentExport, ExportRefusal>> => {
      if (under.size >= exportsMax) return err({ kind: 'too-many-exports', most: exportsMax });
      const place = Symbol(order.format);
      under.add(place);
      const end = (): void => void under.delete(place);
      try {
        const begun = await beginAt(order, end);
        if (!begun.ok) end();
        return begun;
      } catch (error) {
        end();
        throw error;
      }
    },
  };
}

/** The log cannot forget: it is told that a number was asked for, and not which. */
function askedOf(search: PaymentSearch): Detail {
  const { rail, streamId, state, from, to, amountMin, amountMax } = search;
  return {
    rail: rail ?? null,
    stream: streamId ?? null,
    state: state ?? null,
    from: from ?? null,
    to: to ?? null,
    amountMin: amountMin ?? null,
    amountMax: amountMax ?? null,
    byReceipt: search.receipt !== undefined,
    byPhone: search.phone !== undefined,
  };
}
