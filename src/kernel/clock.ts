import { invariant } from './invariant.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. Fields of this type end in `At`. */
export type EpochMs = number;

export interface Timer {
  cancel(): void;
}

/** Time is given, never taken: production gets the wall, tests and simulation a virtual clock. */
export interface Clock {
  now(): EpochMs;
  /** Runs `task` once after `delayMs`. A pending timer does not keep the process alive. */
  after(delayMs: number, task: () => void): Timer;
  /**
   * Resolves after `delayMs`, or at once when `signal` aborts; it never rejects. Somebody waits for
   * it, so it keeps the process alive.
   */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

const sleepOn = (
  after: Clock['after'],
  delayMs: number,
  signal: AbortSignal | undefined,
): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const finish = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = after(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });

/** `setTimeout` counts in 32 bits; beyond that it would fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** The wall clock. */
export function createWallClock(): Clock {
  const start = (delayMs: number, task: () => void) => {
    invariant(delayMs <= timerMsMax, 'a timer waits 24 days at most');
    const handle = setTimeout(task, delayMs);
    return { handle, cancel: () => clearTimeout(handle) };
  };
  return {
    now: () => Date.now(),
    after: (delayMs, task) => {
      const { handle, cancel } = start(delayMs, task);
      if (typeof handle === 'object') handle.unref();
      return { cancel };
    },
    sleep: (delayMs, signal) => sleepOn(start, delayMs, signal),
  };
}

export interface VirtualClock extends Clock {
  /** Moves time on, running every due timer in order of time, then of creation. */
  advance(byMs: number): Promise<void>;
}

/** A clock that stands still until it is told to move. */
export function createVirtualClock(startAt: EpochMs): VirtualClock {
  let now = startAt;
  let order = 0;
  const pending = new Map<number, { dueAt: EpochMs; task: () => void }>();
  const after = (delayMs: number, task: () => void): Timer => {
    order += 1;
    const id = order;
    pending.set(id, { dueAt: now + Math.max(0, delayMs), task });
    return { cancel: () => void pending.delete(id) };
  };
  const nextDue = (until: EpochMs): number | undefined =>
    [...pending]
      .filter(([, timer]) => timer.dueAt <= until)
      .toSorted(([a, x], [b, y]) => (x.dueAt === y.dueAt ? a - b : x.dueAt - y.dueAt))[0]?.[0];
  return {
    now: () => now,
    after,
    sleep: (delayMs, signal) => sleepOn(after, delayMs, signal),
    advance: async (byMs) => {
      const until = now + byMs;
      for (let id = nextDue(until); id !== undefined; id = nextDue(until)) {
        const timer = pending.get(id);
        pending.delete(id);
        if (timer !== undefined) {
          now = Math.max(now, timer.dueAt);
          timer.task();
        }
        // Lets promises that the task resolved run before the next timer does.
        await Promise.resolve();
      }
      now = until;
    },
  };
}

/** `2026-11-23T04:49:00.000Z` */
export const isoOf = (at: EpochMs): string => new Date(at).toISOString();
