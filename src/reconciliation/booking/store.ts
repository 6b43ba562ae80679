import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type PaymentId,
  type RailId,
  type StatementId,
  type StatementLineId,
} from '#kernel';
import type { PaymentState } from '#collections';
import { sql, texts, type Executor } from '#platform/db';

import type { Cover, StatementFile } from '../statements/statement.ts';
import { fileFactsColumns, fileFactsOf, type FileFactsRow } from '../statements/store.ts';

/** What a statement has changed so far. */
export interface Booked {
  readonly state: 'booking' | 'done';
  readonly linesDone: number;
  /** Lines that no statement had told of before. */
  readonly linesNew: number;
  readonly paymentsBooked: number;
  readonly bookedMinor: bigint;
  readonly paymentsKnown: number;
  readonly transfersSettled: number;
  readonly exceptionsOpened: number;
}

export type BookedChange = Omit<Booked, 'state'>;

export interface ImportedStatement extends StatementFile {
  readonly booked: Booked;
}

export interface StatementPage {
  readonly before: StatementId | undefined;
  readonly limit: number;
}

export interface MissingPayment {
  readonly id: PaymentId;
  /** The same id as the database counts it. */
  readonly number: bigint;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly occurredAt: EpochMs;
}

/** A payment in the books, and the first line of a statement that takes it back. */
export interface TakenBackPayment {
  readonly id: PaymentId;
  readonly receipt: string;
  readonly bookedMinor: bigint;
  readonly lineId: StatementLineId;
  /** The receipt of the line. */
  readonly reversal: string;
  /** Above zero. */
  readonly amountMinor: bigint;
  readonly occurredAt: EpochMs;
}

/** A payment in the books that a line takes back which was there before it. */
export interface BookedLate {
  readonly id: PaymentId;
  readonly rail: RailId;
  readonly receipt: string;
}

/** What the books know of receipts and ids, for a preview. */
export interface KnownReceipt {
  readonly receipt: string;
  readonly amountMinor: bigint;
}

export interface KnownPayment extends KnownReceipt {
  readonly id: PaymentId;
  readonly state: PaymentState;
}

export interface KnownTransfer extends KnownReceipt {
  readonly ownId: string;
  readonly isCompleted: boolean;
}

const bookedColumns = sql`
  b.state, b.lines_done as "linesDone", b.lines_new as "linesNew",
  b.payments_booked as "paymentsBooked", b.booked_minor as "bookedMinor",
  b.payments_known as "paymentsKnown", b.transfers_settled as "transfersSettled",
  b.exceptions_opened as "exceptionsOpened"`;

/** How far bookings have come, and what they need to know of payments and transfers. */
export function createBookingStore(deps: { readonly businessId: BusinessId }) {
  const { businessId } = deps;
  return {
    /** One group of a statement at a time, in every process. */
    lock: async (executor: Executor, id: StatementId): Promise<Booked | undefined> => {
      const { rows } = await sql<Booked>`
        select ${bookedColumns} from statement_booking b
        where b.business_id = ${businessId} and b.statement_id = ${numberFromId(id)}
        for update`.execute(executor);
      return rows[0];
    },

    find: async (executor: Executor, id: StatementId): Promise<Booked | undefined> => {
      const { rows } = await sql<Booked>`
        select ${bookedColumns} from statement_booking b
        where b.business_id = ${businessId}
          and b.statement_id = ${numberFromId(id)}`.execute(executor);
      return rows[0];
    },

    /** Adds to the counts; the row is locked by the caller. */
    add: async (executor: Executor, id: StatementId, change: BookedChange): Promise<void> => {
      await sql`
        update statement_booking set
          lines_done = lines_done + ${change.linesDone},
          lines_new = lines_new + ${change.linesNew},
          payments_booked = payments_booked + ${change.paymentsBooked},
          booked_minor = booked_minor + ${change.bookedMinor},
          payments_known = payments_known + ${change.paymentsKnown},
          transfers_settled = transfers_settled + ${change.transfersSettled},
          exceptions_opened = exceptions_opened + ${change.exceptionsOpened}
        where business_id = ${businessId}
          and statement_id = ${numberFromId(id)}`.execute(executor);
    },

    finish: async (executor: Executor, id: StatementId, at: EpochMs): Promise<void> => {
      await sql`
        update statement_booking set state = 'done', finished_at = ${isoOf(at)}
        where business_id = ${businessId} and statement_id = ${numberFromId(id)}
          and state = 'booking'`.execute(executor);
    },

    page: async (
      executor: Executor,
      { before, limit }: StatementPage,
    ): Promise<readonly ImportedStatement[]> => {
      const { rows } = await sql<Booked & FileFactsRow>`
        select ${fileFactsColumns}, ${bookedColumns}
        from statement_file f
        join statement_booking b on b.business_id = f.business_id and b.statement_id = f.id
        where f.business_id = ${businessId}
          ${before === undefined ? sql`` : sql`and f.id < ${numberFromId(before)}`}
        order by f.id desc limit ${limit}`.execute(executor);
      return rows.map((row) => ({
        ...fileFactsOf(row),
        booked: bookedOf(row),
      }));
    },

    /** Payments in the cover that no statement line tells of, oldest first, after one of them. */
    missing: async (
      executor: Executor,
      wanted: {
        readonly rail: RailId;
        readonly cover: Cover;
        readonly dates: { readonly from: string; readonly to: string };
        readonly after: bigint;
        readonly limit: number;
      },
    ): Promise<readonly MissingPayment[]> => {
      const { rail, cover, dates } = wanted;
      const { rows } = await sql<Omit<MissingPayment, 'id'>>`
        select p.id as number, p.receipt, p.amount_minor as "amountMinor",
          p.occurred_at as "occurredAt"
        from payment p
        where p.business_id = ${businessId} and p.rail = ${rail}
          and p.business_date between ${dates.from} and ${dates.to}
          and p.occurred_at between ${isoOf(cover.fromAt)} and ${isoOf(cover.toAt)}
          and p.id > ${wanted.after}
          and not exists (
            select from statement_line l
            where l.business_id = p.business_id and l.rail = p.rail and l.receipt = p.receipt
              and l.kind = 'payment'
          )
        order by p.id limit ${wanted.limit}`.execute(executor);
      return rows.map((row) => ({ ...row, id: idFromNumber('payment', row.number) }));
    },

    /** How many would be missing, were the receipts on a statement too. */
    countMissing: async (
      executor: Executor,
      wanted: {
        readonly rail: RailId;
        readonly cover: Cover;
        readonly dates: { readonly from: string; readonly to: string };
        readonly receipts: readonly string[];
        readonly limit: number;
      },
    ): Promise<{ readonly count: number; readonly sumMinor: bigint }> => {
      const { rail, cover, dates } = wanted;
      const { rows } = await sql<{ count: bigint; sumMinor: bigint }>`
        select count(*) as count, coalesce(sum(amount_minor), 0)::bigint as "sumMinor" from (
          select p.amount_minor from payment p
          where p.business_id = ${businessId} and p.rail = ${rail}
            and p.business_date between ${dates.from} and ${dates.to}
            and p.occurred_at between ${isoOf(cover.fromAt)} and ${isoOf(cover.toAt)}
            and not exists (
              select from unnest(${texts(wanted.receipts)}::text[]) as told (receipt)
              where told.receipt = p.receipt
            )
            and not exists (
              select from statement_line l
              where l.business_id = p.business_id and l.rail = p.rail and l.receipt = p.receipt
                and l.kind = 'payment'
            )
          limit ${wanted.limit}
        ) as missing`.execute(executor);
      const [row] = rows;
      return { count: Number(row?.count ?? 0n), sumMinor: row?.sumMinor ?? 0n };
    },

    paymentsOf: async (
      executor: Executor,
      rail: RailId,
      receipts: readonly string[],
    ): Promise<readonly KnownPayment[]> => {
      const { rows } = await sql<Omit<KnownPayment, 'id'> & { readonly id: bigint }>`
        select id, receipt, amount_minor as "amountMinor", state from payment
        where business_id = ${businessId} and rail = ${rail}
          and receipt = any(${[...receipts]}::text[])`.execute(executor);
      return rows.map((row) => ({ ...row, id: idFromNumber('payment', row.id) }));
    },

    /**
     * Payments with these receipts that are taken back, not by a refund of ours; locked against one
     * meanwhile.
     */
    takenBack: async (
      executor: Executor,
      rail: RailId,
      receipts: readonly string[],
    ): Promise<readonly TakenBackPayment[]> => {
      if (receipts.length === 0) return [];
      const { rows } = await sql<
        Omit<TakenBackPayment, 'id' | 'lineId'> & { readonly id: bigint; readonly lineId: bigint }
      >`
        select p.id, p.receipt, p.amount_minor as "bookedMinor", l.id as "lineId",
          l.receipt as reversal, -l.amount_minor as "amountMinor", l.occurred_at as "occurredAt"
        from payment p
        cross join lateral (
          select * from statement_line s
          where s.business_id = p.business_id and s.rail = p.rail
            and s.linked_receipt = p.receipt and s.kind = 'refund' and s.amount_minor < 0
            and not exists (
              select from transfer t where t.business_id = s.business_id and t.rail = s.rail
                and (t.receipt = s.receipt or t.own_id = s.own_id or (
                  t.payment_id = p.id and t.refund_by = 'reversal' and t.state = 'completed'
                  and t.amount_minor = -s.amount_minor
                ))
            )
          order by s.id limit 1
        ) l
        where p.business_id = ${businessId} and p.rail = ${rail}
          and p.receipt = any(${[...receipts]}::text[])
        order by p.id for no key update of p`.execute(executor);
      return rows.map((row) => ({
        ...row,
        id: idFromNumber('payment', row.id),
        lineId: idFromNumber('statementLine', row.lineId),
      }));
    },

    /**
     * Payments that count and were booked after a line that takes them back, or side by side with
     * it. Lines from an id on; `span` is how far apart ids of the same moment may be.
     */
    bookedAfterLine: async (
      executor: Executor,
      lines: { readonly after: bigint; readonly span: bigint },
    ): Promise<readonly BookedLate[]> => {
      const { rows } = await sql<Omit<BookedLate, 'id'> & { readonly id: bigint }>`
        select p.id, p.rail, p.receipt
        from statement_line l
        join payment p on p.business_id = l.business_id and p.rail = l.rail
          and p.receipt = l.linked_receipt
        where l.business_id = ${businessId} and l.id > ${lines.after}
          and l.kind = 'refund' and l.amount_minor < 0 and l.linked_receipt is not null
          and p.id > l.id - ${lines.span} and p.state <> 'reversed'
        order by p.id`.execute(executor);
      return rows.map((row) => ({ ...row, id: idFromNumber('payment', row.id) }));
    },

    /** Those of the payments that somebody has been told of as taken back. */
    toldOf: async (
      executor: Executor,
      payments: readonly PaymentId[],
    ): Promise<ReadonlySet<string>> => {
      const { rows } = await sql<{ subject: string }>`
        select subject from exception
        where business_id = ${businessId} and kind = 'reversed-by-provider'
          and subject = any(${[...payments]}::text[])`.execute(executor);
      return new Set(rows.map(({ subject }) => subject));
    },

    transfersOf: async (
      executor: Executor,
      rail: RailId,
      wanted: { readonly receipts: readonly string[]; readonly ownIds: readonly string[] },
    ): Promise<readonly KnownTransfer[]> => {
      const { rows } = await sql<KnownTransfer>`
        select coalesce(receipt, '') as receipt, amount_minor as "amountMinor",
          own_id as "ownId", state = 'completed' as "isCompleted"
        from transfer
        where business_id = ${businessId} and rail = ${rail}
          and (receipt = any(${[...wanted.receipts]}::text[])
            or own_id = any(${[...wanted.ownIds]}::text[]))`.execute(executor);
      return rows;
    },
  };
}

export type BookingStore = ReturnType<typeof createBookingStore>;

const bookedOf = (row: Booked): Booked => ({
  state: row.state,
  linesDone: row.linesDone,
  linesNew: row.linesNew,
  paymentsBooked: row.paymentsBooked,
  bookedMinor: row.bookedMinor,
  paymentsKnown: row.paymentsKnown,
  transfersSettled: row.transfersSettled,
  exceptionsOpened: row.exceptionsOpened,
});
