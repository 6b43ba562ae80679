import {
  idFromNumber,
  invariant,
  numberFromId,
  parseMsisdn,
  type BusinessId,
  type ChargeId,
  type EpochMs,
  type LedgerTransactionId,
  type Msisdn,
  type PaymentId,
  type PromptId,
  type RailId,
} from '#kernel';
import {
  byteas,
  dates,
  int8s,
  lastly,
  moments,
  sql,
  texts,
  type Executor,
  insertedOf,
  unlessAllOf,
  unlessKnown,
  type InsertedRow,
} from '#platform/db';
import type { BlindIndex, Vault } from '#security';
import type { StreamId } from '#streams';

import { addRevenue, type RevenueChange } from '../figures/store.ts';
import {
  backFactsOf,
  refundOf,
  reversalOf,
  type BackRow,
  type GoneBack,
  type Refund,
  type Reversal,
} from './gone-back.ts';

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

/**
 * Earned is what is earned to the last cent. Every other state says where the rest of the money is:
 * with nobody yet, held for a customer, on its way back to the payer, or there, by a refund of ours
 * or because its provider reversed the payment by itself.
 */
export const paymentStates = [
  'earned',
  'suspense',
  'credit',
  'refunding',
  'refunded',
  'reversed',
] as const;
export type PaymentState = (typeof paymentStates)[number];

export interface Payment {
  readonly id: PaymentId;
  readonly rail: RailId;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly state: PaymentState;
  /** Whose all of it is, where booking knew. */
  readonly streamId: StreamId | undefined;
  /** The only stream that earned of it, by booking or by fixes. */
  readonly earnedBy: StreamId | undefined;
  /** What streams have earned of it. */
  readonly earnedMinor: bigint;
  /** For whom the rest is held. */
  readonly customer: Msisdn | undefined;
  readonly refund: Refund | undefined;
  readonly reversal: Reversal | undefined;
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

interface PaymentRow extends BackRow {
  readonly id: bigint;
  readonly rail: RailId;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly state: Payment['state'];
  readonly streamId: StreamId | null;
  readonly allocatedTo: StreamId | null;
  readonly allocatedMinor: bigint;
  readonly customerSealed: Buffer | null;
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
  business_date as "businessDate", allocated_minor as "allocatedMinor",
  customer_sealed as "customerSealed", refund_from as "refundFrom", refund_minor as "refundMinor",
  refund_transfer_id as "refundTransferId", refunded_on as "refundedOn",
  reversal_receipt as "reversalReceipt", reversed_at as "reversedAt",
  case when allocated_minor > 0 then (
    select min(a.stream_id) from payment_allocation a
    where a.business_id = payment.business_id and a.payment_id = payment.id
      and a.reversed_by is null
    having count(distinct a.stream_id) = 1
  ) end as "allocatedTo"`;

const inIdOrder = sql`order by id for update`;

/** Where a payment's money is from now on, in place of where it was. */
export interface PaymentMove {
  readonly id: PaymentId;
  readonly from: PaymentState;
  readonly to: PaymentState;
  /** All that fixes have earned of it, those before included. */
  readonly allocatedMinor: bigint;
  readonly customer: Msisdn | undefined;
  readonly back: GoneBack | undefined;
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
const customerColumn = (id: bigint) => ({ table: 'payment', column: 'customer_sealed', row: id });

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

  const customerOf = ({ id, customerSealed }: PaymentRow): Msisdn | undefined => {
    if (customerSealed === null) return undefined;
    const msisdn = parseMsisdn(vault.unseal(customerSealed, customerColumn(id)).toString('utf8'));
    invariant(msisdn.ok, 'a sealed phone number is a phone number');
    return msisdn.value;
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
      earnedBy: row.streamId ?? row.allocatedTo ?? undefined,
      earnedMinor: row.streamId === null ? row.allocatedMinor : row.amountMinor,
      customer: customerOf(row),
      refund: refundOf(row),
      reversal: reversalOf(row),
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

  const byReceipts =
    (held: typeof inIdOrder) =>
    async (
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
        ) ${held}`.execute(executor);
      return new Map(rows.map((row) => [receiptKey(row), paymentOf(row)]));
    };

  const withIds = (wanted: readonly PaymentId[]) => sql`
    business_id = ${businessId} and id = any(${wanted.map(numberFromId)}::bigint[]) order by id`;

  const findMany = async (
    executor: Executor,
    wanted: readonly PaymentId[],
  ): Promise<readonly Payment[]> => {
    if (wanted.length === 0) return [];
    const { rows } = await sql<PaymentRow>`
      select ${columns} from payment where ${withIds(wanted)}`.execute(executor);
    return rows.map(paymentOf);
  };

  return {
    /** Claims receipts; answers the payments that are new. A known receipt is left as it is. */
    insert: async (
      executor: Executor,
      payments: readonly (Payment & { readonly ledgerTransactionId: LedgerTransactionId })[],
    ): Promise<ReadonlySet<PaymentId>> => {
      const numbers = payments.map((p) => numberFromId(p.id));
      const { rows } = await sql<InsertedRow>`
        with inserted as (
          insert into payment (
            business_id, id, rail, receipt, amount_minor, currency, state, stream_id, charge_id,
            prompt_id, account_reference, payer_sealed, payer_index, road, occurred_at, booked_at,
            business_date, ledger_transaction_id
          )
          select ${businessId}, p.id, p.rail, p.receipt, p.amount, 'KES', p.state, p.stream,
            p.charge_id, p.prompt_id, p.reference, p.payer_sealed, p.payer_index, p.road,
            p.occurred_at, p.booked_at, p.business_date, p.ledger_id
          from unnest(
            ${int8s(numbers)}::bigint[],
            ${texts(payments.map((p) => p.rail))}::text[],
            ${texts(payments.map((p) => p.receipt))}::text[],
            ${int8s(payments.map((p) => p.amountMinor))}::bigint[],
            ${texts(payments.map((p) => p.state))}::text[],
            ${texts(payments.map((p) => p.streamId ?? null))}::text[],
            ${int8s(payments.map((p) => numberOrNull(p.chargeId)))}::bigint[],
            ${int8s(payments.map((p) => numberOrNull(p.promptId)))}::bigint[],
            ${texts(payments.map((p) => p.accountReference))}::text[],
            ${byteas(payments.map(sealPayer))}::bytea[],
            ${byteas(payments.map((p) => indexPayer(p.payer)))}::bytea[],
            ${texts(payments.map((p) => p.road))}::text[],
            ${moments(payments.map((p) => p.occurredAt))}::timestamptz[],
            ${moments(payments.map((p) => p.bookedAt))}::timestamptz[],
            ${dates(payments.map((p) => p.businessDate))}::date[],
            ${int8s(payments.map((p) => numberFromId(p.ledgerTransactionId)))}::bigint[]
          ) as p (id, rail, receipt, amount, state, stream, charge_id, prompt_id, reference,
            payer_sealed, payer_index, road, occurred_at, booked_at, business_date, ledger_id)
          ${unlessKnown(executor, sql`(business_id, rail, receipt)`)}
          returning id
        ) ${unlessAllOf(numbers.length)}`.execute(executor);
      const inserted = insertedOf(numbers, rows);
      return new Set(payments.flatMap(({ id }) => (inserted.has(numberFromId(id)) ? [id] : [])));
    },

    findByReceipts: byReceipts(sql``),

    /** Payments by receipt, locked in id order until the transaction ends. */
    lockByReceipts: byReceipts(inIdOrder),

    findMany,

    /** Locked in id order, then read: a wait for the lock leaves what subqueries read behind. */
    lock: async (executor: Executor, wanted: readonly PaymentId[]): Promise<readonly Payment[]> => {
      if (wanted.length === 0) return [];
      await sql`select id from payment where ${withIds(wanted)} for update`.execute(executor);
      return findMany(executor, wanted);
    },

    /** Moves the money of a locked payment; answers whether it was where it was thought to be. */
    move: async (executor: Executor, move: PaymentMove): Promise<boolean> => {
      const id = numberFromId(move.id);
      const { customer } = move;
      const back = backFactsOf(move.back);
      const { rows } = await sql<{ id: bigint }>`
        update payment set state = ${move.to}, allocated_minor = ${move.allocatedMinor},
          customer_index = ${customer === undefined ? null : deps.blindIndex(customer)},
          customer_sealed = ${
            customer === undefined ? null : vault.seal(customer, customerColumn(id))
          },
          refund_from = ${back.from}, refund_minor = ${back.amountMinor},
          refund_transfer_id = ${back.transferId}, refunded_on = ${back.on},
          reversal_receipt = ${back.receipt}, reversed_at = ${back.at}
        where business_id = ${businessId} and id = ${id} and state = ${move.from}
        returning id`.execute(executor);
      return rows.length === 1;
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
          and state = 'suspense' and allocated_minor = 0`.execute(executor);
    },

    /** Those that named the charge, and those that a fix let pay it. */
    byCharge: async (executor: Executor, id: ChargeId): Promise<readonly Payment[]> => {
      const { rows } = await sql<PaymentRow>`
        select ${columns} from payment
        where business_id = ${businessId} and id = any(array(
          select p.id from payment p
          where p.business_id = ${businessId} and p.charge_id = ${numberFromId(id)}
          union all
          select a.payment_id from payment_allocation a
          where a.business_id = ${businessId} and a.charge_id = ${numberFromId(id)}
            and a.reversed_by is null
        )) order by id`.execute(executor);
      return rows.map(paymentOf);
    },

    /** Money in suspense that named one of the charges. */
    suspendedFor: async (
      executor: Executor,
      charges: readonly ChargeId[],
    ): Promise<readonly Payment[]> => {
      if (charges.length === 0) return [];
      const { rows } = await sql<PaymentRow>`
        select ${columns} from payment
        where business_id = ${businessId} and state = 'suspense'
          and charge_id = any(${charges.map(numberFromId)}::bigint[])
        order by id limit 200`.execute(executor);
      return rows.map(paymentOf);
    },

    find: async (executor: Executor, id: PaymentId): Promise<Payment | undefined> =>
      (await findMany(executor, [id]))[0],

    /** Those whose numbers a query finds, newest first. */
    foundBy: async (
      executor: Executor,
      numbers: ReturnType<typeof sql>,
    ): Promise<readonly Payment[]> => {
      const { rows } = await sql<PaymentRow>`
        select ${columns} from payment
        where business_id = ${businessId} and id = any(array(${numbers}))
        order by id desc`.execute(executor);
      return rows.map(paymentOf);
    },

    /** Rows that all payments of a day share. */
    addRevenue: (executor: Executor, changes: readonly RevenueChange[]): Promise<void> =>
      lastly(executor, () => addRevenue(executor, businessId, changes)),
  };
}

export type PaymentStore = ReturnType<typeof createPaymentStore>;

function parsePayer(text: string): readonly [string | null, string | null] {
  return JSON.parse(text) as readonly [string | null, string | null];
}
