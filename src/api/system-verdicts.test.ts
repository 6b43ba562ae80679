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
    ['with room', 20, 64, 'ok'],
    ['that is small, and mostly empty', 4, 8, 'ok'],
    ['that is large, and nearly full, with much room all the same', 90, 2_000, 'ok'],
    ['with little room', 4, 64, 'look'],
    ['with next to none', 0.2, 64, 'broken'],
  ])('%s', (_name, free, total, verdict) => {
    const disk = { name: 'data', folder: 'data', freeBytes: free * gib, totalBytes: total * gib };
    expect(diskVerdict({ ...disk, name: 'data' })).toBe(verdict);
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
  it.each([
    ['that has not been due', 4 * minute, undefined, 'ok'],
    ['that never came', 16 * minute, undefined, 'look'],
    ['that ran in time', 14 * minute, ran(10 * minute, 10 * minute), 'ok'],
    ['that is at work', 14 * minute, ran(10 * minute, undefined), 'ok'],
    ['that does not end', 21 * minute, ran(10 * minute, undefined), 'look'],
    ['that stands still', 60 * minute, ran(10 * minute, 10 * minute), 'look'],
  ])('%s', (_name, now, run, verdict) => {
    expect(cycleVerdict({ ...facts, now, run })).toBe(verdict);
  });

  it('was not due while the engine was off', () => {
    const run = ran(0, 1);
    const facts = { everyMs: 5 * minute, leaseMs: 10 * minute, now: 500 * minute, run };
    expect(cycleVerdict({ ...facts, since: 499 * minute })).toBe('ok');
  });
});

it.each([
  [['ok', 'ok'], 'ok'],
  [['ok', 'look'], 'look'],
  [['look', 'broken', 'ok'], 'broken'],
] as const)('the worst of %o is %s', (verdicts, worst) => {
  expect(worstOf(verdicts)).toBe(worst);
});
