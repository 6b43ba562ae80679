import { useSyncExternalStore } from 'react';

import { createWallClock, type EpochMs } from '#kernel';

/** This device's clock: for waiting, and for how long ago something was. Never for money. */
export const clock = createWallClock();

const everyMs = 1_000;
let now = clock.now();
const watching = new Set<() => void>();

function tick(): void {
  now = clock.now();
  for (const tell of watching) tell();
  if (watching.size > 0) clock.after(everyMs, tick);
}

const watch = (tell: () => void): (() => void) => {
  watching.add(tell);
  if (watching.size === 1) clock.after(everyMs, tick);
  return () => watching.delete(tell);
};

/** Now, once a second. */
export const useNow = (): EpochMs => useSyncExternalStore(watch, () => now);
