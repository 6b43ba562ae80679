import type { PayeeView, RailSky, Status, TransferPreviewView, WeatherView } from '#api/contract';
import { createVirtualClock, ok, Secret, type VirtualClock } from '#kernel';
import type { Autoconfigured } from '#platform/config';

import type {
  CallbackAddress,
  ChargeTrace,
  CliDeps,
  ExceptionTrace,
  ExceptionView,
  FixAnswer,
  PaymentTrace,
  Snapshot,
  Started,
  Terminal,
  TransferTrace,
} from './deps.ts';
import { penFor, type Pen } from './pen.ts';
import { testDay, testStatement, testStatementPreview } from './statements-test-kit.ts';

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

const testSky: RailSky = {
  sky: 'changeable',
  calls: 120,
  unheard: 8,
  worstCode: 'timeout',
  meaning: null,
  heldBack: [],
  callbackShare: 0.97,
  callbackMedianMs: 9_000,
  passwordDaysLeft: null,
};

const testCounts = {
  calls: 120,
  ok: 110,
  ourFault: 0,
  refused: 2,
  unknown: 8,
  unheard: 8,
  p50Ms: 800,
  p95Ms: 3_000,
};

export const testWeather: WeatherView = {
  rails: [{ rail: 'mpesa', ...testSky, advice: null, lastHour: testCounts, lastDay: testCounts }],
  hours: [
    {
      hour: '2026-11-23T11:00:00.000Z',
      rail: 'mpesa',
      operation: 'prompt',
      ...testCounts,
      codes: { timeout: 8, '500.003.02': 2 },
    },
  ],
};

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
  weather: {
    mpesa: testSky,
    airtel: { ...testSky, sky: 'unknown', calls: 0, unheard: 0, callbackShare: null },
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
    exception: (id) => {
      note('exception', id);
      return Promise.resolve(ok(testExceptionTrace));
    },
    fixException: (id, order) => {
      note('fixException', id, order);
      return Promise.resolve(ok(testFixAnswer));
    },
    undoFix: (id, order) => {
      note('undoFix', id, order);
      return Promise.resolve(ok(testFixAnswer));
    },
    addresses: () => {
      note('addresses');
      return Promise.resolve(ok(testAddresses));
    },
    weather: (options) => {
      note('weather', options);
      return Promise.resolve(ok(testWeather));
    },
    closeBreaker: (order) => {
      note('closeBreaker', order);
      return Promise.resolve(ok({ rail: order.rail, closed: 1 }));
    },
    transfers: (options) => {
      note('transfers', options);
      return Promise.resolve(ok([testTransferTrace.transfer]));
    },
    payouts: {
      preview: (question) => {
        note('preview', question);
        return Promise.resolve(ok(testPreview));
      },
      topUp: (order) => {
        note('topUp', order);
        return Promise.resolve(ok(testTransferTrace.transfer));
      },
      settle: (word) => {
        note('settle', word);
        return Promise.resolve(ok(testTransferTrace.transfer));
      },
      payees: () => {
        note('payees');
        return Promise.resolve(ok([testPayee]));
      },
      addPayee: (order) => {
        note('addPayee', order);
        return Promise.resolve(ok(testPayee));
      },
      testPayee: (payee) => {
        note('testPayee', payee);
        return Promise.resolve(ok(testTransferTrace.transfer));
      },
      confirmPayee: (word) => {
        note('confirmPayee', word);
        return Promise.resolve(ok({ ...testPayee, state: 'confirmed', confirmed: true }));
      },
    },
    previewStatement: (order) => {
      note('previewStatement', order);
      return Promise.resolve(ok(testStatementPreview));
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
    expectedFeeDecimal: null,
    currency: 'KES',
    payoutNumber: '2547•••••001',
    payeeId: null,
    refund: null,
    receipt: 'TKN4XQ81ZB',
    providerRequestId: null,
    why: 'daily transfer',
    requestedBy: 'engine:sweep',
    code: '0',
    description: null,
    reason: null,
    explanation: null,
    settledBy: null,
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

/** Short of money by the books, and with a working wallet that has it. */
export const testPreview: TransferPreviewView = {
  type: 'mpesa',
  kind: 'manual',
  amount: 2_000,
  feeDecimal: '13.00',
  books: {
    walletDecimal: '2200.00',
    suspenseDecimal: '450.00',
    customerCreditDecimal: '0.00',
    reserveDecimal: '500.00',
    inFlightDecimal: '0.00',
    afterDecimal: '200.00',
  },
  payoutWallet: {
    account: 'Utility Account',
    availableDecimal: '1250.00',
    reportedAt: '2026-11-23T11:00:00.000Z',
    stale: false,
  },
  workingWallet: {
    account: 'Working Account',
    availableDecimal: '9000.00',
    reportedAt: '2026-11-23T11:00:00.000Z',
    stale: false,
  },
  walletPoll: null,
  coversNow: false,
  forecast: { at: '2026-11-23T13:20:00.000Z', basisDays: 28 },
  topUp: { from: 'Working Account', missingDecimal: '750.00' },
  refusals: [{ kind: 'balance-too-low', detail: 'The M-Pesa wallet can spare KES 1,250.' }],
  sweep: null,
};

export const testPayee: PayeeView = {
  id: 'pe_0000000000001',
  type: 'mpesa',
  number: '2547•••••001',
  label: 'configured number',
  state: 'unconfirmed',
  confirmed: false,
  bySandbox: false,
  active: true,
  coolingUntil: null,
  warning: null,
  testId: null,
  addedBy: 'engine:configuration',
  addedAt: '2026-11-23T09:00:00.000Z',
  confirmedBy: null,
  confirmedAt: null,
};

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
  fallback: null,
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
  allocations: [],
  payment: {
    id: 'pay_0000000000001',
    type: 'mpesa',
    rail: 'mpesa',
    receipt: 'TKN0AB12CD',
    amount: 450,
    amountDecimal: '450.00',
    currency: 'KES',
    state: 'earned',
    earnedDecimal: '450.00',
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

const testFix = {
  id: 'fx_0000000000001',
  exceptionId: 'ex_0000000000001',
  kind: 'match',
  reason: 'She called',
  appliedBy: 'cli',
  appliedAt: '2026-11-23T11:05:00.000Z',
  transferId: null,
  undoes: null,
  undoneBy: null,
} as const;

export const testException: ExceptionView = {
  id: 'ex_0000000000001',
  kind: 'unknown-reference',
  title: 'Money came for an account number nobody uses.',
  why: 'It earns nothing.',
  state: 'open',
  rail: 'mpesa',
  subject: 'pay_0000000000002',
  amountDecimal: '350.50',
  detail: {},
  openedAt: '2026-11-23T10:00:00.000Z',
  resolvedAt: null,
  fixId: null,
  fixes: ['match', 'refund', 'keep'],
  suggestions: [
    {
      fix: {
        kind: 'match',
        allocations: [{ chargeId: 'ch_0000000000001' }],
        rest: 'stays',
      },
      why: 'The same phone owes exactly this much.',
    },
    { fix: { kind: 'assign-customer' }, why: 'The payer is known.' },
    { fix: { kind: 'refund', part: 'rest' }, why: 'Nobody knows what it was for.' },
  ],
};

export const testExceptionTrace: ExceptionTrace = {
  exception: testException,
  payment: {
    ...testPaymentTrace.payment,
    id: 'pay_0000000000002',
    state: 'suspense',
    stream: null,
    earnedDecimal: '0.00',
    amountDecimal: '350.50',
  },
  allocations: [],
  history: [],
};

export const testFixAnswer: FixAnswer = {
  ...testExceptionTrace,
  exception: { ...testException, state: 'resolved', fixId: testFix.id, suggestions: [] },
  allocations: [
    {
      fixId: testFix.id,
      paymentId: 'pay_0000000000002',
      chargeId: 'ch_0000000000001',
      stream: 'ai-services',
      amountDecimal: '300.00',
      waivedDecimal: '20.00',
      reversedBy: null,
    },
  ],
  history: [testFix],
  fix: testFix,
};
