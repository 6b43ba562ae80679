import { describe, expect, it } from 'vitest';

import { goalIds, goalOf, isWithin } from './goals.ts';
import { failsRun, judge, jsonLineOf, verdictOf } from './verdict.ts';

describe('a goal', () => {
  it('asks no less of the moonshot than of the must', () => {
    for (const { must, moonshot } of goalIds.map(goalOf)) {
      expect(moonshot.atLeast ?? 0).toBeGreaterThanOrEqual(must.atLeast ?? 0);
      expect(moonshot.atMost ?? 0).toBeLessThanOrEqual(must.atMost ?? Infinity);
    }
  });

  it.each([
    [5, { atLeast: 5 }, true],
    [4.9, { atLeast: 5 }, false],
    [5, { atMost: 5 }, true],
    [5.1, { atMost: 5 }, false],
    [Number.NaN, { atMost: 5 }, false],
  ])('%d is within %j: %s', (value, limit, expected) =>
    expect(isWithin(value, limit)).toBe(expected),
  );
});

describe('a verdict', () => {
  it.each([
    [[7_000, 7_100, 6_900], 'met'],
    [[13_000, 12_500, 12_000], 'moonshot'],
    [[5_000, 7_000, 7_000, 7_000, 7_000], 'wavering'],
    [[5_000, 5_000, 5_000, 7_000, 7_000], 'wavering'],
    [[5_000, 5_000, 5_000, 5_000, 7_000], 'missed'],
    [[5_000, 5_000, 5_000], 'missed'],
    [[5_000, 5_000, 7_000], 'wavering'],
    [[5_000], 'missed'],
    [[], 'not measured'],
  ] as const)('on %j of P1 is %s', (values, expected) =>
    expect(verdictOf({ id: 'P1', values })).toBe(expected),
  );

  it('fails the run only where it decides, and only when a must is missed', () => {
    const missed = judge({ id: 'P13-lost', values: [1] });
    const others = [judge({ id: 'P1', values: [] }), judge({ id: 'P6', values: [9, 11] })];
    expect(failsRun([missed, ...others], true)).toBe(true);
    expect(failsRun([missed, ...others], false)).toBe(false);
    expect(failsRun(others, true)).toBe(false);
  });

  it('is a line of JSON that leaves nothing to guess', () => {
    const line = jsonLineOf(judge({ id: 'P2', values: [0.6251234, 0.7], note: 'two rounds' }));
    expect(JSON.parse(line)).toEqual({
      goal: 'P2',
      what: 'callbacks/s ÷ PostgreSQL only, N = 64',
      unit: '×',
      median: 0.66256,
      values: [0.62512, 0.7],
      must: { atLeast: 0.6 },
      moonshot: { atLeast: 0.8 },
      verdict: 'met',
      note: 'two rounds',
    });
    expect(JSON.parse(jsonLineOf(judge({ id: 'P2', values: [] })))).toMatchObject({
      median: null,
      verdict: 'not measured',
    });
  });
});
