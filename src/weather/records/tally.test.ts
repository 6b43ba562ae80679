import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Outcome } from '../outcome.ts';
import {
  addTallies,
  codesMax,
  emptyTally,
  latencyBoundsMs,
  latencyMs,
  tallyOf,
  worstCode,
  type Tally,
} from './tally.ts';

const outcomes = fc.record<Outcome>({
  kind: fc.constantFrom('ok', 'our-fault', 'refused', 'unknown'),
  code: fc.option(fc.string({ maxLength: 80 }), { nil: undefined }),
  unheard: fc.boolean(),
  credentials: fc.constant('taken'),
});
const calls = fc.array(fc.tuple(outcomes, fc.nat(60_000)), { maxLength: 60 });
const sum = (tallies: readonly Tally[]): Tally => tallies.reduce<Tally>(addTallies, emptyTally);
const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

it('adds up, however the calls were grouped', () => {
  fc.assert(
    fc.property(calls, calls, (some, others) => {
      const each = [...some, ...others].map(([outcome, tookMs]) => tallyOf(outcome, tookMs));
      const { codes, ...whole } = sum(each);
      const { codes: apart, ...parts } = addTallies(
        sum(each.slice(0, some.length)),
        sum(each.slice(some.length)),
      );
      expect(parts).toEqual(whole);
      expect(total(Object.values(apart))).toBe(total(Object.values(codes)));
      expect(whole.calls).toBe(each.length);
      expect(whole.ok + whole.ourFault + whole.refused + whole.unknown).toBe(whole.calls);
      expect(total(whole.latencyCounts)).toBe(whole.calls);
    }),
  );
});

it('keeps a few codes by name, whatever a provider invents', () => {
  fc.assert(
    fc.property(calls, (some) => {
      const { codes } = sum(some.map(([outcome, tookMs]) => tallyOf(outcome, tookMs)));
      expect(Object.keys(codes).length).toBeLessThanOrEqual(codesMax + 1);
      for (const code of Object.keys(codes)) expect(code.length).toBeLessThanOrEqual(60);
    }),
  );
});

const failing = (code: string): Tally =>
  tallyOf({ kind: 'unknown', code, unheard: true, credentials: 'taken' }, 10);

it('sums the rarest as other', () => {
  const names = Array.from({ length: codesMax + 3 }, (_, n) => `c${n + 10}`);
  const { codes } = addTallies(sum(names.map(failing)), sum(['new', 'new'].map(failing)));
  expect(codes).toMatchObject({ new: 2, c10: 1, other: 4 });
  expect(Object.keys(codes)).toHaveLength(codesMax + 1);
});

describe('the worst code', () => {
  it.each([
    [[], undefined],
    [['a', 'b', 'b'], 'b'],
    [['other', 'other', 'a'], 'a'],
    [['other'], 'other'],
  ])('of %j is %s', (codes, worst) => {
    expect(worstCode(sum(codes.map(failing)))).toBe(worst);
  });
});

describe('latencies', () => {
  const of = (...tookMs: readonly number[]): Tally =>
    sum(
      tookMs.map((ms) =>
        tallyOf({ kind: 'ok', code: undefined, unheard: false, credentials: 'taken' }, ms),
      ),
    );
  it.each([
    [of(), 0.5, undefined],
    [of(0), 0.5, 100],
    [of(100, 101), 0.5, 100],
    [of(100, 101), 0.95, 200],
    [of(90, 90, 90, 5_000), 0.5, 100],
    [of(90, 90, 90, 5_000), 0.95, 6_000],
    [of(90_000), 0.5, latencyBoundsMs.at(-1)],
  ])('%#', (tally, share, bound) => {
    expect(latencyMs(tally, share)).toBe(bound);
  });
});
