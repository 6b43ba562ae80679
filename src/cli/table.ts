import CliTable from 'cli-table3';

import { widthOf } from './layout.ts';

export interface Column {
  readonly head: string;
  readonly align?: 'right';
}

// No lines around cells: they cost columns on a phone and say nothing.
const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Rows under their heads; where they do not fit, each row becomes a block of lines. */
export function table(options: {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly width: number;
}): readonly string[] {
  const { columns, rows, width } = options;
  const lines = asTable(columns, rows);
  return lines.some((line) => widthOf(line) > width) ? asBlocks(columns, rows) : lines;
}

function asTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const drawn = new CliTable({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) drawn.push([...row]);
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

const asBlocks = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] =>
  rows.flatMap((row) => {
    const [first = '', ...rest] = row;
    const told = rest.flatMap((cell, n) =>
      cell === '' ? [] : [`  ${(columns[n + 1]?.head ?? '').toLowerCase()}: ${cell}`],
    );
    return [first, ...told];
  });
