import { clock } from '../../clock.ts';
import type { EpochMs } from '#kernel';

/** Receipts that this device has said `paid` to, so that none is shown for two sales. */
const shelf = 'qmoi.shown-receipts';
const shownMax = 500;
/** Looking at it again while the customer still stands there is the same showing. */
export const sameShowingMs = 90_000;

type Shown = readonly (readonly [receipt: string, at: EpochMs])[];

function read(): Shown {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(shelf) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isEntry).slice(-shownMax) : [];
  } catch {
    return [];
  }
}

const isEntry = (entry: unknown): entry is readonly [string, EpochMs] =>
  Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number';

/** When it was first shown; undefined for one that is new, or was noted just now. */
export function firstShownAt(receipt: string): EpochMs | undefined {
  const at = read().find(([known]) => known === receipt)?.[1];
  return at === undefined || clock.now() - at < sameShowingMs ? undefined : at;
}

export function noteShown(receipt: string): void {
  const shown = read();
  if (shown.some(([known]) => known === receipt)) return;
  try {
    localStorage.setItem(
      shelf,
      JSON.stringify([...shown, [receipt, clock.now()]].slice(-shownMax)),
    );
  } catch {
    // A browser that keeps nothing cannot warn; the age of the payment still does.
  }
}
