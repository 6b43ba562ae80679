import { goalOf, isWithin, type Goal, type GoalId } from './goals.ts';
import { spreadOf, type Spread } from './statistics.ts';

/** What the rounds of one run say about a goal. */
export interface Finding {
  readonly id: GoalId;
  /** One value a round. */
  readonly values: readonly number[];
  /** What the reader has to know of it: how it was measured, or why it could not be. */
  readonly note?: string;
}

export type Verdict = 'moonshot' | 'met' | 'wavering' | 'missed' | 'not measured';

/** A must is missed when four of five rounds say so: one bad round is the machine's fault. */
const missedShare = 0.8;

export function verdictOf({ id, values }: Finding): Verdict {
  if (values.length === 0) return 'not measured';
  const { must, moonshot } = goalOf(id);
  const missed = values.filter((value) => !isWithin(value, must)).length;
  if (missed / values.length >= missedShare) return 'missed';
  if (missed > 0) return 'wavering';
  return isWithin(spreadOf(values).median, moonshot) ? 'moonshot' : 'met';
}

export interface Judged extends Spread {
  readonly goal: Goal;
  readonly verdict: Verdict;
  readonly values: readonly number[];
  readonly note: string | undefined;
}

export const judge = (finding: Finding): Judged => ({
  ...spreadOf(finding.values),
  goal: goalOf(finding.id),
  verdict: verdictOf(finding),
  values: finding.values,
  note: finding.note,
});

/** Whether the run fails: `quick` looks only, the others decide. */
export const failsRun = (judged: readonly Judged[], decides: boolean): boolean =>
  decides && judged.some(({ verdict }) => verdict === 'missed');

/** One line a goal, for programs. */
export const jsonLineOf = ({ goal, verdict, values, median, note }: Judged): string =>
  JSON.stringify({
    goal: goal.id,
    what: goal.what,
    unit: goal.unit,
    median: rounded(median),
    values: values.map(rounded),
    must: goal.must,
    moonshot: goal.moonshot,
    verdict,
    ...(note === undefined ? {} : { note }),
  });

const rounded = (value: number): number | null =>
  Number.isNaN(value) ? null : Number(value.toPrecision(5));
