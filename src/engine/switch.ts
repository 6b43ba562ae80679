import type { EpochMs } from '#kernel';

/** Whether prompts and payouts go out. Money that comes in is recorded either way. */
export interface EngineState {
  readonly running: boolean;
  readonly reason: string;
  readonly changedBy: string;
  readonly changedAt: EpochMs;
}

/** The work that one process does per slot of time, and how long a slot is. */
export const cyclePeriodsMs = {
  revenue: 5 * 60 * 1000,
  'transfer-check': 60 * 60 * 1000,
  proof: 24 * 60 * 60 * 1000,
} as const;
export type CycleKind = keyof typeof cyclePeriodsMs;
export const cycleKinds = ['revenue', 'transfer-check', 'proof'] as const satisfies CycleKind[];

/**
 * A slot whose work has not ended by then has failed, or its process has died: whoever looks next
 * does it again, as long as the slot lasts.
 */
export const slotLeaseMs = 10 * 60 * 1000;

// A proof belongs to the night, when little moves: 02:00 in Nairobi is 23:00 UTC.
const offsetsMs: Record<CycleKind, number> = {
  revenue: 0,
  'transfer-check': 0,
  proof: 23 * 60 * 60 * 1000,
};

/** The start of the slot an instant lies in: the same in every process with the same period. */
export function slotOf(
  kind: CycleKind,
  now: EpochMs,
  period: number = cyclePeriodsMs[kind],
): EpochMs {
  const offset = offsetsMs[kind];
  return Math.floor((now - offset) / period) * period + offset;
}
