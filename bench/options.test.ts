import { describe, expect, it } from 'vitest';

import { readOptions, usage } from './options.ts';

describe('options', () => {
  it('have usual values, and fewer rounds for a quick look', () => {
    expect(readOptions(['open'])).toMatchObject({
      ok: true,
      value: { run: 'open', rounds: 5, rate: 2_000, prompts: 70, out: undefined },
    });
    expect(readOptions(['quick'])).toMatchObject({ value: { rounds: 3, seconds: 2 } });
  });

  it('are taken as given', () => {
    const words = ['grow', '--rows', '10e6', '--seconds=9', '--out', 'x.jsonl'];
    expect(readOptions(words)).toMatchObject({
      value: { run: 'grow', rows: 10_000_000, seconds: 9, out: 'x.jsonl' },
    });
    expect(readOptions(['read', '--history', '3e6'])).toMatchObject({
      value: { run: 'read', history: 3_000_000 },
    });
    expect(readOptions(['read', '--history', '0'])).toMatchObject({ value: { history: 0 } });
    expect(readOptions(['quick', '--rounds', '7'])).toMatchObject({ value: { rounds: 7 } });
  });

  it.each([
    [[], 'name one run'],
    [['fast'], 'name one run'],
    [['open', 'dup'], 'name one run'],
    [['open', '--rate', 'many'], '--rate is a whole number from 1 to 50000'],
    [['open', '--rate', ''], '--rate is a whole number from 1 to 50000'],
    [['dup', '--pct', '96'], '--pct is a whole number from 0 to 95'],
    [['crash', '--times', '1.5'], '--times is a whole number from 1 to 1000'],
    [['grow', '--history', '99999'], '--history is 0 or at least 100000'],
    [['grow', '--history', '60e6'], '--history is a whole number from 0 to 50000000'],
    [['quick', '--frobnicate'], "Unknown option '--frobnicate'"],
  ])('%j are refused: %s', (words, why) => {
    expect(readOptions(words)).toMatchObject({ ok: false, error: expect.stringContaining(why) });
  });

  it('are all in the usage', () => {
    for (const word of ['quick', '--rounds', '--clients', '--history', '--out'])
      expect(usage).toContain(word);
  });
});
