import type { Clock } from '#kernel';

import type { Life } from './turnstile.ts';

export interface MortalLife extends Life {
  /** Ends it at once: whatever it has asked for comes to nothing. */
  end(): Promise<void>;
  /** Ends it after so many more halves of steps: before, between or behind any of them. */
  endAfter(halfSteps: number): void;
  /** Rejects when the life ends: what somebody at the other end of a connection sees. */
  readonly cut: Promise<never>;
}

/** `onEnd` cuts what the process held: its sessions at the database above all. */
export function createLife(name: string, onEnd: () => Promise<void>): MortalLife {
  let over = false;
  let left = Infinity;
  let reset: (error: Error) => void = () => undefined;
  const cut = new Promise<never>((_, reject) => {
    reset = reject;
  });
  cut.catch(() => undefined);
  const end = async (): Promise<void> => {
    if (over) return;
    over = true;
    reset(new Error('connection reset'));
    await onEnd();
  };
  return {
    name,
    isOver: () => over,
    end,
    endAfter: (halfSteps) => {
      left = halfSteps;
    },
    endsHere: async () => {
      left -= 1;
      if (left <= 0) await end();
      return over;
    },
    cut,
  };
}

const never = new Promise<never>(() => undefined);

/** The process's view of time: nothing happens to the dead. */
export const clockOf = (clock: Clock, life: Life): Clock => ({
  now: () => clock.now(),
  after: (delayMs, task) =>
    clock.after(delayMs, () => {
      if (!life.isOver()) task();
    }),
  sleep: async (delayMs, signal) => {
    await clock.sleep(delayMs, signal);
    if (life.isOver()) await never;
  },
});
