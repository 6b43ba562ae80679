import type { EpochMs, Prng, VirtualClock } from '#kernel';

import { readTruth, type Moved } from './auditor/truth.ts';
import type { Providers } from './providers.ts';
import type { Turnstile } from './turnstile.ts';

/** The providers' customer care: now and then it gives a payment back and tells nobody here. */
export interface Care {
  work(): void;
  /** From now on no money goes back. */
  close(): void;
  readonly counts: Readonly<Record<string, number>>;
}

export interface CareDeps {
  readonly clock: VirtualClock;
  readonly prng: Prng;
  readonly providers: Providers;
  readonly turnstile: Turnstile;
  /** Of all payments. */
  readonly rate: number;
}

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;
const lookEveryMs = 10 * minuteMs;

export function createCare({ clock, prng, providers, turnstile, rate }: CareDeps): Care {
  const truth = readTruth(providers);
  const counts: Record<string, number> = {};
  let isOpen = true;

  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  /** Often the payer calls at once; it may take until the day after the next. */
  const drawDelayMs = (): number =>
    prng.next() < 0.5
      ? prng.between(minuteMs, 3 * hourMs)
      : prng.between(3 * hourMs, 48 * hourMs - lookEveryMs);

  const giveBack = async ({ rail, receipt }: Moved): Promise<void> => {
    const { status } = await providers.byRail[rail].admin('POST', '/reversals', { receipt });
    // The wallet may hold less by then.
    count(status === 200 ? 'reversed by care' : 'not reversed by care');
  };
  const later = (at: EpochMs, what: () => unknown): void =>
    void clock.after(at - clock.now(), () => {
      if (isOpen) void turnstile.track(Promise.resolve(what()));
    });
  const look = (): void => {
    for (const one of truth.moves()) {
      if (one.kind !== 'in' || prng.next() >= rate) continue;
      later(clock.now() + drawDelayMs(), () => giveBack(one));
    }
    later(clock.now() + lookEveryMs, look);
  };

  return {
    work: look,
    close: () => {
      isOpen = false;
    },
    counts,
  };
}
