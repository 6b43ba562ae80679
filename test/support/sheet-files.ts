import PdfDocument from 'pdfkit';
import writeWorkbook from 'write-excel-file/node';

export type Rows = readonly (readonly string[])[];

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

export const csvFile = (rows: Rows, delimiter = ','): Buffer =>
  Buffer.from(
    rows.map((row) => row.map((cell) => quoted(cell, delimiter)).join(delimiter)).join('\r\n'),
  );

const stamp = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;
const number = /^-?\d{1,9}(\.\d+)?$/;

/** Times as dates and amounts as numbers, as a spreadsheet program keeps them. */
export function xlsxFile(rows: Rows): Promise<Buffer> {
  const cells = rows.map((row) =>
    row.map((text) => {
      if (text === '') return null;
      if (stamp.test(text)) {
        const value = new Date(`${text.replace(' ', 'T')}Z`);
        return { value, type: Date, format: 'yyyy-mm-dd hh:mm:ss' };
      }
      return number.test(text) ? { value: Number(text), type: Number } : { value: text };
    }),
  );
  return writeWorkbook(cells).toBuffer();
}

const rowsPerPage = 25;
const left = 24;

/** A table with its head on every page, words cut to the width of their column. */
export function pdfFile(
  rows: Rows,
  options: {
    readonly password?: string;
    readonly widths: readonly number[];
    /** Lines above the table. */
    readonly above?: number;
  },
): Promise<Buffer> {
  const { password, widths, above = 0 } = options;
  const document = new PdfDocument({
    size: 'A3',
    layout: 'landscape',
    margin: left,
    ...(password === undefined ? {} : { userPassword: password, pdfVersion: '1.7ext3' }),
  });
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  document.on('end', () => resolve(Buffer.concat(chunks)));
  document.fontSize(7);
  const write = (row: readonly string[], y: number): void => {
    let x = left;
    for (const [n, cell] of row.entries()) {
      if (cell !== '') document.text(cell, x, y, { lineBreak: false });
      x += widths[n] ?? 0;
    }
  };
  const head = rows[above] ?? [];
  let y = left;
  for (const [n, row] of rows.entries()) {
    if (n > 0 && n % rowsPerPage === 0) {
      document.addPage();
      y = left;
      write(head, y);
    }
    // A row without its first cell goes on with the one above.
    y += row[0] === '' ? 9 : 18;
    write(row, y);
  }
  document.end();
  return promise;
}
