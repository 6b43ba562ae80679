import { sql, type RawBuilder } from 'kysely';

export interface InsertedRow {
  /** Null where all were inserted. */
  readonly ids: readonly string[] | null;
}

/**
 * Ends a statement that begins with `with inserted as (insert … returning id)` and leaves out what
 * is known (`unlessKnown`): nearly always all is new, and the server need not send every id back.
 */
export const unlessAllOf = (count: number): RawBuilder<InsertedRow> => sql<InsertedRow>`
  select case when count(*) < ${count}::int then coalesce(array_agg(id), '{}') end as ids
  from inserted`;

/** Which of `ids` were inserted. */
export const insertedOf = (
  ids: readonly bigint[],
  rows: readonly InsertedRow[],
): ReadonlySet<bigint> => new Set(rows[0]?.ids?.map(BigInt) ?? ids);
