import { describe, expect, it } from 'vitest';

import {
  cycleVerdict,
  diskVerdict,
  intakeVerdict,
  memoryVerdict,
  worstOf,
} from './system-verdicts.ts';

const gib = 1024 ** 3;
const minute = 60_000;

describe('a disk', () => {
  it.each([
    { name: 'with room', free: 20, total: 64, verdict: 'ok' },
    { name: 'that is small, and mostly empty', free: 4, total: 8, verdict: 'ok' },
    {
      name: 'that is large, nearly full, and roomy all the same',
      free: 90,
      total: 2_000,
      verdict: 'ok',
    },
    { name: 'with little room', free: 4, total: 64, verdict: 'look' },
    { name: 'with next to none', free: 0.2, total: 64, verdict: 'broken' },
  ])('$name', ({ free, total, verdict }) => {
    const bytes = { freeBytes: free * gib, totalBytes: total * gib };
    expect(diskVerdict({ name: 'data', folder: 'data', ...bytes })).toBe(verdict);
  });

  it('that cannot be asked wants a look', () => {
    expect(diskVerdict({ name: 'logs', folder: 'logs' })).toBe('look');
  });
});

describe('memory', () => {
  it.each([
    [0.5, 'ok'],
    [0.09, 'look'],
    [0.02, 'broken'],
  ])('of which %d is free is %s', (share, verdict) => {
    const bytes = { ownBytes: 1, freeBytes: share * 4 * gib, totalBytes: 4 * gib };
    expect(memoryVerdict(bytes)).toBe(verdict);
  });
});

describe('what waits on disk', () => {
  it.each([
    [{ queued: 3, spooled: 0, spoolNearlyFull: false }, 'ok'],
    [{ queued: 3_000, spooled: 0, spoolNearlyFull: false }, 'look'],
    [{ queued: 0, spooled: 1, spoolNearlyFull: false }, 'look'],
    [{ queued: 0, spooled: 90_000, spoolNearlyFull: true }, 'broken'],
  ])('%o is %s', (health, verdict) => {
    expect(intakeVerdict(health)).toBe(verdict);
  });
});

describe('a cycle of five minutes', () => {
  const facts = { everyMs: 5 * minute, leaseMs: 10 * minute, since: 0 };
  const ran = (startedAt: number, finishedAt: number | undefined) => ({ startedAt, finishedAt });
  const at10 = 10 * minute;
  it.each([
    { name: 'that has not been due', after: 4, run: undefined, verdict: 'ok' },
    { name: 'that never came', after: 16, run: undefined, verdict: 'look' },
    { name: 'that ran in time', after: 14, run: ran(at10, at10), verdict: 'ok' },
    { name: 'that is at work', after: 14, run: ran(at10, undefined), verdict: 'ok' },
    { name: 'that does not end', after: 21, run: ran(at10, undefined), verdict: 'look' },
    { name: 'that stands still', after: 60, run: ran(at10, at10), verdict: 'look' },
  ])('$name', ({ after, run, verdict }) => {
    expect(cycleVerdict({ ...facts, now: after * minute, run })).toBe(verdict);
  });

  it('was not due while the engine was off', () => {
    const late = { ...facts, now: 500 * minute, since: 499 * minute, run: ran(0, 1) };
    expect(cycleVerdict(late)).toBe('ok');
  });
});

it.each([
  [['ok', 'ok'], 'ok'],
  [['ok', 'look'], 'look'],
  [['look', 'broken', 'ok'], 'broken'],
] as const)('the worst of %o is %s', (verdicts, worst) => {
  expect(worstOf(verdicts)).toBe(worst);
});
