/** What all rails ask alike of the cells of a statement. */
import { maskMsisdn, parseMsisdn } from '#kernel';
import type { StatementRow } from './statement.ts';

/** No database keeps this sign, and no provider writes it. */
export const isText = ({ cells }: StatementRow): boolean =>
  cells.every((cell) => !cell.includes('\0'));

export const notText = 'a cell holds what is no text';

/** Enough of a cell to find it by. */
const shownLengthMax = 40;
/** Nine digits and more in one run, or digits in groups, all parted by the same sign. */
const numberLike = /\d{9,}|(?<!\d)\+?\d{1,8}([ -])\d{2,8}(?:\1\d{2,8}){0,4}(?!\d)/g;

function masked(run: string, gap: string | undefined): string {
  const msisdn = parseMsisdn(run.replaceAll(/\D/g, ''));
  if (msisdn.ok) return maskMsisdn(msisdn.value);
  // A day and its time are digits in groups as well.
  return gap === undefined ? '•••••••••' : run;
}

/** A cell as refusals quote it: short, without signs that steer a terminal, no number whole. */
export function shown(cell: string): string {
  const text = cell
    .replaceAll(/\p{Cc}/gu, ' ')
    .replaceAll(numberLike, (run: string, gap: string | undefined) => masked(run, gap));
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text;
}
