import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { idFromNumber, idNumberAt, numberFromId, type EventId } from '#kernel';

import { createMemory } from './memory.ts';

const startAt = Date.parse('2026-11-25T09:00:00Z');
/** The `n`th event of a millisecond so long after the start. */
const at = (ms: number, n = 0): EventId =>
  idFromNumber('event', idNumberAt(startAt + ms) + BigInt(n));
const seconds = (n: number): number => n * 1_000;

describe('a memory of events', () => {
  it('knows what it was told, and what is newest', () => {
    const memory = createMemory(at(0));
    expect([memory.add(at(5)), memory.add(at(3)), memory.add(at(5)), memory.add(at(3))]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(memory.newest).toBe(at(5));
    expect(memory.size).toBe(2);
    expect(memory.gap(startAt + 6)).toEqual({
      above: numberFromId(at(0)),
      upTo: at(5),
      known: [at(5), at(3)],
    });
  });

  it('looks back fifteen seconds, and half a second more at most', () => {
    const memory = createMemory(at(0));
    for (let n = 1; n <= 40; n += 1) memory.add(at(seconds(n)));
    const { above, known } = memory.gap(startAt + seconds(40));
    expect(above).toBeLessThan(numberFromId(at(seconds(25))));
    expect(above).toBeGreaterThanOrEqual(numberFromId(at(seconds(25) - 512)) - 1n);
    expect(known).toEqual(Array.from({ length: 16 }, (_, n) => at(seconds(25 + n))));
    expect(memory.size).toBe(known.length);
  });

  it('counts from now where the clock of the newest event was ahead', () => {
    const memory = createMemory(at(0));
    for (const second of [1, 20, 90]) memory.add(at(seconds(second)));
    expect(memory.gap(startAt + seconds(30)).known).toEqual([at(seconds(20)), at(seconds(90))]);
  });

  it('never looks at what it has forgotten again, though clocks are set back', () => {
    const memory = createMemory(at(0));
    memory.add(at(seconds(60)));
    const { above } = memory.lookBack(startAt + seconds(60));
    memory.add(at(seconds(61)));
    expect(memory.lookBack(startAt).above).toBe(above);
  });

  it('hands on what is too late to be looked for, and does not count it', () => {
    const memory = createMemory(at(0));
    memory.add(at(seconds(60)));
    memory.lookBack(startAt + seconds(60));
    expect(memory.add(at(seconds(5)))).toBe(true);
    expect(memory.size).toBe(1);
    expect(memory.newest).toBe(at(seconds(60)));
  });

  it('holds two hundred thousand, and of more the latest', () => {
    const memory = createMemory(at(0));
    const perMs = 150;
    for (let n = 0; n < 240_000; n += 1) memory.add(at(1 + Math.floor(n / perMs), n % perMs));
    const { above, known } = memory.gap(startAt + seconds(2));
    expect(memory.size).toBe(known.length);
    expect(known.length).toBeLessThanOrEqual(200_000);
    expect(known.length).toBeGreaterThan(200_000 - 512 * perMs);
    expect(known.every((id) => numberFromId(id) > above)).toBe(true);
  });

  it('always counts just what it knows of the stretch that it names', () => {
    const step = fc.record({
      ids: fc.array(fc.integer({ min: -40_000, max: 40_000 }), { maxLength: 4 }),
      look: fc.integer({ min: 0, max: 50_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = createMemory(at(seconds(50)));
        const added = new Set<EventId>();
        for (const { ids, look } of steps) {
          const news = new Set(ids.map((ms) => at(seconds(60) + ms))).difference(added);
          for (const id of news) expect(memory.add(id)).toBe(true);
          for (const id of news) added.add(id);
          const { above, upTo, known } = memory.gap(startAt + seconds(60) + look);
          const within = [...added].filter((id) => numberFromId(id) > above && id <= upTo);
          expect(known.toSorted()).toEqual(within.toSorted());
          expect(memory.size).toBe(known.length);
          for (const id of known) expect(memory.add(id)).toBe(false);
        }
      }),
    );
  });
});
