import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Statement, StatementLine } from '#rails';

import { check, innerCovers, joinCovers, problemsOf, type Cover } from './statement.ts';

const now = Date.parse('2026-11-25T09:00:00Z');
const hourMs = 3_600_000;

const line = (more: Partial<StatementLine> = {}): StatementLine => ({
  line: 1,
  kind: 'payment',
  receipt: 'A1',
  occurredAt: now - 30 * hourMs,
  completed: true,
  amountMinor: 100n,
  balanceMinor: undefined,
  accountReference: '',
  party: undefined,
  linkedReceipt: undefined,
  ownId: undefined,
  details: '',
  raw: '',
  ...more,
});

const statement = (lines: readonly StatementLine[], more: Partial<Statement> = {}): Statement => ({
  shortCode: undefined,
  account: 'wallet',
  fromAt: undefined,
  toAt: undefined,
  openingMinor: undefined,
  closingMinor: undefined,
  lines,
  ...more,
});

const checked = (lines: readonly StatementLine[], more: Partial<Statement> = {}) =>
  check('mpesa', statement(lines, more), { now, wallets: ['Merchant Account', 'Utility Account'] });

describe('a statement', () => {
  it.each<[string, Partial<StatementLine>, RegExp]>([
    ['a receipt', { receipt: ' ' }, /no receipt/],
    ['a receipt of bearable length', { receipt: 'A'.repeat(65) }, /too long/],
    ['an amount', { amountMinor: 0n }, /no amount/],
    ['a payment that brings money', { amountMinor: -1n }, /takes money out/],
    ['a past', { occurredAt: now + 25 * hourMs }, /future/],
    ['a time at which there was such a thing', { occurredAt: 0 }, /before there were any/],
  ])('needs %s in every line that moved money', (_, more, why) => {
    const [problem] = problemsOf(statement([line(), line({ line: 2, ...more })]), now);
    expect(problem).toMatchObject({ line: 2, why: expect.stringMatching(why) });
    const still = statement([line({ line: 2, ...more, completed: false })]);
    expect(problemsOf(still, now)).toEqual([]);
  });

  it('names fifty problems and no more', () => {
    const lines = Array.from({ length: 80 }, () => line({ amountMinor: 0n }));
    expect(problemsOf(statement(lines), now)).toHaveLength(50);
  });

  it('tells lines apart that are alike, and leaves out what moved nothing', () => {
    const lines = [
      line(),
      line({ completed: false }),
      line(),
      line({ kind: 'fee', amountMinor: -5n }),
    ];
    const found = checked(lines);
    expect(found.lines.map(({ occurrence, sequence }) => [occurrence, sequence])).toEqual([
      [0, 0],
      [1, 1],
      [0, 2],
    ]);
    expect(found.incompleteCount).toBe(1);
  });

  it('is put in order of time where the newest line comes first', () => {
    const lines = [line({ occurredAt: now - hourMs }), line({ occurredAt: now - 2 * hourMs })];
    expect(checked(lines).lines.map(({ sequence }) => sequence)).toEqual([1, 0]);
  });

  const first = now - 30 * hourMs;
  it.each<[string, Partial<Statement>, Cover]>([
    ['its period', { fromAt: first - 9, toAt: first + 9 }, { fromAt: first - 9, toAt: first + 9 }],
    ['its lines, without one', {}, { fromAt: first, toAt: first }],
    [
      'its last line, where the period reaches into the present',
      { fromAt: first - 9, toAt: now },
      { fromAt: first - 9, toAt: first },
    ],
  ])('covers %s', (_, more, cover) => {
    expect(checked([line()], more).cover).toEqual(cover);
  });

  const end = now - 9 * hourMs;
  const quiet = (lastAt: number | undefined, more: Partial<Statement> = {}) => {
    const lines = lastAt === undefined ? [] : [line({ occurredAt: lastAt })];
    const period = { account: 'Merchant Account', fromAt: end - 24 * hourMs, toAt: end };
    return checked(lines, { ...period, ...more });
  };
  it.each<[number | undefined, readonly string[]]>([
    [end - 2 * hourMs, []],
    [end - 3 * hourMs, []],
    [end - 10.5 * hourMs, ['last 10 hours']],
    [undefined, ['last 24 hours']],
  ])('covers a quiet end, and remarks on a long one: %s', (lastAt, hours) => {
    const { cover, remarks } = quiet(lastAt);
    expect(remarks).toEqual(hours.map((text) => expect.stringContaining(text)));
    expect(cover?.toAt).toBe(end);
  });

  it.each<[string, Partial<Statement>]>([
    ['what it does not cover', { toAt: now }],
    ['a wallet without customers', { account: 'Utility Account' }],
  ])('remarks on no quiet end of %s', (_, more) => {
    expect(quiet(end - 10 * hourMs, more).remarks).toEqual([]);
  });

  it('is of the wallet that reports name alike', () => {
    expect(checked([], { account: ' UTILITY  account' }).account).toBe('Utility Account');
    expect(checked([], { account: 'merchant account' }).account).toBe('Merchant Account');
    expect(checked([], { account: 'Working Account' }).account).toBe('Working Account');
  });

  it('covers nothing where it says nothing', () => {
    expect(checked([]).cover).toBeUndefined();
    expect(checked([], { fromAt: now, toAt: now - 9 * hourMs }).cover).toBeUndefined();
  });
});

describe('covers', () => {
  const time = fc.integer({ min: 0, max: 100 }).map((n) => n * 100_000);
  const cover = fc
    .tuple(time, time)
    .map(([a, b]): Cover => ({ fromAt: Math.min(a, b), toAt: Math.max(a, b) }));
  const holds = (covers: readonly Cover[], at: number): boolean =>
    covers.some(({ fromAt, toAt }) => fromAt <= at && at <= toAt);

  it('are joined without gaining or losing a moment', () => {
    fc.assert(
      fc.property(fc.array(cover, { maxLength: 8 }), time, (covers, at) => {
        const joined = joinCovers(covers);
        expect(holds(joined, at)).toBe(holds(covers, at));
        const apart = joined.every(({ toAt }, n) => toAt < (joined[n + 1]?.fromAt ?? Infinity));
        expect(apart).toBe(true);
      }),
    );
  });

  it('keep their distance from their ends, and have none where they meet', () => {
    const minute = 60_000;
    const one = { fromAt: 0, toAt: 60 * minute };
    const next = { fromAt: 60 * minute + 1_000, toAt: 120 * minute };
    expect(innerCovers([next, one])).toEqual([{ fromAt: 10 * minute, toAt: 110 * minute }]);
    expect(innerCovers([{ fromAt: 0, toAt: 19 * minute }])).toEqual([]);
  });
});
