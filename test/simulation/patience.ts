import type { Clock, EpochMs } from '#kernel';

import type { Life } from './turnstile.ts';

/** The worker's clock: its loops sleep until there is something to do, not for a second. */
export interface Patience {
  readonly clock: Clock;
  nextWakeAt(facts: WakeFacts): EpochMs;
  wakeDue(now: EpochMs, facts: WakeFacts): void;
}

export interface WakeFacts {
  readonly workAt: EpochMs;
  /** The database is away, or a step has just failed: loops look again as they usually would. */
  readonly isTroubled: boolean;
  readonly isSpoolWaiting: boolean;
}

interface Nap {
  readonly earliestAt: EpochMs;
  readonly kind: 'work' | 'spool' | 'slot';
  readonly wake: () => void;
}

/** The pauses of `src/engine/worker.ts` tell its loops apart. */
const kindOf = (pauseMs: number): Nap['kind'] =>
  pauseMs >= 5_000 ? 'slot' : pauseMs >= 2_000 ? 'spool' : 'work';

/** The shortest slot of the worker's cycles. */
export const slotMs = 5 * 60 * 1000;

const nextSlotAt = (at: EpochMs): EpochMs => Math.floor(at / slotMs) * slotMs + slotMs;

function wakeAtOf({ kind, earliestAt }: Nap, facts: WakeFacts): EpochMs {
  if (facts.isTroubled) return earliestAt;
  if (kind === 'work') return Math.max(earliestAt, facts.workAt);
  if (kind === 'spool' && facts.isSpoolWaiting) return earliestAt;
  return nextSlotAt(earliestAt - 1);
}

export function createPatience(clock: Clock, life: Life): Patience {
  const naps = new Set<Nap>();
  return {
    clock: {
      ...clock,
      sleep: (pauseMs, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) return resolve();
          const finish = (): void => {
            naps.delete(nap);
            signal?.removeEventListener('abort', finish);
            if (!life.isOver()) resolve();
          };
          const kind = kindOf(pauseMs);
          const nap = { earliestAt: clock.now() + pauseMs, kind, wake: finish };
          naps.add(nap);
          signal?.addEventListener('abort', finish, { once: true });
        }),
    },
    nextWakeAt: (facts) => {
      let at = Infinity;
      for (const nap of naps) at = Math.min(at, wakeAtOf(nap, facts));
      return at;
    },
    wakeDue: (now, facts) => {
      for (const nap of naps) if (wakeAtOf(nap, facts) <= now) nap.wake();
    },
  };
}
