import { err, ok, unreachable, type Result } from '#kernel';

import { detect, type Detected } from './detect.ts';
import {
  refuse,
  sheetLimits,
  SheetRefused,
  type Sheet,
  type SheetLimits,
  type SheetOptions,
  type SheetRefusal,
  type SheetRow,
} from './sheet.ts';

/** Reads a file into rows of texts; what kind of file it is, its content says. */
export async function readSheet(
  file: Buffer,
  given: {
    readonly password?: string | undefined;
    readonly onProgress?: ((rows: number) => void) | undefined;
    readonly limits?: Partial<SheetLimits>;
  } = {},
): Promise<Result<Sheet, SheetRefusal>> {
  const options: SheetOptions = {
    password: given.password,
    limits: { ...sheetLimits, ...given.limits },
    onProgress: given.onProgress ?? (() => undefined),
  };
  try {
    const sheet = await read(file, options);
    options.onProgress(sheet.rows.length);
    return ok(sheet);
  } catch (error) {
    if (error instanceof SheetRefused) return err(error.refusal);
    throw error;
  }
}

async function read(file: Buffer, options: SheetOptions): Promise<Sheet> {
  if (file.length === 0) throw emptyFile();
  if (file.length > options.limits.bytesMax) {
    throw refuse('too-large', {
      cause: `The file has more than ${options.limits.bytesMax / (1024 * 1024)} MiB.`,
      fix: 'Download the statement for a shorter period, and the rest after it.',
    });
  }
  const kind = detect(file);
  const rows = await rowsOf(kind, file, options);
  if (kind !== 'csv' && kind !== 'xlsx' && kind !== 'pdf') throw otherKind();
  if (rows.length === 0) throw emptyFile();
  return { kind, rows };
}

/** Each reader is loaded with the first file of its kind: most days bring none. */
async function rowsOf(
  kind: Detected,
  file: Buffer,
  options: SheetOptions,
): Promise<readonly SheetRow[]> {
  switch (kind) {
    case 'csv':
      return (await import('./csv.ts')).readCsv(file, options);
    case 'xlsx':
      return (await import('./excel.ts')).readExcel(file, options);
    case 'pdf':
      return (await import('./pdf.ts')).readPdf(file, options);
    case 'old-office':
      throw refuse('other-kind', {
        cause: 'The file is an old Excel workbook, or one that Excel has put a password on.',
        fix: 'Open it in a spreadsheet program and save it as CSV or as .xlsx without a password.',
      });
    case 'zip':
      throw refuse('other-kind', {
        cause: 'The file is a ZIP archive.',
        fix: 'Unpack it and import the statement inside.',
      });
    case 'binary':
      throw otherKind();
    default:
      return unreachable(kind, 'kind of file');
  }
}

const emptyFile = () =>
  refuse('empty', {
    cause: 'The file is empty.',
    fix: 'Download the statement again.',
  });

const otherKind = () =>
  refuse('other-kind', {
    cause: 'The file is neither CSV nor Excel nor PDF.',
    fix: 'Download the statement as one of them.',
  });
