import type { KyselyPlugin } from 'kysely';

import type { Database } from '#platform/db';

/** A database whose connection goes away where a test says. */
export interface Fault {
  /** Statements run since `reset`. */
  readonly statements: number;
  reset(): void;
  /** From the given statement on, counted from `reset`, nothing gets through until `mend`. */
  breakAt(statement: number): void;
  /** The next transaction commits, and nobody is told. */
  loseNextCommit(): void;
  mend(): void;
}

const away = (): Error => new Error('Connection terminated unexpectedly');

/** Every statement passes through here, in and outside of transactions. */
export function breakable(real: Database): { readonly database: Database; readonly fault: Fault } {
  let statements = 0;
  let brokenFrom = Infinity;
  let commitsToLose = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements += 1;
      if (statements >= brokenFrom) throw away();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const breaking =
    (run: Database['transaction']): Database['transaction'] =>
    async (work) => {
      const value = await run((tx) => work(tx.withPlugin(plugin)));
      if (commitsToLose > 0) {
        commitsToLose -= 1;
        throw away();
      }
      return value;
    };
  return {
    database: {
      ...real,
      executor: real.executor.withPlugin(plugin),
      transaction: breaking(real.transaction),
      groupTransaction: breaking(real.groupTransaction),
    },
    fault: {
      get statements() {
        return statements;
      },
      reset: () => {
        statements = 0;
      },
      breakAt: (statement) => {
        statements = 0;
        brokenFrom = statement;
      },
      loseNextCommit: () => {
        commitsToLose += 1;
      },
      mend: () => {
        brokenFrom = Infinity;
      },
    },
  };
}
