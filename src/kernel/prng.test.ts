import { describe, expect, it } from 'vitest';

import { createPrng } from './prng.ts';

const take = (seed: number, count: number): readonly number[] => {
  const prng = createPrng(seed);
  return Array.from({ length: count }, () => prng.next());
};

describe('seeded chance', () => {
  it('is the same for a seed everywhere, and another for another', () => {
    // The reference implementation's figures for seed 1.
    expect(take(1, 3).map((n) => n.toFixed(9))).toEqual([
      '0.627073941',
      '0.002735721',
      '0.527447040',
    ]);
    expect(take(1, 5)).toEqual(take(1, 5));
    expect(take(1, 5)).not.toEqual(take(2, 5));
  });

  it('lies in [0, 1) and is spread out', () => {
    const all = take(42, 10_000);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(1);
    const counts = Array.from({ length: 10 }, () => 0);
    for (const n of all) counts[Math.floor(n * 10)] = (counts[Math.floor(n * 10)] ?? 0) + 1;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('draws whole numbers of a range, both ends included', () => {
    const prng = createPrng(7);
    const drawn = new Set(Array.from({ length: 200 }, () => prng.between(-1, 2)));
    expect([...drawn].toSorted((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
    expect(prng.between(3, 3)).toBe(3);
    expect(() => prng.between(2, 1)).toThrow('upwards');
  });

  it('picks from a list that holds something', () => {
    const prng = createPrng(7);
    const picked = new Set(Array.from({ length: 100 }, () => prng.pick(['a', 'b', 'c'])));
    expect(picked.size).toBe(3);
    expect(() => prng.pick([])).toThrow(/upwards|pick from/);
  });
});
