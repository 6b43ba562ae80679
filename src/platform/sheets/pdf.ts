import { getDocumentProxy } from 'unpdf';

import { gridOf, type Piece } from './pdf-grid.ts';
import {
  collectRows,
  refuse,
  type SheetOptions,
  type SheetRefused,
  type SheetRow,
} from './sheet.ts';

/** `PasswordException` of pdf.js: 1 where none was given, 2 where it does not open the file. */
const passwordCodes = { missing: 1, wrong: 2 } as const;

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;

/**
 * The build of pdf.js in `unpdf` runs without a canvas, a worker or a network as long as only text
 * is asked for.
 */
async function open(file: Buffer, password: string | undefined): Promise<Document> {
  try {
    return await getDocumentProxy(
      // A copy: pdf.js takes the memory it is given away from its owner.
      new Uint8Array(file),
      { verbosity: 0, ...(password === undefined ? {} : { password }) },
    );
  } catch (error) {
    throw refusalFor(error);
  }
}

function refusalFor(error: unknown): SheetRefused {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PasswordException') {
    const wrong = error instanceof Error && 'code' in error && error.code === passwordCodes.wrong;
    return wrong
      ? refuse('password-wrong', {
          cause: 'The password does not open this PDF.',
          fix: 'Give the one the provider sent with this very statement: each has its own.',
        })
      : refuse('password-missing', {
          cause: 'The PDF is locked with a password.',
          fix: 'Give the password the provider sent with the statement.',
        });
  }
  // pdf.js throws errors of many names at a file that is not whole.
  return refuse('broken', {
    cause: 'The PDF is damaged: it is not whole.',
    fix: 'Download the statement again, or take it as CSV or Excel.',
  });
}

export async function readPdf(file: Buffer, options: SheetOptions): Promise<readonly SheetRow[]> {
  const document = await open(file, options.password);
  try {
    if (document.numPages > options.limits.pagesMax) {
      throw refuse('too-large', {
        cause: `The PDF has ${document.numPages} pages; ${options.limits.pagesMax} are read.`,
        fix: 'Download the statement as CSV, or for a shorter period.',
      });
    }
    const grid = gridOf();
    for (let number = 1; number <= document.numPages; number += 1) {
      grid.addPage(await piecesOf(document, number));
      options.onProgress(grid.rowCount());
    }
    const collected = collectRows({ ...options, onProgress: () => undefined });
    for (const { line, cells } of grid.rows()) collected.add(line, cells);
    if (collected.rows.length === 0) {
      throw refuse('no-text', {
        cause: 'The PDF holds pictures and no text: it was scanned or printed to an image.',
        fix: 'Download the statement itself from the provider.',
      });
    }
    return collected.rows;
  } finally {
    await document.loadingTask.destroy();
  }
}

async function piecesOf(document: Document, number: number): Promise<readonly Piece[]> {
  try {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '') return [];
      const [x, y] = positionOf(item.transform);
      return [{ text: item.str, x, y, width: item.width, height: item.height }];
    });
  } catch (error) {
    throw refusalFor(error);
  }
}

/** The last two numbers of a text matrix (ISO 32000-1, 9.4.4). */
function positionOf(transform: readonly unknown[]): readonly [number, number] {
  return [Number(transform[4]), Number(transform[5])];
}
