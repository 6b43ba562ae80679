import { dayMs, err, ok, type Result } from '#kernel';

import { type Checks, delayMs, overlay, wholeNumber } from './checks.ts';
import type { Range } from './knobs.ts';

export interface Timings {
  /** From acceptance to the PIN prompt on the phone. */
  readonly promptDelayMs: Range;
  /** How long an unanswered prompt lives: undocumented, 60–180 s likely (sheet §6.4). */
  readonly promptLifeMs: Range;
  /** From an outcome to its callback. */
  readonly callbackDelayMs: Range;
  /** From acceptance to outcome of a disbursement that is not settled at once. */
  readonly disbursementMs: Range;
  /** From a false TF to the TS that follows it. */
  readonly tfThenTsMs: Range;
  /** From "timed out" (…1024) to the final outcome. */
  readonly timedOutMs: Range;
  readonly reorderHoldMs: number;
  readonly tokenLifeMs: number;
  readonly keyLifeMs: number;
  /** The longest that `callbackBeforeAck` keeps an answer. */
  readonly ackHoldMsMax: number;
  readonly slowMs: number;
  /** After this long a hanging request is cut off. */
  readonly hangMsMax: number;
  readonly callbackTimeoutMs: number;
}

export const defaultTimings: Timings = {
  promptDelayMs: { min: 1000, max: 3000 },
  promptLifeMs: { min: 60_000, max: 180_000 },
  callbackDelayMs: { min: 200, max: 1500 },
  disbursementMs: { min: 2000, max: 15_000 },
  tfThenTsMs: { min: 5000, max: 30_000 },
  timedOutMs: { min: 30_000, max: 120_000 },
  reorderHoldMs: 5000,
  // Sheet §3, documented: 180 seconds.
  tokenLifeMs: 180_000,
  // Assumed; the documents name no usual validity.
  keyLifeMs: 90 * dayMs,
  ackHoldMsMax: 20_000,
  slowMs: 20_000,
  hangMsMax: 120_000,
  callbackTimeoutMs: 10_000,
};

const range = { min: delayMs, max: delayMs };

const timingChecks = {
  promptDelayMs: range,
  promptLifeMs: range,
  callbackDelayMs: range,
  disbursementMs: range,
  tfThenTsMs: range,
  timedOutMs: range,
  reorderHoldMs: delayMs,
  tokenLifeMs: delayMs,
  keyLifeMs: wholeNumber(1000, 3650 * dayMs),
  ackHoldMsMax: delayMs,
  slowMs: delayMs,
  hangMsMax: delayMs,
  callbackTimeoutMs: wholeNumber(1, 60_000),
} satisfies Record<keyof Timings, unknown> & Checks;

export function parseTimings(patch: unknown): Result<Timings, readonly string[]> {
  const { merged, problems } = overlay(defaultTimings, patch, timingChecks);
  return problems.length > 0 ? err(problems) : ok(merged as unknown as Timings);
}
