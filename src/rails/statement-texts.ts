/** What all rails ask alike of the cells of a statement. */
import type { StatementRow } from './statement.ts';

/** No database keeps this sign, and no provider writes it. */
export const isText = ({ cells }: StatementRow): boolean =>
  cells.every((cell) => !cell.includes('\0'));

export const notText = 'a cell holds what is no text';
