import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createPrng, dayMs, type RailId, railIds } from '#kernel';

import { activityIn, momentAt } from './day-shape.ts';
import {
  bandKes,
  budgetKes,
  cycleAt,
  openingMs,
  pieceKesMin,
  planCycle,
  splitKes,
  type Wish,
} from './demand.ts';
import { hourMs, minuteMs, startAt, streams } from './test-kit.ts';

const cycleMs = 3 * hourMs;
const midnightAt = startAt - 9 * hourMs;
const aSeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const aMoment = fc.integer({ min: startAt, max: startAt + 30 * dayMs });
const aFactor = fc.double({ min: 0.01, max: 100, noNaN: true });
const nothing: ReadonlyMap<RailId, number> = new Map();

const sumKes = (wishes: readonly Wish[]): number =>
  wishes.reduce((sum, { amountKes }) => sum + amountKes, 0);
const ofStream = (wishes: readonly Wish[], id: string): readonly Wish[] =>
  wishes.filter(({ stream }) => stream.id === id);

interface Case {
  readonly seed: number;
  readonly now: number;
  readonly demandFactor: number;
  readonly isOpening: boolean;
}
const planFor = ({ seed, now, demandFactor, isOpening }: Case, spentKes = nothing) => {
  const cycle = cycleAt(now, cycleMs);
  return planCycle({ seed, streams, cycle, demandFactor, now, isOpening, spentKes });
};
const aCase = fc.record({
  seed: aSeed,
  now: aMoment,
  demandFactor: aFactor,
  isOpening: fc.boolean(),
});
const usual: Case = { seed: 7, now: startAt, demandFactor: 1, isOpening: true };

describe('the shape of a day', () => {
  it.each([
    ['dawn', 4, 5],
    ['the way home', 2, 18],
    ['noon', 23, 12],
  ])('is livelier at %s', (_what, quietHour, busyHour) => {
    const hour = (n: number) => ({
      startAt: midnightAt + n * hourMs,
      endAt: midnightAt + (n + 1) * hourMs,
    });
    expect(activityIn(hour(busyHour))).toBeGreaterThan(activityIn(hour(quietHour)));
  });

  it('is never silent', () => {
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const at = midnightAt + minute * minuteMs;
      const activity = activityIn({ startAt: at, endAt: at + minuteMs });
      expect(activity).toBeGreaterThan(0);
      expect(activity).toBeLessThanOrEqual(1);
    }
  });

  it('places growing shares at later moments of the span', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const lengthMs = fc.integer({ min: 1, max: dayMs });
    fc.assert(
      fc.property(aMoment, lengthMs, fc.tuple(share, share), (from, length, shares) => {
        const span = { startAt: from, endAt: from + length };
        const [earlier, later] = shares.toSorted((a, b) => a - b).map((s) => momentAt(span, s));
        expect(earlier).toBeGreaterThanOrEqual(span.startAt);
        expect(later).toBeGreaterThanOrEqual(earlier ?? 0);
        expect(later).toBeLessThanOrEqual(span.endAt);
      }),
    );
  });

  it('does most of an evening’s business before it gets late', () => {
    const evening = { startAt: midnightAt + 18 * hourMs, endAt: midnightAt + 24 * hourMs };
    expect(momentAt(evening, 0.5)).toBeLessThan(midnightAt + 20 * hourMs);
  });
});

describe('a cycle', () => {
  it.each([
    [0, 0],
    [cycleMs - 1, 0],
    [cycleMs, 1],
    [dayMs - 1, 7],
    [dayMs, 8],
  ])('%i ms after midnight in Nairobi is number %i', (sinceMidnightMs, n) => {
    const { startAt: from, endAt } = cycleAt(midnightAt + sinceMidnightMs, cycleMs);
    expect(from).toBe(midnightAt + n * cycleMs);
    expect(endAt).toBe(from + cycleMs);
  });

  it('takes what lies within the band', () => {
    fc.assert(
      fc.property(aSeed, aMoment, aFactor, fc.constantFrom(...streams), (...given) => {
        const [seed, at, demandFactor, stream] = given;
        const kes = budgetKes({ seed, stream, cycle: cycleAt(at, cycleMs), demandFactor });
        const { lowKes, highKes } = bandKes(stream, demandFactor);
        expect(Number.isInteger(kes)).toBe(true);
        expect(kes).toBeGreaterThanOrEqual(lowKes);
        expect(kes).toBeLessThanOrEqual(highKes);
      }),
    );
  });

  it.each([
    [1, 500, 2500],
    [2, 1000, 5000],
    [0.5, 250, 1250],
    [0.0001, pieceKesMin, pieceKesMin],
  ])('has at demand %d a band from %i to %i', (demandFactor, lowKes, highKes) => {
    const [trading] = streams;
    expect(trading && bandKes(trading, demandFactor)).toEqual({ lowKes, highKes });
  });

  it('takes more by day than at night', () => {
    const total = (cycleStartAt: number): number =>
      streams.reduce((sum, stream) => {
        const cycle = cycleAt(cycleStartAt, cycleMs);
        return sum + budgetKes({ seed: 7, stream, cycle, demandFactor: 1 });
      }, 0);
    expect(total(midnightAt + 18 * hourMs)).toBeGreaterThan(1.5 * total(midnightAt));
  });
});

describe('a split', () => {
  it('adds up to the budget in whole shillings, none too small', () => {
    const total = fc.integer({ min: pieceKesMin, max: 250_000 });
    fc.assert(
      fc.property(total, fc.integer({ min: 1, max: 20 }), aSeed, (totalKes, piecesMax, seed) => {
        const pieces = splitKes(totalKes, piecesMax, createPrng(seed));
        expect(pieces.reduce((sum, kes) => sum + kes, 0)).toBe(totalKes);
        expect(pieces.length).toBeLessThanOrEqual(piecesMax);
        expect(pieces.every((kes) => Number.isInteger(kes) && kes >= pieceKesMin)).toBe(true);
      }),
    );
  });
});

describe('a plan', () => {
  it('holds every budget whole, whenever it is made', () => {
    fc.assert(
      fc.property(aCase, (given) => {
        const wishes = planFor(given);
        for (const stream of streams) {
          const cycle = cycleAt(given.now, cycleMs);
          const budget = budgetKes({ ...given, stream, cycle });
          expect(sumKes(ofStream(wishes, stream.id))).toBe(budget);
        }
      }),
    );
  });

  it('lies in order between now and the end of its cycle', () => {
    fc.assert(
      fc.property(aCase, (given) => {
        const { endAt } = cycleAt(given.now, cycleMs);
        let lastAt = given.now;
        for (const wish of planFor(given)) {
          expect(wish.dueAt).toBeGreaterThanOrEqual(lastAt);
          // The first ones may be so late that they fall into the next cycle.
          expect(wish.dueAt).toBeLessThan(wish.isOpening ? given.now + openingMs : endAt);
          expect(wish.endAt).toBe(endAt);
          lastAt = wish.dueAt;
        }
      }),
    );
  });

  it('begins with one purchase of every stream, spread over 40 s, the rails in turn', () => {
    fc.assert(
      fc.property(aCase, (given) => {
        const wishes = planFor({ ...given, isOpening: true });
        const opening = wishes.filter(({ isOpening }) => isOpening);
        expect(new Set(opening.map(({ stream }) => stream.id)).size).toBe(streams.length);
        expect(opening).toHaveLength(streams.length);
        expect(opening.at(-1)?.dueAt).toBeLessThan(given.now + openingMs);
        const firstTwo = opening.slice(0, 2).map(({ stream }) => stream.rail);
        expect(firstTwo.toSorted()).toEqual(['airtel', 'mpesa']);
        const others = wishes.filter(({ isOpening }) => !isOpening);
        const earliest = Math.min(...others.map(({ dueAt }) => dueAt));
        expect(earliest).toBeGreaterThanOrEqual(given.now + 2 * minuteMs);
      }),
    );
  });

  it('spends no more after an interruption than was left', () => {
    const someKes = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(aCase, someKes, someKes, (given, mpesa, airtel) => {
        const spent = new Map<RailId, number>([
          ['mpesa', mpesa],
          ['airtel', airtel],
        ]);
        const cut = planFor(given, spent);
        const whole = planFor(given);
        for (const rail of railIds) {
          const onRail = (wishes: readonly Wish[]) =>
            sumKes(wishes.filter(({ stream }) => stream.rail === rail));
          const least = given.isOpening ? 5 * pieceKesMin : 0;
          const left = Math.max(0, onRail(whole) - (spent.get(rail) ?? 0));
          expect(onRail(cut)).toBeLessThanOrEqual(left + least);
          expect(onRail(cut)).toBeGreaterThanOrEqual(least);
        }
      }),
    );
  });

  it('is the same for the same seed, and another for another', () => {
    expect(planFor(usual)).toEqual(planFor(usual));
    expect(planFor({ ...usual, seed: 8 })).not.toEqual(planFor(usual));
  });

  it('has several purchases of each stream, and more when demand is high', () => {
    const counts = (demandFactor: number): readonly number[] => {
      const wishes = planFor({ ...usual, demandFactor });
      return streams.map(({ id }) => ofStream(wishes, id).length);
    };
    expect(Math.min(...counts(1))).toBeGreaterThanOrEqual(2);
    expect(Math.max(...counts(1))).toBeLessThanOrEqual(5);
    expect(Math.min(...counts(3))).toBeGreaterThanOrEqual(6);
  });

  it('is empty when there is no demand', () => {
    expect(planFor({ ...usual, demandFactor: 0 })).toEqual([]);
  });
});
