import type { EpochMs } from '#kernel';

/** How long a door that fails is left alone: twice as long each time, up to a minute. */
export interface BackOff {
  failed(now: EpochMs): void;
  worked(): void;
  /** Closed for as long as the door itself asked for. */
  closeUntil(at: EpochMs): void;
  isOpen(now: EpochMs): boolean;
}

const pauseMs = { first: 1000, max: 60_000 } as const;

export function createBackOff(): BackOff {
  let nextPauseMs: number = pauseMs.first;
  let openAt: EpochMs = 0;
  return {
    failed: (now) => {
      // Several may have been on their way when the door closed: they count as one failure.
      if (now < openAt) return;
      openAt = now + nextPauseMs;
      nextPauseMs = Math.min(nextPauseMs * 2, pauseMs.max);
    },
    worked: () => {
      nextPauseMs = pauseMs.first;
    },
    closeUntil: (at) => {
      openAt = Math.max(openAt, at);
    },
    isOpen: (now) => now >= openAt,
  };
}
