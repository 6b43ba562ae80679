import {
  isoOf,
  startOfBusinessDay,
  type BusinessDate,
  type BusinessId,
  type EpochMs,
  type Msisdn,
  type RailId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { FailureReason } from '#rails';
import type { BlindIndex } from '#security';

import { unpaidStates } from '../records/store.ts';

export interface DayOfTransfers {
  readonly sweeps: number;
  readonly failedSweeps: number;
  readonly cancelledSweeps: number;
  /** Sweeps alone, not failed or cancelled. */
  readonly sweptMinor: bigint;
  /** Our credentials were refused, on whatever day, and none sent since has arrived. */
  readonly credentialsRefused: boolean;
}

const refusedCredentials: FailureReason = 'our-credentials';

/** What transfers come to: by day, by payee, and still owed. */
export function createTransferSums(deps: {
  readonly businessId: BusinessId;
  readonly blindIndex: BlindIndex;
}) {
  const { businessId } = deps;
  return {
    day: async (
      executor: Executor,
      rail: RailId,
      businessDate: BusinessDate,
    ): Promise<DayOfTransfers> => {
      const { rows } = await sql<{
        sweeps: bigint;
        failedSweeps: bigint;
        cancelledSweeps: bigint;
        sweptMinor: bigint | null;
        credentialsRefused: boolean;
      }>`
        select
          count(*) filter (where kind = 'auto' and state not in ('failed', 'cancelled')
            and business_date = ${businessDate}) as sweeps,
          count(*) filter (where kind = 'auto' and state = 'failed'
            and business_date = ${businessDate}) as "failedSweeps",
          count(*) filter (where kind = 'auto' and state = 'cancelled'
            and business_date = ${businessDate}) as "cancelledSweeps",
          sum(amount_minor) filter (where kind = 'auto'
            and state not in ('failed', 'cancelled'))::bigint as "sweptMinor",
          exists (
            select from transfer refused
            where refused.business_id = ${businessId} and refused.rail = ${rail}
              and refused.state = 'failed' and refused.reason = ${refusedCredentials}
              and refused.kind <> 'top-up'
              -- What went out before says nothing, nor does a person's word.
              and refused.settled_at >= coalesce((
                select max(done.sent_at) from transfer done
                where done.business_id = ${businessId} and done.rail = ${rail}
                  and done.state = 'completed' and done.settled_by is null
              ), '-infinity')
          ) as "credentialsRefused"
        from transfer
        where business_id = ${businessId} and rail = ${rail}
          -- What waited over midnight goes out today as well.
          and (business_date = ${businessDate} or (business_date = ${businessDate}::date - 1
            and (state = 'approved' or sent_at >= ${isoOf(startOfBusinessDay(businessDate))})))
        `.execute(executor);
      return {
        sweeps: Number(rows[0]?.sweeps ?? 0n),
        failedSweeps: Number(rows[0]?.failedSweeps ?? 0n),
        cancelledSweeps: Number(rows[0]?.cancelledSweeps ?? 0n),
        sweptMinor: rows[0]?.sweptMinor ?? 0n,
        credentialsRefused: rows[0]?.credentialsRefused === true,
      };
    },

    /** Owed to payers, and set aside for refunds that have not ended yet. */
    debtsUnderWay: async (executor: Executor, rail: RailId): Promise<bigint> => {
      const { rows } = await sql<{ amountMinor: bigint | null }>`
        select sum(amount_minor)::bigint as "amountMinor" from transfer
        where business_id = ${businessId} and rail = ${rail} and kind = 'refund'
          and paid_from_kind = 'liability'
          and state in ('approved', 'sending', 'sent', 'unknown')`.execute(executor);
      return rows[0]?.amountMinor ?? 0n;
    },

    /** What goes to a number on a business day, of every kind, however it was ordered. */
    committedTo: async (
      executor: Executor,
      to: {
        readonly rail: RailId;
        readonly msisdn: Msisdn;
        readonly businessDate: string;
        readonly dayStartedAt: EpochMs;
      },
    ): Promise<bigint> => {
      const { rows } = await sql<{ committedMinor: bigint | null }>`
        select sum(amount_minor)::bigint as "committedMinor" from transfer
        where business_id = ${businessId} and rail = ${to.rail}
          and phone_index = ${deps.blindIndex(to.msisdn)} and state not in ${unpaidStates}
          and (business_date = ${to.businessDate}
            or (business_date >= ${to.businessDate}::date - 1
              and (state = 'approved' or sent_at >= ${isoOf(to.dayStartedAt)})))`.execute(executor);
      return rows[0]?.committedMinor ?? 0n;
    },
  };
}
