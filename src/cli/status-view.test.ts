import { expect, it } from 'vitest';

import type { Status } from '#api/contract';

import { widthOf } from './layout.ts';
import { asciiOf } from './pen.ts';
import { testStatus } from './status-test-kit.ts';
import { statusView } from './status-view.ts';
import { plainPen, testNow } from './test-kit.ts';

const viewOf = (columns: number, facts: Partial<Status> = {}): string =>
  statusView({ ...testStatus, ...facts }, testNow, plainPen(columns)).join('\n');

it('fits a phone', () => {
  expect(viewOf(40)).toMatchInlineSnapshot(`
    "QMOI Revenue 0.1.0      2026-11-23 14:05
    SANDBOX · simulated, no real money

    M-Pesa  KES 4,320 of 10,000         43 %
    █████████████████░░░│░░░░░░░░░░░╎░░░░░░░
    KES 5,680 to go
    behind a usual day by KES 870
    minimum 8,000 · total KES 104,320

    Airtel Money  KES 10,240 of 10,000 102 %
    ████████████████████│███████████╎███████
    ✓ target reached
    ahead of a usual day by KES 5,050
    minimum 8,000 met · total KES 90,240

    Together  KES 14,560 of 20,000      72 %
    ████████████████████│████████░░░╎░░░░░░░
    KES 5,440 to go
    ahead of a usual day by KES 4,180
    minimum 16,000 · total KES 194,560

    │ a usual day by now · ╎ minimum

    Stream           Rail     Today  Paid
    Trading profits  M-Pesa   1,250     1
    AI services      M-Pesa   3,070    12
    Airtime sales    Airtel  10,240   120

    Transfers to the owner
    M-Pesa
      waits until the day has earned
      KES 4,000
    Airtel
      today's KES 2,000 is sent or on its
      way

    Rail weather
    M-Pesa
      ⚠ changeable · 120 calls, 8 unheard
      mostly timeout
      97 % called back after 9.0 s
    Airtel
      no calls yet

    Engine
      ✓ running
    Health
      up for 2 h 5 min · ✓ database answers
    Exceptions
      ⚠ 2 open
      see them with: npx qmoi exceptions
    Figures
      updated 14:05:00"
  `);
});

it('fits a terminal', () => {
  expect(viewOf(80)).toMatchInlineSnapshot(`
    "QMOI Revenue 0.1.0                          2026-11-23 14:05
    SANDBOX · simulated, no real money

    M-Pesa  KES 4,320 of 10,000                             43 %
    █████████████████████████░░░░░░│░░░░░░░░░░░░░░░░╎░░░░░░░░░░░
    KES 5,680 to go · behind a usual day by KES 870 · minimum 8,000
    total KES 104,320

    Airtel Money  KES 10,240 of 10,000                     102 %
    ███████████████████████████████│████████████████╎███████████
    ✓ target reached · ahead of a usual day by KES 5,050 · minimum 8,000 met
    total KES 90,240

    Together  KES 14,560 of 20,000                          72 %
    ███████████████████████████████│███████████░░░░░╎░░░░░░░░░░░
    KES 5,440 to go · ahead of a usual day by KES 4,180 · minimum 16,000
    total KES 194,560

    │ a usual day by now · ╎ minimum

    Stream           Rail           Today  Paid
    Trading profits  M-Pesa         1,250     1
    AI services      M-Pesa         3,070    12
    Airtime sales    Airtel Money  10,240   120

    Transfers to the owner
    M-Pesa  waits until the day has earned KES 4,000
    Airtel  today's KES 2,000 is sent or on its way

    Rail weather
    M-Pesa  ⚠ changeable · 120 calls, 8 unheard · mostly timeout
            97 % called back after 9.0 s
    Airtel  no calls yet

    Engine      ✓ running
    Health      up for 2 h 5 min · ✓ database answers
    Exceptions  ⚠ 2 open · see them with: npx qmoi exceptions
    Figures     updated 14:05:00"
  `);
});

it('uses a wide screen', () => {
  expect(viewOf(120)).toMatchInlineSnapshot(`
    "QMOI Revenue 0.1.0                          2026-11-23 14:05
    SANDBOX · simulated, no real money

    M-Pesa  KES 4,320 of 10,000                             43 %
    █████████████████████████░░░░░░│░░░░░░░░░░░░░░░░╎░░░░░░░░░░░
    KES 5,680 to go · behind a usual day by KES 870 · minimum 8,000 · total KES 104,320

    Airtel Money  KES 10,240 of 10,000                     102 %
    ███████████████████████████████│████████████████╎███████████
    ✓ target reached · ahead of a usual day by KES 5,050 · minimum 8,000 met · total KES 90,240

    Together  KES 14,560 of 20,000                          72 %
    ███████████████████████████████│███████████░░░░░╎░░░░░░░░░░░
    KES 5,440 to go · ahead of a usual day by KES 4,180 · minimum 16,000 · total KES 194,560

    │ a usual day by now · ╎ minimum

    Stream           Rail           Today  Paid
    Trading profits  M-Pesa         1,250     1
    AI services      M-Pesa         3,070    12
    Airtime sales    Airtel Money  10,240   120

    Transfers to the owner
    M-Pesa  waits until the day has earned KES 4,000
    Airtel  today's KES 2,000 is sent or on its way

    Rail weather
    M-Pesa  ⚠ changeable · 120 calls, 8 unheard · mostly timeout · 97 % called back after 9.0 s
    Airtel  no calls yet

    Engine      ✓ running
    Health      up for 2 h 5 min · ✓ database answers
    Exceptions  ⚠ 2 open · see them with: npx qmoi exceptions
    Figures     updated 14:05:00"
  `);
});

it.each([40, 48, 60, 72, 100])('is never wider than %i columns', (columns) => {
  const widths = viewOf(columns).split('\n').map(widthOf);
  expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
});

it('keeps its columns without UTF-8', () => {
  const plain = asciiOf(viewOf(80));
  expect(plain).toMatch(/^[\0-\x7F]*$/);
  expect(plain.split('\n').map(widthOf)).toEqual(viewOf(80).split('\n').map(widthOf));
  expect(plain).toContain('#########################------|----------------:-----------');
});

it('says what a switched-off engine still does', () => {
  const engine = {
    ...testStatus.engine,
    since: '2026-11-23T10:35:09.000Z',
    reason: 'stock-taking',
  };
  const view = viewOf(80, { status: 'stopped', engine });
  expect(view).toContain('⚠ switched off 30 min ago: stock-taking');
  expect(view).toContain('Money that comes in is still recorded and shown.');
  expect(view).toContain('POST /api/qmoi/revenue/start');
});

it('says what becomes of callbacks while the database is away', () => {
  const health = {
    ...testStatus.health,
    database: 'away',
    spooled: 3,
    spoolNearlyFull: true,
  } as const;
  const view = viewOf(120, { health });
  expect(view).toContain('✗ database away');
  expect(view).toContain('3 callbacks kept on disk until it is back');
  expect(view).toContain('room for callbacks runs out');
});

it.each([
  ['fresh figures', {}, 'updated 14:05:00'],
  ['figures said to be old', { stale: true }, 'updated 14:05:00, 9.0 s old'],
  ['figures that are old', { updatedAt: '2026-11-23T11:00:00.000Z' }, '14:00:00, 5 min old'],
] as const)('tells %s', (_, facts, words) => {
  expect(viewOf(80, facts).split('\n').at(-1)).toContain(words);
});

it('calls the business live only where money is real', () => {
  expect(viewOf(80, { mode: 'live' })).toContain('LIVE · real money');
  expect(viewOf(80, { mode: 'live' })).not.toContain('SANDBOX');
});

it('names no exceptions where there are none', () => {
  const health = { ...testStatus.health, openExceptions: 0 };
  expect(viewOf(80, { health })).toMatch(/^Exceptions +none$/m);
});

it('waits for a rail that is not set up', () => {
  const transfers = { ...testStatus.transfers, airtel: null };
  expect(viewOf(80, { transfers })).toContain('Airtel  the rail is not set up');
});
