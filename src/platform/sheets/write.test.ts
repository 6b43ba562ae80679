import { buffer } from 'node:stream/consumers';
import { inflateRawSync } from 'node:zlib';

import { readSheet as readWorkbook } from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';

import { writeCsv, writeWorkbook, type Cell } from './index.ts';

const columns = { name: 'Money & "more"', titles: ['Name', 'Amount', 'At'] };
const text = (value: string): Cell => ({ kind: 'text', text: value });
// 11:05:09 UTC
const at = 1_795_691_109_000;
const row = (name: string, decimal = '1500.50'): readonly Cell[] => [
  text(name),
  { kind: 'money', decimal },
  { kind: 'time', at },
];

async function* groups(...rows: readonly (readonly Cell[])[]) {
  for (const one of rows) yield [one];
}

async function csvOf(...names: readonly string[]): Promise<string> {
  let all = '';
  for await (const piece of writeCsv(columns, groups(...names.map((name) => row(name))))) {
    all += piece;
  }
  return all;
}

describe('a CSV file', () => {
  it('has a mark for Excel, titles, exact money and the time in Nairobi', async () => {
    expect(await csvOf('Achieng')).toBe(
      '\uFEFFName,Amount,At\r\nAchieng,1500.50,2026-11-26 14:05:09\r\n',
    );
  });

  it.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+254', "'+254"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    [' =1', "' =1"],
    ['\r\n=1', `"'\r\n=1"`],
    ['＝1', "'＝1"],
    ['a=b', 'a=b'],
    ['Duka, la "Mama"', '"Duka, la ""Mama"""'],
    ['two\nlines', '"two\nlines"'],
    ['', ''],
  ])('has nothing in it that is calculated: %j', async (name, field) => {
    expect(await csvOf(name)).toBe(
      `\uFEFFName,Amount,At\r\n${field},1500.50,2026-11-26 14:05:09\r\n`,
    );
  });
});

const workbookOf = (...rows: readonly (readonly Cell[])[]): Promise<Buffer> =>
  buffer(writeWorkbook(columns, groups(...rows)));

describe('a workbook', () => {
  it('is read by others as it was written', async () => {
    const names = ['Achieng', '=1+1', '<b>&"\u{1F600}', 'room', 'bell\u0007'];
    const sheet = await readWorkbook(await workbookOf(...names.map((name) => row(name, '7.05'))));
    expect(sheet[0]).toEqual(['Name', 'Amount', 'At']);
    expect(sheet.slice(1).map(([name]) => name)).toEqual([
      'Achieng',
      '=1+1',
      '<b>&"\u{1F600}',
      'room',
      'bell\uFFFD',
    ]);
    expect(sheet[1]?.slice(1)).toEqual([7.05, new Date('2026-11-26T14:05:09.000Z')]);
  });

  it('has no formula in it, whatever a payer typed', async () => {
    const file = await workbookOf(row('=cmd|x'));
    const name = 'xl/worksheets/sheet1.xml';
    const sheet = inflateRawSync(file.subarray(file.indexOf(name) + name.length)).toString('utf8');
    expect(sheet).toContain('t="inlineStr"><is><t xml:space="preserve">=cmd|x</t>');
    expect(sheet).not.toContain('<f');
  });

  it('is written while its rows come, and reads no further than it is read', async () => {
    let made = 0;
    async function* endless() {
      for (;;) {
        made += 1;
        yield Array.from({ length: 200 }, (_, n) => row(`payer ${made} ${n} ${made * n}`));
      }
    }
    const file = writeWorkbook(columns, endless());
    for (let piece = 0; piece < 20; piece += 1) await file.next();
    await file.return(undefined);
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(200);
  });

  it('fails when its rows do', async () => {
    async function* broken() {
      yield [row('one')];
      throw new Error('the books are away');
    }
    await expect(buffer(writeWorkbook(columns, broken()))).rejects.toThrow('the books are away');
  });
});
