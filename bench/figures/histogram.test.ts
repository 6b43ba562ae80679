import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { bucketOf, createHistogram, edgeOf } from './histogram.ts';

describe('a histogram', () => {
  it('is empty at first', () => {
    const histogram = createHistogram();
    expect(histogram).toMatchObject({ count: 0, maxUs: 0 });
    expect(histogram.quantileUs(0.99)).toBe(0);
  });

  it.each([
    [0, 0],
    [31, 31],
    [32, 32],
    [63, 63],
    [64, 64],
    [65, 64],
    [66, 65],
    [1_000, 190],
    [-5, 0],
  ])('puts %d µs into bucket %d', (durationUs, bucket) => {
    expect(bucketOf(durationUs)).toBe(bucket);
  });

  it('is off by 3 % at most, for any duration', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000_000_000 }), (durationUs) => {
        const edge = edgeOf(bucketOf(durationUs));
        expect(edge).toBeLessThanOrEqual(durationUs);
        expect(durationUs - edge).toBeLessThanOrEqual(durationUs * 0.032);
        expect(bucketOf(edge)).toBe(bucketOf(durationUs));
      }),
    );
  });

  it('keeps longer durations in later buckets', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 30), fc.nat(2 ** 30), (one, other) => {
        const [less = 0, more = 0] = [one, other].toSorted((a, b) => a - b);
        expect(bucketOf(less)).toBeLessThanOrEqual(bucketOf(more));
      }),
    );
  });

  it('answers quantiles and the longest', () => {
    const histogram = createHistogram();
    for (let n = 1; n <= 100; n += 1) histogram.add(n * 1_000);
    expect(histogram.count).toBe(100);
    expect(histogram.maxUs).toBe(100_000);
    expect(histogram.quantileUs(0.5) / 50_000).toBeCloseTo(1, 1);
    expect(histogram.quantileUs(0.99) / 99_000).toBeCloseTo(1, 1);
    expect(histogram.quantileUs(0) / 1_000).toBeCloseTo(1, 1);
    expect(histogram.quantileUs(1)).toBeLessThanOrEqual(100_000);
  });

  it('cuts what is longer than it can hold', () => {
    const histogram = createHistogram();
    histogram.add(Number.MAX_SAFE_INTEGER);
    expect(histogram.count).toBe(1);
    expect(histogram.quantileUs(0.5)).toBeGreaterThan(60_000_000_000);
  });
});
