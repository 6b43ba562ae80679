import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type ChargeId,
  type EpochMs,
  type ExceptionId,
  type FixId,
  type LedgerTransactionId,
  type PaymentId,
  type TransferId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { JsonObject } from '#platform/outbox';
import type { StreamId } from '#streams';

import type { PaymentState } from '../payments/store.ts';
import type { AppliedFix } from './fix.ts';

/** What a fix did to one payment. */
export interface FixedPayment {
  readonly paymentId: PaymentId;
  readonly stateBefore: PaymentState;
  readonly stateAfter: PaymentState;
  readonly ledgerTransactionId: LedgerTransactionId | undefined;
}

/** A part of a payment that a fix let a stream earn. */
export interface Allocation {
  readonly fixId: FixId;
  readonly paymentId: PaymentId;
  readonly chargeId: ChargeId | undefined;
  readonly streamId: StreamId;
  readonly amountMinor: bigint;
  readonly waivedMinor: bigint;
  readonly reversedBy: FixId | undefined;
}

export interface NewFix extends Omit<AppliedFix, 'undoneBy'> {
  readonly input: JsonObject;
  readonly inputHash: Buffer;
  readonly requestKey: string | undefined;
}

interface FixRow {
  readonly id: bigint;
  readonly exceptionId: bigint;
  readonly kind: AppliedFix['kind'];
  readonly reason: string;
  readonly appliedBy: string;
  readonly appliedAt: EpochMs;
  readonly transferId: bigint | null;
  readonly undoes: bigint | null;
  readonly undoneBy: bigint | null;
  readonly inputHash: Buffer;
}

interface AllocationRow {
  readonly fixId: bigint;
  readonly paymentId: bigint;
  readonly chargeId: bigint | null;
  readonly streamId: StreamId;
  readonly amountMinor: bigint;
  readonly waivedMinor: bigint;
  readonly reversedBy: bigint | null;
}

const columns = sql`
  f.id, f.exception_id as "exceptionId", f.kind, f.reason, f.applied_by as "appliedBy",
  f.applied_at as "appliedAt", f.transfer_id as "transferId", f.undoes, u.id as "undoneBy",
  f.input_hash as "inputHash"`;

const fixes = sql`exception_fix f
  left join exception_fix u on u.business_id = f.business_id and u.undoes = f.id`;

const fixId = (number: bigint | null): FixId | undefined =>
  number === null ? undefined : idFromNumber('fix', number);

/** A fix with what tells a repeat of its order from another one. */
export interface KeptFix {
  readonly fix: AppliedFix;
  readonly inputHash: Buffer;
}

const fixOf = (row: FixRow): AppliedFix => ({
  id: idFromNumber('fix', row.id),
  kind: row.kind,
  reason: row.reason,
  appliedBy: row.appliedBy,
  appliedAt: row.appliedAt,
  exceptionId: idFromNumber('exception', row.exceptionId),
  transferId: row.transferId === null ? undefined : idFromNumber('transfer', row.transferId),
  undoes: fixId(row.undoes),
  undoneBy: fixId(row.undoneBy),
});

const allocationOf = (row: AllocationRow): Allocation => ({
  ...row,
  fixId: idFromNumber('fix', row.fixId),
  paymentId: idFromNumber('payment', row.paymentId),
  chargeId: row.chargeId === null ? undefined : idFromNumber('charge', row.chargeId),
  reversedBy: fixId(row.reversedBy),
});

const fixesShownMax = 200;

export function createFixStore(deps: { readonly businessId: BusinessId }) {
  const { businessId } = deps;

  const allocationsWhere = async (
    executor: Executor,
    condition: ReturnType<typeof sql>,
  ): Promise<readonly Allocation[]> => {
    const { rows } = await sql<AllocationRow>`
      select fix_id as "fixId", payment_id as "paymentId", charge_id as "chargeId",
        stream_id as "streamId", amount_minor as "amountMinor", waived_minor as "waivedMinor",
        reversed_by as "reversedBy"
      from payment_allocation where business_id = ${businessId} and ${condition}
      order by fix_id, position`.execute(executor);
    return rows.map(allocationOf);
  };

  return {
    insert: async (executor: Executor, fix: NewFix): Promise<void> => {
      await sql`
        insert into exception_fix (
          business_id, id, exception_id, kind, input, input_hash, reason, applied_by, applied_at,
          request_key, undoes, transfer_id
        ) values (
          ${businessId}, ${numberFromId(fix.id)}, ${numberFromId(fix.exceptionId)}, ${fix.kind},
          ${JSON.stringify(fix.input)}::jsonb, ${fix.inputHash}, ${fix.reason}, ${fix.appliedBy},
          ${isoOf(fix.appliedAt)}, ${fix.requestKey ?? null},
          ${fix.undoes === undefined ? null : numberFromId(fix.undoes)},
          ${fix.transferId === undefined ? null : numberFromId(fix.transferId)}
        )`.execute(executor);
    },

    insertPayments: async (
      executor: Executor,
      id: FixId,
      moved: readonly FixedPayment[],
    ): Promise<void> => {
      if (moved.length === 0) return;
      const transactions = moved.map(({ ledgerTransactionId }) =>
        ledgerTransactionId === undefined ? null : numberFromId(ledgerTransactionId),
      );
      await sql`
        insert into exception_fix_payment (
          business_id, fix_id, payment_id, state_before, state_after, ledger_transaction_id
        )
        select ${businessId}, ${numberFromId(id)}, m.payment_id, m.before, m.after, m.ledger_id
        from unnest(
          ${moved.map((one) => numberFromId(one.paymentId))}::bigint[],
          ${moved.map((one) => one.stateBefore)}::text[],
          ${moved.map((one) => one.stateAfter)}::text[], ${transactions}::bigint[]
        ) as m (payment_id, before, after, ledger_id)`.execute(executor);
    },

    insertAllocations: async (
      executor: Executor,
      id: FixId,
      allocations: readonly Omit<Allocation, 'fixId' | 'reversedBy'>[],
    ): Promise<void> => {
      if (allocations.length === 0) return;
      const charges = allocations.map(({ chargeId }) =>
        chargeId === undefined ? null : numberFromId(chargeId),
      );
      await sql`
        insert into payment_allocation (
          business_id, fix_id, position, payment_id, charge_id, stream_id, amount_minor,
          waived_minor
        )
        select ${businessId}, ${numberFromId(id)}, a.position - 1, a.payment_id, a.charge_id,
          a.stream_id, a.amount, a.waived
        from unnest(
          ${allocations.map((one) => numberFromId(one.paymentId))}::bigint[], ${charges}::bigint[],
          ${allocations.map((one) => one.streamId)}::text[],
          ${allocations.map((one) => one.amountMinor)}::bigint[],
          ${allocations.map((one) => one.waivedMinor)}::bigint[]
        ) with ordinality as a (payment_id, charge_id, stream_id, amount, waived, position)
        `.execute(executor);
    },

    reverse: async (
      executor: Executor,
      taken: { readonly id: FixId; readonly by: FixId },
    ): Promise<void> => {
      await sql`
        update payment_allocation set reversed_by = ${numberFromId(taken.by)}
        where business_id = ${businessId} and fix_id = ${numberFromId(taken.id)}
          and reversed_by is null`.execute(executor);
    },

    findByRequest: async (executor: Executor, key: string): Promise<KeptFix | undefined> => {
      const { rows } = await sql<FixRow>`
        select ${columns} from ${fixes}
        where f.business_id = ${businessId} and f.request_key = ${key}`.execute(executor);
      return rows.map((row) => ({ fix: fixOf(row), inputHash: row.inputHash }))[0];
    },

    findByTransfer: async (executor: Executor, id: TransferId): Promise<AppliedFix | undefined> => {
      const { rows } = await sql<FixRow>`
        select ${columns} from ${fixes}
        where f.business_id = ${businessId} and f.transfer_id = ${numberFromId(id)}
        `.execute(executor);
      return rows.map(fixOf)[0];
    },

    /** Everything done about an exception, oldest first. */
    ofException: async (executor: Executor, id: ExceptionId): Promise<readonly AppliedFix[]> => {
      const { rows } = await sql<FixRow>`
        select ${columns} from ${fixes}
        where f.business_id = ${businessId} and f.exception_id = ${numberFromId(id)}
        order by f.id limit ${fixesShownMax}`.execute(executor);
      return rows.map(fixOf);
    },

    isStanding: async (executor: Executor, id: FixId): Promise<boolean> => {
      const { rows } = await sql<{ id: bigint }>`
        select f.id from ${fixes}
        where f.business_id = ${businessId} and f.id = ${numberFromId(id)}
          and f.undoes is null and u.id is null`.execute(executor);
      return rows.length === 1;
    },

    /** The last fix of an exception that nothing has taken back. */
    standing: async (executor: Executor, id: ExceptionId): Promise<AppliedFix | undefined> => {
      const { rows } = await sql<FixRow>`
        select ${columns} from ${fixes}
        where f.business_id = ${businessId} and f.exception_id = ${numberFromId(id)}
          and f.undoes is null and u.id is null
        order by f.id desc limit 1`.execute(executor);
      return rows.map(fixOf)[0];
    },

    /** The fixes that moved a payment and stand, latest first. */
    standingOn: async (executor: Executor, id: PaymentId): Promise<readonly AppliedFix[]> => {
      const { rows } = await sql<FixRow>`
        select ${columns} from ${fixes}
        join exception_fix_payment p on p.business_id = f.business_id and p.fix_id = f.id
        where f.business_id = ${businessId} and p.payment_id = ${numberFromId(id)}
          and f.undoes is null and u.id is null
        order by f.id desc limit ${fixesShownMax}`.execute(executor);
      return rows.map(fixOf);
    },

    /** Refunds of a payment that were reported as failed, oldest first. */
    failedRefundsOf: async (
      executor: Executor,
      id: PaymentId,
    ): Promise<readonly { readonly fixId: FixId; readonly transferId: TransferId }[]> => {
      const { rows } = await sql<{ fixId: bigint; transferId: bigint }>`
        select f.id as "fixId", f.transfer_id as "transferId" from ${fixes}
        join exception_fix_payment p on p.business_id = f.business_id and p.fix_id = f.id
        where f.business_id = ${businessId} and p.payment_id = ${numberFromId(id)}
          and f.kind = 'refund' and u.kind = 'refund-failed'
        order by f.id limit ${fixesShownMax}`.execute(executor);
      return rows.map((row) => ({
        fixId: idFromNumber('fix', row.fixId),
        transferId: idFromNumber('transfer', row.transferId),
      }));
    },

    paymentsOf: async (executor: Executor, id: FixId): Promise<readonly FixedPayment[]> => {
      const { rows } = await sql<{
        paymentId: bigint;
        stateBefore: PaymentState;
        stateAfter: PaymentState;
        ledgerTransactionId: bigint | null;
      }>`
        select payment_id as "paymentId", state_before as "stateBefore",
          state_after as "stateAfter", ledger_transaction_id as "ledgerTransactionId"
        from exception_fix_payment
        where business_id = ${businessId} and fix_id = ${numberFromId(id)}
        order by payment_id`.execute(executor);
      return rows.map((row) => ({
        ...row,
        paymentId: idFromNumber('payment', row.paymentId),
        ledgerTransactionId:
          row.ledgerTransactionId === null
            ? undefined
            : idFromNumber('ledgerTransaction', row.ledgerTransactionId),
      }));
    },

    allocationsOf: (executor: Executor, id: FixId) =>
      allocationsWhere(executor, sql`fix_id = ${numberFromId(id)} and reversed_by is null`),

    /** What fixes made of a payment, taken back or not, oldest first. */
    allocationsOfPayment: (executor: Executor, id: PaymentId) =>
      allocationsWhere(executor, sql`payment_id = ${numberFromId(id)}`),
  };
}

export type FixStore = ReturnType<typeof createFixStore>;
