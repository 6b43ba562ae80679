import { compactNairobi, type EpochMs } from '#kernel';

import type { Cell, Columns, RowGroups } from './cell.ts';

/** Without it Excel takes UTF-8 for a code page of its own. */
const byteOrderMark = '\uFEFF';
const lineEnd = '\r\n';

/**
 * A spreadsheet calculates what begins like this, whoever typed it: payers choose the account
 * number (OWASP, CSV Injection). An apostrophe before it makes a text of it.
 */
const calculated = /^[\s\0]*[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/;
const needsQuotes = /[",\r\n]|^\s|\s$/;

/** Comma-separated values (RFC 4180), in pieces of some rows each. */
export async function* writeCsv({ titles }: Columns, groups: RowGroups): AsyncGenerator<string> {
  yield byteOrderMark + lineOf(titles.map(textField));
  for await (const rows of groups) {
    yield rows.map((cells) => lineOf(cells.map(fieldOf))).join('');
  }
}

const lineOf = (fields: readonly string[]): string => fields.join(',') + lineEnd;

function fieldOf(cell: Cell): string {
  if (cell.kind === 'money') return cell.decimal;
  return cell.kind === 'time' ? timeText(cell.at) : textField(cell.text);
}

function textField(text: string): string {
  const harmless = calculated.test(text) ? `'${text}` : text;
  return needsQuotes.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** `2026-11-26 14:05:09`, in Nairobi. */
const timeText = (at: EpochMs): string =>
  compactNairobi(at).replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5:$6');
