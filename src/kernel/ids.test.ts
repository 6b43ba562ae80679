import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createVirtualClock } from './clock.ts';
import {
  createIdSource,
  idFromNumber,
  idMadeAt,
  idNumberAt,
  idSpanOf,
  numberFromId,
  parseId,
  shardCount,
} from './ids.ts';

const startAt = Date.parse('2026-11-23T07:00:00Z');
const perMillisecond = 2_048;

describe('an id', () => {
  it('is the same number in text and in the database', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 63n) - 1n), (number) => {
        const id = idFromNumber('charge', number);
        expect(id).toMatch(/^ch_[0-9A-HJKMNP-TV-Z]{13}$/);
        expect(numberFromId(id)).toBe(number);
        expect(parseId('charge', id)).toEqual({ ok: true, value: id });
      }),
    );
  });

  it('tells when it was made, to the millisecond', () => {
    const source = createIdSource({ clock: createVirtualClock(startAt), shard: shardCount - 1 });
    const ids = Array.from({ length: perMillisecond + 1 }, () => source.next('event'));
    expect(idMadeAt(numberFromId(ids[0] ?? source.next('event')))).toBe(startAt);
    expect(idMadeAt(numberFromId(ids.at(-2) ?? source.next('event')))).toBe(startAt);
    expect(idMadeAt(numberFromId(ids.at(-1) ?? source.next('event')))).toBe(startAt + 1);
  });

  it('sorts as its number does', () => {
    const number = fc.bigInt(0n, (1n << 63n) - 1n);
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(idFromNumber('event', a) < idFromNumber('event', b)).toBe(a < b);
      }),
    );
  });

  it.each([
    ['another kind', 'pr_0000000000001'],
    ['no prefix', '0000000000001'],
    ['a digit short', 'ch_000000000001'],
    ['a digit long', 'ch_00000000000001'],
    ['small letters', 'ch_000000000000a'],
    ['a letter nobody reads out', 'ch_000000000000U'],
    ['more than 63 bits', 'ch_8000000000000'],
    ['nothing', ''],
  ])('is not %s', (_what, text) => {
    expect(parseId('charge', text)).toEqual({ ok: false, error: 'not-an-id' });
  });

  it.each([-1n, 1n << 63n])('has 63 bits: %d is a defect', (number) => {
    expect(() => idFromNumber('charge', number)).toThrow('63-bit');
  });
});

describe('a source of ids', () => {
  it('counts up, within a millisecond and over many', async () => {
    const clock = createVirtualClock(startAt);
    const source = createIdSource({ clock, shard: 5 });
    const made: string[] = [];
    for (let n = 0; n < 50; n += 1) {
      made.push(source.next('charge'), source.next('charge'));
      await clock.advance(n % 3);
    }
    expect(made).toEqual(made.toSorted());
    expect(new Set(made).size).toBe(100);
  });

  it('repeats nothing while the clock stands still or is set back', () => {
    let now = startAt;
    const clock = { ...createVirtualClock(0), now: () => now };
    const source = createIdSource({ clock, shard: 0 });
    const made = Array.from({ length: 100 }, () => source.next('event'));
    now -= 3_600_000;
    made.push(...Array.from({ length: 100 }, () => source.next('event')));
    now += 1_800_000;
    made.push(...Array.from({ length: 100 }, () => source.next('event')));
    expect(made).toEqual(made.toSorted());
    expect(new Set(made).size).toBe(300);
  });

  it('borrows from the next millisecond when one is used up', () => {
    const source = createIdSource({ clock: createVirtualClock(startAt), shard: shardCount - 1 });
    const made = Array.from({ length: perMillisecond + 2 }, () => source.next('event'));
    expect(new Set(made).size).toBe(made.length);
    const numbers = made.map(numberFromId);
    const [first = 0n, last = 0n] = [numbers[0], numbers.at(-1)];
    expect(last >> 21n).toBe((first >> 21n) + 1n);
    expect((last >> 11n) & 1_023n).toBe(BigInt(shardCount - 1));
  });

  it('never meets a source of another shard', () => {
    const clock = createVirtualClock(startAt);
    const sources = [0, 1, 2].map((shard) => createIdSource({ clock, shard }));
    const made = sources.flatMap((source) =>
      Array.from({ length: perMillisecond * 2 }, () => source.next('payment')),
    );
    expect(new Set(made).size).toBe(made.length);
  });

  it.each([-1, shardCount, 1.5])('has a shard of ten bits: %d is a defect', (shard) => {
    expect(() => createIdSource({ clock: createVirtualClock(0), shard })).toThrow('10 bits');
  });

  it('works with a clock from before its own beginning', () => {
    const source = createIdSource({ clock: createVirtualClock(0), shard: 0 });
    expect(source.next('event') < source.next('event')).toBe(true);
  });
});

describe('the numbers of a time', () => {
  it('lie below every id made then, and above every id made before', async () => {
    const clock = createVirtualClock(startAt - 1);
    const source = createIdSource({ clock, shard: shardCount - 1 });
    const before = source.next('event');
    await clock.advance(1);
    const then = source.next('event');
    expect(numberFromId(before) < idNumberAt(startAt)).toBe(true);
    expect(numberFromId(then) >= idNumberAt(startAt)).toBe(true);
    expect(idNumberAt(startAt) + idSpanOf(1_000)).toBe(idNumberAt(startAt + 1_000));
    expect(idNumberAt(0)).toBe(0n);
  });
});
