import { createVirtualClock, ok, Secret, type VirtualClock } from '#kernel';
import type { Autoconfigured } from '#platform/config';

import type { CallbackAddress, CliDeps, Started, Terminal } from './deps.ts';
import { testExceptionTrace, testFixAnswer } from './exceptions-test-kit.ts';
import { testPayee, testPreview } from './payouts-test-kit.ts';
import { penFor, type Pen } from './pen.ts';
import { testDay, testStatement, testStatementPreview } from './statements-test-kit.ts';
import { testSnapshot, testStatus, testWeather } from './status-test-kit.ts';
import { testTransferTrace } from './traces-test-kit.ts';

/** 14:05:09 in Nairobi on 23 November 2026. */
export const testNow = Temporal.Instant.from('2026-11-23T11:05:09Z').epochMilliseconds;

export const plainPen = (columns: number): Pen => penFor({ columns, color: false });

export const testAddresses: readonly CallbackAddress[] = [
  {
    rail: 'airtel',
    purpose: 'results',
    url: 'https://shop.example/hooks/airtel-result/0a1b',
    registeredByEngine: false,
  },
];

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
      cancel: (order) => {
        note('cancel', order);
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
