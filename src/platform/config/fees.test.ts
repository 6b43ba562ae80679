import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decimalOf } from '#kernel';

import { feeContracts } from './fees.ts';

const read = (text: string) => feeContracts().safeParse(text);

describe('fees', () => {
  it.each([
    ['1.5%', { basisPoints: 150n, fixedMinor: 0n }],
    ['10', { basisPoints: 0n, fixedMinor: 10_00n }],
    ['0', { basisPoints: 0n, fixedMinor: 0n }],
    ['1.25% + 0.50', { basisPoints: 125n, fixedMinor: 50n }],
    [
      '1% min 5 max 200',
      { basisPoints: 100n, fixedMinor: 0n, leastMinor: 5_00n, mostMinor: 200_00n },
    ],
    ['2% + 1 max 30.50', { basisPoints: 200n, fixedMinor: 1_00n, mostMinor: 30_50n }],
  ])('read %s', (terms, expected) => {
    expect(read(`2026-01-01 payment ${terms} payout 10`).data).toMatchObject([
      { effectiveFrom: '2026-01-01', collection: expected, payout: { fixedMinor: 10_00n } },
    ]);
    expect(read(`2026-01-01 payment 0 payout ${terms}`).data).toMatchObject([{ payout: expected }]);
  });

  it('follow one another', () => {
    const text = '2026-01-01 payment 1%  payout 10;\n 2026-07-01 payment 0.9% payout 8;';
    expect(read(text).data?.map(({ effectiveFrom }) => effectiveFrom)).toEqual([
      '2026-01-01',
      '2026-07-01',
    ]);
  });

  it.each([
    ['', /form/],
    [';', /form/],
    ['1.5%', /form/],
    ['2026-01-01 payment 1%', /form/],
    ['2026-01-01 payout 10', /form/],
    ['2026-02-30 payment 1% payout 10', /form/],
    ['2026-01-01 payment payout 10', /form/],
    ['2026-01-01 payment min 5 payout 10', /form/],
    ['2026-01-01 payment 1.555% payout 10', /form/],
    ['2026-01-01 payment 1% 5 payout 10', /form/],
    ['2026-01-01 payment 100% payout 10', /form/],
    ['2026-01-01 payment -1 payout 10', /form/],
    ['2026-01-01 payment 1% min 20 max 10 payout 10', /form/],
    ['2026-01-01 payment 1% payout 10; 2026-01-01 payment 2% payout 10', /order/],
    ['2026-07-01 payment 1% payout 10; 2026-01-01 payment 2% payout 10', /order/],
    ['2026-01-01 payment 1% payout 10; nonsense', /form/],
  ])('do not read %j', (text, problem) => {
    expect(read(text).error?.issues[0]?.message).toMatch(problem);
  });

  it('read any agreed figures exactly', () => {
    const hundredths = fc.bigInt({ min: 0n, max: 99_99n });
    fc.assert(
      fc.property(hundredths, hundredths, (basisPoints, fixedMinor) => {
        const terms = `${decimalOf(basisPoints)}% + ${decimalOf(fixedMinor)}`;
        const collection = { basisPoints, fixedMinor };
        expect(read(`2026-01-01 payment ${terms} payout 0`).data).toMatchObject([{ collection }]);
      }),
    );
  });
});
