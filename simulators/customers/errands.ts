import type { EpochMs, Prng, RailId } from '#kernel';

import type { Wish } from './demand.ts';
import type { Outcome } from './purchase.ts';

/** A wish that waits for its time, and how often it came to nothing. */
export interface Errand {
  readonly wish: Wish;
  readonly dueAt: EpochMs;
  readonly attempts: number;
}

/** What is still to be bought in this cycle. */
export interface Errands {
  replace(wishes: readonly Wish[]): void;
  /** Takes out what is due now, oldest first. */
  take(when: {
    readonly now: EpochMs;
    readonly countMax: number;
    readonly isOpen: (rail: RailId) => boolean;
  }): readonly Errand[];
  /** After a visit: what was not bought is wanted a little later, but not in the next cycle. */
  putBack(errand: Errand, outcome: Outcome['wish'], now: EpochMs): void;
}

const attemptsMax = 6;
const retryMs = { low: 20_000, high: 90_000, opening: 1000 } as const;

export function createErrands(prng: Prng): Errands {
  let waiting: readonly Errand[] = [];
  return {
    replace: (wishes) => {
      waiting = wishes.map((wish) => ({ wish, dueAt: wish.dueAt, attempts: 0 }));
    },
    take: ({ now, countMax, isOpen }) => {
      const due = waiting
        .filter(({ dueAt, wish }) => dueAt <= now && isOpen(wish.stream.rail))
        .toSorted((a, b) => a.dueAt - b.dueAt)
        .slice(0, Math.max(0, countMax));
      waiting = waiting.filter((errand) => !due.includes(errand));
      return due;
    },
    putBack: ({ wish, attempts }, outcome, now) => {
      if (outcome === 'done') return;
      // An engine that is away wears nobody's patience out.
      const tried = outcome === 'again' ? attempts + 1 : attempts;
      const isHurried = wish.isOpening && outcome === 'later';
      const pauseMs = isHurried ? retryMs.opening : prng.between(retryMs.low, retryMs.high);
      if (tried >= attemptsMax || now + pauseMs >= wish.endAt) return;
      waiting = [...waiting, { wish, dueAt: now + pauseMs, attempts: tried }];
    },
  };
}
