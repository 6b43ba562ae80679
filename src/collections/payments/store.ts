import {
  idFromNumber,
  isoOf,
  numberFromId,
  parseMsisdn,
  type BusinessId,
  type ChargeId,
  type EpochMs,
  type LedgerTransactionId,
  type PaymentId,
  type PromptId,
  type RailId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { BlindIndex, Vault } from '#security';
import type { StreamId } from '#streams';

/** How the engine learned of a payment. */
export const roads = [
  'stk-callback',
  'paybill-confirmation',
  'enquiry',
  'list',
  'receipt-report',
  'statement',
] as const;
export type Road = (typeof roads)[number];

export interface Payment {
  readonly id: PaymentId;
  readonly rail: RailId;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly state: 'earned' | 'suspense';
  readonly streamId: StreamId | undefined;
  readonly chargeId: ChargeId | undefined;
  readonly promptId: PromptId | undefined;
  readonly accountReference: string;
  /** As the provider shows it: whole, masked or absent. */
  readonly payer: string | undefined;
  readonly payerName: string | undefined;
  readonly road: Road;
  readonly occurredAt: EpochMs;
  readonly bookedAt: EpochMs;
  readonly businessDate: string;
}

interface PaymentRow {
  readonly id: bigint;
  readonly rail: RailId;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly state: Payment['state'];
  readonly streamId: StreamId | null;
  readonly chargeId: bigint | null;
  readonly promptId: bigint | null;
  readonly accountReference: string;
  readonly payerSealed: Buffer | null;
  readonly road: Road;
  readonly occurredAt: EpochMs;
  readonly bookedAt: EpochMs;
  readonly businessDate: string;
}

const columns = sql`
  id, rail, receipt, amount_minor as "amountMinor", state, stream_id as "streamId",
  charge_id as "chargeId", prompt_id as "promptId", account_reference as "accountReference",
  payer_sealed as "payerSealed", road, occurred_at as "occurredAt", booked_at as "bookedAt",
  business_date as "businessDate"`;

export interface PaymentFilter {
  readonly before: PaymentId | undefined;
  readonly limit: number;
  readonly rail: RailId | undefined;
  readonly streamId: string | undefined;
  readonly state: Payment['state'] | undefined;
  readonly receipt: string | undefined;
  readonly phone: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface RevenueChange {
  readonly businessDate: string;
  readonly hour: number;
  readonly rail: RailId;
  readonly streamId: StreamId;
  readonly amountMinor: bigint;
}

export interface ReceiptOfRail {
  readonly rail: RailId;
  readonly receipt: string;
}

/** A receipt is one provider's word: another's may read the same. */
export const receiptKey = ({ rail, receipt }: ReceiptOfRail): string => `${rail} ${receipt}`;

const numberOrNull = (id: ChargeId | PromptId | undefined): bigint | null =>
  id === undefined ? null : numberFromId(id);

const payerColumn = (id: bigint) => ({ table: 'payment', column: 'payer_sealed', row: id });

export function createPaymentStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
}) {
  const { businessId, vault } = deps;

  const sealPayer = (payment: Payment): Buffer | null => {
    if (payment.payer === undefined && payment.payerName === undefined) return null;
    const text = JSON.stringify([payment.payer ?? null, payment.payerName ?? null]);
    return vault.seal(text, payerColumn(numberFromId(payment.id)));
  };

  const indexPayer = (payer: string | undefined): Buffer | null => {
    const parsed = payer === undefined ? undefined : parseMsisdn(payer);
    return parsed?.ok === true ? deps.blindIndex(parsed.value) : null;
  };

  const paymentOf = (row: PaymentRow): Payment => {
    const [payer, payerName] =
      row.payerSealed === null
        ? [null, null]
        : parsePayer(vault.unseal(row.payerSealed, payerColumn(row.id)).toString('utf8'));
    return {
      id: idFromNumber('payment', row.id),
      rail: row.rail,
      receipt: row.receipt,
      amountMinor: row.amountMinor,
      state: row.state,
      streamId: row.streamId ?? undefined,
      chargeId: row.chargeId === null ? undefined : idFromNumber('charge', row.chargeId),
      promptId: row.promptId === null ? undefined : idFromNumber('prompt', row.promptId),
      accountReference: row.accountReference,
      payer: payer ?? undefined,
      payerName: payerName ?? undefined,
      road: row.road,
      occurredAt: row.occurredAt,
      bookedAt: row.bookedAt,
      businessDate: row.businessDate,
    };
  };

  return {
    /** Claims receipts; answers the payments that are new. A known receipt is left as it is. */
    insert: async (
      executor: Executor,
      payments: readonly (Payment & { readonly ledgerTransactionId: LedgerTransactionId })[],
    ): Promise<ReadonlySet<PaymentId>> => {
      const { rows } = await sql<{ id: bigint }>`
        insert into payment (
          business_id, id, rail, receipt, amount_minor, currency, state, stream_id, charge_id,
          prompt_id, account_reference, payer_sealed, payer_index, road, occurred_at, booked_at,
          business_date, ledger_transaction_id
        )
        select ${businessId}, p.id, p.rail, p.receipt, p.amount, 'KES', p.state, p.stream,
          p.charge_id, p.prompt_id, p.reference, p.payer_sealed, p.payer_index, p.road,
          p.occurred_at, p.booked_at, p.business_date, p.ledger_id
        from unnest(
          ${payments.map((p) => numberFromId(p.id))}::bigint[],
          ${payments.map((p) => p.rail)}::text[],
          ${payments.map((p) => p.receipt)}::text[],
          ${payments.map((p) => p.amountMinor)}::bigint[],
          ${payments.map((p) => p.state)}::text[],
          ${payments.map((p) => p.streamId ?? null)}::text[],
          ${payments.map((p) => numberOrNull(p.chargeId))}::bigint[],
          ${payments.map((p) => numberOrNull(p.promptId))}::bigint[],
          ${payments.map((p) => p.accountReference)}::text[],
          ${payments.map(sealPayer)}::bytea[],
          ${payments.map((p) => indexPayer(p.payer))}::bytea[],
          ${payments.map((p) => p.road)}::text[],
          ${payments.map((p) => isoOf(p.occurredAt))}::timestamptz[],
          ${payments.map((p) => isoOf(p.bookedAt))}::timestamptz[],
          ${payments.map((p) => p.businessDate)}::date[],
          ${payments.map((p) => numberFromId(p.ledgerTransactionId))}::bigint[]
        ) as p (id, rail, receipt, amount, state, stream, charge_id, prompt_id, reference,
          payer_sealed, payer_index, road, occurred_at, booked_at, business_date, ledger_id)
        on conflict (business_id, rail, receipt) do nothing
        returning id`.execute(executor);
      return new Set(rows.map((row) => idFromNumber('payment', row.id)));
    },

    /** Payments by receipt, locked in id order until the transaction ends. */
    lockByReceipts: async (
      executor: Executor,
      wanted: readonly ReceiptOfRail[],
    ): Promise<ReadonlyMap<string, Payment>> => {
      if (wanted.length === 0) return new Map();
      const { rows } = await sql<PaymentRow>`
        select ${columns} from payment
        where business_id = ${businessId} and (rail, receipt) in (
          select w.rail, w.receipt
          from unnest(
            ${wanted.map((w) => w.rail)}::text[], ${wanted.map((w) => w.receipt)}::text[]
          ) as w (rail, receipt)
        )
        order by id for update`.execute(executor);
      return new Map(rows.map((row) => [receiptKey(row), paymentOf(row)]));
    },

    /** Suspense has found its charge. */
    leaveSuspense: async (
      executor: Executor,
      earned: Payment & { readonly streamId: StreamId; readonly chargeId: ChargeId },
    ): Promise<void> => {
      const { promptId } = earned;
      await sql`
        update payment set state = 'earned', stream_id = ${earned.streamId},
          charge_id = ${numberFromId(earned.chargeId)}, prompt_id = ${numberOrNull(promptId)}
        where business_id = ${businessId} and id = ${numberFromId(earned.id)}
          and state = 'suspense'`.execute(executor);
    },

    byCharge: async (executor: Executor, id: ChargeId): Promise<readonly Payment[]> => {
      const { rows } = await sql<PaymentRow>`
        select ${columns} from payment
        where business_id = ${businessId} and charge_id = ${numberFromId(id)}`.execute(executor);
      return rows.map(paymentOf);
    },

    find: async (executor: Executor, id: PaymentId): Promise<Payment | undefined> => {
      const { rows } = await sql<PaymentRow>`
        select ${columns} from payment
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
      const [row] = rows;
      return row === undefined ? undefined : paymentOf(row);
    },

    page: async (executor: Executor, filter: PaymentFilter): Promise<readonly Payment[]> => {
      const phone = filter.phone === undefined ? undefined : parseMsisdn(filter.phone);
      const conditions = [
        sql`business_id = ${businessId}`,
        ...(filter.before === undefined ? [] : [sql`id < ${numberFromId(filter.before)}`]),
        ...(filter.rail === undefined ? [] : [sql`rail = ${filter.rail}`]),
        ...(filter.streamId === undefined ? [] : [sql`stream_id = ${filter.streamId}`]),
        ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`]),
        ...(filter.receipt === undefined ? [] : [sql`receipt = ${filter.receipt}`]),
        ...(phone?.ok === true ? [sql`payer_index = ${deps.blindIndex(phone.value)}`] : []),
        ...(filter.from === undefined ? [] : [sql`business_date >= ${filter.from}`]),
        ...(filter.to === undefined ? [] : [sql`business_date <= ${filter.to}`]),
      ];
      const { rows } = await sql<PaymentRow>`
        select ${columns} from payment where ${sql.join(conditions, sql` and `)}
        order by id desc limit ${filter.limit}`.execute(executor);
      return rows.map(paymentOf);
    },

    addRevenue: async (executor: Executor, changes: readonly RevenueChange[]): Promise<void> => {
      if (changes.length === 0) return;
      const arrays = sql`unnest(
          ${changes.map((c) => c.businessDate)}::date[], ${changes.map((c) => c.hour)}::smallint[],
          ${changes.map((c) => c.rail)}::text[], ${changes.map((c) => c.streamId)}::text[],
          ${changes.map((c) => c.amountMinor)}::bigint[]
        ) as c (business_date, hour, rail, stream_id, amount)`;
      await sql`
        insert into daily_revenue as d
        select ${businessId}, c.business_date, c.rail, c.stream_id, count(*), sum(c.amount)
        from ${arrays} group by 2, 3, 4 order by 2, 3, 4
        on conflict (business_id, business_date, rail, stream_id) do update set
          payments = d.payments + excluded.payments,
          amount_minor = d.amount_minor + excluded.amount_minor`.execute(executor);
      await sql`
        insert into hourly_revenue as h
        select ${businessId}, c.business_date, c.hour, c.rail, count(*), sum(c.amount)
        from ${arrays} group by 2, 3, 4 order by 2, 3, 4
        on conflict (business_id, business_date, hour, rail) do update set
          payments = h.payments + excluded.payments,
          amount_minor = h.amount_minor + excluded.amount_minor`.execute(executor);
    },
  };
}

export type PaymentStore = ReturnType<typeof createPaymentStore>;

function parsePayer(text: string): readonly [string | null, string | null] {
  return JSON.parse(text) as readonly [string | null, string | null];
}
