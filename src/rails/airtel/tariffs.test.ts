import { describe, expect, it } from 'vitest';
import { parseBusinessDate, type BusinessDate } from '#kernel';
import { collectionFeeMinor, payoutFeeMinor } from './tariffs.ts';

const dayOf = (text: string): BusinessDate => {
  const date = parseBusinessDate(text);
  if (!date.ok) throw new Error(`${text} is no day`);
  return date.value;
};

const free = { fixedMinor: 0n, basisPoints: 0n };
const contract = [
  { effectiveFrom: dayOf('2026-01-01'), collection: { ...free, basisPoints: 150n }, payout: free },
  {
    effectiveFrom: dayOf('2026-06-01'),
    collection: { fixedMinor: 50n, basisPoints: 100n, leastMinor: 500n, mostMinor: 200_00n },
    payout: { fixedMinor: 10_00n, basisPoints: 0n },
  },
];

describe('fees', () => {
  it.each([
    [
      'before the contract',
      { day: '2025-12-31', amountMinor: 1_000_00n },
      { collection: 0n, payout: 0n },
    ],
    [
      'on its first day',
      { day: '2026-01-01', amountMinor: 1_000_00n },
      { collection: 15_00n, payout: 0n },
    ],
    ['rounded half up', { day: '2026-01-01', amountMinor: 33n }, { collection: 0n, payout: 0n }],
    [
      'rounded half up, just',
      { day: '2026-01-01', amountMinor: 34n },
      { collection: 1n, payout: 0n },
    ],
    [
      'under later terms',
      { day: '2026-06-01', amountMinor: 1_000_00n },
      { collection: 10_50n, payout: 10_00n },
    ],
    [
      'no less than agreed',
      { day: '2026-07-01', amountMinor: 10_00n },
      { collection: 5_00n, payout: 10_00n },
    ],
    [
      'no more than agreed',
      { day: '2026-07-01', amountMinor: 250_000_00n },
      { collection: 200_00n, payout: 10_00n },
    ],
  ])('%s', (_name, { day, amountMinor }, fees) => {
    const question = { amountMinor, on: dayOf(day), contract };
    expect({
      collection: collectionFeeMinor(question),
      payout: payoutFeeMinor(question),
    }).toEqual(fees);
  });

  it('are zero without a contract, never a consumer’s band', () => {
    const question = { amountMinor: 5_000_00n, on: dayOf('2026-07-01'), contract: [] };
    expect([collectionFeeMinor(question), payoutFeeMinor(question)]).toEqual([0n, 0n]);
  });
});
