import { crc32 } from 'node:zlib';

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

/** A ZIP file of parts that are not compressed. */
function zipFile(parts: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const [path, text] of Object.entries(parts)) {
    const [name, body] = [Buffer.from(path), Buffer.from(text)];
    // Checksum, both sizes and the length of the name, as they stand in either head.
    const facts = Buffer.alloc(16);
    facts.writeUInt32LE(crc32(body), 0);
    facts.writeUInt32LE(body.length, 4);
    facts.writeUInt32LE(body.length, 8);
    facts.writeUInt16LE(name.length, 12);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(10), facts]);
    const entry = Buffer.concat([Buffer.from('504b0102', 'hex'), Buffer.alloc(12), facts]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    locals.push(local, name, body);
    entries.push(entry, place, name);
    at += local.length + name.length + body.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

const officeTypes = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook whose sheets are the given XML, to the letter. */
export function rawXlsxFile(...sheets: readonly string[]): Buffer {
  const each = (write: (n: number) => string): string => sheets.map((_, n) => write(n)).join('');
  const sheet = (n: number): string => `<sheet name="S${n}" sheetId="${n + 1}" r:id="rId${n}"/>`;
  const link = (n: number): string =>
    `<Relationship Id="rId${n}" Type="${officeTypes}/worksheet" Target="worksheets/s${n}.xml"/>`;
  return zipFile({
    'xl/workbook.xml': `<workbook><sheets>${each(sheet)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${each(link)}</Relationships>`,
    ...Object.fromEntries(sheets.map((text, n) => [`xl/worksheets/s${n}.xml`, text])),
  });
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
