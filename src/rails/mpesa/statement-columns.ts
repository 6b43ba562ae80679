import type { StatementRow, StatementTable } from '../statement.ts';
import { nameOf } from './statement-cells.ts';

/**
 * Columns of the organisation portal's statement and the spellings they are found by. No public
 * document describes the file: names and times are assumed from the portal's export.
 */
const columnNames = [
  ['receipt', ['receiptno', 'receiptnumber', 'receipt']],
  ['completed', ['completiontime', 'completedtime']],
  ['initiated', ['initiationtime']],
  ['details', ['details']],
  ['status', ['transactionstatus']],
  ['paidIn', ['paidin']],
  ['withdrawn', ['withdrawn']],
  ['balance', ['balance']],
  ['balanceConfirmed', ['balanceconfirmed']],
  ['reason', ['reasontype']],
  ['party', ['otherpartyinfo', 'otherparty']],
  ['linked', ['linkedtransactionid']],
  ['accountReference', ['acno', 'accountno', 'accountnumber']],
  ['currency', ['currency']],
] as const;
export type Column = (typeof columnNames)[number][0];

/** As the portal writes them, for the messages. */
const requiredColumns: readonly (readonly [Column, string])[] = [
  ['receipt', 'Receipt No.'],
  ['completed', 'Completion Time'],
  ['details', 'Details'],
  ['status', 'Transaction Status'],
  ['paidIn', 'Paid In'],
  ['withdrawn', 'Withdrawn'],
];

/** Nobody else's statement has three of these together. */
const tellingColumns: readonly Column[] = [
  'receipt',
  'completed',
  'initiated',
  'status',
  'paidIn',
  'withdrawn',
  'balanceConfirmed',
  'reason',
  'party',
  'linked',
];
const tellingColumnsMin = 3;

const columnByName = new Map(
  columnNames.flatMap(([column, names]) =>
    names.map((name): readonly [string, Column] => [name, column]),
  ),
);

export interface Header {
  /** How many rows stand before it. */
  readonly rowsBefore: number;
  readonly line: number;
  readonly width: number;
  readonly places: ReadonlyMap<Column, number>;
  readonly problems: readonly string[];
}

const columnsOf = (row: StatementRow): readonly (Column | undefined)[] =>
  row.cells.map((cell) => columnByName.get(nameOf(cell)));

/** Also of the row that a printed statement repeats on every page. */
export const isHeader = (row: StatementRow): boolean => {
  const columns = new Set(columnsOf(row));
  return tellingColumns.filter((column) => columns.has(column)).length >= tellingColumnsMin;
};

/** The row that names the columns; undefined where the table is not M-Pesa's. */
export function headerOf({ rows }: StatementTable): Header | undefined {
  const rowsBefore = rows.findIndex(isHeader);
  const row = rows[rowsBefore];
  if (row === undefined) return undefined;
  const columns = columnsOf(row);
  const places = new Map<Column, number>();
  const problems: string[] = [];
  for (const [place, column] of columns.entries()) {
    if (column === undefined) continue;
    if (places.has(column)) problems.push(`the column “${row.cells[place]?.trim()}” stands twice`);
    else places.set(column, place);
  }
  for (const [column, name] of requiredColumns) {
    if (!places.has(column)) problems.push(`the column “${name}” is missing`);
  }
  // Cells beyond the last named column are nobody's.
  const width = row.cells.findLastIndex((cell) => cell.trim() !== '') + 1;
  return { rowsBefore, line: row.line, width, places, problems };
}
