import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createPrng, type Prng, railHintOf, type RailId, railIds } from '#kernel';

import {
  actDelayMs,
  chooseWay,
  decideAct,
  mistype,
  type Mood,
  restMs,
  type Way,
} from './behaviour.ts';
import { type Habits, peopleMax, type Person, personOf } from './people.ts';
import { streams } from './test-kit.ts';

const streamIdsOf = (rail: RailId): readonly string[] =>
  streams.filter((stream) => stream.rail === rail).map(({ id }) => id);
const born = (seed: number, rail: RailId, index: number): Person =>
  personOf({ seed, rail, index, streamIds: streamIdsOf(rail) });
const townOf = (seed: number, rail: RailId): readonly Person[] =>
  Array.from({ length: peopleMax }, (_, index) => born(seed, rail, index));

/** Chance that says the same thing always. */
const always = (value: number): Prng => ({
  next: () => value,
  between: (low) => low,
  pick: (items) => items[0] as (typeof items)[number],
});

describe('people', () => {
  const aSeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

  it('have numbers of their own in the range of their rail', () => {
    fc.assert(
      fc.property(aSeed, (seed) => {
        const everybody = railIds.flatMap((rail) => townOf(seed, rail));
        expect(new Set(everybody.map(({ msisdn }) => msisdn)).size).toBe(2 * peopleMax);
        expect(everybody.every(({ msisdn, rail }) => railHintOf(msisdn) === rail)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('are the same for the same seed, and others for another', () => {
    expect(townOf(7, 'mpesa')).toEqual(townOf(7, 'mpesa'));
    const numbers = (seed: number) => townOf(seed, 'airtel').map(({ msisdn }) => msisdn);
    expect(numbers(8)).not.toEqual(numbers(7));
  });

  it.each(railIds)('on %s have two names, money, patience and streams they like', (rail) => {
    for (const { name, walletKes, habits } of townOf(7, rail)) {
      expect(name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
      expect(walletKes).toBeGreaterThanOrEqual(20_000);
      expect(walletKes).toBeLessThanOrEqual(90_000);
      expect(habits.patienceMs).toBeGreaterThanOrEqual(60_000);
      expect(habits.favourites.length).toBeGreaterThan(0);
      expect(habits.favourites.every((id) => streamIdsOf(rail).includes(id))).toBe(true);
    }
  });

  it('approve about 85 % of their prompts and spread the rest', () => {
    const prng = createPrng(3);
    const counts = { approve: 0, cancel: 0, 'wrong-pin': 0, ignore: 0 };
    const everybody = railIds.flatMap((rail) => townOf(7, rail));
    for (const { habits } of everybody) {
      for (let n = 0; n < 25; n += 1) counts[decideAct(habits, prng)] += 1;
    }
    const total = everybody.length * 25;
    expect(counts.approve / total).toBeCloseTo(0.85, 1);
    expect(counts.cancel / total).toBeCloseTo(0.06, 1);
    expect(Math.min(...Object.values(counts)) / total).toBeGreaterThan(0.02);
  });
});

const habits: Habits = {
  favourites: [],
  patienceMs: 60_000,
  cancelRate: 0.1,
  wrongPinRate: 0.1,
  ignoreRate: 0.1,
  paybillRate: 0.5,
  changesMindRate: 0.5,
  typoRate: 0,
};

describe('a decision', () => {
  it.each([
    [0, 'cancel'],
    [0.1, 'wrong-pin'],
    [0.25, 'ignore'],
    [0.31, 'approve'],
    [0.99, 'approve'],
  ] as const)('about a prompt, at chance %d, is to %s', (draw, act) => {
    expect(decideAct(habits, always(draw))).toBe(act);
  });

  it.each<[Way, boolean, boolean, number]>([
    ['prompt', true, true, 0],
    ['paybill', false, true, 0.4],
    ['prompt', false, true, 0.6],
    ['paybill', false, false, 0.6],
  ])('to pay by %s: opening %s, may be prompted %s, chance %d', (way, ...given) => {
    const [isOpening, mayBePrompted, draw] = given;
    expect(chooseWay({ habits, isOpening, mayBePrompted }, always(draw))).toBe(way);
  });

  it('may be changed after the prompt has come', () => {
    const undecided = { ...habits, paybillRate: 0, changesMindRate: 1 };
    const facts = { habits: undecided, isOpening: false, mayBePrompted: true };
    expect(chooseWay(facts, always(0.5))).toBe('checkout-then-paybill');
  });

  it('takes a human while', () => {
    const prng = createPrng(1);
    for (let n = 0; n < 500; n += 1) {
      expect(actDelayMs(prng, false)).toBeGreaterThanOrEqual(2000);
      expect(actDelayMs(prng, false)).toBeLessThanOrEqual(12_000);
      expect(actDelayMs(prng, true)).toBeLessThanOrEqual(5000);
    }
  });

  it.each<[Mood, number]>([
    ['content', 10],
    ['gave-up', 20],
    ['turned-away', 30],
    ['refused', 120],
  ])('to buy again after leaving %s waits for %i minutes at least', (mood, minutes) => {
    const prng = createPrng(1);
    const rests = Array.from({ length: 300 }, () => restMs(mood, prng));
    expect(Math.min(...rests)).toBeGreaterThanOrEqual(minutes * 60_000);
  });
});

describe('a slip of the finger', () => {
  const references = streams.map(({ accountReference }) => accountReference);

  it('never means something, and fits the phone’s menu', () => {
    const aReference = fc.oneof(
      fc.constantFrom(...references, 'A'),
      fc.stringMatching(/^[A-Z0-9]{1,20}$/),
    );
    fc.assert(
      fc.property(aReference, fc.integer(), (reference, seed) => {
        const typed = mistype(reference, references, createPrng(seed));
        expect(references).not.toContain(typed);
        expect(typed).not.toBe(reference);
        expect(typed.length).toBeGreaterThan(0);
        expect(typed.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
