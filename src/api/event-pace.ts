import type { Clock, Timer } from '#kernel';
import type { PublishedEvent } from '#platform/outbox';

/** Collects events that come within an interval; the first after a quiet while waits for none. */
export function createPace(
  { clock, everyMs: currentEveryMs }: { readonly clock: Clock; readonly everyMs: () => number },
  tell: (events: readonly PublishedEvent[]) => void,
) {
  let collected: PublishedEvent[] = [];
  let toldAt = Number.NEGATIVE_INFINITY;
  let next: Timer | undefined;

  const flush = (): void => {
    next = undefined;
    toldAt = clock.now();
    const events = collected;
    collected = [];
    tell(events);
  };

  return {
    /** Events have been collected that are told soon. */
    get isWaiting() {
      return next !== undefined;
    },
    take: (events: readonly PublishedEvent[]): void => {
      for (const event of events) collected.push(event);
      if (next !== undefined) return;
      const everyMs = currentEveryMs();
      const waitMs = toldAt + everyMs - clock.now();
      // A clock that was put back makes nobody wait longer.
      if (waitMs > 0 && waitMs <= everyMs) next = clock.after(waitMs, flush);
      else flush();
    },
    end: () => next?.cancel(),
  };
}
