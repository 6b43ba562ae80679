import { err, ok, type Currency, type EpochMs, type Result } from '#kernel';
import type { StatementLineKind, StatementProblem, StatementRow } from '../statement.ts';
import { shown } from '../statement-texts.ts';
import { figureOf, isCurrency, momentOf, type Figure } from './statement-cells.ts';
import {
  kindOf,
  stateOf,
  type Column,
  type Header,
  type StatementState,
} from './statement-columns.ts';

export interface Scope {
  readonly header: Header;
  readonly currency: Currency;
}

/** One row, read cell by cell. */
export interface Entry {
  readonly line: number;
  readonly cells: readonly string[];
  readonly kind: StatementLineKind;
  readonly receipt: string;
  readonly occurredAt: EpochMs;
  readonly state: StatementState;
  readonly magnitudeMinor: bigint;
  /** Whether the row itself says which way the money went. */
  readonly way: 'written-in' | 'written-out' | 'unwritten';
  /** Airtel's own part, always out of the wallet. */
  readonly chargeMinor: bigint;
  readonly balanceMinor: bigint | undefined;
  readonly accountReference: string;
  readonly sender: string;
  readonly receiver: string;
  readonly linkedReceipt: string | undefined;
  readonly ownId: string | undefined;
  readonly details: string;
}

export interface SignedEntry extends Entry {
  /** Above zero into the wallet, below zero out of it; without the charge. */
  readonly amountMinor: bigint;
}

// An id that a spreadsheet turned into a number in powers of ten has a plus in it, and few digits.
const idForm = /^(?=(?:\D*\d){4})[A-Za-z0-9][A-Za-z0-9._/-]{3,63}$/;
/** Words with some letters in them; no error sign of a spreadsheet. */
const typeForm = /^(?=.*[A-Za-z].*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 &()/_-]{0,63}$/;
const airtelIdForm = /^[A-Z]{2}\d{6}\.\d{4}\.[A-Z]\d+$/;

type Read = (column: Column) => string;

const whenIn = (read: Read): string =>
  [read('date'), read('time')].filter((text) => text !== '').join(' ');

/** Whether a row has a time in its place, or an id: whatever else it says, it is one of money. */
export function isTransaction({ header }: Scope, cells: readonly string[]): boolean {
  const read = readerOf(header, cells);
  const when = whenIn(read);
  return momentOf(when) !== undefined || (when !== '' && idForm.test(read('receipt')));
}

const readerOf =
  ({ places }: Header, cells: readonly string[]): Read =>
  (column) => {
    const at = places.get(column);
    return at === undefined ? '' : (cells[at] ?? '').trim();
  };

/** Blank, or a dash where there is nothing. */
const isNothing = (text: string): boolean => text === '' || text === '-';

const nothing: Figure = { magnitudeMinor: 0n, sign: undefined, currency: undefined };

interface Amounts {
  readonly magnitudeMinor: bigint;
  readonly way: Entry['way'];
  readonly charge: Figure;
  readonly balance: Figure | undefined;
}

const inWord = /^(?:credit|cr|in|inward|received|\+)$/i;
const outWord = /^(?:debit|dr|out|outward|sent|-)$/i;

function wayOfSign(sign: Figure['sign']): Entry['way'] {
  if (sign === undefined) return 'unwritten';
  return sign === 1n ? 'written-in' : 'written-out';
}

/** Two columns, of which one is filled. */
function splitWay(credit: Figure, debit: Figure): Pick<Amounts, 'magnitudeMinor' | 'way'> | string {
  const isIn = credit.magnitudeMinor > 0n;
  if (isIn === debit.magnitudeMinor > 0n) {
    return isIn ? 'credit and debit are both filled' : 'neither credit nor debit is filled';
  }
  return isIn
    ? {
        magnitudeMinor: credit.magnitudeMinor,
        way: credit.sign === -1n ? 'written-out' : 'written-in',
      }
    : { magnitudeMinor: debit.magnitudeMinor, way: 'written-out' };
}

function oneWay(
  amount: Figure,
  direction: string,
): Pick<Amounts, 'magnitudeMinor' | 'way'> | string {
  const { magnitudeMinor, sign } = amount;
  if (magnitudeMinor === 0n) return 'the amount is nothing';
  if (direction === '') return { magnitudeMinor, way: wayOfSign(sign) };
  if (outWord.test(direction)) return { magnitudeMinor, way: 'written-out' };
  if (!inWord.test(direction)) return `“${shown(direction)}” is no direction`;
  return sign === -1n ? 'a credit below zero' : { magnitudeMinor, way: 'written-in' };
}

/** All that is counted in a row, or what is wrong with it. */
function amountsOf(read: Read, { header, currency }: Scope): Result<Amounts, readonly string[]> {
  const problems: string[] = [];
  const figures: Figure[] = [];
  const figure = (column: Column, isNeeded: boolean): Figure => {
    const text = read(column);
    if (isNothing(text) && !isNeeded) return nothing;
    const found = figureOf(text);
    if (found === undefined) problems.push(`the ${column} “${shown(text)}” is no amount`);
    else figures.push(found);
    return found ?? nothing;
  };
  const isSplit = !header.places.has('amount');
  const [credit, debit] = isSplit ? [figure('credit', false), figure('debit', false)] : [];
  const amount = isSplit ? nothing : figure('amount', true);
  const charge = figure('charge', false);
  const hasBalance = header.places.has('balance');
  const balance = hasBalance && !isNothing(read('balance')) ? figure('balance', true) : undefined;
  const foreign = figures.flatMap((one) => one.currency ?? []);
  for (const word of [...foreign, read('currency')].filter((text) => text !== '')) {
    if (!isCurrency(word, currency)) problems.push(`it is in ${shown(word)}, not in ${currency}`);
  }
  if (problems.length > 0) return err(problems);
  const way = isSplit
    ? splitWay(credit ?? nothing, debit ?? nothing)
    : oneWay(amount, read('direction'));
  if (typeof way === 'string') return err([way]);
  return ok({ ...way, charge, balance });
}

function idProblems(read: Read): readonly string[] {
  const receipt = read('receipt');
  const [ownId, original] = [read('ownId'), read('original')];
  return [
    ...(idForm.test(receipt) ? [] : [`“${shown(receipt)}” is no id of a transaction`]),
    ...[ownId, original].flatMap((id) =>
      isNothing(id) || idForm.test(id) ? [] : [`“${shown(id)}” is no id`],
    ),
  ];
}

const idIn = (text: string): string | undefined => (isNothing(text) ? undefined : text);

/** The transaction that a refund or fee belongs to: in a column of its own, or as reference. */
function linkedOf(read: Read, kind: StatementLineKind): string | undefined {
  const told = idIn(read('original'));
  const reference = read('reference');
  const isQuoted = (kind === 'refund' || kind === 'fee') && airtelIdForm.test(reference);
  return told ?? (isQuoted ? reference : undefined);
}

const outcomeOf = ({ places }: Header, read: Read): StatementState | undefined =>
  // A statement with a running balance and no status tells of what moved.
  places.has('status') ? stateOf(read('status')) : 'settled';

/** What a row says, or everything that is wrong with it. */
export function entryOf(
  { line, cells }: StatementRow,
  scope: Scope,
): Result<Entry, readonly string[]> {
  const { header } = scope;
  const read = readerOf(header, cells);
  const when = whenIn(read);
  const occurredAt = momentOf(when);
  const state = outcomeOf(header, read);
  const type = read('type');
  const amounts = amountsOf(read, scope);
  const problems = [
    ...idProblems(read),
    ...(occurredAt === undefined ? [`“${shown(when)}” is no time of a day`] : []),
    ...(typeForm.test(type) ? [] : [`“${shown(type)}” is no type of a transaction`]),
    ...(state === undefined ? [`“${shown(read('status'))}” is no known status`] : []),
    ...(amounts.ok ? [] : amounts.error),
  ];
  if (occurredAt === undefined || state === undefined || !amounts.ok || problems.length > 0) {
    return err(problems);
  }
  const { magnitudeMinor, way, charge, balance } = amounts.value;
  const kind = kindOf(type);
  const party = read('party');
  return ok({
    line,
    cells,
    kind,
    receipt: read('receipt'),
    occurredAt,
    state,
    magnitudeMinor,
    way,
    chargeMinor: charge.magnitudeMinor,
    balanceMinor: balance === undefined ? undefined : (balance.sign ?? 1n) * balance.magnitudeMinor,
    accountReference: read('reference'),
    sender: read('sender') === '' ? party : read('sender'),
    receiver: read('receiver') === '' ? party : read('receiver'),
    linkedReceipt: linkedOf(read, kind),
    ownId: idIn(read('ownId')),
    details: [type, read('details')].filter((text) => text !== '').join(': '),
  });
}

/** Which way money of a kind goes where no row of the file says it with a sign. */
const usualWays: Readonly<Record<StatementLineKind, 1n | -1n | undefined>> = {
  payment: 1n,
  'top-up': 1n,
  payout: -1n,
  refund: -1n,
  fee: -1n,
  settlement: -1n,
  other: undefined,
};
/** The others may be taken back: a payout that is reversed comes in as a refund. */
const onlyWays: Partial<Record<StatementLineKind, 1n | -1n>> = { payment: 1n, payout: -1n };

function waysOf(entries: readonly Entry[]): (entry: Entry) => 1n | -1n | undefined {
  // One minus in the file makes the signs mean something in all of it.
  const isSigned = entries.some(({ way }) => way === 'written-out');
  return ({ kind, way, balanceMinor }) => {
    if (way !== 'unwritten') return way === 'written-in' ? 1n : -1n;
    const usual = usualWays[kind];
    if (!isSigned) return usual;
    // What usually goes out, without a minus, came in: as long as a balance can bear it out.
    return usual === -1n && balanceMinor === undefined ? undefined : 1n;
  };
}

/** Gives every amount its sign, from the row or from what is usual; problems beside it. */
export function signed(entries: readonly Entry[]): {
  readonly entries: readonly SignedEntry[];
  readonly problems: readonly StatementProblem[];
} {
  const wayOf = waysOf(entries);
  const found: SignedEntry[] = [];
  const problems: StatementProblem[] = [];
  for (const entry of entries) {
    const { line, kind, magnitudeMinor } = entry;
    const way = wayOf(entry);
    const only = onlyWays[kind];
    if (way === undefined) {
      problems.push({ line, why: 'it does not say whether money came in or went out' });
    } else if (only !== undefined && way !== only) {
      const said = kind === 'payment' ? 'payment that takes money' : 'payout that brings money';
      problems.push({ line, why: `it is a ${said}` });
    } else found.push({ ...entry, amountMinor: way * magnitudeMinor });
  }
  return { entries: found, problems };
}
