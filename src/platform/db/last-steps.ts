import type { Executor, Tx } from './database.ts';

type Step = () => Promise<void>;

/** What each open group transaction still has to do before its commit. */
const stepsOf = new WeakMap<Executor, Step[]>();

/**
 * Does `step` just before the commit where the transaction is a group's, and at once elsewhere. For
 * rows that every transaction changes, sums above all: whoever changes one holds it until its
 * commit, and everybody else waits. Steps are done in their order; nothing after `lastly` may read
 * what it changes.
 */
export async function lastly(tx: Executor, step: Step): Promise<void> {
  const steps = stepsOf.get(tx);
  if (steps === undefined) await step();
  else steps.push(step);
}

/** The same work, with its last steps at its end. */
export const keepsLastSteps =
  <Value>(work: (tx: Tx) => Promise<Value>) =>
  async (tx: Tx): Promise<Value> => {
    const steps: Step[] = [];
    stepsOf.set(tx, steps);
    const value = await work(tx);
    stepsOf.delete(tx);
    for (const step of steps) await step();
    return value;
  };

/** How many steps wait; `forgetStepsFrom` takes back those of work that was rolled back. */
export const stepCountOf = (tx: Executor): number => stepsOf.get(tx)?.length ?? 0;

export function forgetStepsFrom(tx: Executor, count: number): void {
  stepsOf.get(tx)?.splice(count);
}
