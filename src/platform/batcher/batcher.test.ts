import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createBatcher } from './batcher.ts';

const turn = (): Promise<void> => Promise.resolve();

it('writes everything once, in order, in groups, and lets each wait for its own', async () => {
  const plan = fc.record({
    groupMax: fc.integer({ min: 1, max: 5 }),
    groupsAtOnce: fc.integer({ min: 1, max: 3 }),
    companyMin: fc.integer({ min: 1, max: 4 }),
    bursts: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
    failing: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ groupMax, groupsAtOnce, companyMin, bursts, failing }) => {
      const groups: (readonly number[])[] = [];
      const done = new Set<number>();
      let writing = 0;
      const least = Math.min(companyMin, groupMax);
      const batcher = createBatcher<number>({
        groupMax,
        groupsAtOnce,
        companyMin,
        write: async (group) => {
          writing += 1;
          expect(writing).toBeLessThanOrEqual(groupsAtOnce);
          expect(writing === 1 || group.length >= least).toBe(true);
          groups.push(group);
          for (const item of group) expect(done.has(item)).toBe(false);
          await turn();
          writing -= 1;
          if (group.some((item) => failing.includes(item))) throw new Error('poison');
        },
      });
      const ends: Promise<boolean>[] = [];
      for (const burst of bursts) {
        for (let n = 0; n < burst; n += 1) {
          const item = ends.length;
          const added = batcher.add(item);
          ends.push(
            added.then(
              () => done.add(item) !== undefined,
              () => false,
            ),
          );
        }
        await turn();
      }
      await batcher.drain();
      const kept = await Promise.all(ends);
      expect(groups.flat()).toEqual(ends.map((_, item) => item));
      for (const group of groups) {
        expect(group.length).toBeLessThanOrEqual(groupMax);
        // A group fails as a whole, and alone.
        const poisoned = group.some((item) => failing.includes(item));
        for (const item of group) expect(kept[item]).toBe(!poisoned);
      }
      expect(batcher.queued).toBe(0);
    }),
  );
});

it('gathers what arrives while a group is written', async () => {
  const groups: number[] = [];
  const batcher = createBatcher<number>({
    groupMax: 100,
    groupsAtOnce: 2,
    companyMin: 51,
    write: async (group) => {
      groups.push(group.length);
      await turn();
    },
  });
  const first = batcher.add(1);
  await turn();
  const later = Array.from({ length: 50 }, (_, n) => batcher.add(n));
  await Promise.all([first, ...later]);
  expect(groups).toEqual([1, 50]);
});

it('writes a second group beside the first once enough wait, and no third', async () => {
  const groups: number[] = [];
  const ends: (() => void)[] = [];
  const batcher = createBatcher<number>({
    groupMax: 4,
    groupsAtOnce: 2,
    companyMin: 3,
    write: (group) => {
      groups.push(group.length);
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  const add = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) void batcher.add(n);
    await turn();
  };
  await add(1);
  await add(2);
  expect(groups).toEqual([1]);
  await add(1);
  expect(groups).toEqual([1, 3]);
  await add(10);
  expect([groups, batcher.queued]).toEqual([[1, 3], 10]);
  const drained = batcher.drain();
  while (ends.length > 0) {
    ends.shift()?.();
    await new Promise(setImmediate);
  }
  await drained;
  expect(groups).toEqual([1, 3, 4, 4, 2]);
});

it('drains at once when idle', async () => {
  const batcher = createBatcher<number>({
    groupMax: 1,
    groupsAtOnce: 1,
    companyMin: 1,
    write: turn,
  });
  await expect(batcher.drain()).resolves.toBeUndefined();
});
