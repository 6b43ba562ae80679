import type { EpochMs } from '#kernel';
import type { FailureReason, ProviderWord, ReportedAccount } from './rail.ts';

export type RailEvent =
  | PromptResult
  | PayerPayment
  | PaymentQuestion
  | PayoutResult
  | QueueTimeout
  | ReceiptReport
  | BalanceReport
  | OwnIdHint;

/** What became of a prompt, unsigned: counts only when it equals the stored attempt. */
export type PromptResult = ProviderWord & {
  readonly kind: 'prompt-result';
  readonly providerRequestId: string;
  readonly providerTraceId: string | undefined;
} & (
    | {
        readonly verdict: 'paid';
        readonly receipt: string;
        readonly amountMinor: bigint;
        /** As it came: whole or masked. */
        readonly payer: string | undefined;
        readonly occurredAt: EpochMs | undefined;
      }
    | { readonly verdict: 'failed'; readonly reason: FailureReason }
    | { readonly verdict: 'unknown' }
  );

/** Settled money that came without a prompt of ours, or beside one. */
export interface PayerPayment {
  readonly kind: 'payer-payment';
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly shortCode: string;
  readonly accountReference: string;
  /** Masked or hashed by the provider. */
  readonly payer: string | undefined;
  readonly payerName: string | undefined;
  readonly occurredAt: EpochMs | undefined;
}

/** “May this payment come?” – asked before the money moves. */
export type PaymentQuestion = Omit<PayerPayment, 'kind'> & { readonly kind: 'payment-question' };

export type PayoutResult = ProviderWord & {
  readonly kind: 'payout-result';
  readonly ownId: string | undefined;
  readonly providerRequestId: string | undefined;
} & (
    | {
        readonly verdict: 'completed';
        readonly receipt: string;
        readonly amountMinor: bigint | undefined;
        readonly completedAt: EpochMs | undefined;
        /** Of a refund: the receipt that was given back. */
        readonly originalReceipt?: string | undefined;
      }
    | { readonly verdict: 'failed'; readonly reason: FailureReason }
    | { readonly verdict: 'unknown' }
  );

/** The provider's queue gave up waiting: the outcome is unknown, and has to be asked for. */
export interface QueueTimeout {
  readonly kind: 'queue-timeout';
  readonly ownId: string | undefined;
  readonly providerRequestId: string | undefined;
}

/** The answer to a question about one transaction, by receipt or by our own id. */
export type ReceiptReport = ProviderWord & {
  readonly kind: 'receipt-report';
} & (
    | {
        readonly verdict: 'found';
        readonly receipt: string;
        readonly state: 'completed' | 'failed' | 'pending' | 'unknown';
        readonly amountMinor: bigint | undefined;
        readonly occurredAt: EpochMs | undefined;
        /** The ids of the transaction asked about, not of the question. */
        readonly originalOwnId: string | undefined;
        readonly originalRequestId: string | undefined;
      }
    | { readonly verdict: 'not-found' | 'unknown' }
  );

export interface BalanceReport {
  readonly kind: 'balance-report';
  readonly verdict: 'reported' | 'failed';
  readonly code: string;
  readonly accounts: readonly ReportedAccount[];
  /** When it was so, by the provider's clock: the callback may come hours later. */
  readonly asOfAt?: EpochMs;
}

/** A callback that names our own id and an outcome but no amount: only a reason to enquire. */
export interface OwnIdHint {
  readonly kind: 'own-id-hint';
  readonly ownId: string;
  readonly outcome: 'succeeded' | 'failed' | 'unknown';
  readonly receipt: string | undefined;
  /** True when a keyed hash over the body was checked and fits. */
  readonly authenticated: boolean;
}
