import { describe, expect, it } from 'vitest';

import { medianOf, medianRatio, pairedRatios, spreadOf } from './statistics.ts';

describe('rounds', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('%j have the median %d', (values, median) => expect(medianOf(values)).toBe(median));

  it('have none when there are none', () => {
    expect(medianOf([])).toBeNaN();
    expect(spreadOf([]).max).toBeNaN();
  });

  it('spread from the least to the most', () => {
    expect(spreadOf([2, 8, 4])).toEqual({ median: 4, min: 2, max: 8 });
  });

  it('are compared each with its own partner', () => {
    // The machine was twice as slow in the second round: the ratio does not notice.
    expect(pairedRatios([600, 300, 660], [1_000, 500, 1_100])).toEqual([0.6, 0.6, 0.6]);
    expect(medianRatio([1, 4, 9], [1, 2, 3])).toBe(2);
  });

  it('without a partner say nothing', () => {
    expect(pairedRatios([1, undefined, 3, 4], [2, 2, undefined, 0])).toEqual([0.5]);
  });
});
