import { useSyncExternalStore } from 'react';

/** What can still be done about what is said. */
export interface ToastAction {
  readonly label: string;
  readonly act: () => void;
}

export interface Said {
  readonly title: string;
  readonly action: ToastAction | undefined;
}

const waiting: Said[] = [];
const watching = new Set<() => void>();
let hasSaid = false;

/** Says in passing that something was done. What went wrong is said where it went wrong. */
export function say(title: string, action?: ToastAction): void {
  waiting.push({ title, action });
  hasSaid = true;
  for (const tell of watching) tell();
}

export const takeSaid = (): readonly Said[] => waiting.splice(0);

export const watchSaid = (tell: () => void): (() => void) => {
  watching.add(tell);
  return () => watching.delete(tell);
};

/** Whether there was anything to say: what shows it is loaded with the first thing said. */
export const useHasSaid = (): boolean => useSyncExternalStore(watchSaid, () => hasSaid);
