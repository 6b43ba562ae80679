import type { Executor, Tx } from './database.ts';

type Tell = () => void;

const tellsOf = new WeakMap<Executor, Tell[]>();

/**
 * Calls `tell` once the transaction is committed, in this process alone. It is a short cut, never
 * the only way: a process that dies after the commit, or one that does not learn that its commit
 * went well, tells nobody. Answers whether anybody will be told.
 */
export function afterCommit(tx: Executor, tell: Tell): boolean {
  const tells = tellsOf.get(tx);
  tells?.push(tell);
  return tells !== undefined;
}

/** Runs one attempt at a transaction and, if it was kept, tells what is to be told. */
export async function tellingAfterwards<Value>(
  attempt: (keep: (tx: Tx) => void) => Promise<Value>,
): Promise<Value> {
  const tells: Tell[] = [];
  const value = await attempt((tx) => void tellsOf.set(tx, tells));
  for (const tell of tells) tell();
  return value;
}

/** How many would be told; `forgetTellsFrom` takes back those of work that was rolled back. */
export const tellCountOf = (tx: Executor): number => tellsOf.get(tx)?.length ?? 0;

export function forgetTellsFrom(tx: Executor, count: number): void {
  tellsOf.get(tx)?.splice(count);
}
