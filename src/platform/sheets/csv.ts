import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { CsvError, parse } from 'csv-parse';

import { utf16Of } from './detect.ts';
import { collectRows, refuse, type SheetOptions, type SheetRow } from './sheet.ts';

/** A byte order mark is no part of the text; `TextDecoder` takes it away. */
export function decodeText(file: Buffer): string {
  const utf16 = utf16Of(file);
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    // Excel on Windows without being asked for UTF-8. Every byte means something there.
    return new TextDecoder('windows-1252').decode(file);
  }
}

const delimiters = [',', ';', '\t'] as const;
/** Excel's own way to say it, in the first line of the file. */
const namesDelimiter = /^sep=(.)\r?\n/i;
const linesLooked = 50;
const quoted = /"(?:[^"]|"")*"/g;

/**
 * The sign that divides most lines into the same number of cells, the more the better. A comma in
 * an amount or a name divides some lines and not others.
 */
export function delimiterOf(text: string): string {
  const named = namesDelimiter.exec(text)?.[1];
  if (named !== undefined) return named;
  const lines = text
    .slice(0, 64 * 1024)
    .replaceAll(quoted, '')
    .split(/\r\n|\n|\r/)
    .slice(0, linesLooked)
    .filter((line) => line.trim() !== '');
  const score = (sign: string): number => {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const count = line.split(sign).length - 1;
      if (count > 0) counts.set(count, (counts.get(count) ?? 0) + 1);
    }
    return Math.max(0, ...[...counts].map(([count, times]) => times * (1 + Math.min(count, 20))));
  };
  return delimiters.reduce((best, sign) => (score(sign) > score(best) ? sign : best), ',');
}

const pieceLength = 64 * 1024;

/** The first half of a sign that takes two units, such as an emoji in a name. */
const isFirstHalf = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * In pieces, so that a large file leaves room for other work between them. No sign is cut in two:
 * each half would be written as one that cannot be read.
 */
function* piecesOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    const whole = at + pieceLength;
    const end = isFirstHalf(text.charCodeAt(whole - 1)) ? whole + 1 : whole;
    yield text.slice(at, end);
    at = end;
  }
}

export async function readCsv(file: Buffer, options: SheetOptions): Promise<readonly SheetRow[]> {
  const text = decodeText(file);
  const collected = collectRows(options);
  let line = 1;
  const parser = parse({
    delimiter: delimiterOf(text),
    relax_column_count: true,
    // Empty lines are kept and counted: with `skip_empty_lines` the parser's own count of lines
    // runs ahead of the record it answers.
    skip_empty_lines: false,
    // By default the first kind of line end found is the only one; mixed files have both.
    record_delimiter: ['\r\n', '\n', '\r'],
    // The parser's own guard: a quotation mark that is never closed does not eat the whole file.
    max_record_size: options.limits.cellLengthMax * options.limits.columnsMax,
    // Called while it parses: what the stream hands out lags behind, and is lost at an error.
    on_record: (record: readonly string[], { lines }) => {
      if (line > 1 || !namesDelimiter.test(text)) collected.add(line, record);
      // A cell may hold line ends: the parser says where the record ended.
      line = lines + 1;
      return null;
    },
  });
  try {
    await finished(Readable.from(piecesOf(text)).pipe(parser).resume());
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw refuse('broken', {
      line,
      cause: `The file is damaged at line ${line}: ${reasonOf(error.code)}.`,
      fix: 'Download the statement again, and import it without opening it in between.',
    });
  }
  return collected.rows;
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quotation mark',
  INVALID_OPENING_QUOTE: 'a quotation mark stands in the middle of a cell',
  CSV_MAX_RECORD_SIZE: 'a quotation mark is never closed',
};
const reasonOf = (code: string): string => reasons[code] ?? 'it is not a list of cells';
