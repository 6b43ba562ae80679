import type { RailSky, Status, WeatherView } from '#api/contract';

import type { Snapshot } from './deps.ts';

/** What the engine answers about its day and its providers, for tests of the commands. */

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

/** A business in the middle of its day: behind on M-Pesa, done on Airtel. */
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
