import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createBatcher } from './batcher.ts';

const turn = (): Promise<void> => Promise.resolve();

it('writes everything once, in order, in groups, and lets each wait for its own', async () => {
  const plan = fc.record({
    groupMax: fc.integer({ min: 1, max: 5 }),
    bursts: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
    failing: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ groupMax, bursts, failing }) => {
      const groups: (readonly number[])[] = [];
      const done = new Set<number>();
      let writing = 0;
      const batcher = createBatcher<number>({
        groupMax,
        write: async (group) => {
          writing += 1;
          expect(writing).toBe(1);
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

it('drains at once when idle', async () => {
  const batcher = createBatcher<number>({ groupMax: 1, write: turn });
  await expect(batcher.drain()).resolves.toBeUndefined();
});
