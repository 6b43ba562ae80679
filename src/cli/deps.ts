import type {
  chargeTraceSchema,
  exceptionSchema,
  PayeeView,
  exceptionTraceSchema,
  FixAsked,
  fixAnswerSchema,
  PaymentView,
  ReconciliationView,
  StatementPreviewView,
  StatementView,
  paymentTraceSchema,
  Status,
  TransferPreviewView,
  transferTraceSchema,
  TransferView,
  WeatherView,
} from '#api/contract';
import type { Clock, RailId, Result } from '#kernel';
import type { ProofCheck } from '#ledger';
import type { Autoconfigured, Check } from '#platform/config';
import type { z } from 'zod';

import type { AskOperator } from './keyboard.ts';

/** What a command ends with; documented in the README and in `--help`. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, notRunning: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Why a command did nothing: one clear sentence and what to do about it. */
export interface Refused {
  readonly message: string;
  readonly fix?: string;
  readonly exitCode: ExitCode;
  /** A locked file was given without its password. */
  readonly needsPassword?: boolean;
}

/** The answer of everything that needs a running engine when there is none. */
export const notRunning: Refused = {
  message: 'The engine is not running.',
  fix: 'Start it with `npm run revenue:start`.',
  exitCode: exitCodes.notRunning,
};

export interface Terminal {
  write(text: string): void;
  writeError(text: string): void;
  /** Standard output is a screen, so a line may be rewritten. */
  readonly isTty: boolean;
  readonly columns: number;
  readonly color: boolean;
  /** Beyond ASCII: false where the locale names another character set than UTF-8. */
  readonly unicode: boolean;
}

export const roles = ['all', 'api', 'worker'] as const;
export type Role = (typeof roles)[number];

export interface StartOptions {
  readonly detach: boolean;
  readonly role: Role;
  /** Called whenever a step is done, with its name: `database ready`. */
  readonly onProgress: (done: string) => void;
  /** Called when this start has configured the machine, before anything else can go wrong. */
  readonly onConfigured: (first: Autoconfigured) => void;
  /** Aborts when the operator changes their mind; what was begun is then undone. */
  readonly signal: AbortSignal;
}

export interface Snapshot {
  readonly status: Status;
  /** The newest confirmed payment of all. */
  readonly lastPayment: Pick<PaymentView, 'type' | 'amount' | 'bookedAt'> | undefined;
}

export interface Started {
  /** Where the API listens; undefined for a worker alone. */
  readonly url: string | undefined;
  readonly mode: Status['mode'];
  readonly pid: number;
  readonly logFile: string;
  /** Present when this start configured the machine itself. */
  readonly firstStart?: Autoconfigured;
  /** Resolves when everything has ended, whoever asked for it; never rejects. */
  readonly untilStopped: Promise<'stopped'>;
  /** Figures for the live line; undefined while they cannot be had. */
  snapshot(): Promise<Snapshot | undefined>;
  /** Drains and ends everything; safe to call twice, and never rejects. */
  stop(): Promise<void>;
}

export interface Stopped {
  readonly wasRunning: boolean;
  readonly pid?: number;
  readonly tookMs: number;
}

export type ExceptionView = z.output<typeof exceptionSchema>;
export type ExceptionTrace = z.output<typeof exceptionTraceSchema>;
export type FixAnswer = z.output<typeof fixAnswerSchema>;
export type ChargeTrace = z.output<typeof chargeTraceSchema>;
export type PaymentTrace = z.output<typeof paymentTraceSchema>;
export type TransferTrace = z.output<typeof transferTraceSchema>;

/** One shilling's way through the engine, as the API answers it for what was found. */
export type Trace =
  | { readonly kind: 'charge'; readonly trace: ChargeTrace }
  | { readonly kind: 'payment'; readonly trace: PaymentTrace }
  | { readonly kind: 'transfer'; readonly trace: TransferTrace };

export interface FixOrder {
  readonly fix: FixAsked;
  readonly reason: string;
  /** The fix that resolved the exception, to go on from it. */
  readonly after: string | undefined;
}

export interface ListOptions {
  readonly limit: number;
}

export type StatementPreviewed = Result<StatementPreviewView, Refused>;

/** Where a provider is told to call us. Whoever knows it can send callbacks: it is a secret. */
export interface CallbackAddress {
  readonly rail: RailId;
  readonly purpose: string;
  readonly url: string;
  /** True where the engine registers it by itself. */
  readonly registeredByEngine: boolean;
}

export interface BreakerOrder {
  readonly rail: RailId;
  readonly reason: string;
}

export interface ClosedBreaker {
  readonly rail: RailId;
  /** How many kinds of calls were held back. */
  readonly closed: number;
}

export type PreviewKind = TransferPreviewView['kind'];

/** What can be asked and ordered about money out. Amounts are whole shillings. */
export interface PayoutDesk {
  preview(question: {
    readonly rail: RailId;
    readonly amount: number;
    readonly kind: PreviewKind;
  }): Promise<Result<TransferPreviewView, Refused>>;
  topUp(order: {
    readonly rail: RailId;
    readonly amount: number;
    readonly reason?: string;
  }): Promise<Result<TransferView, Refused>>;
  cancel(order: {
    readonly id: string;
    readonly reason?: string;
  }): Promise<Result<TransferView, Refused>>;
  /** With a receipt it arrived; without one it did not. */
  settle(word: {
    readonly id: string;
    readonly receipt: string | undefined;
    readonly reason: string;
    /** The receipt of the provider's statement line that proves it. */
    readonly statementLine?: string;
  }): Promise<Result<TransferView, Refused>>;
  payees(): Promise<Result<readonly PayeeView[], Refused>>;
  addPayee(order: {
    readonly rail: RailId;
    readonly phone: string;
    readonly label: string;
  }): Promise<Result<PayeeView, Refused>>;
  testPayee(payee: { readonly id: string }): Promise<Result<TransferView, Refused>>;
  confirmPayee(word: {
    readonly id: string;
    readonly receipt: string;
  }): Promise<Result<PayeeView, Refused>>;
}

/** Everything the command line can have done. It adds no rule of its own. */
export interface CliDeps {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly version: string;
  /**
   * Calls the listener for every Ctrl-C and SIGTERM until the answer is called, and keeps the
   * process alive that long: the clock's timers alone do not.
   */
  onStopSignal(listener: () => void): () => void;
  start(options: StartOptions): Promise<Result<Started, Refused>>;
  stop(): Promise<Result<Stopped, Refused>>;
  status(): Promise<Result<Status, Refused>>;
  autoconfigure(options: {
    readonly newMasterKey: boolean;
  }): Promise<Result<Autoconfigured, Refused>>;
  validate(): Promise<readonly Check[]>;
  /** The addresses providers are given; the same as long as the master secret stays. */
  addresses(): Promise<Result<readonly CallbackAddress[], Refused>>;
  proof(): Promise<Result<readonly ProofCheck[], Refused>>;
  /** A provider's receipt, or the id of a charge, payment or transfer. */
  trace(reference: string): Promise<Result<Trace, Refused>>;
  exceptions(
    options: ListOptions & { readonly all: boolean },
  ): Promise<Result<readonly ExceptionView[], Refused>>;
  exception(id: string): Promise<Result<ExceptionTrace, Refused>>;
  fixException(id: string, order: FixOrder): Promise<Result<FixAnswer, Refused>>;
  undoFix(id: string, order: { readonly reason: string }): Promise<Result<FixAnswer, Refused>>;
  transfers(
    options: ListOptions & { readonly rail: RailId | undefined },
  ): Promise<Result<readonly TransferView[], Refused>>;
  weather(options: { readonly hours: number }): Promise<Result<WeatherView, Refused>>;
  /** Lets calls to a rail go out again that were held back. */
  closeBreaker(order: BreakerOrder): Promise<Result<ClosedBreaker, Refused>>;
  readonly payouts: PayoutDesk;
  /** Looks at a file of this machine; nothing is booked. */
  previewStatement(order: {
    readonly path: string;
    readonly rail: RailId | undefined;
    readonly password: string | undefined;
  }): Promise<StatementPreviewed>;
  /** Books what was looked at, telling on the way how many lines of how many are done. */
  commitStatement(
    id: string,
    onProgress: (done: number, total: number) => void,
  ): Promise<Result<StatementView, Refused>>;
  statements(options: ListOptions): Promise<Result<readonly StatementView[], Refused>>;
  reconcile(options: {
    readonly date: string | undefined;
    readonly rail: RailId | undefined;
  }): Promise<Result<ReconciliationView, Refused>>;
  /** Asks whoever sits at the terminal. */
  readonly ask: AskOperator;
  readVariable(name: string): string | undefined;
}
