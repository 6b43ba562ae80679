import { decimalOf, type EpochMs } from '#kernel';
import type {
  Statement,
  StatementLine,
  StatementProblem,
  StatementReading,
  StatementRow,
  StatementTable,
} from '../statement.ts';
import { isText, notText, shown } from '../statement-texts.ts';
import { chainProblems } from './statement-balance.ts';
import { amountCell, timeCell } from './statement-cells.ts';
import { headerOf, isHeader, type Column, type Header } from './statement-columns.ts';
import { kindOf } from './statement-kinds.ts';
import { preambleOf } from './statement-preamble.ts';

/** A year of a busy shop; more than this is asked for in parts. */
const rowsMax = 200_000;
const problemsMax = 50;
const cellLengthMax = 2_000;

const receiptForm = /^[A-Z0-9]{6,20}$/;
const emptyMarks = new Set(['', '-', 'N/A', 'null']);
/** What exports and printers put below a table. */
const footer = /^(?:disclaimer\b|end of statement\b|page \d+ of \d+)/i;

/** The words of `TransactionStatus` (Daraja 3.0), and one that was observed beside them. */
const completedByStatus: ReadonlyMap<string, boolean> = new Map([
  ['completed', true],
  ['initiated', false],
  ['authorized', false],
  ['pending authorized', false],
  ['pending', false],
  ['cancelled', false],
  ['declined', false],
  ['expired', false],
  ['failed', false],
]);

const currencies = new Set(['', 'KES', 'KSH']);

type Cell = (column: Column) => string;

interface Amount {
  readonly amountMinor: bigint | undefined;
  readonly problems: readonly string[];
}

/** Money out is written with a minus or without; in and out at once is nonsense. */
function amountOf(cell: Cell): Amount {
  const paidIn = amountCell(cell('paidIn'));
  const withdrawn = amountCell(cell('withdrawn'));
  const unread = [
    ...(paidIn.ok ? [] : [`“Paid In” is no amount: ${shown(cell('paidIn'))}`]),
    ...(withdrawn.ok ? [] : [`“Withdrawn” is no amount: ${shown(cell('withdrawn'))}`]),
  ];
  if (!paidIn.ok || !withdrawn.ok) return { amountMinor: undefined, problems: unread };
  const refuse = (why: string): Amount => ({ amountMinor: undefined, problems: [why] });
  if (paidIn.value === undefined && withdrawn.value === undefined) {
    return refuse('neither “Paid In” nor “Withdrawn” holds an amount');
  }
  const inMinor = paidIn.value ?? 0n;
  const outMinor = withdrawn.value ?? 0n;
  if (inMinor < 0n) return refuse('“Paid In” is below zero');
  if (inMinor !== 0n && outMinor !== 0n) return refuse('both “Paid In” and “Withdrawn” are filled');
  return { amountMinor: outMinor < 0n ? outMinor : inMinor - outMinor, problems: [] };
}

type RowReading =
  | { readonly kind: 'line'; readonly line: StatementLine }
  | { readonly kind: 'problems'; readonly problems: readonly StatementProblem[] };

const optional = (text: string): string | undefined => (emptyMarks.has(text) ? undefined : text);

function problemsOf(row: StatementRow, cell: Cell, width: number): readonly string[] {
  const balance = amountCell(cell('balance'));
  const rules: readonly (readonly [isBroken: boolean, why: string])[] = [
    [
      row.cells.slice(width).some((text) => text.trim() !== ''),
      'there are more cells than columns have names',
    ],
    [row.cells.some((text) => text.length > cellLengthMax), 'a cell is too long'],
    [!isText(row), notText],
    [!receiptForm.test(cell('receipt')), `“Receipt No.” is no receipt: ${shown(cell('receipt'))}`],
    [
      optional(cell('linked')) !== undefined && !receiptForm.test(cell('linked')),
      `“Linked Transaction ID” is no receipt: ${shown(cell('linked'))}`,
    ],
    [
      timeCell(cell('completed')) === undefined,
      `“Completion Time” is no time like 23-11-2026 08:00:00: ${shown(cell('completed'))}`,
    ],
    [
      !completedByStatus.has(cell('status').toLowerCase()),
      `“Transaction Status” is not known: ${shown(cell('status'))}`,
    ],
    [!balance.ok, `“Balance” is no amount: ${shown(cell('balance'))}`],
    [
      !currencies.has(cell('currency').toUpperCase().replaceAll('.', '')),
      `the currency is not KES: ${shown(cell('currency'))}`,
    ],
  ];
  return rules.flatMap(([isBroken, why]) => (isBroken ? [why] : []));
}

function readRow(row: StatementRow, { places, width }: Header): RowReading {
  const cell: Cell = (column) => {
    const place = places.get(column);
    return place === undefined ? '' : (row.cells[place] ?? '').trim();
  };
  const amount = amountOf(cell);
  const occurredAt: EpochMs | undefined = timeCell(cell('completed'));
  const balance = amountCell(cell('balance'));
  const whys = [...problemsOf(row, cell, width), ...amount.problems];
  const { amountMinor } = amount;
  if (whys.length > 0 || amountMinor === undefined || occurredAt === undefined) {
    return { kind: 'problems', problems: whys.map((why) => ({ line: row.line, why })) };
  }
  const details = cell('details');
  return {
    kind: 'line',
    line: {
      line: row.line,
      kind: kindOf({ reason: cell('reason'), details, amountMinor }),
      receipt: cell('receipt'),
      occurredAt,
      completed: completedByStatus.get(cell('status').toLowerCase()) === true,
      amountMinor,
      balanceMinor: balance.ok ? balance.value : undefined,
      accountReference: optional(cell('accountReference')) ?? '',
      party: optional(cell('party')),
      linkedReceipt: optional(cell('linked')),
      // No id of ours travels into the portal's statement.
      ownId: undefined,
      details,
      raw: JSON.stringify(row.cells),
    },
  };
}

/** A fee may stand beside what it was charged for, and an account see two fees of one receipt. */
const identityOf = ({ kind, receipt, amountMinor, details, occurredAt }: StatementLine): string =>
  kind === 'fee' || kind === 'other'
    ? JSON.stringify([kind, receipt, decimalOf(amountMinor), details, occurredAt])
    : JSON.stringify([kind, receipt]);

function repeatProblems(lines: readonly StatementLine[]): readonly StatementProblem[] {
  const seen = new Map<string, number>();
  return lines.flatMap((line) => {
    const identity = identityOf(line);
    const first = seen.get(identity);
    if (first === undefined) {
      seen.set(identity, line.line);
      return [];
    }
    return [{ line: line.line, why: `repeats line ${first}: ${shown(line.receipt)}` }];
  });
}

const isSkipped = (row: StatementRow): boolean => {
  const filled = row.cells.filter((cell) => cell.trim() !== '');
  const isFooter = filled.length === 1 && footer.test((filled[0] ?? '').trim());
  return filled.length === 0 || isFooter || isHeader(row);
};

const isLine = (reading: RowReading): reading is Extract<RowReading, { kind: 'line' }> =>
  reading.kind === 'line';

function readWith({ rows }: StatementTable, header: Header): StatementReading {
  const above = rows.slice(0, header.rowsBefore);
  const preamble = preambleOf(above);
  const readings = rows
    .slice(header.rowsBefore + 1)
    .filter((row) => !isSkipped(row))
    .map((row) => readRow(row, header));
  const lines = readings.filter(isLine).map(({ line }) => line);
  const { facts } = preamble;
  const statement: Statement = { ...facts, account: facts.account ?? '', lines };
  const links = readings.map((reading) => (isLine(reading) ? reading.line : undefined));
  const problems = [
    ...preamble.problems,
    ...above.flatMap((row) => (isText(row) ? [] : [{ line: row.line, why: notText }])),
    ...readings.flatMap((reading) => (reading.kind === 'problems' ? reading.problems : [])),
    ...repeatProblems(lines),
    ...chainProblems(links, facts),
  ];
  return problems.length === 0
    ? { kind: 'statement', statement }
    : { kind: 'damaged', problems: inOrder(problems).slice(0, problemsMax) };
}

const inOrder = (problems: readonly StatementProblem[]): readonly StatementProblem[] =>
  problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));

/**
 * One account of the short code over a period, as the organisation portal exports it. It is
 * believed whole or not at all: one cell that cannot be read might hide the payment in question.
 */
export function readStatement(table: StatementTable): StatementReading {
  const header = headerOf(table);
  if (header === undefined) return { kind: 'not-mine' };
  if (header.problems.length > 0) {
    const problems = header.problems.map((why) => ({ line: header.line, why }));
    return { kind: 'damaged', problems: problems.slice(0, problemsMax) };
  }
  if (table.rows.length > rowsMax) {
    const why = `more than ${rowsMax} rows: export a shorter period`;
    return { kind: 'damaged', problems: [{ line: undefined, why }] };
  }
  return readWith(table, header);
}
