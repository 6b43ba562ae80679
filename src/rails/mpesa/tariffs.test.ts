import { describe, expect, it } from 'vitest';
import { parseBusinessDate, shillings, type BusinessDate } from '#kernel';
import { paybillFeeMinor, paybillTariffs, payoutFeeMinor, payoutTariffs } from './tariffs.ts';

const day = (text: string): BusinessDate => {
  const parsed = parseBusinessDate(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const today = day('2026-11-23');

// Rows of Safaricom's form, both ends of each.
it.each([
  [1, 49, 0],
  [50, 100, 0],
  [101, 1_500, 5],
  [1_501, 2_500, 9],
  [2_501, 3_500, 9],
  [3_501, 5_000, 9],
  [5_001, 7_500, 11],
  [7_501, 10_000, 11],
  [10_001, 15_000, 11],
  [15_001, 20_000, 11],
  [20_001, 35_000, 13],
  [35_001, 50_000, 13],
  [50_001, 250_000, 13],
])('a payout of %d to %d costs %d', (low, high, fee) => {
  expect(payoutFeeMinor(shillings(low), today)).toBe(shillings(fee));
  expect(payoutFeeMinor(shillings(high), today)).toBe(shillings(fee));
});

it.each([
  [shillings(250_001), today],
  [0n, today],
  [-100n, today],
  [shillings(100), day('2023-07-31')],
])('no table covers %s cents on %s', (amountMinor, on) => {
  expect(payoutFeeMinor(amountMinor, on)).toBeUndefined();
});

describe('paybill', () => {
  it.each([
    [100, 0, 0],
    [101, 5, 0],
    [1_001, 15, 5],
    [5_000, 34, 18],
    [20_001, 67, 47],
    [250_000, 108, 84],
  ])('%d costs the business %d whole, %d shared', (amount, whole, shared) => {
    const question = { amountMinor: shillings(amount), on: today };
    expect(paybillFeeMinor({ ...question, plan: 'customer-bouquet' })).toBe(shillings(whole));
    expect(paybillFeeMinor({ ...question, plan: 'mgao' })).toBe(shillings(shared));
    expect(paybillFeeMinor({ ...question, plan: 'business-bouquet' })).toBe(0n);
  });
});

it('has tables whose bands and dates only rise', () => {
  const isRising = (values: readonly (bigint | string)[]): boolean =>
    values.every((value, n) => n === 0 || value > (values[n - 1] ?? value));
  for (const tariffs of [payoutTariffs, paybillTariffs]) {
    expect(isRising(tariffs.map(({ effectiveFrom }) => effectiveFrom))).toBe(true);
    for (const { bands } of tariffs) {
      expect(isRising(bands.map(({ upToMinor }) => upToMinor))).toBe(true);
      const fees = bands.map(({ feeMinor }) => feeMinor);
      expect(fees).toEqual(fees.toSorted((a, b) => Number(a - b)));
    }
  }
});
