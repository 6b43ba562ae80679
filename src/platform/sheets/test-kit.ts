import { packed } from './pack.ts';

const officeTypes = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook whose sheets are the given XML, to the letter. */
export function rawXlsxFile(...sheets: readonly string[]): Buffer {
  const each = (write: (n: number) => string): string => sheets.map((_, n) => write(n)).join('');
  const sheet = (n: number): string => `<sheet name="S${n}" sheetId="${n + 1}" r:id="rId${n}"/>`;
  const link = (n: number): string =>
    `<Relationship Id="rId${n}" Type="${officeTypes}/worksheet" Target="worksheets/s${n}.xml"/>`;
  const parts = {
    'xl/workbook.xml': `<workbook><sheets>${each(sheet)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${each(link)}</Relationships>`,
    ...Object.fromEntries(sheets.map((text, n) => [`xl/worksheets/s${n}.xml`, text])),
  };
  return packed(Object.entries(parts).map(([path, text]) => ({ path, body: Buffer.from(text) })));
}
