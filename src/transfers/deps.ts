import type { BusinessId, Clock, IdSource, PaymentId, RailId, TransferId } from '#kernel';
import type { Audit } from '#audit';
import type { Evidence } from '#evidence';
import type { Ledger } from '#ledger';
import type { Database, Executor, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { JsonObject, Outbox } from '#platform/outbox';
import type { CallbackUrls, Rail, WalletNames } from '#rails';
import type { BlindIndex, Vault } from '#security';
import type { Weather } from '#weather';

import type { SweepSettings } from './decide.ts';
import type { QuietHours } from './quiet.ts';

/** What a person should look at, in the words of the exceptions list. */
export interface Trouble {
  readonly kind: 'forged-callback' | 'unknown-transfer' | 'payout-mismatch' | 'low-float';
  readonly rail: RailId;
  readonly subject: string;
  readonly amountMinor: bigint | undefined;
  readonly detail: JsonObject;
}

/** How a refund ended, for whoever keeps the payment. It may complete after it failed. */
export interface RefundEnd {
  readonly paymentId: PaymentId;
  readonly transferId: TransferId;
  readonly end: 'completed' | 'failed';
}

export interface TransfersDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  /** In the sandbox there is no phone to read a receipt from. */
  readonly mode: 'sandbox' | 'live';
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly evidence: Evidence;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly weather: Pick<Weather, 'look'>;
  readonly settings: ReadonlyMap<RailId, SweepSettings>;
  /** The most all rails together may send to the owner on one business day. */
  readonly combinedDailyCapMinor: bigint;
  /** When nothing is sent automatically. */
  readonly quietHours: QuietHours | undefined;
  /** The rails whose payout wallet is filled without being asked for; usually none. */
  readonly autoTopUps: ReadonlySet<RailId>;
  readonly isRunning: () => Promise<boolean>;
  /** Confirmed revenue of the business day on a rail, by the roll-up that proofs check. */
  readonly earnedOn: (executor: Executor, rail: RailId, businessDate: string) => Promise<bigint>;
  readonly payoutUrls: (subject: bigint) => CallbackUrls;
  readonly refundUrls: (subject: bigint) => CallbackUrls;
  readonly topUpUrls: (subject: bigint) => CallbackUrls;
  readonly statusUrls: (subject: bigint) => CallbackUrls;
  readonly balanceUrls: CallbackUrls;
  /** The names under which providers report their wallets. */
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
  readonly openTroubles: (tx: Tx, troubles: readonly Trouble[]) => Promise<void>;
  /** Trouble that ended by itself or by somebody's decision. */
  readonly closeTroubles: (
    tx: Tx,
    ended: Pick<Trouble, 'kind'> & { readonly subjects: readonly string[] },
  ) => Promise<void>;
  /** Told in the transaction that books the end. */
  readonly onRefundEnd: (tx: Tx, end: RefundEnd) => Promise<void>;
}
