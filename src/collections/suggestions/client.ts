import { invariant } from '#kernel';
import type { Highs } from 'highs';

import { candidatesMax, subsetOf, subsetProgram } from './subset.ts';

/** The solver works while everything else waits: it gets this long, twice at most. */
const usualTimeLimitSeconds = 0.25;

type Solved =
  | { readonly kind: 'found'; readonly indexes: ReadonlySet<number> }
  | { readonly kind: 'none' }
  /** Out of time, or out of the solver's precision. */
  | { readonly kind: 'unsure' };

/** Finds the one subset of amounts that adds up; loads its solver when first asked. */
export function createSubsetFinder({ timeLimitSeconds = usualTimeLimitSeconds } = {}) {
  const options = {
    time_limit: timeLimitSeconds,
    output_flag: false,
    mip_feasibility_tolerance: 1e-9,
  } as const;
  let loading: Promise<Highs> | undefined;
  const load = async (): Promise<Highs> => {
    const module: { readonly default: unknown } = await import('highs');
    return parseLoader(module.default)();
  };

  const solve = async (
    amounts: readonly bigint[],
    targetMinor: bigint,
    known?: ReadonlySet<number>,
  ): Promise<Solved> => {
    const program = subsetProgram(amounts, targetMinor, known);
    if (program === undefined) return { kind: 'none' };
    const solver = await (loading ??= load());
    const { Status, Columns } = solver.solve(program, options);
    if (Status === 'Infeasible') return { kind: 'none' };
    if (Status !== 'Optimal') return { kind: 'unsure' };
    const indexes = subsetOf(amounts, targetMinor, (name) => primalOf(Columns[name]));
    return indexes === undefined ? { kind: 'unsure' } : { kind: 'found', indexes };
  };

  return {
    /**
     * The places of the amounts that add up to the target, where exactly one choice does: a second
     * look that leaves the first one out must find nothing.
     */
    findOnly: async (
      amounts: readonly bigint[],
      targetMinor: bigint,
    ): Promise<ReadonlySet<number> | undefined> => {
      if (amounts.length === 0 || amounts.length > candidatesMax) return undefined;
      const first = await solve(amounts, targetMinor);
      if (first.kind !== 'found') return undefined;
      const second = await solve(amounts, targetMinor, first.indexes);
      return second.kind === 'none' ? first.indexes : undefined;
    },
  };
}

export type SubsetFinder = ReturnType<typeof createSubsetFinder>;

/** Its types are written for `require`, where the loader lies one level deeper. */
function parseLoader(value: unknown): () => Promise<Highs> {
  invariant(typeof value === 'function', 'the solver is loaded by a function');
  return value as () => Promise<Highs>;
}

const primalOf = (column: object | undefined): number =>
  column !== undefined && 'Primal' in column && typeof column.Primal === 'number'
    ? column.Primal
    : 0;
