import { describe, expect, it } from 'vitest';
import { parseBusinessDate, shillings } from '#kernel';
import { createScene, till } from './test-kit.ts';

describe('fees', () => {
  const date = parseBusinessDate('2026-11-23');
  if (!date.ok) throw new Error('a date');
  const on = date.value;

  it.each([
    ['a payout', 'payout', {}, shillings(9)],
    ['a payment under mgao', 'payment', { paybillPlan: 'mgao' }, shillings(7)],
    ['a payment we bear', 'payment', { paybillPlan: 'customer-bouquet' }, shillings(20)],
    ['a payment the payer bears', 'payment', { paybillPlan: 'business-bouquet' }, 0n],
    ['a payment under no plan', 'payment', {}, undefined],
    ['a payment to the till', 'payment', { ...till, paybillPlan: 'mgao' }, undefined],
  ] as const)('of %s', (...[, about, changes, fee]) => {
    const { rail } = createScene([], changes);
    expect(rail.feeMinor?.({ about, amountMinor: shillings(2_000), on })).toBe(fee);
  });
});
