import type { EpochMs } from '#kernel';
import { numberIn, optionalTextIn, type Row, type Store, textIn } from './store.ts';

export const transactionKinds = ['stk', 'c2b', 'b2c', 'reversal', 'b2b'] as const;
export type TransactionKind = (typeof transactionKinds)[number];

/** Money that has moved. There is no other kind of row: what failed is in its own table. */
export interface Transaction {
  readonly seq: number;
  readonly kind: TransactionKind;
  readonly receipt: string;
  readonly amountKes: number;
  readonly feeKes: number;
  /** Empty where no phone is part of it. */
  readonly msisdn: string;
  readonly accountReference: string;
  readonly shortCode: string;
  readonly checkoutRequestId: string | undefined;
  readonly conversationId: string | undefined;
  readonly originatorConversationId: string | undefined;
  /** Of a reversal: the receipt of the payment it takes back. */
  readonly originalReceipt: string | undefined;
  readonly initiatedAt: EpochMs;
  readonly settledAt: EpochMs;
}
export type NewTransaction = Omit<Transaction, 'seq'>;

export interface Transactions {
  record(transaction: NewTransaction): Transaction;
  byReceipt(receipt: string): Transaction | undefined;
  byConversation(id: string): Transaction | undefined;
  reversalOf(receipt: string): Transaction | undefined;
  after(seq: number, limit: number): readonly Transaction[];
  ofPhone(msisdn: string, limit: number): readonly Transaction[];
  /** Payments to the business between two instants, oldest first. */
  collectedBetween(span: {
    from: EpochMs;
    to: EpochMs;
    offset: number;
    limit: number;
  }): readonly Transaction[];
  hasRepeat(payment: { msisdn: string; amountKes: number; since: EpochMs }): boolean;
}

function transactionFrom(row: Row): Transaction {
  return {
    seq: numberIn(row, 'seq'),
    kind: transactionKinds.find((kind) => kind === textIn(row, 'kind')) ?? 'c2b',
    receipt: textIn(row, 'receipt'),
    amountKes: numberIn(row, 'amount_kes'),
    feeKes: numberIn(row, 'fee_kes'),
    msisdn: textIn(row, 'msisdn'),
    accountReference: textIn(row, 'account_reference'),
    shortCode: textIn(row, 'short_code'),
    checkoutRequestId: optionalTextIn(row, 'checkout_request_id'),
    conversationId: optionalTextIn(row, 'conversation_id'),
    originatorConversationId: optionalTextIn(row, 'originator_conversation_id'),
    originalReceipt: optionalTextIn(row, 'original_receipt'),
    initiatedAt: numberIn(row, 'initiated_at'),
    settledAt: numberIn(row, 'settled_at'),
  };
}

export function createTransactions(store: Store): Transactions {
  const optional = (row: Row | undefined): Transaction | undefined =>
    row === undefined ? undefined : transactionFrom(row);
  return {
    record: (it) => {
      const row = store.first(
        `insert into transactions (kind, receipt, amount_kes, fee_kes, msisdn, account_reference,
           short_code, checkout_request_id, conversation_id, originator_conversation_id,
           original_receipt, initiated_at, settled_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning seq`,
        it.kind,
        it.receipt,
        it.amountKes,
        it.feeKes,
        it.msisdn,
        it.accountReference,
        it.shortCode,
        it.checkoutRequestId ?? null,
        it.conversationId ?? null,
        it.originatorConversationId ?? null,
        it.originalReceipt ?? null,
        it.initiatedAt,
        it.settledAt,
      );
      return { ...it, seq: row === undefined ? 0 : numberIn(row, 'seq') };
    },
    byReceipt: (receipt) =>
      optional(store.first('select * from transactions where receipt = ?', receipt)),
    byConversation: (id) =>
      optional(
        store.first(
          `select * from transactions
           where conversation_id = ?1 or originator_conversation_id = ?1 limit 1`,
          id,
        ),
      ),
    reversalOf: (receipt) =>
      optional(store.first('select * from transactions where original_receipt = ?', receipt)),
    after: (seq, limit) =>
      store
        .all('select * from transactions where seq > ? order by seq limit ?', seq, limit)
        .map(transactionFrom),
    ofPhone: (msisdn, limit) =>
      store
        .all('select * from transactions where msisdn = ? order by seq desc limit ?', msisdn, limit)
        .map(transactionFrom),
    collectedBetween: ({ from, to, offset, limit }) =>
      store
        .all(
          `select * from transactions where kind in ('stk', 'c2b') and settled_at between ? and ?
           order by seq limit ? offset ?`,
          from,
          to,
          limit,
          offset,
        )
        .map(transactionFrom),
    hasRepeat: ({ msisdn, amountKes, since }) =>
      store.first(
        `select 1 as found from transactions
         where msisdn = ? and settled_at >= ? and amount_kes = ? and kind in ('stk', 'c2b')
         limit 1`,
        msisdn,
        since,
        amountKes,
      ) !== undefined,
  };
}
