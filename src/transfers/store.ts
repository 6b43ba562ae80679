import {
  invariant,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type PaymentId,
  type RailId,
  type TransferId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { BlindIndex, Vault } from '#security';

import { createTransferChanges } from './changes/store.ts';
import { createTransferRecords, phoneColumn, type TransferRow } from './records/store.ts';
import { createTransferSums } from './sums/store.ts';
import { backStates, unsettledStates, type Transfer, type TransferState } from './transfer.ts';

export function createTransferStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
}) {
  const { businessId, vault } = deps;
  const records = createTransferRecords(deps);

  return {
    ...records.finders,
    ...createTransferSums(deps),
    ...createTransferChanges(deps),

    /** One decision about the daily sweeps of all rails at a time, in every process. */
    lockSweeps: async (executor: Executor): Promise<void> => {
      await sql`
        select pg_advisory_xact_lock(hashtextextended('daily sweeps', ${businessId}))`.execute(
        executor,
      );
    },

    /** One decision about a rail's money at a time, in every process. */
    lockRail: async (executor: Executor, rail: RailId): Promise<void> => {
      const name = `transfer ${rail}`;
      await sql`
        select pg_advisory_xact_lock(hashtextextended(${name}, ${businessId}))`.execute(executor);
    },

    insert: async (
      executor: Executor,
      transfer: Transfer & { readonly requestKey: string | undefined },
    ): Promise<void> => {
      const id = numberFromId(transfer.id);
      const { msisdn, payeeId, refund, nextStepAt } = transfer;
      invariant(nextStepAt !== undefined, 'a new transfer is looked at by the worker');
      await sql`
        insert into transfer (
          business_id, id, rail, kind, state, amount_minor, own_id, phone_index, phone_sealed,
          payee_id, payment_id, refund_by, refunded_receipt, paid_from, paid_from_kind,
          business_date, requested_by, why, planned_at, next_step_at, request_key
        ) values (
          ${businessId}, ${id}, ${transfer.rail}, ${transfer.kind}, ${transfer.state},
          ${transfer.amountMinor}, ${transfer.ownId},
          ${msisdn === undefined ? null : deps.blindIndex(msisdn)},
          ${msisdn === undefined ? null : vault.seal(msisdn, phoneColumn(id))},
          ${payeeId === undefined ? null : numberFromId(payeeId)},
          ${refund === undefined ? null : numberFromId(refund.paymentId)}, ${refund?.by ?? null},
          ${refund?.receipt ?? null}, ${refund?.paidFrom.name ?? null},
          ${refund?.paidFrom.kind ?? null}, ${transfer.businessDate},
          ${transfer.requestedBy}, ${transfer.why}, ${isoOf(transfer.plannedAt)},
          ${isoOf(nextStepAt)}, ${transfer.requestKey ?? null}
        )`.execute(executor);
    },

    /** Takes what is due, each by one process alone until `until`. */
    claimDue: async (
      executor: Executor,
      due: {
        readonly now: EpochMs;
        readonly until: EpochMs;
        readonly limit: number;
        /** Only what may be sent on these rails. */
        readonly toSendOn?: readonly RailId[];
      },
    ): Promise<readonly Transfer[]> => {
      const wanted =
        due.toSendOn === undefined
          ? sql`true`
          : sql`state = 'approved' and rail = any(${[...due.toSendOn]}::text[])`;
      // Materialised: as a subquery it may be run once a row, and then takes more than its limit.
      const { rows } = await sql<TransferRow>`
        with due as materialized (
          select id from transfer
          where business_id = ${businessId} and next_step_at <= ${isoOf(due.now)} and ${wanted}
          order by next_step_at limit ${due.limit} for update skip locked
        )
        update transfer set next_step_at = ${isoOf(due.until)}
        where business_id = ${businessId} and id in (select id from due)
        returning ${records.columns}`.execute(executor);
      return rows.map(records.transferOf);
    },

    /** The provider has said itself what a person had said for it. */
    confirm: async (
      executor: Executor,
      { id, receipt }: { readonly id: TransferId; readonly receipt: string },
    ): Promise<void> => {
      await sql`
        update transfer set settled_by = null, receipt = ${receipt}
        where business_id = ${businessId} and id = ${numberFromId(id)}
          and state = 'completed' and settled_by is not null`.execute(executor);
    },

    /** The same of what did not go out. */
    confirmFailure: async (
      executor: Executor,
      word: {
        readonly id: TransferId;
        readonly code: string;
        readonly description: string;
        readonly reason: string;
      },
    ): Promise<void> => {
      await sql`
        update transfer set settled_by = null, code = ${word.code},
          description = ${word.description}, reason = ${word.reason}
        where business_id = ${businessId} and id = ${numberFromId(word.id)}
          and state = any(${[...backStates]}::text[])
          and settled_by is not null`.execute(executor);
    },

    /** A person's word on the receipt, put right by another word of a person. */
    correctReceipt: async (
      executor: Executor,
      word: { readonly id: TransferId; readonly receipt: string; readonly settledBy: string },
    ): Promise<void> => {
      await sql`
        update transfer set settled_by = ${word.settledBy}, receipt = ${word.receipt}
        where business_id = ${businessId} and id = ${numberFromId(word.id)}
          and state = 'completed' and settled_by is not null`.execute(executor);
    },

    /** Unknown for good, unless somebody says more: nothing is asked any further. */
    leave: async (
      executor: Executor,
      left: {
        readonly id: TransferId;
        readonly code: string;
        readonly description: string;
        readonly reason: string;
      },
    ): Promise<void> => {
      await sql`
        update transfer set state = 'unknown', code = ${left.code},
          description = ${left.description}, reason = ${left.reason}, next_step_at = null
        where business_id = ${businessId} and id = ${numberFromId(left.id)}
          and state = any(${[...unsettledStates]}::text[])`.execute(executor);
    },

    /**
     * Locks what took the place of a transfer and has not left us: another refund of the payment,
     * or the day's other sweep.
     */
    lockUnsentBeside: async (
      executor: Executor,
      transfer: Transfer,
    ): Promise<readonly Transfer[]> => {
      const { id, kind, rail, refund, businessDate } = transfer;
      if (kind !== 'refund' && kind !== 'auto') return [];
      const same =
        refund === undefined
          ? sql`business_date = ${businessDate}`
          : sql`payment_id = ${numberFromId(refund.paymentId)}`;
      const { rows } = await sql<TransferRow>`
        select ${records.columns} from transfer
        where business_id = ${businessId} and rail = ${rail} and kind = ${kind}
          and state = 'approved' and id <> ${numberFromId(id)} and ${same}
        order by id for update`.execute(executor);
      return rows.map(records.transferOf);
    },

    lockUnsentRefunds: async (
      executor: Executor,
      payments: readonly PaymentId[],
    ): Promise<readonly Transfer[]> => {
      const { rows } = await sql<TransferRow>`
        select ${records.columns} from transfer
        where business_id = ${businessId} and kind = 'refund' and state = 'approved'
          and payment_id = any(${payments.map(numberFromId)}::bigint[])
        order by id for update`.execute(executor);
      return rows.map(records.transferOf);
    },

    /** A hint that came while we asked has set the next step already, and stays. */
    reschedule: async (
      executor: Executor,
      plan: {
        readonly id: TransferId;
        readonly now: EpochMs;
        readonly nextStepAt: EpochMs | undefined;
        readonly queries: number;
        readonly failedAnswers: number;
      },
    ): Promise<void> => {
      await sql`
        update transfer set queries = ${plan.queries}, failed_answers = ${plan.failedAnswers},
          next_step_at = case when next_step_at <= ${isoOf(plan.now)} then next_step_at
            else ${plan.nextStepAt === undefined ? null : isoOf(plan.nextStepAt)}::timestamptz end
        where business_id = ${businessId} and id = ${numberFromId(plan.id)}
          and state = any(${[...unsettledStates, ...backStates]}::text[])`.execute(executor);
    },

    /** A reason to ask at the earliest polite moment, in one of these states. */
    askSoon: async (
      executor: Executor,
      hint: {
        readonly id: TransferId;
        readonly at: EpochMs;
        readonly states: readonly TransferState[];
      },
    ): Promise<void> => {
      await sql`
        update transfer set next_step_at = least(next_step_at, ${isoOf(hint.at)}::timestamptz)
        where business_id = ${businessId} and id = ${numberFromId(hint.id)}
          and state = any(${[...hint.states]}::text[])`.execute(executor);
    },
  };
}

export type TransferStore = ReturnType<typeof createTransferStore>;
