import {
  type BusinessId,
  type ChargeId,
  type Clock,
  type ExceptionId,
  type IdSource,
  type PaymentId,
  type RailId,
  type Result,
} from '#kernel';
import type { Audit } from '#audit';
import type { Billing } from '#billing';
import type { Evidence } from '#evidence';
import { railCollection, type Ledger, type ProofCheck } from '#ledger';
import type { Database, Executor, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { Outbox } from '#platform/outbox';
import type { CallbackChannel, CallbackUrls, Rail } from '#rails';
import type { BlindIndex, Vault } from '#security';
import type { RefundEnd } from '#transfers';
import type { Weather } from '#weather';

import { createCallbackRecorder, type Facts, type ReceivedEvent } from './callbacks/service.ts';
import { createClaimAsker } from './claims/worker.ts';
import {
  createExceptionStore,
  type Exception,
  type ExceptionKind,
  type ExceptionPage,
  type NewException,
} from './exceptions/store.ts';
import {
  createExporter,
  type ExportOrder,
  type ExportRefusal,
  type PaymentExport,
} from './exports/service.ts';
import type { FixRefusal } from './fixes/errors.ts';
import type { AppliedFix } from './fixes/fix.ts';
import { accountOf, createFixer, type FixOrder, type RequestRefund } from './fixes/service.ts';
import { createFixStore, type Allocation } from './fixes/store.ts';
import { createVerificationStore } from './inquiries/store.ts';
import { createJanitor } from './inquiries/worker.ts';
import { createMover } from './moves/service.ts';
import { createBooking } from './payments/service.ts';
import { createListBooker, type ListedGroup, type ListedOutcome } from './lists/service.ts';
import { createListReader } from './lists/worker.ts';
import type { PaymentFilter } from './pages/store.ts';
import { createPaymentStore, type Payment } from './payments/store.ts';
import { checkPayments } from './proof/store.ts';
import type { Prompt } from './prompts/prompt.ts';
import { createPromptStore } from './prompts/store.ts';
import { createPrompter, firstQueryAt } from './prompts/worker.ts';
import { createReceiptDesk, type ReceiptStanding } from './receipts/service.ts';
import { createRefundRecorder } from './refunds/service.ts';
import { createReportRecorder } from './reports/service.ts';
import { createReversalMover } from './reversals/mover.ts';
import { createReversalBooker } from './reversals/service.ts';
import { createPaymentSearch, type PaymentPage } from './searches/store.ts';
import { createSubsetFinder } from './suggestions/client.ts';
import { createProposer, type Proposed } from './suggestions/service.ts';
import { createUndoer, type UndoOrder } from './undo/service.ts';

/** Money in: prompts, callbacks, enquiries, and the booking of what is confirmed. */
export interface Collections {
  /** Locks and reads what a group of callbacks is about, new or not. */
  gather(tx: Tx, group: readonly ReceivedEvent[]): Promise<Facts>;
  /** Concludes from those that are new, within the transaction that stores them. */
  record(tx: Tx, group: readonly ReceivedEvent[], facts: Facts): Promise<void>;
  /** Plans and sends the prompts that are due. */
  sendPrompts(): Promise<number>;
  /** Asks providers about everything whose end is not known. */
  askAboutUnknowns(): Promise<number>;
  /** Reads the providers' lists for payments nobody told us of; answers how many there were. */
  findUntold(): Promise<number>;
  /** Books what is not known of payments that a provider lists, within the caller's transaction. */
  bookListed(tx: Tx, group: ListedGroup): Promise<ListedOutcome>;
  payments(filter: PaymentFilter): Promise<PaymentPage>;
  /** All that a search finds, in any number, and an audit record of who took it. */
  exportPayments(order: ExportOrder): Promise<Result<PaymentExport, ExportRefusal>>;
  /** What is known of a receipt that somebody shows. */
  standingOf(receipt: string): Promise<ReceiptStanding>;
  /** All exceptions about a payment, dealt with or not. */
  exceptionsOf(payment: PaymentId): Promise<readonly Exception[]>;
  findPayment(id: PaymentId): Promise<Payment | undefined>;
  paymentsOf(charge: ChargeId): Promise<readonly Payment[]>;
  promptsOf(charge: ChargeId): Promise<readonly Prompt[]>;
  exceptions(page: ExceptionPage): Promise<readonly Exception[]>;
  /** Exceptions with what could be done about them. */
  proposals(page: ExceptionPage): Promise<readonly Proposed[]>;
  /** One of them, looked into more closely. */
  propose(id: ExceptionId): Promise<Proposed | undefined>;
  openExceptionCount(): Promise<number>;
  /** The exception about each of the subjects, where there is one. */
  exceptionsAbout(subjects: readonly string[]): Promise<ReadonlyMap<string, ExceptionId>>;
  openExceptions(tx: Tx, exceptions: readonly NewException[]): Promise<void>;
  /** Trouble that ended by itself or by somebody's decision. */
  resolveExceptions(
    tx: Tx,
    trouble: { readonly kind: ExceptionKind; readonly subjects: readonly string[] },
  ): Promise<void>;
  /** Books what providers gave back by themselves, where `reversed-by-provider` tells of it. */
  bookReversals(tx: Tx, payments: readonly PaymentId[]): Promise<void>;
  /** What fixes made of a payment, taken back or not. */
  allocationsOf(payment: PaymentId): Promise<readonly Allocation[]>;
  /** Everything done about an exception, oldest first. */
  fixesOf(exception: ExceptionId): Promise<readonly AppliedFix[]>;
  /** Does what a person has decided about an exception; the one door for that. */
  applyFix(order: FixOrder): Promise<Result<AppliedFix, FixRefusal>>;
  /** Takes the last fix of an exception back, by entries of the opposite sign. */
  undoFix(order: UndoOrder): Promise<Result<AppliedFix, FixRefusal>>;
  /** How a refund ended, in the transaction that settles it and after its entries are booked. */
  refundEnded(tx: Tx, told: RefundEnd): Promise<void>;
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
  readonly weather: Pick<Weather, 'look'>;
  readonly billing: Billing;
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  readonly isRunning: () => Promise<boolean>;
  readonly callbackUrl: (channel: CallbackChannel, subject: bigint) => string;
  /** Sends money back to a payer, by those who send money out. */
  readonly requestRefund: RequestRefund;
}

export function createCollections(deps: CollectionsDeps): Collections {
  const { database, clock } = deps;
  const payments = createPaymentStore(deps);
  const prompts = createPromptStore(deps.businessId);
  const verifications = createVerificationStore(deps);
  const exceptions = createExceptionStore(deps);
  const fixes = createFixStore(deps);
  const parts = { ...deps, payments, prompts, verifications, exceptions, fixes };
  const searches = createPaymentSearch(parts);
  const exporter = createExporter({ ...parts, searches });
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
  const proposer = createProposer({ ...parts, subsets: createSubsetFinder() });
  const movers = {
    mover: createMover(parts),
    reversals: createReversalMover({ ...parts, accountOf, walletOf: railCollection }),
  };
  const fixer = createFixer({ ...parts, ...movers });
  const undoer = createUndoer({ ...parts, ...movers });
  const reversals = createReversalBooker({ ...parts, fixer, undoer });
  const refunds = createRefundRecorder({ ...parts, undoer, reversals });

  return {
    gather: recorder.gather,
    record: recorder.record,
    sendPrompts: prompter.sweep,
    askAboutUnknowns: janitor.sweep,
    findUntold: lists.sweep,
    bookListed,
    payments: (filter) => searches.page(database.executor, filter),
    exportPayments: exporter.begin,
    standingOf: createReceiptDesk(parts),
    exceptionsOf: (payment) => exceptions.allAbout(database.executor, payment),
    findPayment: (id) => payments.find(database.executor, id),
    paymentsOf: (charge) => payments.byCharge(database.executor, charge),
    promptsOf: (charge) => prompts.ofCharges(database.executor, [charge]),
    exceptions: (page) => exceptions.page(database.executor, page),
    proposals: async (page) => proposer.forPage(await exceptions.page(database.executor, page)),
    propose: async (id) => {
      const exception = await exceptions.find(database.executor, id);
      return exception === undefined ? undefined : proposer.forOne(exception);
    },
    openExceptionCount: () => exceptions.countOpen(database.executor),
    exceptionsAbout: (subjects) => exceptions.about(database.executor, subjects),
    openExceptions: (tx, found) => exceptions.open(tx, found, clock.now()),
    resolveExceptions: (tx, trouble) => exceptions.resolve(tx, trouble, clock.now()),
    bookReversals: reversals.book,
    allocationsOf: (payment) => fixes.allocationsOfPayment(database.executor, payment),
    fixesOf: (exception) => fixes.ofException(database.executor, exception),
    applyFix: fixer.apply,
    undoFix: undoer.undo,
    refundEnded: refunds.ended,
    checks: (executor = database.executor) => checkPayments(executor, deps.businessId),
  };
}
