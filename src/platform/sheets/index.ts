export { readSheet } from './read.ts';
export {
  sheetLimits,
  type Sheet,
  type SheetKind,
  type SheetLimits,
  type SheetRefusal,
  type SheetRow,
} from './sheet.ts';
export { type Cell, type Columns, type RowGroups } from './cell.ts';
export { writeCsv } from './write-csv.ts';
export { workbookRowsMax, writeWorkbook } from './write-workbook.ts';
