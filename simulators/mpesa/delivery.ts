import type { Clock, EpochMs, Timer } from '#kernel';
import type { CallbackRecord, CallbackRows } from './callback-store.ts';
import type { Timings } from './config.ts';
import type { KnobBoard } from './knobs.ts';
import type { OutboundReply, Post } from './transport.ts';

export interface DeliveryDeps {
  readonly clock: Clock;
  readonly rows: CallbackRows;
  readonly knobs: KnobBoard;
  readonly timings: Timings;
  readonly post: Post;
}

export interface Delivery {
  /** Sends the callback when its time has come. */
  arm(id: number, dueAt: EpochMs): void;
  /** Sends now; the reply, or nothing when there was none in time. */
  send(record: CallbackRecord, timeoutMs: number): Promise<OutboundReply | undefined>;
  /** Resolves when the next callback about `correlation` has been tried. */
  attempted(correlation: string): Promise<void>;
  stop(): void;
  idle(): Promise<void>;
}

/** The provider's own value is unknown; ten seconds is within what clients report (assumed). */
const deliveryTimeoutMs = 10_000;
const flightsMax = 256;

/**
 * Delivery at most once, like the provider: a callback is marked as tried before its first byte
 * leaves, the receiver's status is noted and ignored, nothing is sent again (observed: a receiver
 * answering 500 was watched for 44 minutes).
 */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { clock, rows, knobs, timings } = deps;
  const flights = createFlights((id) => due(id));
  const listeners = createListeners();
  const timers = new Map<number, Timer>();
  let isStopped = false;

  const arm = (id: number, dueAt: EpochMs): void => {
    timers.get(id)?.cancel();
    const delayMs = Math.max(0, dueAt - clock.now());
    timers.set(
      id,
      clock.after(delayMs, () => due(id)),
    );
  };
  const due = (id: number): void => {
    timers.delete(id);
    if (isStopped || flights.isFull(id)) return;
    const heldUntil = clock.now() + timings.reorderHoldMs;
    if (knobs.current().reorder && rows.hold(id, heldUntil)) {
      arm(id, heldUntil);
      return;
    }
    take(id);
    const overtaken = rows.heldBesides(id);
    if (overtaken !== undefined) take(overtaken);
  };
  const take = (id: number): void => {
    timers.get(id)?.cancel();
    timers.delete(id);
    const record = rows.take(id, clock.now());
    if (record !== undefined) void send(record, deliveryTimeoutMs);
  };
  const send: Delivery['send'] = (record, timeoutMs) => {
    const reply = post(record, timeoutMs);
    flights.track(reply);
    return reply;
  };
  const post: Delivery['send'] = async ({ id, url, body, correlation, ...record }, timeoutMs) => {
    const shortCode = record.shortCodeHeader;
    const headers = shortCode === undefined ? {} : { BusinessShortCode: shortCode };
    const reply = await deps
      .post({ url, headers, body, timeoutMs })
      .catch((error: unknown) => String(error));
    if (!isStopped) {
      rows.noteEnd(id, typeof reply === 'string' ? { error: reply } : { httpStatus: reply.status });
    }
    listeners.tell(correlation);
    return typeof reply === 'string' ? undefined : reply;
  };
  return {
    arm,
    send,
    attempted: listeners.next,
    stop: () => {
      isStopped = true;
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
    idle: flights.idle,
  };
}

/** At most so many at a time; the rest wait in order. */
function createFlights(retry: (id: number) => void) {
  const flights = new Set<Promise<unknown>>();
  const waiting: number[] = [];
  return {
    isFull: (id: number): boolean => {
      const isFull = flights.size >= flightsMax;
      if (isFull) waiting.push(id);
      return isFull;
    },
    track: (flight: Promise<unknown>): void => {
      const tracked = flight.finally(() => {
        flights.delete(tracked);
        const next = waiting.shift();
        if (next !== undefined) retry(next);
      });
      flights.add(tracked);
    },
    idle: async (): Promise<void> => {
      while (flights.size > 0) await Promise.all(flights);
    },
  };
}

function createListeners() {
  const listeners = new Map<string, (() => void)[]>();
  return {
    next: (correlation: string): Promise<void> =>
      new Promise((resolve) => {
        listeners.set(correlation, [...(listeners.get(correlation) ?? []), resolve]);
      }),
    tell: (correlation: string): void => {
      for (const resolve of listeners.get(correlation) ?? []) resolve();
      listeners.delete(correlation);
    },
  };
}
