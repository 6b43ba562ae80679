export { readSheet } from './read.ts';
export {
  sheetLimits,
  type Sheet,
  type SheetKind,
  type SheetLimits,
  type SheetRefusal,
  type SheetRow,
} from './sheet.ts';
