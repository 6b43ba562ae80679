import type { BusinessDate, EpochMs, Msisdn, RailId, Result } from '#kernel';

import type { RailEvent } from './event.ts';
import type { CodeExplanation, CodeSubject } from './explanation.ts';
import type { StatementReading, StatementTable } from './statement.ts';

/**
 * The port that every payment rail fills. HTTP shapes, codes and quirks stay behind it; what a
 * provider says comes out as one of the words below. A timeout is never a failure: money that may
 * have moved is `unknown` until the provider has been asked again.
 */
export interface Rail {
  readonly id: RailId;
  readonly capabilities: RailCapabilities;
  /** Asks the payer's phone to approve a payment. `accepted` means asked, never paid. */
  sendPrompt(request: PromptRequest): Promise<PromptSubmission>;
  /** Asks the provider what became of a prompt. Moves no money, safe to repeat. */
  queryPrompt(reference: PromptReference): Promise<PromptVerdict>;
  /**
   * Sends money to a phone under an id chosen before. The same id never pays twice where the
   * provider takes our ids (Daraja's B2C v1 does not); callers in doubt ask, and do not send.
   */
  sendPayout(request: PayoutRequest): Promise<PayoutSubmission>;
  /** Asks what became of a payout. Moves no money, safe to repeat. */
  queryPayout(reference: PayoutReference): Promise<PayoutVerdict>;
  /** Asks for the wallets as the provider keeps them. */
  queryBalance(callbacks: CallbackUrls): Promise<BalanceAnswer>;
  /** Payments the provider has on record between two instants, at most as far back as it keeps. */
  listPayments(period: PaymentPeriod): Promise<PaymentList>;
  /** Present where payers can pay without a prompt and the provider tells of it. */
  readonly payerNotifications?: PayerNotifications;
  /** Present where the provider can be asked about one receipt. */
  readonly receiptLookup?: ReceiptLookup;
  /** Present where a payment can be given back to its payer. */
  readonly refunds?: Refunds;
  /** Present where payouts are paid from a wallet that another of ours can fill. */
  readonly topUps?: TopUps;
  /** Present where the provider draws a code that a payer's phone reads. */
  readonly paymentCodes?: PaymentCodes;
  /** Reads the provider's own account statement; never throws on bad input. */
  readStatement?(table: StatementTable): StatementReading;
  /** What a code means, for a person; codes in no table come back as unknown, verbatim. */
  explain?(code: string, subject: CodeSubject): CodeExplanation;
  /** The business's fee by the tariff of that day; undefined where no tariff is known. */
  feeMinor?(question: FeeQuestion): bigint | undefined;
  /** Reads a callback's raw bytes into an event; never throws on bad input. */
  readCallback(callback: RawCallback): CallbackReading;
  /** The answer the provider expects once a callback is safe on disk. */
  acknowledge(channel: CallbackChannel): CallbackAnswer;
}

export interface RailCapabilities {
  readonly promptMinor: AmountRange;
  readonly payoutMinor: AmountRange;
  /** The most that may be paid out to one phone on one business day. */
  readonly payoutDailyMaxMinor: bigint;
  /** Longest account reference that reaches the payer unharmed. */
  readonly referenceLengthMax: number;
  readonly descriptionLengthMax: number;
  /** Waits before each enquiry about an unsettled prompt, counted from its submission. */
  readonly promptQueryAfterMs: readonly number[];
  readonly payoutQueryAfterMs: readonly number[];
  /**
   * How long after submission an enquiry's “not found” may be believed, for a submission that
   * never got an answer.
   */
  readonly notFoundFinalAfterMs: number;
  /**
   * True where the provider documents that a payout id it has seen is refused for ever, so that one
   * it says it never saw may be sent again. Otherwise only a person may decide to send again.
   */
  readonly payoutIdsGuarded: boolean;
  /** True where a paid verdict from an enquiry carries the receipt. */
  readonly queryNamesReceipt: boolean;
  /** Which callback channels this rail owns. */
  readonly channels: readonly CallbackChannel[];
}

export interface AmountRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** One URL path each; unique across rails. Names avoid the words Daraja's URL filter refuses. */
export const callbackChannels = [
  'stk-result',
  'paybill-confirmation',
  'paybill-validation',
  'payout-result',
  'payout-timeout',
  'status-result',
  'status-timeout',
  'balance-result',
  'balance-timeout',
  'refund-result',
  'refund-timeout',
  'top-up-result',
  'top-up-timeout',
  'airtel-result',
] as const;
export type CallbackChannel = (typeof callbackChannels)[number];

export interface PromptRequest {
  /** Our own id for this attempt in the rail's alphabet; Airtel's idempotency key. */
  readonly ownId: string;
  readonly msisdn: Msisdn;
  readonly amountMinor: bigint;
  /** Printed on the payer's receipt: never a secret. */
  readonly reference: string;
  readonly description: string;
  readonly callbackUrl: string;
}

export interface PromptReference {
  readonly ownId: string;
  /** The provider's id (Daraja `CheckoutRequestID`); absent when its answer was lost. */
  readonly providerRequestId: string | undefined;
}

/** Why a provider refused or a payer did not pay, in the owner's words. */
export type FailureReason =
  | 'payer-cancelled'
  | 'wrong-pin'
  | 'no-response'
  | 'insufficient-funds'
  | 'over-limit'
  | 'payer-locked'
  | 'payer-not-registered'
  | 'busy'
  | 'expired'
  | 'our-float'
  | 'our-credentials'
  | 'our-request'
  | 'provider-down'
  | 'other';

export interface ProviderWord {
  /** The provider's own code, verbatim; strings and numbers both as text. */
  readonly code: string;
  /** The provider's own text. For people only: it varies by channel and by day. */
  readonly description: string;
}

/** What an enquiry or a callback said, kept as evidence. */
export interface Evidence {
  readonly raw: string;
}

export type Refused = ProviderWord & {
  readonly kind: 'refused';
  readonly reason: FailureReason;
  /** True when the very same request may be sent again later: it never took effect. */
  readonly mayResend: boolean;
};

export interface NotKnown {
  readonly kind: 'unknown';
  /** What happened instead of an answer, without secrets: `timeout`, `HTTP 502`, `reset`. */
  readonly cause: string;
}

export type PromptSubmission =
  | {
      readonly kind: 'accepted';
      readonly providerRequestId: string;
      /** Daraja `MerchantRequestID`. */
      readonly providerTraceId?: string;
    }
  | Refused
  | NotKnown;

export type PromptVerdict =
  | (ProviderWord & Evidence & { readonly kind: 'paid'; readonly receipt: string | undefined })
  | (ProviderWord & Evidence & { readonly kind: 'failed'; readonly reason: FailureReason })
  | { readonly kind: 'pending' }
  | { readonly kind: 'not-found' }
  | NotKnown;

export interface PayoutRequest {
  /** Daraja `OriginatorConversationID`, Airtel `transaction.id`: chosen and stored beforehand. */
  readonly ownId: string;
  readonly msisdn: Msisdn;
  readonly amountMinor: bigint;
  readonly remarks: string;
  readonly callbacks: CallbackUrls;
}

export interface CallbackUrls {
  readonly resultUrl: string;
  readonly timeoutUrl: string;
}

export interface PayoutReference {
  readonly ownId: string;
  /** Daraja `ConversationID`; absent when its answer was lost. */
  readonly providerRequestId: string | undefined;
  readonly callbacks: CallbackUrls;
}

export type PayoutSubmission =
  | { readonly kind: 'accepted'; readonly providerRequestId: string }
  /** Some providers settle while we wait. */
  | ({ readonly kind: 'completed' } & Completion)
  | Refused
  | NotKnown;

export interface Completion extends Evidence {
  readonly receipt: string;
  readonly completedAt: EpochMs | undefined;
}

export type PayoutVerdict =
  | ({ readonly kind: 'completed' } & Completion)
  | (ProviderWord & Evidence & { readonly kind: 'failed'; readonly reason: FailureReason })
  | { readonly kind: 'pending' }
  | { readonly kind: 'not-found' }
  /** The provider answers by callback on the result URL. */
  | { readonly kind: 'asked' }
  | NotKnown;

/** One wallet as the provider keeps it. */
export interface ReportedAccount {
  readonly name: string;
  readonly availableMinor: bigint;
}

/** The names under which a provider reports the wallets of a rail. */
export interface WalletNames {
  /** The one that customers pay into. */
  readonly collection: string;
  /** The one that payouts are paid from; often the same. */
  readonly payout: string;
}

export type BalanceAnswer =
  | { readonly kind: 'reported'; readonly accounts: readonly ReportedAccount[] }
  | { readonly kind: 'asked' }
  | NotKnown
  | Refused;

export interface PaymentPeriod {
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
}

/** A payment on the provider's own list: evidence in its own right. */
export interface ListedPayment extends Evidence {
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly occurredAt: EpochMs;
  readonly accountReference: string;
  /** Our own id, where the rail carries it. */
  readonly ownId: string | undefined;
  /** As the provider shows it: whole, masked or absent. */
  readonly payer: string | undefined;
}

export type PaymentList =
  | { readonly kind: 'listed'; readonly payments: readonly ListedPayment[] }
  | NotKnown
  | Refused;

export interface PayerNotifications {
  /** Tells the provider where to send word of payments that we did not prompt. */
  register(urls: {
    readonly confirmationUrl: string;
    readonly validationUrl: string;
  }): Promise<Result<'registered' | 'already-registered', Refused | NotKnown>>;
}

export interface ReceiptLookup {
  /** The provider answers on the status channel with a `receipt-report`. */
  ask(question: {
    readonly receipt: string;
    readonly callbacks: CallbackUrls;
  }): Promise<{ readonly kind: 'asked' } | Refused | NotKnown>;
}

/**
 * Gives a whole payment back. The same payment never comes back twice where the provider refuses a
 * second refund; callers in doubt ask, and do not send.
 */
export interface Refunds {
  send(request: RefundRequest): Promise<PayoutSubmission>;
  /** Asks what became of a refund. Moves no money, safe to repeat. */
  query(reference: RefundReference): Promise<PayoutVerdict>;
}

export interface RefundRequest {
  /** Ours, chosen and stored beforehand; the provider may not carry it. */
  readonly ownId: string;
  /** Of the payment that is given back. */
  readonly receipt: string;
  /** All of it: parts are paid out as payouts. */
  readonly amountMinor: bigint;
  readonly remarks: string;
  readonly callbacks: CallbackUrls;
}

export interface RefundReference extends PayoutReference {
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly sentAt: EpochMs;
}

/** Moves own money into the wallet that payouts are paid from. */
export interface TopUps {
  /** The name under which the provider reports the wallet that is drawn on. */
  readonly fromWallet: string;
  send(request: Omit<PayoutRequest, 'msisdn'>): Promise<PayoutSubmission>;
  query(reference: PayoutReference): Promise<PayoutVerdict>;
}

export interface PaymentCodes {
  create(request: {
    readonly amountMinor: bigint;
    readonly reference: string;
    readonly payeeName: string;
    readonly sizePx: number;
  }): Promise<{ readonly kind: 'made'; readonly png: Buffer } | Refused | NotKnown>;
}

export interface FeeQuestion {
  readonly about: 'payment' | 'payout';
  readonly amountMinor: bigint;
  readonly on: BusinessDate;
}

export interface RawCallback {
  readonly channel: CallbackChannel;
  readonly body: Buffer;
}

export interface CallbackAnswer {
  readonly statusCode: number;
  readonly body: string;
}

export type CallbackReading =
  | { readonly kind: 'event'; readonly event: RailEvent }
  | { readonly kind: 'unreadable'; readonly why: string };
