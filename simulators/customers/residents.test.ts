import { describe, expect, it } from 'vitest';

import { createPrng, dayMs } from '#kernel';

import { createErrands } from './errands.ts';
import type { Wish } from './demand.ts';
import { personOf } from './people.ts';
import { createResidents, type Need, noteAskedForPrompt, type Resident } from './residents.ts';
import { hourMs, minuteMs, startAt, streams } from './test-kit.ts';

const person = personOf({ seed: 7, rail: 'airtel', index: 0, streamIds: ['airtime'] });
const need: Need = {
  rail: 'airtel',
  streamId: 'airtime',
  amountKes: 100,
  needsPrompt: true,
  now: startAt,
};

function chosen(prepare: (resident: Resident) => void, change: Partial<Need> = {}): boolean {
  const residents = createResidents(createPrng(1));
  const resident = residents.add(person, 1000);
  prepare(resident);
  return residents.choose({ ...need, ...change }) === resident;
}

const askedAt =
  (...times: number[]) =>
  (resident: Resident): void => {
    for (const at of times) noteAskedForPrompt(resident, at);
  };

describe('somebody who buys', () => {
  it.each<[string, (resident: Resident) => void, Partial<Need>, boolean]>([
    ['has time and money', () => undefined, {}, true],
    ['is on the rail', () => undefined, { rail: 'mpesa' }, false],
    ['is not buying already', (r) => void (r.isBuying = true), {}, false],
    ['does not rest', (r) => void (r.restsUntilAt = startAt + 1), {}, false],
    ['has rested', (r) => void (r.restsUntilAt = startAt), {}, true],
    ['can pay', (r) => void (r.balanceKes = 219), {}, false],
    ['can just pay', (r) => void (r.balanceKes = 220), {}, true],
    ['was prompted twice today', askedAt(startAt - 2, startAt - 1), {}, true],
    ['was prompted three times', askedAt(startAt - 3, startAt - 2, startAt - 1), {}, false],
    [
      'was prompted three times, once the day before',
      askedAt(startAt - dayMs, startAt - 2, startAt - 1),
      {},
      true,
    ],
    [
      'was prompted three times and pays by paybill',
      askedAt(startAt - 3, startAt - 2, startAt - 1),
      { needsPrompt: false },
      true,
    ],
  ])('%s', (...row) => {
    const [, prepare, change, isChosen] = row;
    expect(chosen(prepare, change)).toBe(isChosen);
  });

  it('more often likes what is sold', () => {
    const residents = createResidents(createPrng(1));
    const fond = residents.add(person, 1000);
    const cool = { ...person, habits: { ...person.habits, favourites: [] } };
    for (let n = 0; n < 9; n += 1) residents.add(cool, 1000);
    let count = 0;
    for (let n = 0; n < 1000; n += 1) if (residents.choose(need) === fond) count += 1;
    expect(count).toBeGreaterThan(500);
    expect(count).toBeLessThan(1000);
  });
});

const wishFor = (change: Partial<Wish>): Wish => ({
  stream: streams[0] as (typeof streams)[number],
  amountKes: 100,
  dueAt: startAt,
  endAt: startAt + hourMs,
  isOpening: false,
  ...change,
});
const everything = { countMax: 100, isOpen: () => true };

describe('errands', () => {
  it('are taken once, when due, oldest first, as many as may, where somebody answers', () => {
    const errands = createErrands(createPrng(1));
    const airtel = streams[5] as (typeof streams)[number];
    errands.replace([
      wishFor({ amountKes: 3, dueAt: startAt + 3 }),
      wishFor({ amountKes: 1, dueAt: startAt + 1 }),
      wishFor({ amountKes: 2, dueAt: startAt + 2, stream: airtel }),
      wishFor({ amountKes: 9, dueAt: startAt + 9 }),
    ]);
    const taken = (now: number, countMax: number, rail?: string): readonly number[] =>
      errands
        .take({ now, countMax, isOpen: (one) => one !== rail })
        .map(({ wish }) => wish.amountKes);
    expect(taken(startAt, 9)).toEqual([]);
    expect(taken(startAt + 5, -1)).toEqual([]);
    expect(taken(startAt + 5, 1, 'airtel')).toEqual([1]);
    expect(taken(startAt + 5, 9, 'airtel')).toEqual([3]);
    expect(taken(startAt + 5, 9)).toEqual([2]);
    expect(taken(startAt + 5, 9)).toEqual([]);
  });

  it.each([
    ['bought', 'done', 0, false],
    ['not bought', 'again', 0, true],
    ['not bought so late that the cycle ends', 'again', hourMs - 1000, false],
    ['not bought for want of an engine', 'later', 0, true],
  ] as const)('%s', (...row) => {
    const [, outcome, afterMs, isWantedAgain] = row;
    const errands = createErrands(createPrng(1));
    errands.replace([wishFor({})]);
    const [errand] = errands.take({ now: startAt, ...everything });
    if (errand !== undefined) errands.putBack(errand, outcome, startAt + afterMs);
    expect(errands.take({ now: startAt + afterMs, ...everything })).toEqual([]);
    const later = errands.take({ now: startAt + 2 * hourMs, ...everything });
    expect(later.length > 0).toBe(isWantedAgain);
  });

  it.each([
    ['again', 6],
    ['later', 30],
  ] as const)('that come to nothing, %s, are given %i tries of thirty', (outcome, tries) => {
    const errands = createErrands(createPrng(1));
    errands.replace([wishFor({ endAt: startAt + dayMs })]);
    let count = 0;
    for (let now = startAt; now < startAt + 60 * minuteMs; now += 2 * minuteMs) {
      for (const errand of errands.take({ now, ...everything })) {
        count += 1;
        errands.putBack(errand, outcome, now);
      }
    }
    expect(count).toBe(tries);
  });
});
