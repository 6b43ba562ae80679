import { dayMs, idNumberAt, idSpanOf, railIds, type Clock } from '#kernel';
import type { Database } from '#platform/db';

import type { GroupBooker } from './service.ts';
import type { BookingStore } from './store.ts';

export interface LateFinderDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly bookings: Pick<BookingStore, 'bookedAfterLine' | 'toldOf'>;
  readonly booker: Pick<GroupBooker, 'takeBackLate'>;
}

/** No provider tells of a payment this long after its statement took it back. */
const linesOfMs = 92 * dayMs;
/** A payment and a line that were booked side by side have not seen each other. */
const sideBySideMs = 10 * 60_000;

/**
 * Payments that were booked after a statement had told that they were taken back, by a callback or
 * an answer that came late: they count no more either.
 */
export function createLateFinder({ database, clock, bookings, booker }: LateFinderDeps) {
  return async (): Promise<void> => {
    const found = await bookings.bookedAfterLine(database.executor, {
      after: idNumberAt(clock.now() - linesOfMs),
      span: idSpanOf(sideBySideMs),
    });
    const known = await bookings.toldOf(
      database.executor,
      found.map(({ id }) => id),
    );
    const late = found.filter(({ id }) => !known.has(id));
    for (const rail of railIds) {
      const receipts = late.filter((one) => one.rail === rail).map(({ receipt }) => receipt);
      if (receipts.length === 0) continue;
      await database.transaction((tx) => booker.takeBackLate(tx, rail, receipts));
    }
  };
}
