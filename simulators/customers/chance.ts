import { createPrng, type Prng } from '#kernel';

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

/**
 * A source of chance of its own for everything that has a name, so that one more customer or one
 * more draw changes nothing elsewhere in the town. FNV-1a spreads seed and name over 32 bits.
 */
export function prngOf(seed: number, name: string): Prng {
  let hash = fnvOffset;
  for (const char of `${seed}/${name}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), fnvPrime) >>> 0;
  }
  return createPrng(hash);
}

export const happens = (prng: Prng, rate: number): boolean => prng.next() < rate;

/** From nothing up to `max`, so that `max / 2` is the mean over the whole town. */
export const rateUpTo = (prng: Prng, max: number): number => prng.next() * max;
