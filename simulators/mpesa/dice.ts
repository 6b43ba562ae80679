import type { Prng } from '#kernel';
import type { SpanMs } from './knobs.ts';

/** Chance with words; a rate of zero draws nothing, so idle knobs do not shift the sequence. */
export interface Dice {
  chance(rate: number): boolean;
  span(span: SpanMs): number;
  pick<Item>(items: readonly Item[]): Item;
}

export const createDice = (prng: Prng): Dice => ({
  chance: (rate) => rate > 0 && prng.next() < rate,
  span: ({ min, max }) => (min === max ? min : prng.between(min, max)),
  pick: (items) => prng.pick(items),
});
