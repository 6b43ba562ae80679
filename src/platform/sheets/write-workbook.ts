import { dayMs, invariant, parseBusinessDate, startOfBusinessDay, type EpochMs } from '#kernel';

import type { Cell, Columns, RowGroups } from './cell.ts';
import { zipStream, type StreamedPart } from './zip-stream.ts';

/** A sheet has 1,048,576 rows (Microsoft, Excel specifications and limits). */
export const workbookRowsMax = 1_000_000;

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006';
const kinds = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const contentTypes = `${head}<Types xmlns="${packages}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="${kinds}.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kinds}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="${kinds}.styles+xml"/></Types>`;

const relationships = (targets: readonly (readonly [kind: string, target: string])[]): string =>
  `${head}<Relationships xmlns="${packages}/relationships">${targets
    .map(
      ([kind, target], n) =>
        `<Relationship Id="rId${n + 1}" Type="${office}/${kind}" Target="${target}"/>`,
    )
    .join('')}</Relationships>`;

/** In the order in which cells name them: text, bold, money, time. A text stays one when edited. */
const styles = `${head}<styleSheet xmlns="${main}">\
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border/></borders>\
<cellStyleXfs count="1"><xf/></cellStyleXfs>\
<cellXfs count="4">\
<xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/>\
<xf numFmtId="49" fontId="1" applyFont="1"/>\
<xf numFmtId="4" applyNumberFormat="1"/>\
<xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`;
const styleOf = { text: 0, title: 1, money: 2, time: 3 } as const;

/** An Excel workbook of one sheet (ECMA-376), in pieces, however many rows it has. */
export function writeWorkbook(columns: Columns, groups: RowGroups): AsyncGenerator<Buffer> {
  const sheet = `<sheet name="${escaped(columns.name)}" sheetId="1" r:id="rId1"/>`;
  const parts: readonly StreamedPart[] = [
    { path: '[Content_Types].xml', body: once(contentTypes) },
    { path: '_rels/.rels', body: once(relationships([['officeDocument', 'xl/workbook.xml']])) },
    {
      path: 'xl/workbook.xml',
      body: once(
        `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheet}</sheets></workbook>`,
      ),
    },
    {
      path: 'xl/_rels/workbook.xml.rels',
      body: once(
        relationships([
          ['worksheet', 'worksheets/sheet1.xml'],
          ['styles', 'styles.xml'],
        ]),
      ),
    },
    { path: 'xl/styles.xml', body: once(styles) },
    { path: 'xl/worksheets/sheet1.xml', body: sheetOf(columns, groups) },
  ];
  return zipStream(parts);
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function* sheetOf({ titles }: Columns, groups: RowGroups): AsyncGenerator<string> {
  const titleCells = titles.map((title) => textCell(title, styleOf.title));
  yield `${head}<worksheet xmlns="${main}">\
<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>\
</sheetView></sheetViews>\
<cols><col min="1" max="${titles.length}" width="20" customWidth="1"/></cols>\
<sheetData>${rowOf(1, titleCells)}`;
  let number = 1;
  for await (const rows of groups) {
    yield rows.map((cells) => rowOf((number += 1), cells.map(xmlOf))).join('');
  }
  yield '</sheetData></worksheet>';
}

/** What an element says of a cell besides where it is. */
interface CellXml {
  readonly attributes: string;
  readonly content: string;
}

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

const rowOf = (number: number, cells: readonly CellXml[]): string => {
  invariant(cells.length <= letters.length, 'a column has one letter');
  const text = cells.map(
    ({ attributes, content }, n) => `<c r="${letters[n]}${number}" ${attributes}>${content}</c>`,
  );
  return `<row r="${number}">${text.join('')}</row>`;
};

function xmlOf(cell: Cell): CellXml {
  if (cell.kind === 'money') return numberCell(cell.decimal, styleOf.money);
  if (cell.kind === 'time') return numberCell(serialOf(cell.at), styleOf.time);
  return textCell(cell.text, styleOf.text);
}

const numberCell = (text: string, style: number): CellXml => ({
  attributes: `s="${style}"`,
  content: `<v>${text}</v>`,
});

/** Typed as text, so that nothing in it is ever calculated. */
const textCell = (text: string, style: number): CellXml =>
  text === ''
    ? { attributes: `s="${style}"`, content: '' }
    : {
        attributes: `s="${style}" t="inlineStr"`,
        content: `<is><t xml:space="preserve">${escaped(text)}</t></is>`,
      };

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
/** XML has no place at all for these. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const escaped = (text: string): string =>
  text.replaceAll(unwritable, '\uFFFD').replaceAll(/[&<>"]/g, (one) => escapes[one] ?? one);

/** Day 25,569 of Excel's calendar begins 1970. */
const firstDayOf1970 = 25_569;
const first = parseBusinessDate('1970-01-01');
const nairobiStart = first.ok ? startOfBusinessDay(first.value) : 0;

/** Half a millisecond more, so that whoever cuts off instead of rounding has the same second. */
const cutOffMs = 0.5;

/** Days since the end of 1899 by the wall clock of Nairobi, to the second. */
const serialOf = (at: EpochMs): string => {
  const wholeMs = Math.floor((at - nairobiStart) / 1000) * 1000;
  return (firstDayOf1970 + (wholeMs + cutOffMs) / dayMs).toFixed(10);
};
