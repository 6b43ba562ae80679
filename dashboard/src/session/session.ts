import { useSyncExternalStore } from 'react';

import type { Status } from '#api/contract';

import { ask, NoAnswer, onSessionEnded, ProblemError } from '../api/client.ts';
import { forgetTouches, isIdle, keepLocked, touchedNow } from './touches.ts';

/**
 * `asking`: not known yet. `out`: nobody has logged in here. `ended`: somebody had, and what they
 * typed is still on the page behind the login. `locked`: the same, but the engine still knows them.
 */
export type SessionState = 'asking' | 'in' | 'out' | 'ended' | 'locked' | 'unreachable';

let state: SessionState = 'asking';
const watching = new Set<() => void>();

function become(next: SessionState): void {
  if (next === state) return;
  state = next;
  for (const tell of watching) tell();
}

const watch = (tell: () => void): (() => void) => {
  watching.add(tell);
  return () => watching.delete(tell);
};
export const useSession = (): SessionState => useSyncExternalStore(watch, () => state);

onSessionEnded(() =>
  become(state === 'in' || state === 'locked' || state === 'ended' ? 'ended' : 'out'),
);

let firstStatus: Status | undefined;

/** What the engine said when it was asked whether it knows us; once, before it is old. */
export function takeFirstStatus(): Status | undefined {
  const status = firstStatus;
  firstStatus = undefined;
  return status;
}

/**
 * Whether the browser's cookie is still good: asked with what every page needs first, which
 * `index.html` has the browser fetch while it still reads our scripts.
 */
export async function checkSession(): Promise<void> {
  try {
    firstStatus = await ask<Status>('/revenue/status');
    if (state !== 'locked') become(isIdle() ? 'locked' : 'in');
  } catch (error) {
    // Told by the client to everybody.
    if (error instanceof ProblemError && error.problem.status === 401) return;
    if (state === 'asking') become('unreachable');
    if (!(error instanceof NoAnswer || error instanceof ProblemError)) throw error;
  }
}

export async function logIn(key: string): Promise<void> {
  await ask('/master/login', { method: 'POST', body: { key } });
  touchedNow();
  become('in');
}

/** Counts for nothing before the login: whoever is there may be anybody. */
export function touch(): void {
  if (state === 'in' && !isIdle()) touchedNow();
}

/** The screen is covered; whoever has the key goes on where they were. */
export function lockIfIdle(): void {
  if (state !== 'in' || !isIdle()) return;
  keepLocked();
  become('locked');
}

export async function logOut(): Promise<void> {
  try {
    await ask('/master/logout', { method: 'POST' });
  } finally {
    forgetTouches();
    become('out');
  }
}
