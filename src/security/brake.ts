import type { EpochMs } from '#kernel';

/** How many wrong keys go by before waiting starts, for one source and for all together. */
export const freeFailures = { source: 4, everyone: 19 } as const;

const waitMsFirst = 1_000;
const waitMsMax = 15 * 60_000;
/** After so long without a failure the counting starts anew. */
export const quietMs = 60 * 60_000;

/** How long a source waits after its n-th wrong key: 1 s, 2 s, 4 s … 15 min. */
export function waitMsAfter({
  failures,
  free,
}: {
  readonly failures: number;
  readonly free: number;
}): number {
  if (failures <= free) return 0;
  return Math.min(waitMsFirst * 2 ** (failures - free - 1), waitMsMax);
}

export interface FailureCount {
  readonly failures: number;
  readonly lastAt: EpochMs;
  readonly blockedUntil: EpochMs;
}

/** The count with one more attempt in it, taken for wrong until it proves right. */
export function withAttempt(
  count: FailureCount | undefined,
  { now, free }: { readonly now: EpochMs; readonly free: number },
): FailureCount {
  const isQuiet = count === undefined || now - count.lastAt >= quietMs;
  const failures = isQuiet ? 1 : count.failures + 1;
  return { failures, lastAt: now, blockedUntil: now + waitMsAfter({ failures, free }) };
}
