import type { BusinessId, Clock } from '#kernel';
import type { Database } from '#platform/db';

import type { DeviceStore } from '../devices/store.ts';
import { happeningOf } from '../notes/happening.ts';
import { notesFor } from '../notes/note.ts';
import type { NoteStore } from '../notes/store.ts';
import { createReadingStore } from './store.ts';

/** What one transaction reads; a rush takes several. */
export const readMax = 2_000;
const waitingMax = 50;

/** Makes notes of events, each event once: both are kept in the same transaction. */
export function createReader(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly devices: DeviceStore;
  readonly notes: NoteStore;
}) {
  const { database, clock, devices, notes } = deps;
  const store = createReadingStore(deps.businessId);
  return {
    /** Answers whether there is more to read. */
    read: (): Promise<boolean> =>
      database.transaction(async (tx) => {
        const readUpTo = await store.lock(tx);
        if (readUpTo === undefined) return false;
        const listeners = await devices.all(tx);
        if (listeners.length === 0) return false;
        const now = clock.now();
        const { events, isAtEnd } = await store.take(tx, { readUpTo, now, limit: readMax });
        const happenings = events.flatMap((event) => happeningOf(event) ?? []);
        const found = listeners.flatMap((device) => notesFor(device, happenings, now));
        await notes.add(tx, found);
        if (found.length > 0) await notes.trim(tx, waitingMax);
        return !isAtEnd;
      }),
  };
}
