import {
  idFromNumber,
  invariant,
  numberFromId,
  parseMsisdn,
  type BusinessId,
  type EpochMs,
  type Msisdn,
  type PaymentId,
  type RailId,
  type TransferId,
} from '#kernel';
import type { Account } from '#ledger';
import { sql, type Executor } from '#platform/db';
import type { Vault } from '#security';

import type { RefundedPayment, Transfer, TransferKind, TransferState } from '../transfer.ts';

export interface TransferRow {
  readonly id: bigint;
  readonly rail: RailId;
  readonly kind: Transfer['kind'];
  readonly state: TransferState;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint | null;
  readonly ownId: string;
  readonly providerRequestId: string | null;
  readonly receipt: string | null;
  readonly phoneSealed: Buffer | null;
  readonly payeeId: bigint | null;
  readonly paymentId: bigint | null;
  readonly refundBy: 'reversal' | 'payout' | null;
  readonly refundedReceipt: string | null;
  readonly paidFrom: string | null;
  readonly paidFromKind: Account['kind'] | null;
  readonly businessDate: string;
  readonly requestedBy: string;
  readonly why: string;
  readonly code: string | null;
  readonly description: string | null;
  readonly reason: string | null;
  readonly plannedAt: EpochMs;
  readonly sentAt: EpochMs | null;
  readonly settledAt: EpochMs | null;
  readonly settledBy: string | null;
  readonly nextStepAt: EpochMs | null;
  readonly queries: number;
  readonly failedAnswers: number;
  readonly corrections: number;
}

const columns = sql`
  id, rail, kind, state, amount_minor as "amountMinor", fee_minor as "feeMinor",
  own_id as "ownId", provider_request_id as "providerRequestId", receipt,
  phone_sealed as "phoneSealed", payee_id as "payeeId", payment_id as "paymentId",
  refund_by as "refundBy", refunded_receipt as "refundedReceipt", paid_from as "paidFrom",
  paid_from_kind as "paidFromKind", business_date as "businessDate",
  requested_by as "requestedBy", why, code, description, reason, planned_at as "plannedAt",
  sent_at as "sentAt", settled_at as "settledAt", settled_by as "settledBy",
  next_step_at as "nextStepAt", queries, failed_answers as "failedAnswers", corrections`;

export interface TransferPage {
  readonly before: TransferId | undefined;
  readonly limit: number;
  readonly rail: RailId | undefined;
  readonly state?: TransferState | undefined;
  readonly kind?: TransferKind | undefined;
}

/** How far a page by state or kind looks back at once: what is rare may lie in a later page. */
export const lookedAtMax = 1_000;

export interface FoundTransfers {
  readonly items: readonly Transfer[];
  /** Where the next page begins; undefined where there is none. */
  readonly next: TransferId | undefined;
}

/** States in which the money did not go out, as far as the books know. */
export const unpaidStates = sql`('failed', 'cancelled', 'reversed')`;

export const phoneColumn = (id: bigint) => ({
  table: 'transfer',
  column: 'phone_sealed',
  row: id,
});

/** Rows as transfers, and the ways of finding them. */
export function createTransferRecords(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
}) {
  const { businessId, vault } = deps;

  const phoneOf = (row: TransferRow): Msisdn | undefined => {
    if (row.phoneSealed === null) return undefined;
    const phone = vault.unseal(row.phoneSealed, phoneColumn(row.id)).toString('utf8');
    const msisdn = parseMsisdn(phone);
    invariant(msisdn.ok, 'a sealed phone number is a phone number');
    return msisdn.value;
  };

  const transferOf = (row: TransferRow): Transfer => ({
    id: idFromNumber('transfer', row.id),
    rail: row.rail,
    kind: row.kind,
    state: row.state,
    amountMinor: row.amountMinor,
    feeMinor: row.feeMinor ?? undefined,
    ownId: row.ownId,
    providerRequestId: row.providerRequestId ?? undefined,
    receipt: row.receipt ?? undefined,
    msisdn: phoneOf(row),
    payeeId: row.payeeId === null ? undefined : idFromNumber('payee', row.payeeId),
    refund: refundOf(row),
    businessDate: row.businessDate,
    requestedBy: row.requestedBy,
    why: row.why,
    code: row.code ?? undefined,
    description: row.description ?? undefined,
    reason: row.reason ?? undefined,
    plannedAt: row.plannedAt,
    sentAt: row.sentAt ?? undefined,
    settledAt: row.settledAt ?? undefined,
    settledBy: row.settledBy ?? undefined,
    nextStepAt: row.nextStepAt ?? undefined,
    queries: row.queries,
    failedAnswers: row.failedAnswers,
    corrections: row.corrections,
  });

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

  const finders = {
    find: async (executor: Executor, id: TransferId): Promise<Transfer | undefined> =>
      (await select(executor, sql`id = ${numberFromId(id)}`))[0],

    findByRequest: async (executor: Executor, key: string): Promise<Transfer | undefined> =>
      (await select(executor, sql`request_key = ${key}`))[0],

    lock: async (executor: Executor, id: TransferId): Promise<Transfer | undefined> =>
      (await select(executor, sql`id = ${numberFromId(id)} for update`))[0],

    /** In the order of their ids, as whoever changes many of them locks them as well. */
    lockAll: (executor: Executor, ids: readonly TransferId[]): Promise<readonly Transfer[]> =>
      ids.length === 0
        ? Promise.resolve([])
        : select(
            executor,
            sql`id = any(${ids.map(numberFromId)}::bigint[]) order by id for update`,
          ),

    lockByOwnId: async (executor: Executor, ownId: string): Promise<Transfer | undefined> =>
      (await select(executor, sql`own_id = ${ownId} for update`))[0],

    findByReceipt: async (
      executor: Executor,
      rail: RailId,
      receipt: string,
    ): Promise<Transfer | undefined> =>
      (await select(executor, sql`rail = ${rail} and receipt = ${receipt}`))[0],

    /** Which of these receipts some transfer has already. */
    receiptsTaken: async (
      executor: Executor,
      receipts: readonly { readonly rail: RailId; readonly receipt: string }[],
    ): Promise<ReadonlySet<string>> => {
      if (receipts.length === 0) return new Set();
      const { rows } = await sql<{ receipt: string }>`
        select t.receipt
        from unnest(
          ${receipts.map(({ rail }) => rail)}::text[],
          ${receipts.map(({ receipt }) => receipt)}::text[]
        ) as r (rail, receipt)
        join transfer t on t.business_id = ${businessId} and t.rail = r.rail
          and t.receipt = r.receipt`.execute(executor);
      return new Set(rows.map(({ receipt }) => receipt));
    },

    lockByReceipt: async (
      executor: Executor,
      rail: RailId,
      receipt: string,
    ): Promise<Transfer | undefined> =>
      (await select(executor, sql`rail = ${rail} and receipt = ${receipt} for update`))[0],

    /** The refund of a payment that has not failed. */
    refundOf: async (executor: Executor, payment: PaymentId): Promise<Transfer | undefined> =>
      (
        await select(
          executor,
          sql`payment_id = ${numberFromId(payment)} and state not in ${unpaidStates}
            order by id desc limit 1`,
        )
      )[0],

    /** The newest top-up of a rail, whatever became of it. */
    lastTopUp: async (executor: Executor, rail: RailId): Promise<Transfer | undefined> =>
      (await select(executor, sql`rail = ${rail} and kind = 'top-up' order by id desc limit 1`))[0],

    page: async (executor: Executor, page: TransferPage): Promise<FoundTransfers> => {
      const { state, kind, limit } = page;
      const beyond = sql`${sql.join(
        [
          sql`true`,
          ...(page.before === undefined ? [] : [sql`id < ${numberFromId(page.before)}`]),
          ...(page.rail === undefined ? [] : [sql`rail = ${page.rail}`]),
        ],
        sql` and `,
      )} order by id desc`;
      if (state === undefined && kind === undefined) {
        const items = await select(executor, sql`${beyond} limit ${limit}`);
        return { items, next: items.length < limit ? undefined : items.at(-1)?.id };
      }
      const { rows } = await sql<TransferRow>`
        select ${columns} from (
          select * from transfer where business_id = ${businessId} and ${beyond}
          limit ${lookedAtMax}
        ) as looked_at
        where ${state === undefined ? sql`true` : sql`state = ${state}`}
          and ${kind === undefined ? sql`true` : sql`kind = ${kind}`}
        order by id desc limit ${limit}`.execute(executor);
      const items = rows.map(transferOf);
      if (items.length === limit) return { items, next: items.at(-1)?.id };
      const last = await sql<{ id: bigint }>`
        select id from transfer where business_id = ${businessId} and ${beyond}
        limit 1 offset ${lookedAtMax - 1}`.execute(executor);
      const end = last.rows[0]?.id;
      return { items, next: end === undefined ? undefined : idFromNumber('transfer', end) };
    },
  };

  return { columns, transferOf, finders };
}

function refundOf(row: TransferRow): RefundedPayment | undefined {
  const { paymentId, refundBy, refundedReceipt, paidFrom, paidFromKind } = row;
  if (paymentId === null || refundBy === null || refundedReceipt === null) return undefined;
  invariant(paidFrom !== null && paidFromKind !== null, 'a refund is paid from an account');
  return {
    paymentId: idFromNumber('payment', paymentId),
    receipt: refundedReceipt,
    by: refundBy,
    paidFrom: { name: paidFrom, kind: paidFromKind, currency: 'KES' },
  };
}
