import type { ReconciledDayView, StatementPreviewView, StatementView, Status } from '#api/contract';
import { createVirtualClock, ok, Secret, type VirtualClock } from '#kernel';
import type { Autoconfigured } from '#platform/config';

import type {
  CallbackAddress,
  ChargeTrace,
  CliDeps,
  PaymentTrace,
  Snapshot,
  Started,
  Terminal,
  TransferTrace,
} from './deps.ts';
import { penFor, type Pen } from './pen.ts';

/** 14:05:09 in Nairobi on 23 November 2026. */
export const testNow = Temporal.Instant.from('2026-11-23T11:05:09Z').epochMilliseconds;

export const plainPen = (columns: number): Pen => penFor({ columns, color: false });

const streamRows: readonly [string, string, 'mpesa' | 'airtel', number, number][] = [
  ['trading', 'Trading profits', 'mpesa', 1_250, 1],
  ['ai-services', 'AI services', 'mpesa', 3_070, 12],
  ['airtime', 'Airtime sales', 'airtel', 10_240, 120],
];

const outlook = {
  sweptToday: false,
  payoutNumber: '2547•••••001',
  cap: 2_000,
  trigger: 4_000,
  reserve: 500,
} as const;

/** A business in the middle of its day: behind on M-Pesa, done on Airtel. */
export const testAddresses: readonly CallbackAddress[] = [
  {
    rail: 'airtel',
    purpose: 'results',
    url: 'https://shop.example/hooks/airtel-result/0a1b',
    registeredByEngine: false,
  },
];

export const testStatus: Status = {
  status: 'running',
  mode: 'sandbox',
  businessName: 'Duka Letu',
  version: '0.1.0',
  startedAt: '2026-11-23T09:00:00.000Z',
  businessDate: '2026-11-23',
  today: { mpesa: 4_320, airtel: 10_240, combined: 14_560 },
  total: { mpesa: 104_320, airtel: 90_240, combined: 194_560 },
  targets: {
    daily: { mpesa: 10_000, airtel: 10_000, combined: 20_000 },
    autoTransfer: { mpesa: 2_000, airtel: 2_000 },
  },
  minimum: { mpesa: 8_000, airtel: 8_000, combined: 16_000 },
  pace: {
    mpesa: { state: 'behind', expected: 5_190, ahead: -870 },
    airtel: { state: 'ahead', expected: 5_190, ahead: 5_050 },
    combined: { state: 'ahead', expected: 10_380, ahead: 4_180 },
  },
  gap: { mpesa: 5_680, airtel: 0, combined: 5_440 },
  paceBasis: 'usual-day',
  streams: streamRows.map(([id, name, rail, today, payments]) => ({
    id,
    name,
    rail,
    today,
    payments,
    band: { low: 100, high: 900 },
    state: 'within',
  })),
  transfers: {
    mpesa: { ...outlook, next: { kind: 'hold', why: 'trigger-not-reached' } },
    airtel: { ...outlook, sweptToday: true, next: { kind: 'hold', why: 'done-today' } },
  },
  engine: {
    since: '2026-11-23T09:00:00.000Z',
    reason: 'first start',
    changedBy: 'engine:start',
  },
  health: {
    database: 'up',
    spooled: 0,
    queued: 0,
    openExceptions: 2,
    spoolNearlyFull: false,
  },
  cycles: [],
  simulators: { mpesa: null, airtel: null },
  updatedAt: '2026-11-23T11:05:00.000Z',
  stale: false,
};

export const testSnapshot: Snapshot = {
  status: testStatus,
  lastPayment: { type: 'mpesa', amount: 450, bookedAt: '2026-11-23T11:04:00.000Z' },
};

export const testConfigured: Autoconfigured = {
  envFile: { path: '/srv/qmoi/.env', created: true },
  targetsFile: { path: '/srv/qmoi/targets.json', created: true },
  written: ['QMOI_MODE', 'QMOI_MASTER_SECRET', 'QMOI_MASTER_KEY_HASH'],
  kept: ['MPESA_PASSKEY'],
  masterKey: new Secret('qmk_correct-horse-battery'),
};

/** A terminal that remembers what was written to it. */
export interface Paper {
  readonly terminal: Terminal;
  out(): string;
  errors(): string;
}

export function createPaper(look: Partial<Terminal> = {}): Paper {
  let out = '';
  let errors = '';
  return {
    terminal: {
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        errors += text;
      },
      isTty: false,
      columns: 80,
      color: false,
      unicode: true,
      ...look,
    },
    out: () => out,
    errors: () => errors,
  };
}

/** An engine that runs until it is told to stop. */
export function createTestEngine(facts: Partial<Started> = {}): Started {
  const { promise, resolve } = Promise.withResolvers<'stopped'>();
  return {
    url: 'http://127.0.0.1:7788',
    mode: 'sandbox',
    pid: 4711,
    logFile: 'logs/revenue_engine.log',
    untilStopped: promise,
    snapshot: () => Promise.resolve(testSnapshot),
    stop: () => {
      resolve('stopped');
      return Promise.resolve();
    },
    ...facts,
  };
}

export interface Desk extends Paper {
  readonly deps: CliDeps;
  readonly clock: VirtualClock;
  /** What the commands asked for, in order. */
  readonly asked: readonly unknown[];
  pressCtrlC(): void;
}

/** A port with answers written beforehand. */
export function createDesk(answers: Partial<CliDeps> = {}, look: Partial<Terminal> = {}): Desk {
  const paper = createPaper(look);
  const clock = createVirtualClock(testNow);
  const asked: unknown[] = [];
  const listeners = new Set<() => void>();
  const note = (name: string, ...given: readonly unknown[]): void =>
    void asked.push([name, ...given]);
  const deps: CliDeps = {
    terminal: paper.terminal,
    clock,
    version: '0.1.0',
    onStopSignal: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    start: ({ detach, role }) => {
      note('start', { detach, role });
      return Promise.resolve(ok(createTestEngine()));
    },
    stop: () => {
      note('stop');
      return Promise.resolve(ok({ wasRunning: true, pid: 4711, tookMs: 1_240 }));
    },
    status: () => {
      note('status');
      return Promise.resolve(ok(testStatus));
    },
    autoconfigure: (options) => {
      note('autoconfigure', options);
      return Promise.resolve(ok(testConfigured));
    },
    validate: () => {
      note('validate');
      return Promise.resolve([{ name: 'Node', verdict: 'pass', cause: 'Node 26 runs.' }]);
    },
    proof: () => {
      note('proof');
      return Promise.resolve(ok([{ name: 'trial-balance', ok: true, detail: 'zero' }]));
    },
    trace: (reference) => {
      note('trace', reference);
      return Promise.resolve(ok({ kind: 'transfer', trace: testTransferTrace }));
    },
    exceptions: (options) => {
      note('exceptions', options);
      return Promise.resolve(ok([]));
    },
    addresses: () => {
      note('addresses');
      return Promise.resolve(ok(testAddresses));
    },
    transfers: (options) => {
      note('transfers', options);
      return Promise.resolve(ok([testTransferTrace.transfer]));
    },
    previewStatement: (order) => {
      note('previewStatement', order);
      return Promise.resolve(ok(testPreview));
    },
    commitStatement: (id, onProgress) => {
      note('commitStatement', id);
      onProgress(500, 1_000);
      return Promise.resolve(ok(testStatement));
    },
    statements: (options) => {
      note('statements', options);
      return Promise.resolve(ok([testStatement]));
    },
    reconcile: (options) => {
      note('reconcile', options);
      return Promise.resolve(ok({ businessDate: '2026-11-22', days: [testDay] }));
    },
    ask: (question) => {
      note('ask', question);
      return Promise.resolve(undefined);
    },
    readVariable: (name) => (name === 'STATEMENT_PASSWORD' ? '774411' : undefined),
    ...answers,
  };
  return {
    ...paper,
    deps,
    clock,
    asked,
    pressCtrlC: () => {
      for (const listener of listeners) listener();
    },
  };
}

const evidence = (channel: string, at: string) => ({
  kind: 'callback',
  callbackId: 'cb_0000000000001',
  channel,
  receivedAt: at,
  digest: '0123456789abcdef0123456789abcdef',
  recordedAt: at,
});

const entries = (kind: string, at: string, amounts: readonly (readonly [string, string])[]) =>
  amounts.map(([account, amountDecimal]) => ({
    transactionId: 'tx_0000000000001',
    kind,
    account,
    currency: 'KES',
    amountDecimal,
    postedAt: at,
  }));

export const testTransferTrace = {
  transfer: {
    id: 'tr_0000000000001',
    type: 'mpesa',
    rail: 'mpesa',
    kind: 'auto',
    state: 'completed',
    amount: 2_000,
    amountDecimal: '2000.00',
    feeDecimal: '13.00',
    currency: 'KES',
    payoutNumber: '2547•••••001',
    receipt: 'TKN4XQ81ZB',
    providerRequestId: null,
    why: 'daily transfer',
    requestedBy: 'engine:sweep',
    code: '0',
    description: null,
    reason: null,
    businessDate: '2026-11-23',
    plannedAt: '2026-11-23T11:00:00.000Z',
    sentAt: '2026-11-23T11:00:01.000Z',
    settledAt: '2026-11-23T11:00:04.000Z',
  },
  evidence: [evidence('payout-result', '2026-11-23T11:00:04.000Z')],
  entries: entries('transfer-completed', '2026-11-23T11:00:04.000Z', [
    ['owner:drawings:mpesa', '2000.00'],
    ['transfer:in_flight:mpesa', '-2000.00'],
  ]),
} satisfies TransferTrace;

const testCharge = {
  id: 'ch_0000000000001',
  state: 'paid',
  stream: 'ai-services',
  rail: 'mpesa',
  amount: 450,
  amountDecimal: '450.00',
  currency: 'KES',
  reference: '7K2M9QXD',
  description: 'Credit',
  phone: '2547•••••149',
  consent: { basis: 'payer-act', givenAt: '2026-11-23T11:03:50.000Z' },
  paymentId: 'pay_0000000000001',
  reason: null,
  createdBy: 'payer',
  createdAt: '2026-11-23T11:03:50.000Z',
  expiresAt: '2026-11-23T11:33:50.000Z',
} as const;

const testPrompt = {
  id: 'pr_0000000000001',
  rail: 'mpesa',
  state: 'paid',
  providerRequestId: 'ws_CO_231120261403',
  code: '0',
  reason: null,
  plannedAt: '2026-11-23T11:03:51.000Z',
  settledAt: '2026-11-23T11:04:00.000Z',
} as const;

export const testChargeTrace: ChargeTrace = {
  charge: testCharge,
  prompts: [testPrompt],
  payments: ['pay_0000000000001'],
};

export const testPaymentTrace: PaymentTrace = {
  payment: {
    id: 'pay_0000000000001',
    type: 'mpesa',
    rail: 'mpesa',
    receipt: 'TKN0AB12CD',
    amount: 450,
    amountDecimal: '450.00',
    currency: 'KES',
    state: 'earned',
    stream: 'ai-services',
    chargeId: 'ch_0000000000001',
    accountReference: '7K2M9QXD',
    payer: '2547•••••149',
    payerName: null,
    road: 'stk-callback',
    occurredAt: '2026-11-23T11:03:59.000Z',
    bookedAt: '2026-11-23T11:04:00.000Z',
    businessDate: '2026-11-23',
  },
  charge: testCharge,
  prompts: [testPrompt],
  evidence: [evidence('stk-result', '2026-11-23T11:04:00.000Z')],
  entries: entries('payment', '2026-11-23T11:04:00.000Z', [
    ['rail:mpesa:collection', '450.00'],
    ['revenue:ai-services', '-450.00'],
  ]),
};

const tally = (count: number, sumDecimal: string) => ({ count, sumDecimal });
const none = tally(0, '0.00');

const statementFacts = {
  id: 'st_0000000000001',
  name: 'november.pdf',
  kind: 'pdf',
  rail: 'mpesa',
  account: 'Utility Account',
  shortCode: '600111',
  cover: { from: '2026-11-21T21:00:00.000Z', to: '2026-11-22T20:59:59.000Z' },
  openingDecimal: '100.00',
  closingDecimal: '1095.00',
  lineCount: 1_000,
} as const;

export const testPreview: StatementPreviewView = {
  ...statementFacts,
  imported: false,
  repeatedCount: 3,
  incompleteCount: 1,
  newPayments: tally(2, '1000.00'),
  knownPayments: tally(7, '4500.00'),
  otherPayments: none,
  knownPayouts: none,
  settlingPayouts: none,
  unmatchedPayouts: tally(1, '-300.00'),
  fees: tally(1, '-5.00'),
  topUps: none,
  others: none,
  remarks: [],
};

export const testStatement: StatementView = {
  ...statementFacts,
  state: 'done',
  linesDone: 1_000,
  linesNew: 997,
  paymentsBooked: 2,
  bookedDecimal: '1000.00',
  paymentsKnown: 7,
  transfersSettled: 0,
  exceptionsOpened: 1,
  importedBy: 'cli',
  importedAt: '2026-11-23T11:00:00.000Z',
};

const figures = (payments: number, sumDecimal: string) => ({
  payments: tally(payments, sumDecimal),
  payouts: none,
  fees: tally(1, '5.00'),
  refunds: none,
  topUps: none,
});

export const testDay: ReconciledDayView = {
  rail: 'mpesa',
  businessDate: '2026-11-22',
  state: 'differs',
  account: 'Utility Account',
  covers: [statementFacts.cover],
  whole: true,
  books: figures(9, '5500.00'),
  events: figures(7, '4500.00'),
  statement: figures(9, '5500.00'),
  balances: {
    statement: { openingDecimal: '100.00', closingDecimal: '5595.00' },
    books: { openingDecimal: '0.00', closingDecimal: '5500.00' },
    reported: { availableDecimal: '5595.00', reportedAt: '2026-11-22T20:00:00.000Z' },
  },
  differences: [
    {
      kind: 'outgoing-not-booked',
      weighs: true,
      advice: 'Somebody moved money in the portal.',
      receipt: 'TKN9PAYOUT',
      amountDecimal: '-300.00',
      otherDecimal: null,
      occurredAt: '2026-11-22T09:00:00.000Z',
      inBooks: false,
      inEvents: false,
      onStatement: true,
      line: 'payout',
      subject: 'sl_0000000000001',
    },
  ],
  more: false,
};
