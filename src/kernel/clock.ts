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

/** In Node a pending timer keeps the process alive; a browser counts its timers in numbers. */
function letEnd(handle: unknown): void {
  if (typeof handle !== 'object' || handle === null || !('unref' in handle)) return;
  if (typeof handle.unref === 'function') handle.unref();
}

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
      letEnd(handle);
      return { cancel };
    },
    sleep: (delayMs, signal) => sleepOn(start, delayMs, signal),
  };
}

export interface VirtualClock extends Clock {
  /** Moves time on, running every due timer in order of time, then of creation. */
  advance(byMs: number): Promise<void>;
  /** When the next timer is due; undefined when none is set. */
  nextDueAt(): EpochMs | undefined;
}

interface PendingTimer {
  readonly dueAt: EpochMs;
  readonly order: number;
  readonly task: () => void;
  isCancelled: boolean;
}

/** A clock that stands still until it is told to move. */
export function createVirtualClock(startAt: EpochMs): VirtualClock {
  let now = startAt;
  let order = 0;
  const pending = createTimerHeap();
  const after = (delayMs: number, task: () => void): Timer => {
    order += 1;
    const timer = { dueAt: now + Math.max(0, delayMs), order, task, isCancelled: false };
    pending.add(timer);
    return { cancel: () => void (timer.isCancelled = true) };
  };
  return {
    now: () => now,
    after,
    sleep: (delayMs, signal) => sleepOn(after, delayMs, signal),
    nextDueAt: () => pending.first()?.dueAt,
    advance: async (byMs) => {
      const until = now + byMs;
      for (let timer = pending.first(); timer !== undefined; timer = pending.first()) {
        if (timer.dueAt > until) break;
        pending.takeFirst();
        now = Math.max(now, timer.dueAt);
        timer.task();
        // Lets promises that the task resolved run before the next timer does.
        await Promise.resolve();
      }
      now = until;
    },
  };
}

/** Timers by time, then by creation, as a binary heap: a simulation sets millions of them. */
function createTimerHeap() {
  const heap: PendingTimer[] = [];
  const isBefore = (a: PendingTimer, b: PendingTimer): boolean =>
    a.dueAt === b.dueAt ? a.order < b.order : a.dueAt < b.dueAt;
  const sinkInto = (timer: PendingTimer): void => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && isBefore(right, left)) child += 1;
      const least = heap[child];
      if (least === undefined || isBefore(timer, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = timer;
  };
  const takeFirst = (): void => {
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) sinkInto(last);
  };
  return {
    add: (timer: PendingTimer): void => {
      let at = heap.length;
      while (at > 0) {
        const above = (at - 1) >> 1;
        const parent = heap[above];
        if (parent === undefined || isBefore(parent, timer)) break;
        heap[at] = parent;
        at = above;
      }
      heap[at] = timer;
    },
    takeFirst,
    /** The first that still waits; cancelled ones before it are forgotten. */
    first: (): PendingTimer | undefined => {
      while (heap[0]?.isCancelled === true) takeFirst();
      return heap[0];
    },
  };
}

/** `2026-11-23T04:49:00.000Z` */
export const isoOf = (at: EpochMs): string => new Date(at).toISOString();

const zero = 48;

/**
 * The second that a text begins with, `2026-11-23 07:49:00` in UTC, whatever stands between its
 * numbers. The caller knows that they are there: rows by the thousand carry several such texts, and
 * read digit by digit they cost a tenth of what a general parser takes.
 */
export function secondOf(text: string): EpochMs {
  const digit = (at: number): number => text.charCodeAt(at) - zero;
  const two = (at: number): number => digit(at) * 10 + digit(at + 1);
  const year = two(0) * 100 + two(2);
  return Date.UTC(year, two(5) - 1, two(8), two(11), two(14), two(17));
}

/** Undefined for what `isoOf` did not write. */
export function parseIso(text: string): EpochMs | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) || isoOf(at) !== text ? undefined : at;
}
