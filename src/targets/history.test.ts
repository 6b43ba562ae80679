import { expect, it } from 'vitest';

import { growthBetween, type Hours } from './history.ts';

const day = (filled: Readonly<Record<number, bigint>>): Hours =>
  Array.from({ length: 24 }, (_, hour) => ({ mpesa: filled[hour] ?? 0n, airtel: 100n }));

it('compares both days up to the same hour', () => {
  const growth = growthBetween(day({ 8: 3_000n, 9: 900n }), day({ 8: 2_000n, 20: 70_000n }), 9);
  expect(growth.mpesa).toEqual({ nowMinor: 3_000n, thenMinor: 2_000n, share: 0.5 });
  expect(growth.airtel).toEqual({ nowMinor: 900n, thenMinor: 900n, share: 0 });
  expect(growth.combined).toEqual({ nowMinor: 3_900n, thenMinor: 2_900n, share: 0.344 });
});

it.each([0n, -500n])('says nothing of growth where there was %d', (then) => {
  const growth = growthBetween(day({ 8: 3_000n }), day({ 8: then }), 24);
  expect(growth.mpesa.share).toBeUndefined();
});

it('is below zero where less came', () => {
  expect(growthBetween(day({ 1: 500n }), day({ 1: 1_000n }), 2).mpesa.share).toBe(-0.5);
});
