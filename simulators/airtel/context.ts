import type { Clock, Prng } from '#kernel';

import type { Config } from './config.ts';
import type { Knobs, Range } from './knobs.ts';
import type { Store } from './store.ts';

/** What every part of the simulator works with. */
export interface Context {
  readonly config: Config;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly store: Store;
  readonly knobs: () => Knobs;
}

/** Draws from the seeded chance only when there is something to decide. */
export const happens = ({ prng }: Context, rate: number): boolean =>
  rate > 0 && (rate >= 1 || prng.next() < rate);

export const within = ({ prng }: Context, { min, max }: Range): number =>
  min === max ? min : prng.between(min, max);
