import type { Breaker } from './breaker/breaker.ts';
import { latencyMs, type Tally } from './records/tally.ts';

/** How a provider does, in one word. */
export const skies = ['fair', 'changeable', 'stormy', 'closed', 'unknown'] as const;
export type Sky = (typeof skies)[number];

/** What became of prompts whose end is known, and how it was learned. */
export interface Arrival {
  readonly settled: number;
  readonly byCallback: number;
  /** From the submission to the callback: mostly the payer's own time. */
  readonly medianMs: number | undefined;
}

export interface ForecastFacts {
  readonly breakers: readonly Pick<Breaker, 'lane'>[];
  readonly lastHour: Tally;
  /** Undefined where callbacks prove nothing by themselves. */
  readonly arrival: Arrival | undefined;
}

/** One call in four without an answer is a storm; fewer than four calls are none. */
const stormShare = 0.25;
const stormCallsMin = 4;
const changeableShare = 0.05;
/** A few refusals over our own requests are daily life; every fifth is something to mend. */
const ourFaultShare = 0.2;
/** Answers usually come within two seconds. */
const slowMs = 12_000;
const callbackShareMin = 0.7;
const settledMin = 10;

export function forecast({ breakers, lastHour, arrival }: ForecastFacts): Sky {
  if (breakers.some(({ lane }) => lane !== 'extras')) return 'closed';
  const { calls, unheard, ourFault } = lastHour;
  if (calls === 0) return 'unknown';
  if (calls >= stormCallsMin && unheard >= calls * stormShare) return 'stormy';
  const isSlow = (latencyMs(lastHour, 0.95) ?? 0) > slowMs;
  const isMute =
    arrival !== undefined &&
    arrival.settled >= settledMin &&
    arrival.byCallback < arrival.settled * callbackShareMin;
  const isMixed = unheard >= calls * changeableShare || ourFault >= calls * ourFaultShare;
  return isMixed || isSlow || isMute ? 'changeable' : 'fair';
}
