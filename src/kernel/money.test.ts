import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  allocate,
  decimalOf,
  floorShillings,
  formatMoney,
  parseAmountMinor,
  shillings,
  toWholeShillings,
} from './money.ts';

describe('a provider’s amount', () => {
  it.each([
    ['10', 1_000n],
    ['10.0', 1_000n],
    ['10.5', 1_050n],
    ['10.05', 1_005n],
    ['0.01', 1n],
    ['0', 0n],
    ['-3.20', -320n],
    [' 7.00 ', 700n],
    ['999999999999999.99', 99_999_999_999_999_999n],
    [1, 100n],
    [1.5, 150n],
    [0.29, 29n],
    [1.005e2, 10_050n],
  ])('%j is %d cents', (value, amountMinor) => {
    expect(parseAmountMinor(value)).toEqual({ ok: true, value: amountMinor });
  });

  it.each([
    '',
    ' ',
    '1.',
    '.5',
    '1.005',
    '1,000',
    '1e3',
    '0x10',
    '+1',
    '--1',
    'KES 5',
    '1 000',
    '١',
    '1000000000000000',
    Number.NaN,
    Infinity,
    1e21,
    0.1 + 0.2,
    1e-7,
  ])('%j is none', (value) => {
    const refusal = { kind: 'not-an-amount', text: String(value).trim() };
    expect(parseAmountMinor(value)).toEqual({ ok: false, error: refusal });
  });

  it('comes back from its decimal form', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 17n) + 1n, 10n ** 17n - 1n), (amountMinor) => {
        expect(parseAmountMinor(decimalOf(amountMinor))).toEqual({ ok: true, value: amountMinor });
      }),
    );
  });
});

describe('money for people', () => {
  it.each([
    [0n, 'KES 0'],
    [1n, 'KES 0.01'],
    [99_900n, 'KES 999'],
    [100_000n, 'KES 1,000'],
    [123_456n, 'KES 1,234.56'],
    [-123_456_00n, 'KES -123,456'],
    [-5n, 'KES -0.05'],
    [1_000_000_000_00n, 'KES 1,000,000,000'],
  ])('%d cents are %s', (amountMinor, text) => {
    expect(formatMoney(amountMinor)).toBe(text);
  });

  it('names another currency', () => {
    expect(formatMoney(150n, 'USD')).toBe('USD 1.50');
  });
});

describe('whole shillings', () => {
  it.each([
    [shillings(2_000), 2_000],
    [shillings(7n), 7],
    [0n, 0],
  ])('%d cents are %d', (amountMinor, whole) => {
    expect(toWholeShillings(amountMinor)).toEqual({ ok: true, value: whole });
  });

  it.each([1n, 199n, -50n])('%d cents leave a remainder, which is refused', (amountMinor) => {
    const error = { kind: 'not-whole-shillings', amountMinor };
    expect(toWholeShillings(amountMinor)).toEqual({ ok: false, error });
  });

  it.each([
    [199n, 1],
    [-199n, -1],
    [99n, 0],
  ])('%d cents are cut to %d for progress', (amountMinor, whole) => {
    expect(floorShillings(amountMinor)).toBe(whole);
  });
});

describe('allocation', () => {
  it.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [5n, [1n, 1n, 1n], [2n, 2n, 1n]],
    [100n, [70n, 20n, 10n], [70n, 20n, 10n]],
    [1n, [0n, 3n, 1n], [0n, 1n, 0n]],
    [0n, [1n, 2n], [0n, 0n]],
    [7n, [0n, 1n], [0n, 7n]],
  ])('splits %d by %s into %s', (amountMinor, weights, parts) => {
    expect(allocate(amountMinor, weights)).toEqual(parts);
  });

  it('loses and makes nothing, and is never a unit unfair', () => {
    const weights = fc.array(fc.bigInt(0n, 10_000n), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n), weights, (amountMinor, shares) => {
        const total = shares.reduce((sum, share) => sum + share, 0n);
        fc.pre(total > 0n);
        const parts = allocate(amountMinor, shares);
        expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(amountMinor);
        for (const [index, part] of parts.entries()) {
          const exact = (amountMinor * (shares[index] ?? 0n)) / total;
          const most = shares[index] === 0n ? 0n : exact + 1n;
          expect(part >= exact && part <= most).toBe(true);
        }
      }),
    );
  });

  it.each([
    ['less than nothing', -1n, [1n]],
    ['no weights', 1n, []],
    ['weights of nothing', 1n, [0n, 0n]],
    ['a negative weight', 1n, [2n, -1n]],
  ])('of %s is a defect', (_what, amountMinor, weights) => {
    expect(() => allocate(amountMinor, weights)).toThrow(/allocate|weights/);
  });
});
