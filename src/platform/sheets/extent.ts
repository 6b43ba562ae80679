import { refuse, type SheetLimits } from './sheet.ts';

/** Only parts with this in them hold a sheet, whatever they are called. */
const sheetMark = 'sheetData';
const rowTag = /<(?:[^\s<>"'=/]*:)?row[\s/>]/g;
/**
 * Where a row or cell says that it stands. A quotation mark out of place may end no value, so each
 * is looked at by itself, as deep inside another as it may be.
 */
const place = /(?<![\w.-])r\s*=\s*(?=(["'])(.*?)\1)/gs;
/** What a row takes up at the least, in cells: even an empty one is kept in memory. */
const rowCellsMin = 16;

interface Extent {
  readonly rows: number;
  readonly columns: number;
}

const letterA = 64;

/** `7` of a row, `C7` of a cell; read as forgivingly as the workbook reader does. */
function placeOf(text: string): Extent {
  const row = Number(text);
  if (!Number.isNaN(row)) return { rows: row, columns: 0 };
  const digit = text.search(/\d/);
  const rows = Number(text.slice(digit));
  // The reader says itself what is wrong with these.
  if (digit === -1 || Number.isNaN(rows)) return { rows: 0, columns: 0 };
  const letters = Buffer.from(text.slice(0, digit), 'latin1');
  return { rows, columns: letters.reduce((sum, code) => sum * 26 + code - letterA, 0) };
}

function extentOf(sheet: string): Extent {
  let rows = 0;
  let columns = 0;
  for (const _ of sheet.matchAll(rowTag)) rows += 1;
  for (const [, , text = ''] of sheet.matchAll(place)) {
    if (text.includes('&')) {
      throw refuse('broken', {
        cause: 'The workbook is damaged: it hides where a row or cell stands.',
        fix: 'Download the statement again, or take it as CSV.',
      });
    }
    const found = placeOf(text);
    rows = Math.max(rows, found.rows);
    columns = Math.max(columns, found.columns);
  }
  return { rows, columns };
}

/**
 * Looks at a workbook's parts before they are read: the reader fills every gap before a row and
 * beside a cell, so one cell that stands far away costs as much as a table that reaches there.
 */
export function createExtentCheck(limits: SheetLimits): (part: Buffer) => void {
  let cells = 0;
  return (part) => {
    if (!part.includes(sheetMark)) return;
    const { rows, columns } = extentOf(part.toString('latin1'));
    if (rows > limits.rowsMax) {
      throw refuse('too-many-rows', {
        cause: `The workbook has something in row ${rows}; ${limits.rowsMax} rows are read.`,
        fix: 'Delete what stands below the statement, or save it as CSV.',
      });
    }
    if (columns > limits.columnsMax) {
      throw refuse('too-many-columns', {
        cause: `The workbook has something in column ${columns}; ${limits.columnsMax} are read.`,
        fix: 'Delete what stands to the right of the statement, or save it as CSV.',
      });
    }
    cells += rows * Math.max(columns, rowCellsMin);
    if (cells > limits.cellsMax) {
      throw refuse('too-large', {
        cause: `The workbook spans more than ${limits.cellsMax} cells, most of them empty.`,
        fix: 'Delete what stands far from the statement, or save it as CSV.',
      });
    }
  };
}
