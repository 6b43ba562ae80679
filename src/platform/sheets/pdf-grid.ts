import type { SheetRow } from './sheet.ts';

/** A run of text and where it stands on its page, from the lower left corner. */
export interface Piece {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pieces that stand beside each other, from left to right. */
interface Line {
  readonly y: number;
  readonly height: number;
  readonly pieces: readonly Piece[];
}

/** What stands below a head; it begins and ends where the head does. */
interface Column {
  readonly head: string;
  readonly left: number;
  readonly right: number;
}

/** A table has at least so many heads; fewer are a line of words. */
const headsMin = 4;
const pageNumber = /^page \d+(?: ?(?:of|\/) ?\d+)?$/i;
/** In heights of its text: lines further apart than this are not one row. */
const wrapWithin = 1.8;

const right = (piece: Piece): number => piece.x + piece.width;
const overlap = (piece: Piece, column: Column): number =>
  Math.min(right(piece), column.right) - Math.max(piece.x, column.left);

/**
 * A PDF has no rows and columns, only texts at places. Texts at one height are a line; a line of
 * heads (words without a digit) names the columns; what stands below a head is its column's. A line
 * with nothing in the first column goes on with a row whose cells were wrapped.
 */
export function gridOf() {
  const rows: SheetRow[] = [];
  let columns: readonly Column[] = [];
  let lineCount = 0;

  const addRow = (cells: readonly string[], line: number): void => void rows.push({ line, cells });

  const addTable = (lines: readonly Line[], firstLine: number): void => {
    for (const { cells, at } of gather(lines, columns)) addRow(cells, firstLine + at);
  };

  return {
    rowCount: (): number => rows.length,
    rows: (): readonly SheetRow[] => rows,
    addPage: (pieces: readonly Piece[]): void => {
      const lines = linesOf(pieces);
      let body: Line[] = [];
      let bodyFrom = 0;
      const flush = (): void => {
        addTable(body, bodyFrom);
        body = [];
      };
      for (let n = 0; n < lines.length; n += 1) {
        const line = lines[n];
        if (line === undefined) break;
        lineCount += 1;
        if (line.pieces.length === 1 && pageNumber.test(line.pieces[0]?.text.trim() ?? ''))
          continue;
        if (isHead(line)) {
          flush();
          const wrapped = headLinesFrom(lines, n);
          const headLine = lineCount;
          lineCount += wrapped.length - 1;
          n += wrapped.length - 1;
          const found = columnsOf(wrapped, lines.slice(n + 1));
          const repeated = headText(found) === headText(columns);
          columns = found;
          if (!repeated)
            addRow(
              columns.map(({ head }) => head),
              headLine,
            );
        } else if (columns.length === 0) {
          addRow(
            line.pieces.map(({ text }) => text.trim()),
            lineCount,
          );
        } else {
          if (body.length === 0) bodyFrom = lineCount;
          body.push(line);
        }
      }
      flush();
    },
  };
}

const headText = (columns: readonly Column[]): string => columns.map(({ head }) => head).join('|');

function linesOf(pieces: readonly Piece[]): readonly Line[] {
  const lines: { y: number; height: number; pieces: Piece[] }[] = [];
  for (const piece of pieces.toSorted((a, b) => b.y - a.y)) {
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(last.y - piece.y) <= 0.4 * piece.height) {
      last.pieces.push(piece);
    } else {
      lines.push({ y: piece.y, height: piece.height, pieces: [piece] });
    }
  }
  return lines.map((line) => ({ ...line, pieces: joined(line.pieces) }));
}

/** Some programs write a word in several runs: what touches is one text. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const texts: Piece[] = [];
  for (const piece of pieces.toSorted((a, b) => a.x - b.x)) {
    const last = texts.at(-1);
    const gap = last === undefined ? Infinity : piece.x - right(last);
    if (last === undefined || gap > 0.35 * piece.height) {
      texts.push(piece);
    } else {
      const space = gap > 0.1 * piece.height ? ' ' : '';
      const width = Math.max(right(piece), right(last)) - last.x;
      texts[texts.length - 1] = { ...last, text: `${last.text}${space}${piece.text}`, width };
    }
  }
  return texts;
}

const isWords = ({ pieces }: Line): boolean => pieces.every(({ text }) => !/\d/.test(text));
const isHead = (line: Line): boolean => line.pieces.length >= headsMin && isWords(line);

/** A head may be wrapped: the lines of words right below belong to it. */
function headLinesFrom(lines: readonly Line[], from: number): readonly Line[] {
  const first = lines[from];
  if (first === undefined) return [];
  const found = [first];
  for (const line of lines.slice(from + 1)) {
    const above = found.at(-1) ?? first;
    if (!isWords(line) || above.y - line.y > 1.6 * above.height) break;
    found.push(line);
  }
  return found;
}

function columnsOf(heads: readonly Line[], below: readonly Line[]): readonly Column[] {
  const [first, ...further] = heads;
  let columns: readonly Column[] = (first?.pieces ?? []).map((piece) => ({
    head: piece.text.trim(),
    left: piece.x,
    right: right(piece),
  }));
  columns = parted(columns, below);
  for (const piece of further.flatMap(({ pieces }) => pieces)) {
    const at = columnOf(piece, columns);
    columns = columns.map((column, n) =>
      n === at
        ? {
            head: `${column.head} ${piece.text.trim()}`,
            left: Math.min(column.left, piece.x),
            right: Math.max(column.right, right(piece)),
          }
        : column,
    );
  }
  return columns;
}

const partsMax = 20;

/**
 * Two heads with no more than a space between them come as one text. Two texts of one line below it
 * tell them apart: the head is parted at the space nearest to where the second one begins.
 */
function parted(heads: readonly Column[], below: readonly Line[]): readonly Column[] {
  let columns = heads;
  for (let n = 0; n < partsMax; n += 1) {
    const clash = clashIn(columns, below);
    if (clash === undefined) return columns;
    const { at, x } = clash;
    columns = columns.flatMap((column, index) => (index === at ? partedAt(column, x) : [column]));
  }
  return columns;
}

function clashIn(
  columns: readonly Column[],
  below: readonly Line[],
): { readonly at: number; readonly x: number } | undefined {
  for (const { pieces } of below.filter((line) => !isHead(line))) {
    const places = pieces.map((piece) => columnOf(piece, columns));
    for (const [n, at] of places.entries()) {
      const piece = pieces[n];
      const divides = (columns[at]?.head ?? '').includes(' ');
      const within = piece !== undefined && overlap(piece, columns[at] ?? noColumn) > 0;
      if (n > 0 && at === places[n - 1] && divides && within) return { at, x: piece.x };
    }
  }
  return undefined;
}

const noColumn: Column = { head: '', left: 0, right: 0 };

function partedAt(column: Column, x: number): readonly Column[] {
  const perLetter = (column.right - column.left) / column.head.length;
  const spaces = [...column.head.matchAll(/ /g)].map(({ index }) => index);
  const nearest = spaces.reduce((best, index) => {
    const away = (at: number): number => Math.abs(column.left + (at + 1) * perLetter - x);
    return away(index) < away(best) ? index : best;
  }, spaces[0] ?? 0);
  return [
    { ...column, head: column.head.slice(0, nearest), right: x - perLetter },
    { ...column, head: column.head.slice(nearest + 1), left: x },
  ];
}

/** The column a text shares most width with; beside all of them, the nearest. */
const columnOf = (piece: Piece, columns: readonly Column[]): number =>
  columns.reduce(
    (best, column, n) =>
      overlap(piece, column) > overlap(piece, columns[best] ?? noColumn) ? n : best,
    0,
  );

interface Gathered {
  readonly cells: readonly string[];
  /** Which of the lines began it. */
  readonly at: number;
}

/** Lines of a table's body as rows: what has something in the first column begins one. */
function gather(lines: readonly Line[], columns: readonly Column[]): readonly Gathered[] {
  const placed = lines.map((line) => ({ line, cells: cellsOf(line, columns) }));
  const anchors = placed.flatMap(({ cells }, at) => ((cells[0] ?? '') === '' ? [] : [at]));
  // Where a line stands above the first row, cells are centred, and the nearest row is the one.
  const centred = (anchors[0] ?? 0) > 0;
  const owners = placed.map(({ line, cells }, at) => {
    if ((cells[0] ?? '') !== '') return at;
    const above = anchors.findLast((anchor) => anchor < at);
    const below = anchors.find((anchor) => anchor > at);
    const away = (anchor: number | undefined): number =>
      Math.abs((placed[anchor ?? -1]?.line.y ?? Infinity) - line.y);
    const owner = centred && away(below) < away(above) ? below : above;
    return owner !== undefined && isNear(placed, owner, at) ? owner : at;
  });
  return placed.flatMap(({ line, cells }, at) => {
    if (owners[at] !== at) return [];
    const rest = placed.filter((_, n) => owners[n] === at);
    if (rest.length === 1) return [{ cells: asRow(cells, line), at }];
    const whole = columns.map((_, n) =>
      rest
        .map((part) => part.cells[n] ?? '')
        .filter((text) => text !== '')
        .join(' '),
    );
    return [{ cells: whole, at }];
  });
}

/** A text alone on its line, with nothing in the first column, is a remark and no row. */
const asRow = (cells: readonly string[], line: Line): readonly string[] =>
  (cells[0] ?? '') === '' ? line.pieces.map(({ text }) => text.trim()) : cells;

/** Every line between the two follows closely on the one before. */
function isNear(placed: readonly { readonly line: Line }[], owner: number, at: number): boolean {
  const [from, to] = owner < at ? [owner, at] : [at, owner];
  for (let n = from; n < to; n += 1) {
    const upper = placed[n]?.line;
    const lower = placed[n + 1]?.line;
    if (upper === undefined || lower === undefined) return false;
    if (upper.y - lower.y > wrapWithin * upper.height) return false;
  }
  return true;
}

function cellsOf({ pieces }: Line, columns: readonly Column[]): readonly string[] {
  const cells = columns.map((): string => '');
  for (const piece of pieces) {
    for (const { text, at } of sharesOf(piece, columns)) {
      cells[at] = cells[at] === '' ? text : `${cells[at]} ${text}`;
    }
  }
  return cells;
}

/** A text that stands below two heads as a whole is two texts with a mere space between them. */
function sharesOf(
  piece: Piece,
  columns: readonly Column[],
): readonly { readonly text: string; readonly at: number }[] {
  const at = columnOf(piece, columns);
  const next = columns[at + 1];
  const text = piece.text.trim();
  const covered = next === undefined ? 0 : overlap(piece, next) / (next.right - next.left);
  const startsHere = piece.x < (columns[at]?.right ?? 0);
  if (next === undefined || covered < 0.6 || !startsHere || !text.includes(' ')) {
    return [{ text, at }];
  }
  const [head, tail] = partedAt({ head: text, left: piece.x, right: right(piece) }, next.left);
  return [
    { text: head?.head ?? text, at },
    ...(tail === undefined ? [] : [{ text: tail.head, at: at + 1 }]),
  ];
}
