/** A file's rows as texts, whatever kind of file it was. */
export interface Sheet {
  readonly kind: SheetKind;
  readonly rows: readonly SheetRow[];
}

export interface SheetRow {
  /** Counted from 1, as a person sees it in the file. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type SheetKind = 'csv' | 'xlsx' | 'pdf';

/** Why a file was not read: one sentence, and what to do about it. */
export interface SheetRefusal {
  readonly kind:
    | 'empty'
    | 'too-large'
    | 'too-many-rows'
    | 'too-many-columns'
    | 'cell-too-long'
    | 'other-kind'
    | 'password-missing'
    | 'password-wrong'
    | 'no-text'
    | 'broken';
  /** Where in the file; undefined where the whole of it is meant. */
  readonly line: number | undefined;
  readonly cause: string;
  readonly fix: string;
}

export interface SheetLimits {
  readonly bytesMax: number;
  readonly rowsMax: number;
  readonly columnsMax: number;
  /** How far a workbook's sheets may reach together: what stands between is filled in. */
  readonly cellsMax: number;
  readonly cellLengthMax: number;
  /** What a compressed file may grow to. */
  readonly inflatedBytesMax: number;
  readonly pagesMax: number;
}

const mebibyte = 1024 * 1024;

export const sheetLimits: SheetLimits = {
  bytesMax: 32 * mebibyte,
  // As many as a sheet has: some programs write the last row of all, though it is empty.
  rowsMax: 1_048_576,
  columnsMax: 100,
  cellsMax: 32 * 1_048_576,
  cellLengthMax: 1_000,
  inflatedBytesMax: 256 * mebibyte,
  pagesMax: 10_000,
};

export interface SheetOptions {
  readonly password: string | undefined;
  readonly limits: SheetLimits;
  /** Told now and then how many rows have been read. */
  readonly onProgress: (rows: number) => void;
}

/** How many rows pass between two words of progress. */
export const progressEvery = 5_000;

/** A refusal on its way up through libraries that only know how to throw. */
export class SheetRefused extends Error {
  readonly refusal: SheetRefusal;

  constructor(refusal: SheetRefusal) {
    super(refusal.cause);
    this.refusal = refusal;
  }
}

export const refuse = (
  kind: SheetRefusal['kind'],
  words: { readonly line?: number; readonly cause: string; readonly fix: string },
): SheetRefused => new SheetRefused({ kind, line: words.line, cause: words.cause, fix: words.fix });

/** Collects rows within the limits; rows without any text are left out. */
export function collectRows({ limits, onProgress }: SheetOptions) {
  const rows: SheetRow[] = [];
  return {
    rows,
    add: (line: number, cells: readonly string[]): void => {
      const texts = trimmed(cells);
      if (texts.length === 0) return;
      if (texts.length > limits.columnsMax) {
        throw refuse('too-many-columns', {
          line,
          cause: `Line ${line} has ${texts.length} columns; ${limits.columnsMax} are read.`,
          fix: 'Give the statement as the provider hands it out.',
        });
      }
      if (texts.some((text) => text.length > limits.cellLengthMax)) {
        throw refuse('cell-too-long', {
          line,
          cause: `Line ${line} has a cell of more than ${limits.cellLengthMax} characters.`,
          fix: 'A quotation mark that is never closed does that. Download the statement again.',
        });
      }
      if (rows.length >= limits.rowsMax) {
        throw refuse('too-many-rows', {
          line,
          cause: `The file has more than ${limits.rowsMax} rows.`,
          fix: 'Download the statement for a shorter period, and the rest after it.',
        });
      }
      rows.push({ line, cells: texts });
      if (rows.length % progressEvery === 0) onProgress(rows.length);
    },
  };
}

/** Without the empty cells at the end, and without space around the others. */
function trimmed(cells: readonly string[]): readonly string[] {
  const texts = cells.map((cell) => cell.trim());
  return texts.slice(0, texts.findLastIndex((text) => text !== '') + 1);
}
