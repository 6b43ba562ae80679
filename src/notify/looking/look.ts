import {
  businessDateOf,
  dayMs,
  railIds,
  startOfBusinessDay,
  type BusinessDate,
  type EpochMs,
  type RailId,
} from '#kernel';
import type { Standing, TargetKind } from '#targets';
import type { RailReport } from '#weather';

import type { Happening } from '../notes/note.ts';

/** Something that no event tells, and under which name it is told once. */
export interface Sight {
  readonly what: string;
  readonly happening: Happening;
}

type Goals = Pick<Standing, 'at' | 'businessDate' | 'today' | 'goals'>;

/** Those of rails that are set up, and both together. */
const kindsOf = (rails: readonly RailId[]): readonly TargetKind[] => [
  ...railIds.filter((rail) => rails.includes(rail)),
  'combined',
];

/** Each target that today's confirmed money has reached. */
export const reachedOf = (
  { at, businessDate, today, goals }: Goals,
  rails: readonly RailId[],
): readonly Sight[] =>
  kindsOf(rails)
    .filter((target) => goals[target].targetMinor > 0n)
    .filter((target) => today[target] >= goals[target].targetMinor)
    .map((target) => ({
      what: `target:${businessDate}:${target}`,
      happening: {
        topics: ['targets'],
        about: target,
        facts: { kind: 'target', target },
        amountMinor: today[target],
        at,
      },
    }));

export interface EndedDay {
  readonly date: BusinessDate;
  readonly endedAt: EpochMs;
}

/** The day before the one that `now` lies in. */
export function lastDayOf(now: EpochMs): EndedDay {
  const endedAt = startOfBusinessDay(businessDateOf(now));
  return { date: businessDateOf(endedAt - dayMs), endedAt };
}

/** A day that has ended below its minimum; undefined where it has not. */
export function missedOf(
  { date, endedAt }: EndedDay,
  facts: {
    readonly earned: Readonly<Record<TargetKind, bigint>>;
    readonly goals: Standing['goals'];
    readonly rails: readonly RailId[];
  },
): Happening | undefined {
  const missed = kindsOf(facts.rails).filter(
    (kind) => facts.earned[kind] < facts.goals[kind].minimumMinor,
  );
  if (missed.length === 0) return undefined;
  return {
    topics: ['minimum'],
    about: date,
    facts: { kind: 'minimum', date, missed },
    amountMinor: facts.earned.combined,
    // As long as the day had not ended, nobody could know.
    at: endedAt,
  };
}

/** Rails in a storm. A breaker that holds calls back is told of by its own event. */
export const stormsOf = (reports: readonly RailReport[], at: EpochMs): readonly Sight[] =>
  reports
    .filter(({ sky, breakers }) => sky === 'stormy' && breakers.length === 0)
    .map(({ rail }) => ({
      what: stormOn(rail),
      happening: {
        topics: ['weather'],
        about: rail,
        facts: { kind: 'storm', rail },
        amountMinor: 0n,
        at,
      },
    }));

export const stormOn = (rail: RailId): string => `storm:${rail}`;

/** Rails that do well enough for the next storm to be news. */
export const calmOf = (reports: readonly RailReport[]): readonly RailId[] =>
  reports.filter(({ sky }) => sky === 'fair').map(({ rail }) => rail);
