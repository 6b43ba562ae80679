import { idNumberAt, idSpanOf, numberFromId, type EpochMs, type EventId } from '#kernel';

import type { EventGap, EventStretch } from './outbox.ts';

/** What was handed on already, as far back as a late commit may still turn up. */
export interface Memory {
  readonly newest: EventId;
  readonly size: number;
  /** Remembers an event; answers whether it was not known. */
  add(id: EventId): boolean;
  /** Forgets what is old; answers the stretch that is remembered. */
  lookBack(now: EpochMs): EventStretch;
  /** The same, and what is known of it. */
  gap(now: EpochMs): EventGap;
}

// Ids are in order of time, not of commit: a transaction may commit after one with a later id, so
// the last seconds are looked at again for what was not there before.
const overlapMs = 15_000;
const seenMax = 200_000;
/** Events are remembered by spans of time, so that old ones are forgotten all at once. */
const spanMs = 512;
const span = idSpanOf(spanMs);
const spanOf = (number: bigint): number => Number(number / span);

/** Events up to `startAfter` are old news. */
export function createMemory(startAfter: EventId): Memory {
  const seen = new Map<number, Set<EventId>>();
  let size = 0;
  let newest = startAfter;
  // Nothing at or below is looked at again; it only rises, or forgotten ids would come twice.
  let floor = numberFromId(startAfter);

  const forgetBefore = (first: number): void => {
    const below = BigInt(first) * span - 1n;
    if (below <= floor) return;
    floor = below;
    for (const [place, ids] of seen) {
      if (place >= first) continue;
      size -= ids.size;
      seen.delete(place);
    }
  };

  const remember = (id: EventId, place: number): boolean => {
    const ids = seen.get(place) ?? new Set<EventId>();
    if (ids.has(id)) return false;
    seen.set(place, ids.add(id));
    size += 1;
    if (size > seenMax) forgetBefore(Math.min(...seen.keys()) + 1);
    return true;
  };

  // The last seconds, counted from the newest event, or from now if its clock was ahead.
  const lookBack = (now: EpochMs): EventStretch => {
    const here = idNumberAt(now);
    const latest = numberFromId(newest);
    forgetBefore(spanOf((latest < here ? latest : here) - idSpanOf(overlapMs)));
    return { above: floor, upTo: newest };
  };

  return {
    get newest() {
      return newest;
    },
    get size() {
      return size;
    },
    add: (id) => {
      if (id > newest) newest = id;
      const number = numberFromId(id);
      // What is that late is not looked for, so it cannot come again.
      return number <= floor || remember(id, spanOf(number));
    },
    lookBack,
    gap: (now) => ({ ...lookBack(now), known: [...seen.values()].flatMap((ids) => [...ids]) }),
  };
}
