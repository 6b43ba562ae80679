import { sql } from 'kysely';

type Part = ReturnType<typeof sql>;

/** A stretch of an index: its first columns have these values, its last is the id. */
export interface Walk {
  readonly keys: readonly { readonly column: Part; readonly value: Part }[];
  readonly id: Part;
  /** Only what comes before this number. */
  readonly before: bigint | undefined;
}

const idMax = 2n ** 63n - 1n;

/**
 * Conditions and order by which rows are read newest first along that index and no other. With
 * plain equalities the primary key would serve as well: where the planner takes a value for a
 * frequent one it walks along that, through everything there is if the value is rare or long ago.
 */
export function newestFirst({ keys, id, before }: Walk): {
  readonly where: Part;
  readonly order: Part;
} {
  const parts = [...keys.map(({ column }) => column), id];
  const columns = sql.join(parts);
  const values = keys.map(({ value }) => value);
  const edge = (number: bigint): Part => sql.join([...values, sql`${number}::bigint`]);
  return {
    where: sql`(${columns}) >= (${edge(0n)}) and ${
      before === undefined
        ? sql`(${columns}) <= (${edge(idMax)})`
        : sql`(${columns}) < (${edge(before)})`
    }`,
    order: sql`${sql.join(parts.map((part) => sql`${part} desc`))}`,
  };
}
