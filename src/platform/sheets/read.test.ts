import { crc32, deflateRawSync } from 'node:zlib';

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { csvFile, pdfFile, xlsxFile } from '../../../test/support/sheet-files.ts';
import { plainNumber } from './excel.ts';
import { readSheet, type Sheet, type SheetLimits, type SheetRefusal } from './index.ts';

const rows: readonly (readonly string[])[] = [
  ['Receipt No.', 'Completion Time', 'Details', 'Transaction Status', 'Paid In', 'Withdrawn'],
  ['TKN1', '2026-11-25 10:00:05', 'Pay Bill from 2547*****678 Acc. AI', 'Completed', '1500.5', ''],
  ['TKN2', '2026-11-25 11:30:00', 'Fee, “small”; café', 'Completed', '', '-5'],
];
const widths = [90, 120, 300, 110, 90, 90];

const cells = (sheet: Sheet): readonly (readonly string[])[] => sheet.rows.map((row) => row.cells);

async function read(file: Buffer, password?: string): Promise<Sheet> {
  const sheet = await readSheet(file, { password });
  if (!sheet.ok) throw new Error(sheet.error.cause);
  return sheet.value;
}

async function refusalOf(
  file: Buffer,
  options: { readonly password?: string; readonly limits?: Partial<SheetLimits> } = {},
): Promise<SheetRefusal> {
  const sheet = await readSheet(file, options);
  if (sheet.ok) throw new Error('it was read');
  expect(sheet.error.cause).toMatch(/\w.*\.$/);
  expect(sheet.error.fix).toMatch(/\w.*\.$/);
  return sheet.error;
}

describe('CSV', () => {
  const utf16 = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  const text = csvFile(rows).toString();
  const western = Buffer.from(
    text.replace('“', '\u0093').replace('”', '\u0094').replace('é', '\u00e9'),
    'latin1',
  );

  it.each<[string, Buffer]>([
    ['UTF-8', csvFile(rows)],
    ['UTF-8 with a byte order mark', Buffer.concat([Buffer.from('\ufeff'), csvFile(rows)])],
    ['semicolons', csvFile(rows, ';')],
    ['tabs', csvFile(rows, '\t')],
    ['UTF-16 as Excel writes it', utf16(csvFile(rows, '\t').toString())],
    ['UTF-16 without a mark', utf16(text).subarray(2)],
    ['Windows-1252', western],
    ['old line ends', Buffer.from(text.replaceAll('\r\n', '\r'))],
  ])('is read as %s', async (_, file) => {
    const sheet = await read(file);
    expect(sheet.kind).toBe('csv');
    expect(cells(sheet)).toEqual(rows.map((row) => [...row].slice(0, row[5] === '' ? 5 : 6)));
    expect(sheet.rows.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it('obeys the line by which Excel names the delimiter', async () => {
    const sheet = await read(Buffer.from('sep=|\r\na,b|c,d\r\n'));
    expect(sheet.rows).toEqual([{ line: 2, cells: ['a,b', 'c,d'] }]);
  });

  it('counts lines as a person does, over empty lines and cells of two lines', async () => {
    const sheet = await read(Buffer.from('a,b\n\n"one\ntwo",c\n\n\nd,e\n'));
    expect(sheet.rows.map(({ line }) => line)).toEqual([1, 3, 7]);
    expect(sheet.rows[1]?.cells).toEqual(['one\ntwo', 'c']);
  });

  it('is refused with the line where a quotation mark is never closed', async () => {
    const refusal = await refusalOf(Buffer.from('a,b\nc,d\n"e,f\ng,h\n'));
    expect(refusal).toMatchObject({ kind: 'broken', line: 3 });
    expect(refusal.cause).toContain('line 3');
  });

  it('comes back whole, whatever is in its cells', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).map((t) => `x${t.trim()}x`);
    const sign = fc.constantFrom(',', ';', '\t');
    const grid = fc.array(fc.tuple(cell, cell, cell), { minLength: 2, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(grid, sign, async (table, delimiter) => {
        const plain = table.map((row) => row.map((t) => t.replaceAll(/[\p{Cc},;"|]/gu, '')));
        expect(cells(await read(csvFile(plain, delimiter)))).toEqual(plain);
      }),
      { numRuns: 40 },
    );
  });

  it.each([0, 1])('keeps signs of two units whole, wherever it is cut: %i', async (shift) => {
    const table = [['a', 'b'], ...Array.from({ length: 3_000 }, () => ['😀'.repeat(20), 'c'])];
    const file = csvFile([['x'.repeat(shift + 1)], ...table]);
    expect(cells(await read(file)).slice(1)).toEqual(table);
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    const file = Buffer.from('a,b\n'.repeat(12_000));
    await readSheet(file, { onProgress: (count) => void told.push(count) });
    expect(told).toEqual([5_000, 10_000, 12_000]);
  });
});

describe('Excel', () => {
  it('is read with dates and amounts as plain texts', async () => {
    const sheet = await read(await xlsxFile(rows));
    expect(sheet.kind).toBe('xlsx');
    expect(cells(sheet)).toEqual(rows.map((row) => [...row].slice(0, row[5] === '' ? 5 : 6)));
  });

  it('writes midnight as a time as well', async () => {
    const sheet = await read(await xlsxFile([['a', '2026-11-25 00:00:00']]));
    expect(sheet.rows[0]?.cells).toEqual(['a', '2026-11-25 00:00:00']);
  });

  it('keeps the sheet’s own line numbers over empty rows', async () => {
    const sheet = await read(await xlsxFile([['a', 'b'], [''], ['c', 'd']]));
    expect(sheet.rows.map(({ line }) => line)).toEqual([1, 3]);
  });

  it.each([
    ['1500', '1500'],
    ['-5.25', '-5.25'],
    ['1.5E3', '1500'],
    ['0.30000000000000004', '0.3'],
    ['1499.9999999999998', '1500'],
    ['2.5e-3', '0.0025'],
    ['1e21', '1000000000000000000000'],
    ['-1.2E-2', '-0.012'],
    ['0', '0'],
    ['0E0', '0'],
    ['254712345678', '254712345678'],
  ])('writes the number %s as %s', (spelled, plain) => {
    expect(plainNumber(spelled)).toBe(plain);
  });

  it('is refused when it is cut off, or grows too large unpacked', async () => {
    const file = await xlsxFile(rows);
    expect(await refusalOf(file.subarray(0, file.length - 40))).toMatchObject({ kind: 'broken' });
    expect(await refusalOf(file, { limits: { inflatedBytesMax: 500 } })).toMatchObject({
      kind: 'too-large',
    });
  });

  it('is refused when a bit of a part has flipped', async () => {
    const file = await xlsxFile(rows);
    const at = file.indexOf('xl/worksheets/sheet1.xml') + 60;
    file[at] = (file[at] ?? 0) ^ 1;
    expect(await refusalOf(file)).toMatchObject({ kind: 'broken' });
  });

  it('is not believed about its own size', async () => {
    const bomb = deflateRawSync(Buffer.alloc(1_000_000));
    const checksum = crc32(Buffer.alloc(1_000_000));
    const local = Buffer.alloc(30 + 4);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(bomb.length, 18);
    local.writeUInt32LE(10, 22);
    local.writeUInt16LE(4, 26);
    local.write('xl/a', 30);
    const entry = Buffer.alloc(46 + 4);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(checksum, 16);
    entry.writeUInt32LE(bomb.length, 20);
    entry.writeUInt32LE(10, 24);
    entry.writeUInt16LE(4, 28);
    entry.write('xl/a', 46);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50);
    end.writeUInt16LE(1, 8);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(entry.length, 12);
    end.writeUInt32LE(local.length + bomb.length, 16);
    const file = Buffer.concat([local, bomb, entry, end]);
    const limits = { inflatedBytesMax: 500_000 };
    expect(await refusalOf(file, { limits })).toMatchObject({ kind: 'too-large' });
    // Whole, and yet no workbook: it gets as far as the reader.
    expect((await refusalOf(file)).cause).toContain('workbook is damaged (');
  });
});

describe('PDF', () => {
  const plain = rows.map((row) => row.map((cell) => cell.replace(/[“”]/g, "'")));
  let locked: Buffer;
  beforeAll(async () => {
    locked = await pdfFile(plain, { widths, password: '123456' });
  });

  it('is read by the places of its texts', async () => {
    const sheet = await read(await pdfFile(plain, { widths }));
    expect(sheet.kind).toBe('pdf');
    expect(cells(sheet)).toEqual(plain.map((row) => [...row].slice(0, row[5] === '' ? 5 : 6)));
  });

  it('is read with its password, and refused without it or with another', async () => {
    expect((await read(locked, '123456')).rows).toHaveLength(3);
    expect(await refusalOf(locked)).toMatchObject({ kind: 'password-missing' });
    expect(await refusalOf(locked, { password: '1' })).toMatchObject({ kind: 'password-wrong' });
  });

  it('is read over pages whose head is repeated', async () => {
    const many = Array.from({ length: 60 }, (_, n) => [`TKN${n}`, '2026', 'd', 'ok', '1', '2']);
    const sheet = await read(await pdfFile([plain[0] ?? [], ...many], { widths }));
    expect(cells(sheet)).toEqual([plain[0], ...many]);
  });

  it('keeps what stands above the table as it stands', async () => {
    const file = await pdfFile([['Short code', '600111'], ...plain], { widths, above: 1 });
    expect(cells(await read(file)).slice(0, 2)).toEqual([['Short code', '600111'], plain[0]]);
  });

  it('parts heads that stand so close that they come as one text', async () => {
    const file = await pdfFile(plain, { widths: [90, 120, 300, 62, 90, 90] });
    expect(cells(await read(file))[0]).toEqual(plain[0]);
    expect(cells(await read(file))[1]?.slice(3)).toEqual(['Completed', '1500.5']);
  });

  it('puts wrapped cells together', async () => {
    const wrapped = [
      plain[0] ?? [],
      ['TKN1', '2026-11-25', 'Pay Bill from', 'Completed', '10', ''],
      ['', '10:00:05', '2547*****678', '', '', ''],
      ['TKN2', '2026-11-25', 'Fee', 'Completed', '', '-5'],
    ];
    expect(cells(await read(await pdfFile(wrapped, { widths })))).toEqual([
      plain[0],
      ['TKN1', '2026-11-25 10:00:05', 'Pay Bill from 2547*****678', 'Completed', '10'],
      ['TKN2', '2026-11-25', 'Fee', 'Completed', '', '-5'],
    ]);
  });

  it('is refused when it is cut off, or holds no text', async () => {
    const cut = locked.subarray(0, Math.floor(locked.length / 3));
    expect(await refusalOf(cut)).toMatchObject({ kind: 'broken' });
    expect(await refusalOf(await pdfFile([['']], { widths }))).toMatchObject({ kind: 'no-text' });
  });
});

describe('every kind', () => {
  it.each<[string, Buffer, SheetRefusal['kind']]>([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['lines without text', Buffer.from('\n\n,,\n'), 'empty'],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1000000', 'hex'), 'other-kind'],
    ['an archive', Buffer.from('PK\u0003\u0004 something'), 'other-kind'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'other-kind'],
  ])('is not %s', async (_, file, kind) => {
    expect(await refusalOf(file)).toMatchObject({ kind });
  });

  it.each<[Partial<SheetLimits>, SheetRefusal['kind']]>([
    [{ bytesMax: 10 }, 'too-large'],
    [{ rowsMax: 2 }, 'too-many-rows'],
    [{ columnsMax: 3 }, 'too-many-columns'],
    [{ cellLengthMax: 12 }, 'cell-too-long'],
  ])('has limits: %o', async (limits, kind) => {
    expect(await refusalOf(csvFile(rows), { limits })).toMatchObject({ kind });
  });

  it('never throws, whatever the bytes', async () => {
    const seeds = [csvFile(rows), await xlsxFile(rows), await pdfFile(rows, { widths })];
    const cut = fc.record({
      seed: fc.nat(seeds.length - 1),
      at: fc.nat(20_000),
      bytes: fc.uint8Array({ maxLength: 30 }),
    });
    await fc.assert(
      fc.asyncProperty(cut, async ({ seed, at, bytes }) => {
        const file = Buffer.from(seeds[seed] ?? Buffer.alloc(0));
        file.set(bytes.slice(0, Math.max(0, file.length - at)), Math.min(at, file.length));
        expect(typeof (await readSheet(file)).ok).toBe('boolean');
      }),
      { numRuns: 60 },
    );
  });
});
