import { describe, expect, it } from 'vitest';

import { gridOf, type Piece } from './pdf-grid.ts';

/** Texts of seven points, each letter four wide; lines are told from the top of the page. */
const at = (x: number, fromTop: number, text: string): Piece => ({
  text,
  x,
  y: 800 - fromTop,
  width: text.length * 4,
  height: 7,
});

/** A line of the table: its texts at the left of their columns, none where the cell is empty. */
const line = (fromTop: number, ...cells: readonly string[]): readonly Piece[] =>
  [20, 120, 220, 400].flatMap((x, n) => {
    const text = cells[n] ?? '';
    return text === '' ? [] : [at(x, fromTop, text)];
  });

const head = line(0, 'Receipt No.', 'Time', 'Details', 'Paid In');

function rowsOf(...pages: readonly (readonly Piece[])[]): readonly (readonly string[])[] {
  const grid = gridOf();
  for (const page of pages) grid.addPage(page);
  return grid.rows().map(({ cells }) => cells);
}

describe('texts at places', () => {
  it('are rows by height and columns by the head above them, in whatever order they come', () => {
    const row = [at(404, 20, '5.00'), at(20, 20.5, 'TKN1'), at(120, 19.8, '10:00')];
    expect(rowsOf([...row, ...head])).toEqual([
      ['Receipt No.', 'Time', 'Details', 'Paid In'],
      ['TKN1', '10:00', '', '5.00'],
    ]);
  });

  it('join a head that is wrapped', () => {
    const wrapped = [
      ...line(0, 'Receipt', 'Completion', 'Details', 'Paid'),
      ...line(9, 'No.', 'Time', '', 'In'),
    ];
    const row = line(30, 'TKN1', '10:00', '', '5.00');
    expect(rowsOf([...wrapped, ...row])).toEqual([
      ['Receipt No.', 'Completion Time', 'Details', 'Paid In'],
      ['TKN1', '10:00', '', '5.00'],
    ]);
  });

  it('join cells that are centred beside a wrapped one', () => {
    const rows = [
      ...line(20, '', '', 'Pay Bill from 2547'),
      ...line(25, 'TKN1', '', '', '5.00'),
      ...line(30, '', '', 'JOHN Acc. 7'),
      ...line(50, '', '', 'Pay Bill from 2541'),
      ...line(55, 'TKN2', '', '', '6.00'),
      ...line(60, '', '', 'MARY Acc. 8'),
    ];
    expect(rowsOf([...head, ...rows]).slice(1)).toEqual([
      ['TKN1', '', 'Pay Bill from 2547 JOHN Acc. 7', '5.00'],
      ['TKN2', '', 'Pay Bill from 2541 MARY Acc. 8', '6.00'],
    ]);
  });

  it('join runs of a word, and keep columns apart', () => {
    const row = [at(20, 20, 'TK'), at(28, 20, 'N1'), at(120, 20, '10:00'), at(400, 20, '5')];
    expect(rowsOf([...head, ...row])[1]).toEqual(['TKN1', '10:00', '', '5']);
  });

  it('leave out numbers of pages and heads that are repeated', () => {
    const page = (n: number): readonly Piece[] => [
      ...head,
      ...line(20, `TKN${n}`, '', '', `${n}.00`),
      at(300, 700, `Page ${n} of 2`),
    ];
    expect(rowsOf(page(1), page(2))).toEqual([
      ['Receipt No.', 'Time', 'Details', 'Paid In'],
      ['TKN1', '', '', '1.00'],
      ['TKN2', '', '', '2.00'],
    ]);
  });

  it('begin a new table where other heads come', () => {
    const other = [at(20, 60, 'A'), at(120, 60, 'B'), at(220, 60, 'C'), at(320, 60, 'D')];
    const rows = [at(20, 20, 'TKN1'), ...other, at(320, 80, '4'), at(20, 80, '1')];
    expect(rowsOf([...head, ...rows]).slice(1)).toEqual([
      ['TKN1', '', '', ''],
      ['A', 'B', 'C', 'D'],
      ['1', '', '', '4'],
    ]);
  });

  it('keep a remark far below as it stands', () => {
    const rows = [at(20, 20, 'TKN1'), at(230, 90, 'Disclaimer of 2026')];
    expect(rowsOf([...head, ...rows])[2]).toEqual(['Disclaimer of 2026']);
  });
});
