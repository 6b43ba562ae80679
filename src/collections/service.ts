import {
  type BusinessId,
  type ChargeId,
  type Clock,
  type IdSource,
  type PaymentId,
  type RailId,
} from '#kernel';
import type { Audit } from '#audit';
import type { Billing } from '#billing';
import type { Evidence } from '#evidence';
import type { Ledger, ProofCheck } from '#ledger';
import type { Database, Executor, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { Outbox } from '#platform/outbox';
import type { CallbackChannel, CallbackUrls, Rail } from '#rails';
import type { BlindIndex, Vault } from '#security';

import { createCallbackRecorder, type ReceivedEvent } from './callbacks/service.ts';
import { createClaimAsker } from './claims/worker.ts';
import {
  createExceptionStore,
  type Exception,
  type ExceptionKind,
  type ExceptionPage,
  type NewException,
} from './exceptions/store.ts';
import { createVerificationStore } from './inquiries/store.ts';
import { createJanitor } from './inquiries/worker.ts';
import { createBooking } from './payments/service.ts';
import { createListBooker, type ListedGroup, type ListedOutcome } from './lists/service.ts';
import { createListReader } from './lists/worker.ts';
import { createPaymentStore, type Payment, type PaymentFilter } from './payments/store.ts';
import { checkPayments } from './proof/store.ts';
import type { Prompt } from './prompts/prompt.ts';
import { createPromptStore } from './prompts/store.ts';
import { createPrompter, firstQueryAt } from './prompts/worker.ts';
import { createReportRecorder } from './reports/service.ts';

/** Money in: prompts, callbacks, enquiries, and the booking of what is confirmed. */
export interface Collections {
  /** Concludes from callbacks within the transaction that stores them. */
  record(tx: Tx, group: readonly ReceivedEvent[]): Promise<void>;
  /** Plans and sends the prompts that are due. */
  sendPrompts(): Promise<number>;
  /** Asks providers about everything whose end is not known. */
  askAboutUnknowns(): Promise<number>;
  /** Reads the providers' lists for payments nobody told us of; answers how many there were. */
  findUntold(): Promise<number>;
  /** Books what is not known of payments that a provider lists, within the caller's transaction. */
  bookListed(tx: Tx, group: ListedGroup): Promise<ListedOutcome>;
  payments(filter: PaymentFilter): Promise<readonly Payment[]>;
  findPayment(id: PaymentId): Promise<Payment | undefined>;
  paymentsOf(charge: ChargeId): Promise<readonly Payment[]>;
  promptsOf(charge: ChargeId): Promise<readonly Prompt[]>;
  exceptions(page: ExceptionPage): Promise<readonly Exception[]>;
  openExceptionCount(): Promise<number>;
  openExceptions(tx: Tx, exceptions: readonly NewException[]): Promise<void>;
  /** Trouble that has ended by itself. */
  resolveExceptions(
    tx: Tx,
    trouble: { readonly kind: ExceptionKind; readonly subjects: readonly string[] },
  ): Promise<void>;
  checks(executor?: Executor): Promise<readonly ProofCheck[]>;
}

export interface CollectionsDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
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
  readonly billing: Billing;
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  readonly isRunning: () => Promise<boolean>;
  readonly callbackUrl: (channel: CallbackChannel, subject: bigint) => string;
}

export function createCollections(deps: CollectionsDeps): Collections {
  const { database, clock } = deps;
  const payments = createPaymentStore(deps);
  const prompts = createPromptStore(deps.businessId);
  const verifications = createVerificationStore(deps);
  const exceptions = createExceptionStore(deps);
  const parts = { ...deps, payments, prompts, verifications, exceptions };
  const book = createBooking(parts);
  const reports = createReportRecorder({ ...parts, book });
  const recorder = createCallbackRecorder({
    ...parts,
    reports,
    book,
    firstQueryAt: (rail, plannedAt) => firstQueryAt(deps.rails, rail, plannedAt),
  });
  const prompter = createPrompter(parts);
  const statusUrls = (subject: bigint): CallbackUrls => ({
    resultUrl: deps.callbackUrl('status-result', subject),
    timeoutUrl: deps.callbackUrl('status-timeout', subject),
  });
  const claims = createClaimAsker({ ...parts, reports, book, statusUrls });
  const janitor = createJanitor({ ...parts, claims, book });
  const bookListed = createListBooker({ ...parts, book });
  const lists = createListReader({ ...parts, bookListed });

  return {
    record: recorder.record,
    sendPrompts: prompter.sweep,
    askAboutUnknowns: janitor.sweep,
    findUntold: lists.sweep,
    bookListed,
    payments: (filter) => payments.page(database.executor, filter),
    findPayment: (id) => payments.find(database.executor, id),
    paymentsOf: (charge) => payments.byCharge(database.executor, charge),
    promptsOf: (charge) => prompts.ofCharges(database.executor, [charge]),
    exceptions: (page) => exceptions.page(database.executor, page),
    openExceptionCount: () => exceptions.countOpen(database.executor),
    openExceptions: (tx, found) => exceptions.open(tx, found, clock.now()),
    resolveExceptions: (tx, trouble) => exceptions.resolve(tx, trouble, clock.now()),
    checks: (executor = database.executor) => checkPayments(executor, deps.businessId),
  };
}
