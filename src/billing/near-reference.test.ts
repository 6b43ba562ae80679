import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nearKeysOf, nearReferenceTo } from './near-reference.ts';

const alphabet = '0123456789BCDFGHJKMNPQRSTVWXYZ';
const reference = fc.stringMatching(new RegExp(`^[${alphabet}]{8}$`));
/** With little to choose from neighbours are alike, and much is near. */
const alike = fc.stringMatching(/^[0B1O]{6,10}$/);
const typed = fc.oneof(fc.stringMatching(/^[0-9A-Z]{0,12}$/), alike, reference);

/** All there are, one by one. */
function nearOnes(text: string): ReadonlySet<string> {
  const read = text.replaceAll(/[IL]/g, '1').replaceAll('O', '0');
  const places = [...`${read} `].map((_, n) => n);
  const letters = [...alphabet];
  const slips = [
    read,
    ...places.map((n) => read.slice(0, n) + read.slice(n + 1)),
    ...places.flatMap((n) => letters.map((one) => read.slice(0, n) + one + read.slice(n))),
    ...places.flatMap((n) => letters.map((one) => read.slice(0, n) + one + read.slice(n + 1))),
    ...places.map(
      (n) => read.slice(0, n) + read.charAt(n + 1) + read.charAt(n) + read.slice(n + 2),
    ),
  ];
  const isReference = (one: string): boolean => new RegExp(`^[${alphabet}]{8}$`).test(one);
  return new Set(slips.filter((one) => one !== text && isReference(one)));
}

describe('what a payer may have meant', () => {
  it.each([
    ['a letter O for a nought', 'B7KOM2QX', 'B7K0M2QX'],
    ['an I for a one', 'B7KIM2QX', 'B7K1M2QX'],
    ['another character', 'B7K9M2QZ', 'B7K9M2QX'],
    ['two that changed places', 'B7K9M2XQ', 'B7K9M2QX'],
    ['one left out', 'B7K9M2Q', 'B7K9M2QX'],
    ['one too many', 'B7K9M22QX', 'B7K9M2QX'],
  ])('with %s', (_what, text, meant) => {
    expect(nearReferenceTo(text)(meant)).toBe(true);
  });

  it.each(['', 'AI', 'B7K9M2', 'B7K9M2QX', 'B7K9M2QXX1', 'RENTMARCH', 'B7KQM2ZX'])(
    'is not a reference with %j',
    (text) => {
      expect(nearReferenceTo(text)('B7K9M2QX')).toBe(false);
    },
  );

  it('is every reference one slip away, and no other', () => {
    fc.assert(
      fc.property(typed, fc.oneof(reference, alike), (text, other) => {
        const near = nearOnes(text);
        for (const one of [...near, other, text]) {
          expect([text, one, nearReferenceTo(text)(one)]).toEqual([text, one, near.has(one)]);
        }
      }),
    );
  });

  it('has its first half or its second as it was typed, or changed places in the middle', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const { heads, tails, whole } = nearKeysOf(text);
        const missed = [...nearOnes(text)].filter(
          (one) =>
            !heads.includes(one.slice(0, 4)) &&
            !tails.includes(one.slice(-4)) &&
            !whole.includes(one),
        );
        expect([text, missed]).toEqual([text, []]);
        expect(heads.length + tails.length + whole.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
