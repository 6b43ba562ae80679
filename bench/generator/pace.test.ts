import { describe, expect, it } from 'vitest';

import { createDueTimes, withRepeats } from './pace.ts';

describe('due times', () => {
  it('keep the rate in the long run, and vary', () => {
    const next = createDueTimes(1_000, 7);
    const times = Array.from({ length: 20_000 }, next);
    expect((times.at(-1) ?? 0) / 20_000).toBeCloseTo(1, 1);
    const gaps = times.map((time, n) => time - (times[n - 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    // Exponential: a gap over twice the mean comes once in e² times.
    expect(gaps.filter((gap) => gap > 2).length / 20_000).toBeCloseTo(Math.exp(-2), 1);
  });

  it('are the same for the same seed', () => {
    const times = (seed: number) => Array.from({ length: 5 }, createDueTimes(10, seed));
    expect(times(1)).toEqual(times(1));
    expect(times(1)).not.toEqual(times(2));
  });
});

describe('redeliveries', () => {
  it.each([0, 5, 50, 90])('are %d % of all requests', (percent) => {
    const order = withRepeats(5_000, { percent, seed: 3, near: 100 });
    expect(1 - 5_000 / order.length).toBeCloseTo(percent / 100, 2);
    expect(new Set(order).size).toBe(5_000);
  });

  it('never come before the first delivery', () => {
    // A set keeps what it holds in the order in which it first came.
    const firsts = new Set(withRepeats(2_000, { percent: 40, seed: 9, near: 50 }));
    expect([...firsts]).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
  });
});
