import {
  businessDateOf,
  type BusinessDate,
  type EpochMs,
  type RailId,
  type StatementId,
} from '#kernel';
import type { SheetKind } from '#platform/sheets';
import type { Statement, StatementLine, StatementProblem } from '#rails';

/** A line that moved money, with what tells it from lines that are otherwise alike. */
export interface CheckedLine extends StatementLine {
  readonly businessDate: BusinessDate;
  /** In order of time within the file, from 0. */
  readonly sequence: number;
  readonly occurrence: number;
}

/** Of which time a statement surely tells everything. */
export interface Cover {
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
}

/** A statement that may be booked. */
export interface CheckedStatement {
  readonly rail: RailId;
  readonly account: string;
  readonly shortCode: string | undefined;
  readonly cover: Cover | undefined;
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
  /** In the order of the file. */
  readonly lines: readonly CheckedLine[];
  /** Lines that moved no money: failed, or still on their way. */
  readonly incompleteCount: number;
  /** What a person should know of it, though it does not stand in the way. */
  readonly remarks: readonly string[];
}

/** A statement that has been imported. */
export interface StatementFile {
  readonly id: StatementId;
  readonly rail: RailId;
  readonly account: string;
  readonly shortCode: string | undefined;
  readonly kind: SheetKind;
  readonly name: string;
  readonly byteCount: number;
  readonly lineCount: number;
  readonly cover: Cover | undefined;
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
  readonly importedBy: string;
  readonly importedAt: EpochMs;
}

const hourMs = 60 * 60 * 1000;
export const receiptLengthMax = 64;
export const problemsMax = 50;
/** A provider writes a line at once; its own file may still be some minutes behind. */
const settlingMs = 2 * hourMs;
const dayMs = 24 * hourMs;
/** M-Pesa opened on 6 March 2007: no statement is older. */
const oldestAt = 1_173_128_400_000;

/** What every statement must be, whatever rail has read it. Answers why not. */
export function problemsOf(statement: Statement, now: EpochMs): readonly StatementProblem[] {
  const problems: StatementProblem[] = [];
  const amounts = new Map<string, bigint>();
  for (const line of statement.lines) {
    if (problems.length >= problemsMax) break;
    const why = problemOf(line, now);
    if (why !== undefined) problems.push({ line: line.line, why });
    if (line.kind !== 'payment' || !line.completed) continue;
    const before = amounts.get(line.receipt);
    if (before !== undefined && before !== line.amountMinor) {
      problems.push({ line: line.line, why: `${line.receipt} was paid twice, in other amounts` });
    }
    amounts.set(line.receipt, line.amountMinor);
  }
  return problems;
}

function problemOf(line: StatementLine, now: EpochMs): string | undefined {
  if (!line.completed) return undefined;
  if (line.receipt.trim() === '') return 'a line that moved money has no receipt';
  if (line.receipt.length > receiptLengthMax) return 'a receipt is too long';
  if (line.amountMinor === 0n) return 'a line that moved money has no amount';
  if (line.kind === 'payment' && line.amountMinor < 0n) return 'a payment takes money out';
  if (line.occurredAt > now + dayMs) return 'it lies in the future';
  return line.occurredAt < oldestAt ? 'it lies before there were any' : undefined;
}

/** Puts lines in order of time, tells like ones apart, and works out the cover. */
export function check(
  rail: RailId,
  statement: Statement,
  facts: {
    readonly now: EpochMs;
    /** Compared with the books, as they are reported; what is paid comes into the first. */
    readonly wallets: readonly string[];
  },
): CheckedStatement {
  const completed = statement.lines.filter((line) => line.completed);
  const newestFirst = (completed[0]?.occurredAt ?? 0) > (completed.at(-1)?.occurredAt ?? 0);
  const seen = new Map<string, number>();
  const lines = completed.map((line, n): CheckedLine => {
    const key = [line.receipt, line.kind, line.amountMinor].join(' ');
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    return {
      ...line,
      businessDate: businessDateOf(line.occurredAt),
      sequence: newestFirst ? completed.length - 1 - n : n,
      occurrence,
    };
  });
  const { account, shortCode, openingMinor, closingMinor } = statement;
  const [collection] = facts.wallets;
  const isCollection = collection !== undefined && isSameName(account, collection);
  const cover = coverOf(statement, lines, facts.now);
  return {
    rail,
    account: facts.wallets.find((wallet) => isSameName(account, wallet)) ?? account,
    shortCode,
    cover,
    openingMinor,
    closingMinor,
    lines,
    incompleteCount: statement.lines.length - completed.length,
    remarks: [
      ...remarksOf(statement, lines),
      ...(isCollection ? remarkOnQuietEnd(cover, lines) : []),
    ],
  };
}

/** Files write a wallet's name with other capitals and spaces than reports do. */
const isSameName = (one: string, other: string): boolean => plainName(one) === plainName(other);
const plainName = (name: string): string => name.toLowerCase().replaceAll(/\s+/g, ' ').trim();

/**
 * A period that reaches into the present tells of what had happened when the file was made, which
 * nobody says: its last line is as far as it can be trusted.
 */
function coverOf(
  { fromAt, toAt }: Statement,
  lines: readonly CheckedLine[],
  now: EpochMs,
): Cover | undefined {
  const times = lines.map(({ occurredAt }) => occurredAt);
  const first = times.reduce<EpochMs | undefined>((a, b) => Math.min(a ?? b, b), undefined);
  const last = times.reduce<EpochMs | undefined>((a, b) => Math.max(a ?? b, b), undefined);
  const begins = fromAt ?? first;
  const ends = toAt !== undefined && toAt + settlingMs <= now ? toAt : last;
  if (begins === undefined || ends === undefined || ends < begins) return undefined;
  return { fromAt: begins, toAt: ends };
}

function remarksOf(
  { openingMinor, closingMinor }: Statement,
  lines: readonly CheckedLine[],
): readonly string[] {
  if (openingMinor === undefined || closingMinor === undefined) return [];
  const moved = lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return openingMinor + moved === closingMinor
    ? []
    : ['Its lines do not add up to its closing balance: something may be missing from it.'];
}

/** A shop sleeps; that much of a day without a payment is common at its end. */
const quietMs = 3 * hourMs;

/**
 * A file downloaded at noon for the whole day looks like one of a day without an afternoon. Which
 * it is no file tells, and to doubt every quiet evening would hide payments that are missing.
 */
function remarkOnQuietEnd(
  cover: Cover | undefined,
  lines: readonly CheckedLine[],
): readonly string[] {
  if (cover === undefined) return [];
  const last = lines.reduce((at, { occurredAt }) => Math.max(at, occurredAt), cover.fromAt);
  const silentMs = cover.toAt - last;
  if (silentMs <= quietMs) return [];
  return [
    `Nothing stands on it in the last ${Math.floor(silentMs / hourMs)} hours of its period. Was ` +
      'it downloaded before the period was over? Then it lacks what came later, and the payments ' +
      'of that time would be taken for missing: download whole days, two hours after their end ' +
      'at the earliest.',
  ];
}

/** Providers write the end of a period to the second or to the minute. */
export const coversJoinMs = 60_000;

/** Intervals as one another's continuation. */
export function joinCovers(covers: readonly Cover[]): readonly Cover[] {
  const joined: Cover[] = [];
  for (const cover of covers.toSorted((a, b) => a.fromAt - b.fromAt)) {
    const last = joined.at(-1);
    if (last === undefined || cover.fromAt > last.toAt + coversJoinMs) joined.push(cover);
    else joined[joined.length - 1] = { ...last, toAt: Math.max(last.toAt, cover.toAt) };
  }
  return joined;
}

/** A moment this near to the end of a cover may have been written down on the other side of it. */
export const coverMarginMs = 10 * 60 * 1000;

export const innerCovers = (covers: readonly Cover[]): readonly Cover[] =>
  joinCovers(covers)
    .map(({ fromAt, toAt }) => ({ fromAt: fromAt + coverMarginMs, toAt: toAt - coverMarginMs }))
    .filter(({ fromAt, toAt }) => fromAt <= toAt);

/** So many lines are stored and booked in one transaction. */
export const groupMax = 500;

export function* groupsOf(lines: readonly CheckedLine[]): Generator<readonly CheckedLine[]> {
  for (let at = 0; at < lines.length; at += groupMax) yield lines.slice(at, at + groupMax);
}
