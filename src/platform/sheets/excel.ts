import readWorkbook from 'read-excel-file/node';

import { collectRows, refuse, type SheetOptions, type SheetRow } from './sheet.ts';
import { checkedZip } from './zip.ts';

export async function readExcel(file: Buffer, options: SheetOptions): Promise<readonly SheetRow[]> {
  const checked = await checkedZip(file, options.limits);
  const collected = collectRows(options);
  // Line numbers are the sheet's own: the reader answers rows without any cell as well.
  for (const [index, row] of (await rowsOf(checked)).entries()) {
    collected.add(index + 1, row.map(textOf));
  }
  return collected.rows;
}

async function rowsOf(file: Buffer): Promise<readonly (readonly unknown[])[]> {
  try {
    // Numbers as the file spells them, because a binary fraction is no amount.
    const sheets = await readWorkbook(file, { parseNumber: plainNumber, trim: false });
    // A cover sheet may come first; the statement is the longest.
    return sheets.reduce<readonly (readonly unknown[])[]>(
      (longest, { data }) => (data.length > longest.length ? data : longest),
      [],
    );
  } catch (error) {
    // It declares errors of its own, and throws whatever its parsers throw besides.
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse('broken', {
      cause: `The workbook is damaged (${reason}).`,
      fix: 'Download the statement again, or take it as CSV.',
    });
  }
}

/** Excel keeps fifteen digits and writes seventeen: 0.3 stands in the file as …0000004. */
const digitsKept = 15;

/** `1.5E3` → `1500`; what has more digits than Excel keeps is cut back to them. */
export function plainNumber(spelled: string): string {
  const plain = /^-?\d+(?:\.\d+)?$/.test(spelled);
  if (plain && spelled.replaceAll(/\D/g, '').length <= digitsKept) return spelled;
  const number = Number(spelled);
  if (!Number.isFinite(number)) return spelled;
  const [mantissa = '', exponent = '0'] = number.toExponential(digitsKept - 1).split('e');
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replaceAll(/\D/g, '');
  const point = 1 + Number(exponent);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const fraction = point > 0 ? digits.slice(point) : '0'.repeat(-point) + digits;
  const kept = fraction.replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${kept === '' ? '' : `.${kept}`}`;
}

const second = 1000;

function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  return isDate(cell) ? dateText(cell.getTime()) : '';
}

interface DateLike {
  getTime(): number;
}
const isDate = (cell: unknown): cell is DateLike =>
  typeof cell === 'object' && cell !== null && 'getTime' in cell;

/**
 * A sheet's dates have no zone; the reader answers them as if they were UTC, and a millisecond
 * early or late, because a sheet counts them in fractions of a day.
 */
function dateText(at: number): string {
  if (!Number.isFinite(at)) return '';
  const rounded = Math.round(at / second) * second;
  return Temporal.Instant.fromEpochMilliseconds(rounded)
    .toString({ smallestUnit: 'second' })
    .replace('T', ' ')
    .replace('Z', '');
}
