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

/** The engine's books, read with statements of the auditor's own. */
export interface Books {
  paymentsSince(at: EpochMs): Promise<readonly BookedPayment[]>;
  paidChargesSince(at: EpochMs): Promise<readonly PaidCharge[]>;
  transfers(): Promise<readonly BookedTransfer[]>;
  /** Those of the digests, in hex, that are kept as callbacks. */
  keptOf(digests: readonly string[]): Promise<ReadonlySet<string>>;
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
    keptOf: async (digests) => {
      if (digests.length === 0) return new Set();
      const { rows } = await sql<{ digest: string }>`
        select encode(digest, 'hex') as digest from callback
        where digest in (
          select decode(d, 'hex') from unnest(${[...digests]}::text[]) as d
        )`.execute(executor);
      return new Set(rows.map(({ digest }) => digest));
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
