import {
  idFromNumber,
  invariant,
  isoOf,
  numberFromId,
  parseMsisdn,
  type BusinessId,
  type EpochMs,
  type RailId,
  type TransferId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { FailureReason, ReportedAccount } from '#rails';
import type { BlindIndex, Vault } from '#security';

import { transferStatesBefore, type Transfer, type TransferState } from './transfer.ts';

interface TransferRow {
  readonly id: bigint;
  readonly rail: RailId;
  readonly kind: Transfer['kind'];
  readonly state: TransferState;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint | null;
  readonly ownId: string;
  readonly providerRequestId: string | null;
  readonly receipt: string | null;
  readonly phoneSealed: Buffer;
  readonly businessDate: string;
  readonly requestedBy: string;
  readonly why: string;
  readonly code: string | null;
  readonly description: string | null;
  readonly reason: string | null;
  readonly plannedAt: EpochMs;
  readonly sentAt: EpochMs | null;
  readonly settledAt: EpochMs | null;
  readonly queries: number;
  readonly failedAnswers: number;
}

const columns = sql`
  id, rail, kind, state, amount_minor as "amountMinor", fee_minor as "feeMinor",
  own_id as "ownId", provider_request_id as "providerRequestId", receipt,
  phone_sealed as "phoneSealed", business_date as "businessDate",
  requested_by as "requestedBy", why, code, description, reason, planned_at as "plannedAt",
  sent_at as "sentAt", settled_at as "settledAt", queries,
  failed_answers as "failedAnswers"`;

export interface TransferChange {
  readonly id: TransferId;
  readonly to: TransferState;
  readonly feeMinor?: bigint;
  readonly providerRequestId?: string;
  readonly receipt?: string;
  readonly code?: string;
  readonly description?: string;
  readonly reason?: string;
  /** When the worker looks again; undefined when there is nothing left to do. */
  readonly nextStepAt?: EpochMs;
}

export interface DayOfTransfers {
  /** Everything not failed or cancelled, of both kinds. */
  readonly committedMinor: bigint;
  readonly sweeps: number;
  readonly failedSweeps: number;
  /** Sweeps alone, not failed or cancelled. */
  readonly sweptMinor: bigint;
  /** Our credentials were refused, on whatever day, and no transfer has arrived since. */
  readonly credentialsRefused: boolean;
}

export interface TransferPage {
  readonly before: TransferId | undefined;
  readonly limit: number;
  readonly rail: RailId | undefined;
}

const settledStates: readonly TransferState[] = ['completed', 'failed', 'cancelled', 'reversed'];
const refusedCredentials: FailureReason = 'our-credentials';
const phoneColumn = (id: bigint) => ({ table: 'transfer', column: 'phone_sealed', row: id });

export function createTransferStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
}) {
  const { businessId, vault } = deps;

  const transferOf = (row: TransferRow): Transfer => {
    const phone = vault.unseal(row.phoneSealed, phoneColumn(row.id)).toString('utf8');
    const msisdn = parseMsisdn(phone);
    invariant(msisdn.ok, 'a sealed phone number is a phone number');
    return {
      id: idFromNumber('transfer', row.id),
      rail: row.rail,
      kind: row.kind,
      state: row.state,
      amountMinor: row.amountMinor,
      feeMinor: row.feeMinor ?? undefined,
      ownId: row.ownId,
      providerRequestId: row.providerRequestId ?? undefined,
      receipt: row.receipt ?? undefined,
      msisdn: msisdn.value,
      businessDate: row.businessDate,
      requestedBy: row.requestedBy,
      why: row.why,
      code: row.code ?? undefined,
      description: row.description ?? undefined,
      reason: row.reason ?? undefined,
      plannedAt: row.plannedAt,
      sentAt: row.sentAt ?? undefined,
      settledAt: row.settledAt ?? undefined,
      queries: row.queries,
      failedAnswers: row.failedAnswers,
    };
  };

  const select = async (
    executor: Executor,
    condition: ReturnType<typeof sql>,
  ): Promise<readonly Transfer[]> => {
    const { rows } = await sql<TransferRow>`
      select ${columns} from transfer where business_id = ${businessId} and ${condition}`.execute(
      executor,
    );
    return rows.map(transferOf);
  };

  return {
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
      transfer: Transfer & {
        readonly nextStepAt: EpochMs;
        readonly requestKey: string | undefined;
      },
    ): Promise<void> => {
      const id = numberFromId(transfer.id);
      await sql`
        insert into transfer (
          business_id, id, rail, kind, state, amount_minor, own_id, phone_index, phone_sealed,
          business_date, requested_by, why, planned_at, next_step_at, request_key
        ) values (
          ${businessId}, ${id}, ${transfer.rail}, ${transfer.kind}, ${transfer.state},
          ${transfer.amountMinor}, ${transfer.ownId}, ${deps.blindIndex(transfer.msisdn)},
          ${vault.seal(transfer.msisdn, phoneColumn(id))}, ${transfer.businessDate},
          ${transfer.requestedBy}, ${transfer.why}, ${isoOf(transfer.plannedAt)},
          ${isoOf(transfer.nextStepAt)}, ${transfer.requestKey ?? null}
        )`.execute(executor);
    },

    find: async (executor: Executor, id: TransferId): Promise<Transfer | undefined> =>
      (await select(executor, sql`id = ${numberFromId(id)}`))[0],

    findByRequest: async (executor: Executor, key: string): Promise<Transfer | undefined> =>
      (await select(executor, sql`request_key = ${key}`))[0],

    lock: async (executor: Executor, id: TransferId): Promise<Transfer | undefined> =>
      (await select(executor, sql`id = ${numberFromId(id)} for update`))[0],

    lockByOwnId: async (executor: Executor, ownId: string): Promise<Transfer | undefined> =>
      (await select(executor, sql`own_id = ${ownId} for update`))[0],

    /** Takes what is due, each by one process alone until `until`. */
    claimDue: async (
      executor: Executor,
      due: { readonly now: EpochMs; readonly until: EpochMs; readonly limit: number },
    ): Promise<readonly Transfer[]> => {
      const { rows } = await sql<TransferRow>`
        update transfer set next_step_at = ${isoOf(due.until)}
        where business_id = ${businessId} and id in (
          select id from transfer
          where business_id = ${businessId} and next_step_at <= ${isoOf(due.now)}
          order by next_step_at limit ${due.limit} for update skip locked
        )
        returning ${columns}`.execute(executor);
      return rows.map(transferOf);
    },

    change: async (executor: Executor, change: TransferChange, at: EpochMs): Promise<boolean> => {
      const { rows } = await sql<{ id: bigint }>`
        update transfer set
          state = ${change.to},
          fee_minor = coalesce(${change.feeMinor ?? null}, fee_minor),
          provider_request_id = coalesce(${change.providerRequestId ?? null}, provider_request_id),
          receipt = coalesce(${change.receipt ?? null}, receipt),
          code = coalesce(${change.code ?? null}, code),
          description = coalesce(${change.description ?? null}, description),
          reason = ${change.reason ?? null},
          sent_at = case when ${change.to} = 'sending' then ${isoOf(at)}::timestamptz
            else sent_at end,
          completed_late = completed_late or (state = 'failed' and ${change.to} = 'completed'),
          settled_at = ${settledStates.includes(change.to) ? isoOf(at) : null},
          next_step_at = ${change.nextStepAt === undefined ? null : isoOf(change.nextStepAt)}
        where business_id = ${businessId} and id = ${numberFromId(change.id)}
          and state = any(${[...transferStatesBefore(change.to)]}::text[])
        returning id`.execute(executor);
      return rows.length > 0;
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
          and state in ('sending', 'sent', 'unknown', 'failed')`.execute(executor);
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

    /** Looks again later at what is approved and not sent. */
    postpone: async (executor: Executor, id: TransferId, nextStepAt: EpochMs): Promise<void> => {
      await sql`
        update transfer set next_step_at = ${isoOf(nextStepAt)}
        where business_id = ${businessId} and id = ${numberFromId(id)}
          and state = 'approved'`.execute(executor);
    },

    day: async (
      executor: Executor,
      rail: RailId,
      businessDate: string,
    ): Promise<DayOfTransfers> => {
      const { rows } = await sql<{
        committedMinor: bigint | null;
        sweeps: bigint;
        failedSweeps: bigint;
        sweptMinor: bigint | null;
        credentialsRefused: boolean;
      }>`
        select
          sum(amount_minor) filter (where state not in ('failed', 'cancelled'))::bigint
            as "committedMinor",
          count(*) filter (where kind = 'auto' and state not in ('failed', 'cancelled'))
            as sweeps,
          count(*) filter (where kind = 'auto' and state = 'failed') as "failedSweeps",
          sum(amount_minor) filter (where kind = 'auto'
            and state not in ('failed', 'cancelled'))::bigint as "sweptMinor",
          exists (
            select from transfer refused
            where refused.business_id = ${businessId} and refused.rail = ${rail}
              and refused.state = 'failed' and refused.reason = ${refusedCredentials}
              and refused.settled_at > coalesce((
                select max(done.settled_at) from transfer done
                where done.business_id = ${businessId} and done.rail = ${rail}
                  and done.state = 'completed'
              ), '-infinity')
          ) as "credentialsRefused"
        from transfer
        where business_id = ${businessId} and rail = ${rail}
          and business_date = ${businessDate}`.execute(executor);
      return {
        committedMinor: rows[0]?.committedMinor ?? 0n,
        sweeps: Number(rows[0]?.sweeps ?? 0n),
        failedSweeps: Number(rows[0]?.failedSweeps ?? 0n),
        sweptMinor: rows[0]?.sweptMinor ?? 0n,
        credentialsRefused: rows[0]?.credentialsRefused === true,
      };
    },

    page: (executor: Executor, page: TransferPage): Promise<readonly Transfer[]> => {
      const conditions = [
        sql`true`,
        ...(page.before === undefined ? [] : [sql`id < ${numberFromId(page.before)}`]),
        ...(page.rail === undefined ? [] : [sql`rail = ${page.rail}`]),
      ];
      return select(
        executor,
        sql`${sql.join(conditions, sql` and `)} order by id desc limit ${page.limit}`,
      );
    },

    reportBalances: async (
      executor: Executor,
      report: {
        readonly rail: RailId;
        readonly accounts: readonly ReportedAccount[];
        readonly ids: readonly bigint[];
        readonly at: EpochMs;
      },
    ): Promise<void> => {
      await sql`
        insert into balance_report (business_id, id, rail, account, available_minor, reported_at)
        select ${businessId}, r.id, ${report.rail}, r.account, r.available, ${isoOf(report.at)}
        from unnest(
          ${[...report.ids]}::bigint[], ${report.accounts.map((a) => a.name)}::text[],
          ${report.accounts.map((a) => a.availableMinor)}::bigint[]
        ) as r (id, account, available)`.execute(executor);
    },
  };
}

export type TransferStore = ReturnType<typeof createTransferStore>;
