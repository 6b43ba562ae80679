import type { Executor, Tx } from './database.ts';
import { isAfterFailure } from './errors.ts';

type Step = () => Promise<void>;

interface Group {
  /** What is done just before the commit. */
  readonly steps: Step[];
  /** What was sent and not waited for; undefined where statements go one by one. */
  readonly sent: Promise<unknown>[] | undefined;
}

const groupOf = new WeakMap<Executor, Group>();

/**
 * Does `step` just before the commit where the transaction is a group's, and at once elsewhere. For
 * rows that every transaction changes, sums above all: whoever changes one holds it until its
 * commit, and everybody else waits. Steps are done in their order; nothing after `lastly` may read
 * what it changes.
 */
export async function lastly(tx: Executor, step: Step): Promise<void> {
  const group = groupOf.get(tx);
  if (group === undefined) await step();
  else group.steps.push(step);
}

/**
 * Goes on without waiting for the answer to what was sent, where the transaction is a group's: the
 * server does one statement after the other and need not wait for us in between. All of it is
 * waited for before the commit, and what fails then fails the group. Elsewhere it waits at once.
 */
export async function alongside(tx: Executor, sent: Promise<unknown>): Promise<void> {
  const waited = groupOf.get(tx)?.sent;
  if (waited === undefined) await sent;
  else keep(waited, sent);
}

/** What becomes of it is heard of at the end. */
function keep(waited: Promise<unknown>[], sent: Promise<unknown>): void {
  sent.catch(() => undefined);
  waited.push(sent);
}

/**
 * Hands on reads that need nothing of each other: at once in a snapshot or a group, where they are
 * sent together, and one after the other elsewhere. There none follows one that has failed, so that
 * nothing is sent into what comes after the transaction.
 */
export function abreast(executor: Executor): <Value>(read: () => Promise<Value>) => Promise<Value> {
  const waited = groupOf.get(executor)?.sent;
  let before: Promise<unknown> = Promise.resolve();
  const next = async <Value>(read: () => Promise<Value>, last: Promise<unknown>) => {
    await last;
    return read();
  };
  return (read) => {
    const answer = waited === undefined ? next(read, before) : read();
    if (waited !== undefined) keep(waited, answer);
    before = answer;
    return answer;
  };
}

/** Does both side by side where the transaction is a group's, and one after the other elsewhere. */
export async function together<First, Second>(
  tx: Executor,
  first: () => Promise<First>,
  second: () => Promise<Second>,
): Promise<{ readonly first: First; readonly second: Second }> {
  const waited = groupOf.get(tx)?.sent;
  if (waited === undefined) return { first: await first(), second: await second() };
  const both = [first(), second()] as const;
  for (const one of both) keep(waited, one);
  const [one, other] = await Promise.all(both);
  return { first: one, second: other };
}

/**
 * A statement that fails takes along whatever was sent after it, and in which order their failures
 * stand here tells nothing: the cause is the one that is no mere consequence. All of them have
 * ended then: what went on would write into whatever comes after this transaction.
 */
async function causeAmong(sent: readonly Promise<unknown>[], thrown: unknown): Promise<unknown> {
  const failures: unknown[] = [];
  for (const one of sent) await one.catch((error: unknown) => void failures.push(error));
  failures.push(thrown);
  return failures.find((error) => !isAfterFailure(error)) ?? thrown;
}

/** The same work, with its last steps at its end, and everything that was sent waited for. */
export const asGroup =
  <Value>(work: (tx: Tx) => Promise<Value>, { overtakes }: { readonly overtakes: boolean }) =>
  async (tx: Tx): Promise<Value> => {
    const sent: Promise<unknown>[] = [];
    const steps: Step[] = [];
    groupOf.set(tx, { steps, sent: overtakes ? sent : undefined });
    try {
      const value = await work(tx);
      // What is waited for may itself send more, and put more off.
      do {
        for (const step of steps.splice(0)) await alongside(tx, step());
        for (const one of sent) await one;
      } while (steps.length > 0);
      return value;
    } catch (error) {
      throw await causeAmong(sent, error);
    } finally {
      groupOf.delete(tx);
    }
  };

/** How many steps wait; `forgetStepsFrom` takes back those of work that was rolled back. */
export const stepCountOf = (tx: Executor): number => groupOf.get(tx)?.steps.length ?? 0;

export function forgetStepsFrom(tx: Executor, count: number): void {
  groupOf.get(tx)?.steps.splice(count);
}
