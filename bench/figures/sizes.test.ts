import { describe, expect, it } from 'vitest';

import { differingSizes, sizeTable, type RelationSize } from './sizes.ts';

const size = (name: string, bytes: number, more: Partial<RelationSize> = {}): RelationSize => ({
  table: 'payment',
  name,
  bytes,
  isPassing: false,
  ...more,
});
const each = (callbacks: number, sizes: readonly RelationSize[]) => ({ callbacks, sizes });

describe('sizes', () => {
  it('are compared by the callback, a table together with its indexes', () => {
    const grown = each(100, [size('payment', 20_000), size('payment_pkey', 4_000)]);
    const near = each(1_000, [size('payment', 210_000), size('payment_pkey', 52_000)]);
    const far = each(1_000, [size('payment', 210_000), size('payment_pkey', 55_000)]);
    expect(differingSizes(grown, near)).toEqual([]);
    expect(differingSizes(grown, far)).toEqual([
      'payment has 1.10 × the bytes a callback that it should have',
    ]);
    const small = each(1_000, [size('payment', 170_000), size('payment_pkey', 40_000)]);
    expect(differingSizes(grown, small)).toHaveLength(1);
    expect(sizeTable(grown, near)).toContain('1.30');
  });

  it('leave out what is only under way, and what is tiny', () => {
    const tiny = { table: 'exception' };
    const grown = each(10, [
      size('waiting', 9_000, { isPassing: true }),
      size('exception', 100, tiny),
    ]);
    const seeded = each(10, [size('waiting', 0, { isPassing: true }), size('exception', 10, tiny)]);
    expect(differingSizes(grown, seeded)).toEqual([]);
    expect(sizeTable(grown, seeded)).toContain('(waiting)');
  });

  it('see a table that is not there', () => {
    expect(differingSizes(each(1, []), each(1, [size('payment', 500)]))).toHaveLength(1);
  });
});
