import { expect, it } from 'vitest';

import { widthOf } from './layout.ts';
import { liveLine, type LiveFacts } from './live-view.ts';
import { penFor } from './pen.ts';
import { testSnapshot, testStatus } from './status-test-kit.ts';
import { plainPen, testNow } from './test-kit.ts';

const facts: LiveFacts = {
  mode: 'sandbox',
  now: testNow,
  latest: testSnapshot,
  awaySince: undefined,
};

it.each([
  [
    120,
    'SANDBOX  14:05:09  M-Pesa ████░░░░░░ 4,320/10,000  ' +
      'Airtel ██████████ 10,240/10,000  last KES 450 14:04',
  ],
  [80, 'SANDBOX  14:05:09  M-Pesa ██░░░░ 4,320/10,000  Airtel ██████ 10,240/10,000'],
  [64, 'SANDBOX  14:05:09  M-Pesa 4,320/10,000  Airtel 10,240/10,000'],
  [40, 'SANDBOX 14:05 M 4,320 43% A 10,240 102%'],
  [32, 'SANDBOX 14:05 M 43% A 102%'],
])('says what fits %i columns', (columns, line) => {
  expect(liveLine(facts, plainPen(columns))).toBe(line);
});

it.each([30, 35, 40, 50, 60, 70, 80, 100])('leaves the last of %i columns free', (columns) => {
  const line = liveLine(
    { ...facts, awaySince: testNow - 4_000_000 },
    penFor({ columns, color: true }),
  );
  expect(widthOf(line)).toBeLessThan(columns);
});

const withStatus = (status: Partial<typeof testStatus>): LiveFacts => ({
  ...facts,
  latest: { ...testSnapshot, status: { ...testStatus, ...status } },
});

it.each([
  ['nothing came yet', { ...facts, latest: undefined }, 'waiting for the first figures'],
  ['nobody answers', { ...facts, awaySince: testNow - 65_000 }, 'no figures for 1 min'],
  ['the figures are old', withStatus({ stale: true }), 'figures 9.0 s old'],
  [
    'the figures are very old',
    withStatus({ updatedAt: '2026-11-23T10:05:09.000Z' }),
    'figures 1 h 0 min old',
  ],
  ['the engine is switched off', withStatus({ status: 'stopped' }), 'switched off'],
  [
    'the database is away',
    withStatus({ health: { ...testStatus.health, database: 'away' } }),
    'database away, money is spooled',
  ],
] as const)('says when %s', (_, given, words) => {
  expect(liveLine(given, plainPen(140))).toContain(words);
});

it('tells a day without a payment', () => {
  const latest = { ...testSnapshot, lastPayment: undefined };
  expect(liveLine({ ...facts, latest }, plainPen(120))).toContain('no payment yet');
});

it('says nothing of trouble where there is none', () => {
  expect(liveLine({ ...facts, mode: 'live' }, plainPen(120))).toMatch(/^LIVE {2}.*14:04$/);
});
