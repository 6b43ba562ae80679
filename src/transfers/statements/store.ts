import {
  idFromNumber,
  isoOf,
  type BusinessId,
  type EpochMs,
  type RailId,
  type TransferId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';

import { transferStatesBefore } from '../transfer.ts';

/** A payment of ours that we gave back, or tried to, by the provider's own reversal. */
export interface ReversalOf {
  readonly id: TransferId;
  readonly paymentReceipt: string;
  readonly amountMinor: bigint;
  readonly hasFailed: boolean;
}

const reversalStates = [...transferStatesBefore('completed'), 'completed'];

/** Transfers by what a statement tells of them. */
export function createStatementMatchStore(businessId: BusinessId) {
  return {
    /** Reversals of ours of the payments with these receipts that have happened or still may. */
    reversalsOf: async (
      executor: Executor,
      rail: RailId,
      receipts: readonly string[],
    ): Promise<readonly ReversalOf[]> => {
      if (receipts.length === 0) return [];
      const { rows } = await sql<Omit<ReversalOf, 'id'> & { readonly id: bigint }>`
        select id, refunded_receipt as "paymentReceipt", amount_minor as "amountMinor",
          state in ('failed', 'reversed', 'cancelled') as "hasFailed"
        from transfer
        where business_id = ${businessId} and rail = ${rail}
          and kind = 'refund' and refund_by = 'reversal'
          and refunded_receipt = any(${[...receipts]}::text[])
          and state = any(${reversalStates}::text[])
        order by id`.execute(executor);
      return rows.map((row) => ({ ...row, id: idFromNumber('transfer', row.id) }));
    },

    /** Transfers that a payout might be, by amount and time alone: for a person to judge. */
    likePayout: async (
      executor: Executor,
      payout: {
        readonly rail: RailId;
        readonly amountMinor: bigint;
        readonly fromAt: EpochMs;
        readonly toAt: EpochMs;
      },
    ): Promise<readonly TransferId[]> => {
      const { rows } = await sql<{ id: bigint }>`
        select id from transfer
        where business_id = ${businessId} and rail = ${payout.rail}
          and amount_minor = ${payout.amountMinor}
          and state in ('approved', 'sending', 'sent', 'unknown', 'failed')
          and planned_at between ${isoOf(payout.fromAt)} and ${isoOf(payout.toAt)}
        order by id limit 5`.execute(executor);
      return rows.map(({ id }) => idFromNumber('transfer', id));
    },
  };
}

export type StatementMatchStore = ReturnType<typeof createStatementMatchStore>;
