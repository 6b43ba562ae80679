import { clock } from '../clock.ts';
import { preferences } from '../preferences.ts';

const shelf = 'qmoi.touched';
const minute = 60_000;

/** What a locked screen has instead of a time: no clock that is put back lifts it. */
const locked = 0;

/** For a browser that keeps nothing: it holds until the page is left. */
let here: number | undefined;

function put(value: number | undefined): void {
  here = value;
  try {
    if (value === undefined) localStorage.removeItem(shelf);
    else localStorage.setItem(shelf, String(value));
  } catch {
    // Kept above.
  }
}

function kept(): number | undefined {
  try {
    const text = localStorage.getItem(shelf);
    return text === null ? here : Number(text);
  } catch {
    return here;
  }
}

/** Somebody is there. One time is kept for all tabs, and for those that will be opened. */
export const touchedNow = (): void => put(clock.now());

/** Keeps the screen locked for whoever loads the page again, or opens another. */
export const keepLocked = (): void => put(locked);

export const forgetTouches = (): void => put(undefined);

/** Whether it is locked, or nobody has touched any tab for as long as the owner allows. */
export function isIdle(): boolean {
  const touchedAt = kept();
  const { lockAfterMinutes } = preferences();
  if (touchedAt === undefined) return false;
  if (touchedAt === locked) return true;
  return lockAfterMinutes > 0 && clock.now() - touchedAt >= lockAfterMinutes * minute;
}
