import { isoOf, type EpochMs, type RailId } from '#kernel';
import { sql, type Database } from '#platform/db';

export interface BookedPayment {
  readonly id: bigint;
  readonly rail: RailId;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly road: string;
  readonly bookedAt: EpochMs;
}

export interface PaidCharge {
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly paidMinor: bigint | null;
  readonly rail: RailId | null;
  readonly receipt: string | null;
}

export interface BookedTransfer {
  readonly id: bigint;
  readonly rail: RailId;
  readonly kind: 'auto' | 'manual';
  readonly state: string;
  readonly amountMinor: bigint;
  readonly ownId: string;
  readonly businessDate: string;
  readonly plannedAt: EpochMs;
  readonly sentAt: EpochMs | null;
  readonly nextStepAt: EpochMs | null;
  readonly isOpenTrouble: boolean;
}

/** Money of a payment that is counted no more, by one transaction of the ledger. */
export interface BookedOut {
  readonly id: bigint;
  /** Under which the ledger booked the payment. */
  readonly key: string;
  readonly amountMinor: bigint;
}

/** What an account still has of a payment. */
export interface LeftOver {
  readonly key: string;
  readonly account: string;
  readonly leftMinor: bigint;
}

/** What an account still has of a transfer that was cancelled. */
export interface HeldOver {
  readonly rail: RailId;
  readonly ownId: string;
  readonly account: string;
  readonly leftMinor: bigint;
}

/** The engine's books, read with statements of the auditor's own. */
export interface Books {
  paymentsSince(at: EpochMs): Promise<readonly BookedPayment[]>;
  paidChargesSince(at: EpochMs): Promise<readonly PaidCharge[]>;
  transfers(): Promise<readonly BookedTransfer[]>;
  heldByCancelledSince(at: EpochMs): Promise<readonly HeldOver[]>;
  /** Those of the digests, in hex, that are kept as callbacks. */
  keptOf(digests: readonly string[]): Promise<ReadonlySet<string>>;
  bookedOutSince(at: EpochMs): Promise<readonly BookedOut[]>;
  /** All that is earned, owed or in the wallet of payments booked under these keys. */
  leftOf(keys: readonly string[]): Promise<readonly LeftOver[]>;
  /** Keys of payments of which a person is told that their provider gave them back. */
  namedReversals(): Promise<ReadonlySet<string>>;
  entriesSumMinor(): Promise<bigint>;
  balanceMinor(account: string): Promise<bigint>;
}

export function readBooks({ executor }: Database): Books {
  return {
    paymentsSince: async (at) => {
      const { rows } = await sql<BookedPayment>`
        select id, rail, receipt, amount_minor as "amountMinor", road, booked_at as "bookedAt"
        from payment where booked_at >= ${isoOf(at)}`.execute(executor);
      return rows;
    },
    paidChargesSince: async (at) => {
      const { rows } = await sql<PaidCharge>`
        select c.reference, c.amount_minor as "amountMinor", p.amount_minor as "paidMinor",
          p.rail, p.receipt
        from charge c left join payment p on p.id = c.payment_id and p.charge_id = c.id
        where c.state = 'paid' and c.updated_at >= ${isoOf(at)}`.execute(executor);
      return rows;
    },
    transfers: async () => {
      const { rows } = await sql<BookedTransfer>`
        select t.id, t.rail, t.kind, t.state, t.amount_minor as "amountMinor", t.own_id as "ownId",
          t.business_date as "businessDate", t.planned_at as "plannedAt", t.sent_at as "sentAt",
          t.next_step_at as "nextStepAt",
          exists (select 1 from exception e where e.kind = 'unknown-transfer' and e.state = 'open'
            and e.detail ->> 'ownId' = t.own_id) as "isOpenTrouble"
        from transfer t`.execute(executor);
      return rows;
    },
    heldByCancelledSince: async (at) => {
      const { rows } = await sql<HeldOver>`
        select t.rail, t.own_id as "ownId", a.name as account,
          sum(e.amount_minor)::bigint as "leftMinor"
        from transfer t
        join ledger_transaction l on l.business_id = t.business_id
          and l.subject = 'tr_' || substr(t.own_id, 3)
        join ledger_entry e on e.business_id = l.business_id and e.transaction_id = l.id
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where t.state = 'cancelled' and t.settled_at >= ${isoOf(at)}
        group by t.rail, t.own_id, a.name
        having sum(e.amount_minor) <> 0`.execute(executor);
      return rows;
    },
    keptOf: async (digests) => {
      if (digests.length === 0) return new Set();
      const { rows } = await sql<{ digest: string }>`
        select encode(digest, 'hex') as digest from callback
        where digest in (
          select decode(d, 'hex') from unnest(${[...digests]}::text[]) as d
        )`.execute(executor);
      return new Set(rows.map(({ digest }) => digest));
    },
    bookedOutSince: async (at) => {
      const { rows } = await sql<BookedOut>`
        select t.id, came.idempotency_key as key, sum(e.amount_minor)::bigint as "amountMinor"
        from ledger_transaction t
        join ledger_transaction came on came.business_id = t.business_id
          and came.subject = t.subject and came.idempotency_key like 'payment:%'
        join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where t.posted_at >= ${isoOf(at)} and t.id <> came.id
          and a.name ~ '^(revenue|suspense|credit):'
        group by t.id, came.idempotency_key
        having sum(e.amount_minor) <> 0`.execute(executor);
      return rows;
    },
    leftOf: async (keys) => {
      if (keys.length === 0) return [];
      const { rows } = await sql<LeftOver>`
        select came.idempotency_key as key, a.name as account,
          sum(e.amount_minor)::bigint as "leftMinor"
        from ledger_transaction came
        join ledger_transaction t on t.business_id = came.business_id
          and t.subject = came.subject
        join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where came.idempotency_key = any(${[...keys]}::text[])
          and a.name ~ '^(revenue|suspense|credit|rail):'
        group by came.idempotency_key, a.name
        having sum(e.amount_minor) <> 0`.execute(executor);
      return rows;
    },
    namedReversals: async () => {
      const { rows } = await sql<{ key: string }>`
        select 'payment:' || rail || ':' || (detail ->> 'linkedReceipt') as key from exception
        where kind = 'reversed-by-provider' and state = 'open'`.execute(executor);
      return new Set(rows.map(({ key }) => key));
    },
    entriesSumMinor: async () => {
      const { rows } = await sql<{ sum: bigint }>`
        select coalesce(sum(amount_minor), 0) as sum from ledger_entry`.execute(executor);
      return rows[0]?.sum ?? 0n;
    },
    balanceMinor: async (account) => {
      const { rows } = await sql<{ sum: bigint }>`
        select coalesce(sum(e.amount_minor), 0) as sum
        from ledger_account a join ledger_entry e on e.account_id = a.id
          and e.business_id = a.business_id
        where a.name = ${account}`.execute(executor);
      return rows[0]?.sum ?? 0n;
    },
  };
}
