import type { EpochMs } from '#kernel';
import type { Verdict } from '#api/contract';

import type { Seen } from './surroundings.ts';

/** How much is enough, and how late is late. */

const mib = 1024 * 1024;
const disk = {
  look: { bytes: 5 * 1024 * mib, share: 0.1 },
  broken: { bytes: 512 * mib, share: 0.02 },
};
const memory = { look: 0.1, broken: 0.03 };
const queueLong = 1_000;

/** Little is little in bytes and beside the whole: a large disk may be nearly full in comfort. */
export function diskVerdict({ freeBytes, totalBytes }: Seen['disks'][number]): Verdict {
  if (freeBytes === undefined || totalBytes === undefined) return 'look';
  const isBelow = (least: { readonly bytes: number; readonly share: number }): boolean =>
    freeBytes < least.bytes && freeBytes < totalBytes * least.share;
  if (isBelow(disk.broken)) return 'broken';
  return isBelow(disk.look) ? 'look' : 'ok';
}

export function memoryVerdict({ freeBytes, totalBytes }: Seen['memory']): Verdict {
  if (freeBytes < totalBytes * memory.broken) return 'broken';
  return freeBytes < totalBytes * memory.look ? 'look' : 'ok';
}

export function intakeVerdict(health: {
  readonly queued: number;
  readonly spooled: number;
  readonly spoolNearlyFull: boolean;
}): Verdict {
  if (health.spoolNearlyFull) return 'broken';
  return health.spooled > 0 || health.queued > queueLong ? 'look' : 'ok';
}

export interface CycleFacts {
  readonly now: EpochMs;
  readonly everyMs: number;
  /** When the engine started: a cycle that has never run may just not be due. */
  readonly since: EpochMs;
  /** How long the work of one slot may take before it counts as failed. */
  readonly leaseMs: number;
  readonly run:
    | { readonly startedAt: EpochMs; readonly finishedAt: EpochMs | undefined }
    | undefined;
}

/** Missing one turn may be a restart; two are a cycle that stands still. */
export function cycleVerdict({ now, everyMs, since, leaseMs, run }: CycleFacts): Verdict {
  if (run === undefined) return now - since > everyMs + leaseMs ? 'look' : 'ok';
  if (run.finishedAt === undefined && now - run.startedAt > leaseMs) return 'look';
  // While the engine was off, nothing was due.
  return now - Math.max(run.startedAt, since) > 2 * everyMs + leaseMs ? 'look' : 'ok';
}

export const worstOf = (verdicts: readonly Verdict[]): Verdict =>
  (['broken', 'look'] as const).find((one) => verdicts.includes(one)) ?? 'ok';
