import { parseIso, type EpochMs } from '#kernel';

import type { Exception } from '../exceptions/store.ts';
import type { FixFacts } from '../fixes/decide.ts';
import { believableTime } from '../judge.ts';

/** What a provider gave back, as the line of its statement says. */
export function toldBy(
  { kind, amountMinor, detail }: Exception,
  heardAt: EpochMs,
): FixFacts['told'] {
  const { receipt, occurredAt } = detail;
  if (kind !== 'reversed-by-provider' || amountMinor === undefined) return undefined;
  const at = typeof occurredAt === 'string' ? parseIso(occurredAt) : undefined;
  if (typeof receipt !== 'string' || at === undefined) return undefined;
  return { amountMinor, receipt, at: believableTime(at, heardAt) };
}
