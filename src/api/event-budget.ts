import type { ThreadTime } from './thread-time.ts';

export interface Budget {
  /** How long it should be from one round over all who listen to the next. */
  readonly everyMs: number;
  /** A round is over that took so much of the thread's time. */
  spent(roundMs: number): void;
}

/**
 * How much of its time the thread waits for something to do. It waits an eighth of it, for the
 * database, even while callbacks come as fast as they are answered: then what is told is taken
 * from them. More than the most is not remembered, so that after a quiet while a burst is noticed
 * as soon.
 */
const rest = { little: 0.12, plenty: 0.2, most: 0.25 } as const;
/** What telling may take of the time with little and with plenty of rest. */
const telling = { min: 0.02, max: 0.2 } as const;
/** A busier second counts, not a busier turn. */
const memoryMs = 1_000;

function tellingShareOf(restShare: number): number {
  const part = (restShare - rest.little) / (rest.plenty - rest.little);
  return telling.min + Math.min(1, Math.max(0, part)) * (telling.max - telling.min);
}

/** How often many can be told, by what a round over them takes and by how much the thread rests. */
export function createBudget({
  threadTime,
  everyMs,
}: {
  readonly threadTime: () => ThreadTime;
  readonly everyMs: { readonly min: number; readonly max: number };
}): Budget {
  let last = threadTime();
  let restShare: number = rest.most;
  let costMs = 0;

  /** What was learned since the last round; all of it from that, after a quiet while. */
  const lookAgain = () => {
    const now = threadTime();
    const idleMs = now.idleMs - last.idleMs;
    const passedMs = now.busyMs - last.busyMs + idleMs;
    const weight = Math.min(1, passedMs / memoryMs);
    const restNow = passedMs > 0 ? Math.min(rest.most, idleMs / passedMs) : restShare;
    return { now, weight, restShare: restShare + weight * (restNow - restShare) };
  };

  return {
    get everyMs() {
      const share = tellingShareOf(lookAgain().restShare);
      return Math.min(everyMs.max, Math.max(everyMs.min, costMs / share));
    },
    spent: (roundMs) => {
      const looked = lookAgain();
      last = looked.now;
      restShare = looked.restShare;
      costMs += looked.weight * (roundMs - costMs);
    },
  };
}
