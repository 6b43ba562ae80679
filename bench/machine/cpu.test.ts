import { describe, expect, it } from 'vitest';

import { parseMachineTicks, parseProcessTimes, treeOf, unmeasurable } from './cpu.ts';

const stat =
  '42 (a (strange) name) S 7 1 1 0 -1 4194304 9 9 9 9 100 20 3 4 20 0 11 0 1234 99999 512 1 1 1';

describe('processor time', () => {
  it('is read for a process and its ended children', () => {
    expect(parseProcessTimes(stat)).toEqual({
      pid: 42,
      parent: 7,
      ticks: 127,
      residentBytes: 512 * 4_096,
    });
    expect(parseProcessTimes('')).toBeUndefined();
  });

  it('of the machine counts work and stolen time, not waiting and interrupts', () => {
    const text = 'cpu  100 20 30 4000 500 6 7 8 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
    expect(parseMachineTicks(text)).toBe(100 + 20 + 30 + 8);
  });

  it('of a tree leaves out the branches that are counted elsewhere', () => {
    const all = [
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 2],
      [5, 4],
      [6, 1],
    ].map(([pid = 0, parent = 0]) => ({ pid, parent, ticks: 1, residentBytes: 0 }));
    const pids = (root: number, except?: readonly number[]) =>
      treeOf(all, root, except).map(({ pid }) => pid);
    expect(pids(2)).toEqual([2, 3, 4, 5]);
    expect(pids(2, [4])).toEqual([2, 3]);
    expect(pids(1)).toHaveLength(6);
    expect(pids(99)).toEqual([]);
  });

  it('is refused in a sentence where there is no /proc', () => {
    expect(unmeasurable('linux')).toBeUndefined();
    expect(unmeasurable('darwin')).toContain('darwin');
  });
});
