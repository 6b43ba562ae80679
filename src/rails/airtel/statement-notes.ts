import { nextBusinessDate, businessDateOf, startOfBusinessDay, type Currency } from '#kernel';
import type { EpochMs } from '#kernel';
import type { StatementProblem, StatementRow } from '../statement.ts';
import { shown } from '../statement-texts.ts';
import { figureOf, isCurrency, midnightOf, momentOf } from './statement-cells.ts';
import { noteOf } from './statement-columns.ts';

/** What stands above and below the table. */
export interface Notes {
  readonly fromAt: EpochMs | undefined;
  readonly toAt: EpochMs | undefined;
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
  readonly shortCode: string | undefined;
}

type Writable<Shape> = { -readonly [Name in keyof Shape]: Shape[Name] };

/** The end of a period that is named by its last day is the midnight after it. */
function endOf(text: string): EpochMs | undefined {
  const midnight = midnightOf(text);
  if (midnight === undefined) return momentOf(text);
  return startOfBusinessDay(nextBusinessDate(businessDateOf(midnight)));
}

function balanceOf(text: string): bigint | undefined {
  const figure = figureOf(text);
  if (figure === undefined) return undefined;
  return (figure.sign ?? 1n) * figure.magnitudeMinor;
}

function take(
  found: Writable<Notes>,
  { cells }: StatementRow,
  currency: Currency,
): string | undefined {
  const told = noteOf(cells);
  if (told === undefined) return undefined;
  const { note, value } = told;
  const unread = (name: string): string => `“${shown(value)}” is no ${name}`;
  switch (note) {
    case 'from':
      found.fromAt = midnightOf(value) ?? momentOf(value);
      return found.fromAt === undefined ? unread('day') : undefined;
    case 'to':
      found.toAt = endOf(value);
      return found.toAt === undefined ? unread('day') : undefined;
    case 'opening':
      found.openingMinor = balanceOf(value);
      return found.openingMinor === undefined ? unread('balance') : undefined;
    case 'closing':
      found.closingMinor = balanceOf(value);
      return found.closingMinor === undefined ? unread('balance') : undefined;
    case 'currency':
      return isCurrency(value, currency)
        ? undefined
        : `it is in ${shown(value)}, not in ${currency}`;
    case 'shortCode':
      found.shortCode = value === '' ? undefined : value;
      return undefined;
    case 'total':
      return undefined;
    default:
      return note satisfies never;
  }
}

/** Reads the notes; one that cannot be read is a problem of its line. */
export function notesOf(
  rows: readonly StatementRow[],
  currency: Currency,
): { readonly notes: Notes; readonly problems: readonly StatementProblem[] } {
  const found: Writable<Notes> = {
    fromAt: undefined,
    toAt: undefined,
    openingMinor: undefined,
    closingMinor: undefined,
    shortCode: undefined,
  };
  const problems = rows.flatMap((row) => {
    const why = take(found, row, currency);
    return why === undefined ? [] : [{ line: row.line, why }];
  });
  return { notes: found, problems };
}
