import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { type BusinessId, firstBusinessId, type Msisdn, parseMsisdn } from '#kernel';

import { createBlindIndex } from './blind-index.ts';
import { keysFor } from './test-kit.ts';

const numberOf = (text: string): Msisdn => {
  const parsed = parseMsisdn(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};

describe('the blind index', () => {
  const keys = keysFor('index');
  const index = createBlindIndex({ keys, businessId: firstBusinessId });

  it('is the same however a number was typed', () => {
    expect(index(numberOf('0712 345 678'))).toEqual(index(numberOf('+254712345678')));
    expect(index(numberOf('0712345678'))).toHaveLength(16);
  });

  it('differs by number, business and master secret', () => {
    const other = createBlindIndex({ keys, businessId: 2 as BusinessId });
    const elsewhere = createBlindIndex({ keys: keysFor('b'), businessId: firstBusinessId });
    const number = numberOf('0712345678');
    const values = [
      index(number),
      index(numberOf('0712345679')),
      other(number),
      elsewhere(number),
      createHash('sha256').update(number).digest().subarray(0, 16),
    ];
    expect(new Set(values.map((value) => value.toString('hex'))).size).toBe(5);
  });
});
