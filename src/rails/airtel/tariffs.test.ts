import { describe, expect, it } from 'vitest';
import { parseBusinessDate, type BusinessDate } from '#kernel';
import { contractProblems, feeMinorOf, type FeeTerms } from './tariffs.ts';
import { createTestRail } from './test-kit.ts';

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
    ['before the contract', { day: '2025-12-31', amountMinor: 1_000_00n }, [undefined, undefined]],
    ['on its first day', { day: '2026-01-01', amountMinor: 1_000_00n }, [15_00n, 0n]],
    ['rounded half up', { day: '2026-01-01', amountMinor: 33n }, [0n, 0n]],
    ['rounded half up, just', { day: '2026-01-01', amountMinor: 34n }, [1n, 0n]],
    ['under later terms', { day: '2026-06-01', amountMinor: 1_000_00n }, [10_50n, 10_00n]],
    ['no less than agreed', { day: '2026-07-01', amountMinor: 10_00n }, [5_00n, 10_00n]],
    ['no more than agreed', { day: '2026-07-01', amountMinor: 250_000_00n }, [200_00n, 10_00n]],
    ['on nothing', { day: '2026-01-01', amountMinor: 0n }, [0n, 0n]],
  ])('%s', (_name, { day, amountMinor }, fees) => {
    const { rail } = createTestRail({ config: { contract } });
    const ask = (about: 'payment' | 'payout') =>
      rail.feeMinor?.({ about, amountMinor, on: dayOf(day) });
    expect([ask('payment'), ask('payout')]).toEqual(fees);
  });

  it('are not known without a contract, and never a consumer’s band', () => {
    const { rail } = createTestRail({});
    const question = { amountMinor: 5_000_00n, on: dayOf('2026-07-01') };
    expect(rail.feeMinor?.({ ...question, about: 'payment' })).toBeUndefined();
    expect(rail.feeMinor?.({ ...question, about: 'payout' })).toBeUndefined();
  });

  it('of an amount below zero are nobody’s question', () => {
    const question = { about: 'payment', amountMinor: -1n, on: dayOf('2026-07-01') } as const;
    expect(() => feeMinorOf(question, contract)).toThrow(/amount that moved/);
  });
});

describe('a contract', () => {
  const from = (date: string, collection: FeeTerms = free) => ({
    effectiveFrom: dayOf(date),
    collection,
    payout: free,
  });

  it.each([
    ['is in order', contract, []],
    ['has a date twice', [from('2026-01-01'), from('2026-01-01')], [/dates/]],
    ['goes back in time', [from('2026-02-01'), from('2026-01-01')], [/dates/]],
    ['pays the business', [from('2026-01-01', { ...free, fixedMinor: -1n })], [/below zero/]],
    ['takes more than all', [from('2026-01-01', { ...free, basisPoints: 10_001n })], [/above/]],
    [
      'has its bounds crossed',
      [from('2026-01-01', { ...free, leastMinor: 2n, mostMinor: 1n })],
      [/out of bounds/],
    ],
    ['has a bound below zero', [from('2026-01-01', { ...free, mostMinor: -1n })], [/below/]],
  ])('that %s', (_name, terms, problems) => {
    const found = contractProblems(terms);
    expect(found).toHaveLength(problems.length);
    for (const [n, problem] of problems.entries()) expect(found[n]).toMatch(problem);
  });

  it('that cannot be stops the start', () => {
    const config = { contract: [from('2026-01-01'), from('2026-01-01')] };
    expect(() => createTestRail({ config })).toThrow(/Airtel Money settings: the fees’ dates/);
  });
});
