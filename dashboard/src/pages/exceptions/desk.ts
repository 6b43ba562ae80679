import { useSyncExternalStore } from 'react';

import type { ExceptionView, FixKindName } from './shapes.ts';

/** What is to be done: the nth suggestion, a fix of one's own, or still to be chosen. */
export type Choice =
  | { readonly kind: 'choose' }
  | { readonly kind: 'suggestion'; readonly index: number }
  | { readonly kind: 'own'; readonly fix: FixKindName };

/** What lies on the desk: at most one decision at a time, whichever list it came from. */
export type Desk =
  | { readonly kind: 'clear' }
  | { readonly kind: 'fixing'; readonly exception: ExceptionView; readonly choice: Choice }
  | { readonly kind: 'undoing'; readonly exceptionId: string };

let desk: Desk = { kind: 'clear' };
let lastFixed: string | undefined;
const watching = new Set<() => void>();

export function putOnDesk(next: Desk): void {
  desk = next;
  for (const tell of watching) tell();
}

const watch = (tell: () => void): (() => void) => {
  watching.add(tell);
  return () => watching.delete(tell);
};
export const useDesk = (): Desk => useSyncExternalStore(watch, () => desk);

/** The exception dealt with last on this page, for the key that takes it back. */
export const noteFixed = (exceptionId: string | undefined): void => {
  lastFixed = exceptionId;
};
export const lastFixedId = (): string | undefined => lastFixed;
