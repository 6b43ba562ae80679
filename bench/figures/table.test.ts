import { describe, expect, it } from 'vitest';

import { goalTable, short, stretchTable, tableOf, type Stretch } from './table.ts';
import { judge } from './verdict.ts';

const stretch = (change: Partial<Stretch>): Stretch => ({
  perSecond: 1_000,
  nodeUs: 48,
  databaseUs: 60.4,
  generatorUs: 11,
  p50Us: 10_450,
  p99Us: 24_300,
  maxUs: 31_000,
  bad: 0,
  otherCores: 0.01,
  disturbed: false,
  ...change,
});

describe('tables', () => {
  it('align words left and figures right', () => {
    const rows = [
      ['what', '/s'],
      ['echo µs', '31,586'],
      ['pg', '1'],
    ];
    expect(tableOf(rows)).toBe('what         /s\necho µs  31,586\npg            1');
  });

  it.each([
    [0, '0'],
    [0.634, '0.63'],
    [10.46, '10.5'],
    [123.4, '123'],
    [11_256, '11,256'],
    [Number.NaN, '–'],
  ])('write %d as %s', (value, text) => expect(short(value)).toBe(text));

  it('show medians of rounds, the sum of errors, and what was disturbed', () => {
    const rounds = [
      stretch({ perSecond: 9_288, bad: 1 }),
      stretch({ perSecond: 11_256, bad: 2, maxUs: 99_000 }),
      stretch({ perSecond: 12_399, disturbed: true }),
    ];
    const [, line] = stretchTable([['product', rounds]]).split('\n');
    const words = line?.split(/\s+/);
    expect(words).toEqual(
      'product * 11,256 [9,288..12,399] 48.0 60.4 11.0 10.4 24.3 99.0 3 0.01'.split(' '),
    );
  });

  it('show goals with their limits', () => {
    const [, line] = goalTable([judge({ id: 'P6', values: [4, 8] })]).split('\n');
    expect(line).toMatch(/^P6 +one at a time ÷ fdatasync +6\.00 × +\[4\.00\.\.8\.00\]/);
    expect(line).toMatch(/≤ 10\.0 +≤ 5\.00 +met$/);
  });
});
