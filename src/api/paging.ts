import { parseId, type Id, type IdKind } from '#kernel';

import { ProblemRaised } from './problem.ts';

/** Where the page before ended. */
export function cursorOf<Kind extends IdKind>(
  kind: Kind,
  cursor: string | undefined,
): Id<Kind> | undefined {
  if (cursor === undefined) return undefined;
  const id = parseId(kind, cursor);
  if (id.ok) return id.value;
  throw new ProblemRaised('invalid-request', 'Send nextCursor of the page before, unchanged.', {
    errors: [{ path: 'querystring.cursor', message: 'Not a cursor of this list.' }],
  });
}

/** A full page may be followed by another, if only an empty one. */
export const showPage = <Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } => ({
  items: rows.map(show),
  nextCursor: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
});
