import { railIds, type EpochMs, type RailId } from '#kernel';

/**
 * Since when the engine has been able to learn of money on a rail without a break: some process of
 * it runs, its database answers, and the provider does. A kill counts as a break even when another
 * process goes on, because what the dead one had claimed waits for its lease to end.
 */
export interface Conditions {
  note(what: Condition, isGood: boolean, at: EpochMs): void;
  /** Undefined while it is not so. */
  goodSince(rail: RailId): EpochMs | undefined;
}

export type Condition = 'engine' | 'database' | `provider:${RailId}`;

export function createConditions(): Conditions {
  const since = new Map<Condition, EpochMs | undefined>([
    ['engine', undefined],
    ['database', 0],
    ...railIds.map((rail): [Condition, EpochMs] => [`provider:${rail}`, 0]),
  ]);
  return {
    note: (what, isGood, at) => void since.set(what, isGood ? at : undefined),
    goodSince: (rail) => {
      const all = [since.get('engine'), since.get('database'), since.get(`provider:${rail}`)];
      return all.reduce((latest, one) =>
        latest === undefined || one === undefined ? undefined : Math.max(latest, one),
      );
    },
  };
}
