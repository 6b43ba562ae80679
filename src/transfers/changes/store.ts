import {
  idFromNumber,
  invariant,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type TransferId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';

import { transferStates, transferStatesBefore, type TransferState } from '../transfer.ts';

export interface TransferChange {
  readonly id: TransferId;
  readonly to: TransferState;
  readonly feeMinor?: bigint;
  readonly providerRequestId?: string;
  readonly receipt?: string;
  readonly code?: string;
  readonly description?: string;
  readonly reason?: string;
  /** A person; a provider's word is nobody's. */
  readonly settledBy?: string;
  /** When the worker looks again; undefined when there is nothing left to do. */
  readonly nextStepAt?: EpochMs;
}

const settledStates: readonly TransferState[] = ['completed', 'failed', 'cancelled', 'reversed'];
const changesMax = 1_000;

/** `sending>sent`, and every other step that a transfer may take. */
const steps = transferStates.flatMap((to) =>
  transferStatesBefore(to).map((from) => `${from}>${to}`),
);

/** The ways from one state to the next, each of many transfers in one statement. */
export function createTransferChanges({ businessId }: { readonly businessId: BusinessId }) {
  /**
   * Answers who changed; whoever is in another state by now does not. Rows are locked in the order
   * of their ids, as everywhere: two groups that share transfers wait for each other once.
   */
  const changeAll = async (
    executor: Executor,
    changes: readonly TransferChange[],
    at: EpochMs,
  ): Promise<ReadonlySet<TransferId>> => {
    invariant(changes.length <= changesMax, `at most ${changesMax} transfers change at once`);
    if (changes.length === 0) return new Set();
    const ids = changes.map(({ id }) => numberFromId(id));
    const textsOf = (read: (change: TransferChange) => string | undefined) =>
      changes.map((change) => read(change) ?? null);
    const { rows } = await sql<{ id: bigint }>`
      update transfer t set
        state = c.state,
        fee_minor = coalesce(c.fee_minor, t.fee_minor),
        provider_request_id = coalesce(c.provider_request_id, t.provider_request_id),
        receipt = case when c.state = 'reversed' then null
          else coalesce(c.receipt, t.receipt) end,
        code = coalesce(c.code, t.code),
        description = coalesce(c.description, t.description),
        reason = c.reason,
        sent_at = case when c.state = 'sending' then ${isoOf(at)}::timestamptz
          else t.sent_at end,
        -- What goes out again is asked about as from the start.
        queries = case when c.state = 'sending' then 0 else t.queries end,
        failed_answers = case when c.state = 'sending' then 0 else t.failed_answers end,
        completed_late = t.completed_late
          or (t.state in ('failed', 'reversed', 'cancelled') and c.state = 'completed'),
        settled_by = c.settled_by,
        corrections = t.corrections + case when c.state = 'reversed' then 1 else 0 end,
        settled_at = case when c.state = any(${[...settledStates]}::text[])
          then ${isoOf(at)}::timestamptz end,
        next_step_at = c.next_step_at
      from
        unnest(
          ${ids}::bigint[],
          ${changes.map(({ to }) => to)}::text[],
          ${changes.map(({ feeMinor }) => feeMinor ?? null)}::bigint[],
          ${textsOf((one) => one.providerRequestId)}::text[],
          ${textsOf((one) => one.receipt)}::text[],
          ${textsOf((one) => one.code)}::text[],
          ${textsOf((one) => one.description)}::text[],
          ${textsOf((one) => one.reason)}::text[],
          ${textsOf((one) => one.settledBy)}::text[],
          ${textsOf(({ nextStepAt }) =>
            nextStepAt === undefined ? undefined : isoOf(nextStepAt),
          )}::timestamptz[]
        ) as c (
          id, state, fee_minor, provider_request_id, receipt, code, description, reason,
          settled_by, next_step_at
        ),
        (
          select id from transfer
          where business_id = ${businessId} and id = any(${ids}::bigint[])
          order by id for update
        ) as locked
      where t.business_id = ${businessId} and t.id = any(${ids}::bigint[])
        and t.id = c.id and t.id = locked.id
        and t.state || '>' || c.state = any(${steps}::text[])
        and (t.state <> 'completed' or t.settled_by is not null)
      returning t.id`.execute(executor);
    return new Set(rows.map(({ id }) => idFromNumber('transfer', id)));
  };

  return {
    changeAll,
    change: async (executor: Executor, change: TransferChange, at: EpochMs): Promise<boolean> =>
      (await changeAll(executor, [change], at)).has(change.id),

    /** Looks again later at those that are approved and not sent. */
    postpone: async (
      executor: Executor,
      ids: readonly TransferId[],
      nextStepAt: EpochMs,
    ): Promise<void> => {
      if (ids.length === 0) return;
      await sql`
        update transfer set next_step_at = ${isoOf(nextStepAt)}
        where business_id = ${businessId} and state = 'approved' and id in (
          select id from transfer
          where business_id = ${businessId} and id = any(${ids.map(numberFromId)}::bigint[])
          order by id for update
        )`.execute(executor);
    },
  };
}
