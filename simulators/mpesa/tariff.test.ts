import { expect, it } from 'vitest';
import { b2cFeeKes, c2bFees } from './tariff.ts';

it.each([
  [10, 0],
  [100, 0],
  [101, 5],
  [1500, 5],
  [1501, 9],
  [5000, 9],
  [5001, 11],
  [20_000, 11],
  [20_001, 13],
  [150_000, 13],
  [250_000, 13],
])('charges a payout of %i shillings %i', (amountKes, feeKes) => {
  expect(b2cFeeKes(amountKes)).toBe(feeKes);
});

it.each([
  ['none', 1000, 0, 0],
  ['business-bouquet', 1000, 10, 0],
  ['customer-bouquet', 1000, 0, 10],
  ['mgao', 1000, 10, 0],
  ['mgao', 1500, 10, 5],
  ['mgao', 45_001, 24, 84],
  ['customer-bouquet', 100, 0, 0],
] as const)('splits the %s fee of %i into %i and %i', (...[tariff, amount, customer, business]) => {
  expect(c2bFees(amount, tariff)).toEqual({ customerKes: customer, businessKes: business });
});
