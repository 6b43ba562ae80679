import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shillings } from '#kernel';

import { gapOf, paceOf, usualShareBasisPoints, withCombined } from './target.ts';

const at = (nairobi: string): number => Date.parse(`2026-11-23T${nairobi}+03:00`);

describe('the share of a usual day that is in', () => {
  // Sums of the table in target.ts, by hand: 4+3+2+2+4+12+28 = 55 before seven, 221 before ten.
  it.each([
    ['00:00:00', 0],
    ['00:30:00', 20],
    ['07:00:00', 550],
    ['10:00:00', 2_210],
    ['10:30:00', 2_510],
    ['18:00:00', 7_070],
    ['23:59:59.999', 10_000],
  ])('at %s is %d hundredths of a percent', (time, points) => {
    expect(usualShareBasisPoints(at(time))).toBe(points);
  });

  it('is that of the business where it has a rhythm of its own', () => {
    const nineOnly = Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 700 : 0));
    expect(usualShareBasisPoints(at('08:59:59'), nineOnly)).toBe(0);
    expect(usualShareBasisPoints(at('09:15:00'), nineOnly)).toBe(2_500);
    expect(usualShareBasisPoints(at('10:00:00'), nineOnly)).toBe(10_000);
  });

  it('is that of a usual day where the business took nothing at all', () => {
    const nothing = Array.from({ length: 24 }, () => 0);
    expect(usualShareBasisPoints(at('10:00:00'), nothing)).toBe(2_210);
  });

  it('never falls during a day', () => {
    const minute = fc.integer({ min: 0, max: 1_438 });
    fc.assert(
      fc.property(minute, (n) => {
        const time = at('00:00:00') + n * 60_000;
        expect(usualShareBasisPoints(time + 60_000)).toBeGreaterThanOrEqual(
          usualShareBasisPoints(time),
        );
      }),
    );
  });

  it('needs 24 hours', () => {
    expect(() => usualShareBasisPoints(0, [1])).toThrow('24 hours');
  });
});

describe('the pace', () => {
  // A target of 10,000 at 2,210 expects 2,210; a tenth of that is 221.
  it.each([
    [2_431_00n, 'on-pace', 221_00n],
    [2_431_01n, 'ahead', 221_01n],
    [2_210_00n, 'on-pace', 0n],
    [1_989_00n, 'on-pace', -221_00n],
    [1_988_99n, 'behind', -221_01n],
    [0n, 'behind', -2_210_00n],
  ] as const)('with %d cents earned is %s', (earnedMinor, state, aheadMinor) => {
    const facts = { earnedMinor, targetMinor: shillings(10_000), shareBasisPoints: 2_210 };
    expect(paceOf(facts)).toEqual({ expectedMinor: 2_210_00n, aheadMinor, state });
  });

  it('of a day that has just begun is no reproach', () => {
    const facts = { earnedMinor: 0n, targetMinor: shillings(10_000), shareBasisPoints: 0 };
    expect(paceOf(facts).state).toBe('on-pace');
    expect(paceOf({ ...facts, earnedMinor: 1n }).state).toBe('ahead');
  });
});

it.each([
  [0n, 100n, 100n],
  [40n, 100n, 60n],
  [100n, 100n, 0n],
  [101n, 100n, 0n],
  [-20n, 100n, 120n],
])('having earned %d of %d, %d are missing', (earned, target, gap) => {
  expect(gapOf(earned, target)).toBe(gap);
});

it('adds the rails up', () => {
  const perRail = { mpesa: 3n, airtel: 4n };
  expect(withCombined(perRail)).toEqual({ mpesa: 3n, airtel: 4n, combined: 7n });
});
