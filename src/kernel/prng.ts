import { invariant } from './invariant.ts';

/** Chance is given, never taken. Not for secrets: those come from the operating system. */
export interface Prng {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of a non-empty list. */
  pick<Item>(items: readonly Item[]): Item;
}

/** Mulberry32: 32 bits of state, good enough for traffic and faults, and the same everywhere. */
export function createPrng(seed: number): Prng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number): number => {
    invariant(low <= high, 'a range runs upwards');
    return low + Math.floor(next() * (high - low + 1));
  };
  return {
    next,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      invariant(item !== undefined, 'there is something to pick from');
      return item;
    },
  };
}
