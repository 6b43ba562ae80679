import { describe, expect, it } from 'vitest';

import { readSheet, type Sheet, type SheetRefusal } from './index.ts';
import { rawXlsxFile } from './test-kit.ts';

const sheetOf = (rows: string): string => `<worksheet><sheetData>${rows}</sheetData></worksheet>`;
const cell = (place: string): string => `<c r="${place}"><v>1</v></c>`;
const row = (n: number, ...cells: readonly string[]): string =>
  `<row r="${n}">${cells.map(cell).join('')}</row>`;

async function read(...sheets: readonly string[]): Promise<Sheet> {
  const sheet = await readSheet(rawXlsxFile(...sheets));
  if (!sheet.ok) throw new Error(sheet.error.cause);
  return sheet.value;
}

async function refusalOf(...sheets: readonly string[]): Promise<SheetRefusal> {
  const sheet = await readSheet(rawXlsxFile(...sheets));
  if (sheet.ok) throw new Error('it was read');
  expect(sheet.error.cause).toMatch(/\w.*\.$/);
  expect(sheet.error.fix).toMatch(/\w.*\.$/);
  return sheet.error;
}

describe('how far a workbook reaches', () => {
  it('is told by its rows and cells, and bearable in a common one', async () => {
    const sheet = await read(sheetOf(row(1, 'A1', 'B1') + row(4, 'CV4')));
    expect(sheet.rows.map(({ line, cells }) => [line, cells.length])).toEqual([
      [1, 2],
      [4, 100],
    ]);
    expect((await read(sheetOf(row(1, 'A1') + row(1_048_576)))).rows).toHaveLength(1);
    expect((await read(sheetOf(`<row>${cell('A1')}</row><row><c r='A2'/></row>`))).rows).toEqual([
      { line: 1, cells: ['1'] },
    ]);
  });

  it('counts nothing that only looks like a place', async () => {
    const text = `<is><t>bar="9999999" r="" r="a" r="A"</t></is>`;
    const sheet = await read(sheetOf(`<row r="1"><c r="A1" t="inlineStr">${text}</c></row>`));
    expect(sheet.rows[0]?.cells).toEqual(['bar="9999999" r="" r="a" r="A"']);
  });

  const far = '<c r="A2000000000"><v>1</v></c>';
  it.each<[string, string]>([
    ['a row', `<row r="2000000000">${far}</row>`],
    ['an empty row', '<row r="2000000000"/>'],
    ['a row with other attributes', `<row s="1" spans="1:2" r="2000000000">${far}</row>`],
    ['single quotes', "<row r='2000000000'/>"],
    ['spaces', '<row r="  2000000000 "/>'],
    ['powers of ten', '<row r="2e9"/>'],
    ['no end', '<row r="Infinity"/>'],
    ['a prefix', '<x:row x:r="2000000000"/>'],
    ['lines between', '<row\n\tspans="1:2"\n\tr="2000000000"\n/>'],
    ['a cell alone', `<row>${far}</row>`],
    ['a sign in an attribute', '<row t=">" r="2000000000"/>'],
    ['a quotation mark that hides it', '<row>r="</row><row r="2000000000"/>'],
    ['a row too many', '<row/>'.repeat(1_048_577)],
  ])('is refused in rows: %s', async (_, rows) => {
    expect(await refusalOf(sheetOf(rows))).toMatchObject({
      kind: 'too-many-rows',
      fix: expect.stringContaining('CSV'),
    });
  });

  it.each<[string, string]>([
    ['the last of all', row(1, 'A1', 'XFD1')],
    ['one too far', row(1, 'CW1')],
    ['no such letters', row(1, 'zzzz1')],
    ['single quotes', "<row r='1'><c s='1' r='XFD1'><v>1</v></c></row>"],
    ['a prefix', '<x:row r="1"><x:c x:r="XFD1"><x:v>1</x:v></x:c></x:row>'],
  ])('is refused in columns: %s', async (_, rows) => {
    expect(await refusalOf(sheetOf(rows))).toMatchObject({
      kind: 'too-many-columns',
      fix: expect.stringContaining('CSV'),
    });
  });

  it('is refused where rows and columns are too many together, in all its sheets', async () => {
    const wide = sheetOf(row(1, 'CV1') + row(1_000_000, 'A1000000'));
    expect(await refusalOf(wide)).toMatchObject({ kind: 'too-large' });
    const long = sheetOf(row(1, 'A1') + row(1_000_000, 'A1000000'));
    expect(await refusalOf(long, long, long)).toMatchObject({ kind: 'too-large' });
  });

  it('is not to be hidden by other ways to write a number', async () => {
    expect(await refusalOf(sheetOf('<row r="&#50;000000000"/>'))).toMatchObject({ kind: 'broken' });
  });

  it('is that of the parts in the directory: the reader gets no other', async () => {
    const file = rawXlsxFile(sheetOf(row(1, 'A1')));
    expect((await readSheet(file)).ok).toBe(true);
    // The sheet is the last of three.
    file.writeUInt16LE(2, file.length - 12);
    expect(await readSheet(file)).toMatchObject({
      ok: false,
      error: { kind: 'broken', cause: expect.stringContaining('s0.xml') },
    });
  });

  it('is looked at wherever a sheet may be', async () => {
    const sheet = '<x:worksheet><x:sheetData><row r="2000000000"/></x:sheetData></x:worksheet>';
    expect(await refusalOf(sheet)).toMatchObject({ kind: 'too-many-rows' });
  });
});
