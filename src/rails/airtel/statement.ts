import type { Currency } from '#kernel';
import { decimalOf } from '#kernel';
import type {
  Statement,
  StatementLine,
  StatementProblem,
  StatementReading,
  StatementRow,
  StatementTable,
} from '../statement.ts';
import { isText, notText, shown } from '../statement-texts.ts';
import { inOrder, movedMinor, type Ordered } from './statement-balance.ts';
import { isCurrency } from './statement-cells.ts';
import { findHeader, noteOf, type Header } from './statement-columns.ts';
import { notesOf, type Notes } from './statement-notes.ts';
import {
  entryOf,
  isTransaction,
  signed,
  type Entry,
  type Scope,
  type SignedEntry,
} from './statement-rows.ts';

const rowsMax = 200_000;
/** All that are told at once; a file in the wrong form would have one in every line. */
const problemsMax = 50;
const cellLengthMax = 4_096;
/** As `queryBalance` names it. */
const account = 'wallet';

const ofFile = (why: string): StatementProblem => ({ line: undefined, why });

function headerProblems({ header, currency }: Scope): readonly StatementProblem[] {
  const { line, currencies, twice } = header;
  const foreign = currencies.filter((word) => !isCurrency(word, currency));
  return [
    ...foreign.map((word) => ({ line, why: `the amounts are in ${word}, not in ${currency}` })),
    ...[...new Set(twice)].map((name) => ({ line, why: `the column “${name}” is there twice` })),
  ];
}

/** A blank line, or the header again at the top of an export's next page. */
const isPassedOver = (header: Header, { cells }: StatementRow): boolean =>
  cells.every((cell) => cell.trim() === '') ||
  (cells.length === header.cells.length && cells.every((cell, n) => cell === header.cells[n]));

function cellProblem(header: Header, row: StatementRow): string | undefined {
  const { cells } = row;
  if (cells.some((cell) => cell.length > cellLengthMax)) return 'a cell is too long';
  if (!isText(row)) return notText;
  const beyond = cells.slice(header.cells.length);
  return beyond.some((cell) => cell.trim() !== '')
    ? 'there are more cells than columns; is a comma in a cell without quotes?'
    : undefined;
}

const footers = new Set(['opening', 'closing', 'total']);
/** A name and a figure, perhaps a currency between; a transaction fills five cells at least. */
const footerCellsMax = 3;

/** A payer may have typed “Total” as account number, so the places of id and time decide. */
function isFooter({ cells }: StatementRow, scope: Scope): boolean {
  if (!footers.has(noteOf(cells)?.note ?? '')) return false;
  const filled = cells.filter((cell) => cell.trim() !== '').length;
  return filled <= footerCellsMax || !isTransaction(scope, cells);
}

interface Parts {
  readonly entries: readonly Entry[];
  readonly notes: readonly StatementRow[];
  readonly problems: readonly StatementProblem[];
}

/** The rows below the header: transactions, and the notes at the end. */
function readRows(rows: readonly StatementRow[], scope: Scope): Parts {
  const entries: Entry[] = [];
  const notes: StatementRow[] = [];
  const problems: StatementProblem[] = [];
  for (const row of rows) {
    if (isPassedOver(scope.header, row)) continue;
    const why = cellProblem(scope.header, row);
    if (why !== undefined) {
      problems.push({ line: row.line, why });
    } else if (isFooter(row, scope)) {
      notes.push(row);
    } else {
      const entry = entryOf(row, scope);
      if (entry.ok) entries.push(entry.value);
      else problems.push(...entry.error.map((problem) => ({ line: row.line, why: problem })));
    }
  }
  return { entries, notes, problems };
}

/** Under which names a row counts: once each. */
function keysOf({ receipt, kind, details, chargeMinor, balanceMinor }: SignedEntry) {
  // A charge and a duty on it are two fees; a running balance tells whether both were taken.
  const isCharged = chargeMinor > 0n || (kind === 'fee' && balanceMinor === undefined);
  const own = kind === 'fee' ? `${receipt} fee: ${details}` : `${receipt} ${kind}`;
  return isCharged ? [own, `${receipt} fee`] : [own];
}

/** Each movement once: a receipt may show again as another kind, such as its fee. */
function duplicatesIn(entries: readonly SignedEntry[]): readonly StatementProblem[] {
  const firstLines = new Map<string, number>();
  return entries.flatMap((entry) => {
    const { receipt, line } = entry;
    const keys = keysOf(entry);
    const known = keys.map((key) => firstLines.get(key)).find((first) => first !== undefined);
    for (const key of keys) firstLines.set(key, firstLines.get(key) ?? line);
    return known === undefined
      ? []
      : [{ line, why: `${shown(receipt)} stands in line ${known} already` }];
  });
}

const isMoved = ({ state }: SignedEntry): boolean => state === 'settled' || state === 'reversed';

/** What is wrong between the rows. */
function wholeProblems(
  { header }: Scope,
  { entries, problems }: Ordered,
): readonly StatementProblem[] {
  const hasBalance = header.places.has('balance');
  const blank = hasBalance ? entries.filter((entry) => entry.balanceMinor === undefined) : [];
  const takenBack = hasBalance ? [] : entries.filter(({ state }) => state === 'reversed');
  return [
    ...duplicatesIn(entries),
    ...blank.map(({ line }) => ({ line, why: 'the balance is missing' })),
    ...takenBack.map(({ line }) => ({
      line,
      why: 'it was reversed, and no balance tells whether its money is still here',
    })),
    ...problems,
  ];
}

/** The wallet before the oldest row and after the newest one, by the running balance. */
function endsOf(entries: readonly SignedEntry[]): Pick<Notes, 'openingMinor' | 'closingMinor'> {
  const [first, last] = [entries[0], entries.at(-1)];
  const openingMinor =
    first?.balanceMinor === undefined ? undefined : first.balanceMinor - movedMinor(first);
  return { openingMinor, closingMinor: last?.balanceMinor };
}

/** The notes say what the rows say. */
function totalProblems(entries: readonly SignedEntry[], notes: Notes): readonly StatementProblem[] {
  const ends = endsOf(entries);
  const sumMinor = entries.reduce((sum, entry) => sum + movedMinor(entry), 0n);
  const differs = (told: bigint | undefined, found: bigint | undefined): boolean =>
    told !== undefined && found !== undefined && told !== found;
  const { openingMinor, closingMinor } = notes;
  const reached = openingMinor === undefined ? undefined : openingMinor + sumMinor;
  return [
    ...(differs(openingMinor, ends.openingMinor)
      ? [
          ofFile(
            `the opening balance is not ${decimalOf(ends.openingMinor ?? 0n)}, as rows have it`,
          ),
        ]
      : []),
    ...(differs(closingMinor, ends.closingMinor ?? reached)
      ? [ofFile(`the rows lead to ${decimalOf(ends.closingMinor ?? reached ?? 0n)} in the end`)]
      : []),
  ];
}

function lineOf(entry: SignedEntry): StatementLine {
  const { line, kind, receipt, occurredAt, amountMinor, chargeMinor, balanceMinor } = entry;
  const party = amountMinor > 0n ? entry.sender : entry.receiver;
  return {
    line,
    kind,
    receipt: kind === 'fee' ? (entry.linkedReceipt ?? receipt) : receipt,
    occurredAt,
    completed: isMoved(entry),
    amountMinor,
    // Before the charge, which has a line of its own.
    balanceMinor: balanceMinor === undefined ? undefined : balanceMinor + chargeMinor,
    accountReference: entry.accountReference,
    party: party === '' ? undefined : party,
    linkedReceipt: entry.linkedReceipt,
    ownId: entry.ownId,
    details: entry.details,
    raw: JSON.stringify(entry.cells),
  };
}

/** A charge in a column becomes a line of its own, after the one it was charged for. */
function linesOf(entry: SignedEntry, isNewestFirst: boolean): readonly StatementLine[] {
  const line = lineOf(entry);
  if (entry.chargeMinor === 0n || !isMoved(entry)) return [line];
  const fee: StatementLine = {
    ...line,
    kind: 'fee',
    amountMinor: -entry.chargeMinor,
    balanceMinor: entry.balanceMinor,
    accountReference: '',
    party: undefined,
    linkedReceipt: entry.receipt,
    details: `charge of ${line.details}`,
  };
  return isNewestFirst ? [fee, line] : [line, fee];
}

const damaged = (problems: readonly StatementProblem[]): StatementReading => ({
  kind: 'damaged',
  problems: problems
    .toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0))
    .slice(0, problemsMax),
});

function statementOf(entries: readonly SignedEntry[], ordered: Ordered, notes: Notes): Statement {
  const ends = endsOf(ordered.entries);
  const openingMinor = ends.openingMinor ?? notes.openingMinor;
  return {
    shortCode: notes.shortCode,
    account,
    fromAt: notes.fromAt,
    toAt: notes.toAt,
    openingMinor,
    closingMinor: ends.closingMinor ?? notes.closingMinor,
    lines: entries.flatMap((entry) => linesOf(entry, ordered.isNewestFirst)),
  };
}

/**
 * Airtel's statement of the business wallet, as a table. No form of it is published: the columns
 * are found by name, and whatever does not fit together refuses the file, with its line.
 */
export function createReadStatement(
  currency: Currency,
): (table: StatementTable) => StatementReading {
  return ({ rows }) => {
    const header = findHeader(rows);
    if (header === undefined) return { kind: 'not-mine' };
    if (rows.length > rowsMax) return damaged([ofFile(`there are more than ${rowsMax} rows`)]);
    const scope = { header, currency };
    const at = rows.findIndex(({ line }) => line === header.line);
    const parts = readRows(rows.slice(at + 1), scope);
    const above = rows.slice(0, at);
    const told = notesOf([...above, ...parts.notes], currency);
    const { entries, problems } = signed(parts.entries);
    const garbled = above.filter((row) => !isText(row)).map(({ line }) => ({ line, why: notText }));
    const unread = [
      ...headerProblems(scope),
      ...garbled,
      ...told.problems,
      ...parts.problems,
      ...problems,
    ];
    const unreadLines = unread.flatMap(({ line }) => line ?? []);
    const ordered = inOrder(entries.filter(isMoved), unreadLines);
    const all = [...unread, ...wholeProblems(scope, ordered)];
    if (all.length > 0) return damaged(all);
    const totals = totalProblems(ordered.entries, told.notes);
    return totals.length > 0
      ? damaged(totals)
      : { kind: 'statement', statement: statementOf(entries, ordered, told.notes) };
  };
}
