import { createHash } from 'node:crypto';

import {
  businessDateOf,
  ok,
  type Clock,
  type IdSource,
  type RailId,
  type Result,
  type StatementId,
} from '#kernel';
import type { PaymentState } from '#collections';
import type { Database } from '#platform/db';
import type { SheetKind } from '#platform/sheets';
import type { StatementLineKind, WalletNames } from '#rails';

import { missingMax, takenBackBy } from '../booking/service.ts';
import type { BookingStore } from '../booking/store.ts';
import type { StatementRefusal } from '../errors.ts';
import type { ReadFile, StatementOrder, StatementReader } from '../statements/service.ts';
import { coversOfDay } from '../days/day.ts';
import {
  groupsOf,
  innerCovers,
  type CheckedLine,
  type CheckedStatement,
  type Cover,
} from '../statements/statement.ts';
import type { StatementStore } from '../statements/store.ts';
import type { HeldFile, PreviewStore } from './store.ts';

export interface PreviewerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly read: StatementReader;
  readonly statements: StatementStore;
  readonly previews: PreviewStore;
  readonly bookings: BookingStore;
  /** The names under which providers report their wallets. */
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
}

export interface Tally {
  readonly count: number;
  readonly sumMinor: bigint;
}

/** What an import would do. */
export interface StatementPreview {
  readonly id: StatementId;
  /** The very same file was imported before, to its end: nothing would change. */
  readonly isImported: boolean;
  readonly name: string;
  readonly kind: SheetKind;
  readonly rail: RailId;
  readonly account: string;
  readonly shortCode: string | undefined;
  readonly cover: Cover | undefined;
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
  readonly lineCount: number;
  /** Lines that another statement has told of. */
  readonly repeatedCount: number;
  readonly incompleteCount: number;
  readonly newPayments: Tally;
  readonly knownPayments: Tally;
  /** Booked with another amount. */
  readonly otherPayments: Tally;
  readonly knownPayouts: Tally;
  /** Proved to be transfers whose end is not known yet. */
  readonly settlingPayouts: Tally;
  /** Payments that the provider gave back by itself: they count no more. */
  readonly reversedPayments: Tally;
  readonly unmatchedPayouts: Tally;
  /** In the books and not on the statement, which should have them. */
  readonly missingPayments: Tally;
  readonly fees: Tally;
  readonly topUps: Tally;
  readonly others: Tally;
  readonly remarks: readonly string[];
}

const previewKeptMs = 24 * 60 * 60 * 1000;
const nameLengthMax = 120;

/** Says what importing a file would do, and keeps the file for a while. */
export function createPreviewer(deps: PreviewerDeps) {
  const { database, clock, statements, previews, bookings } = deps;

  const countKnown = async (statement: CheckedStatement): Promise<number> => {
    let known = 0;
    for (const group of groupsOf(statement.lines)) {
      known += await previews.countKnown(database.executor, statement, group);
    }
    return known;
  };

  /** Old payments would be booked, but not what has left the wallet since by other ways. */
  const remarkOnOldPayments = async (lines: readonly CheckedLine[]): Promise<readonly string[]> => {
    const began = businessDateOf(await previews.booksBeganAt(database.executor));
    const old = lines.filter((line) => line.kind === 'payment' && line.businessDate < began);
    if (old.length === 0) return [];
    return [
      `${old.length} of its payments came before ${began}, when these books began. They would be ` +
        'booked, but not what has left the wallet since then by other ways.',
    ];
  };

  /** Of the time this file alone adds, looked at as an import would. */
  const missingFrom = async ({ rail, account, cover, lines }: CheckedStatement): Promise<Tally> => {
    if (cover === undefined || account !== deps.walletNames.get(rail)?.collection) return zero;
    const { executor } = database;
    const known = await statements.covers(executor, { rail, account }, cover);
    const receipts = receiptsOf(lines.filter(({ kind }) => kind === 'payment'));
    let total = zero;
    for (const inner of coversOfDay(innerCovers([...known, cover]), cover)) {
      const dates = { from: businessDateOf(inner.fromAt), to: businessDateOf(inner.toAt) };
      const wanted = { rail, cover: inner, dates, receipts, limit: missingMax };
      const { count, sumMinor } = await bookings.countMissing(executor, wanted);
      total = { count: total.count + count, sumMinor: total.sumMinor + sumMinor };
    }
    return total;
  };

  const previewOf = async (
    held: Pick<HeldFile, 'id' | 'name'>,
    read: ReadFile,
    isImported: boolean,
  ): Promise<StatementPreview> => {
    const { statement } = read;
    const { account, shortCode, cover, openingMinor, closingMinor, lines } = statement;
    const sorted = emptySorting();
    const told = new Set(receiptsOf(lines.filter(({ kind }) => kind === 'payment')));
    for (const group of groupsOf(lines)) {
      await sortPaid(sorted, statement.rail, group);
      await sortLeft(sorted, { rail: statement.rail, told }, group);
    }
    return {
      id: held.id,
      isImported,
      name: held.name,
      kind: read.kind,
      rail: statement.rail,
      account,
      shortCode,
      cover,
      openingMinor,
      closingMinor,
      lineCount: lines.length,
      repeatedCount: await countKnown(statement),
      incompleteCount: statement.incompleteCount,
      ...sorted,
      missingPayments: await missingFrom(statement),
      fees: tallyOf(lines, ['fee']),
      topUps: tallyOf(lines, ['top-up']),
      others: tallyOf(lines, ['settlement', 'other']),
      remarks: [...statement.remarks, ...(await remarkOnOldPayments(lines))],
    };
  };

  /** What the books know of a group's payments. */
  const sortPaid = async (
    sorted: Sorting,
    rail: RailId,
    group: readonly CheckedLine[],
  ): Promise<void> => {
    const { executor } = database;
    const paid = group.filter(({ kind }) => kind === 'payment');
    const payments = await bookings.paymentsOf(executor, rail, receiptsOf(paid));
    const booked = new Map(payments.map((one) => [one.receipt, one.amountMinor]));
    for (const line of paid) {
      const known = booked.get(line.receipt);
      if (known === undefined) add(sorted, 'newPayments', line);
      else add(sorted, known === line.amountMinor ? 'knownPayments' : 'otherPayments', line);
      // A receipt that stands there twice is booked once.
      if (known === undefined) booked.set(line.receipt, line.amountMinor);
    }
  };

  /** The same of what went out; a payment of the same file may be given back further down. */
  const sortLeft = async (
    sorted: Sorting,
    { rail, told }: { readonly rail: RailId; readonly told: ReadonlySet<string> },
    group: readonly CheckedLine[],
  ): Promise<void> => {
    const { executor } = database;
    const left = group.filter(({ kind }) => kind === 'payout' || kind === 'refund');
    const ownIds = left.flatMap(({ ownId }) => (ownId === undefined ? [] : [ownId]));
    const wanted = { receipts: receiptsOf(left), ownIds };
    const transfers = await bookings.transfersOf(executor, rail, wanted);
    const linked = left.flatMap((line) => takenBackBy(line) ?? []);
    const payments = await bookings.paymentsOf(executor, rail, linked);
    const stateOf = new Map(payments.map(({ receipt, state }) => [receipt, state]));
    for (const line of left) {
      const known = transfers.find(
        ({ receipt, ownId }) => receipt === line.receipt || ownId === line.ownId,
      );
      if (known?.amountMinor === -line.amountMinor) {
        add(sorted, known.isCompleted ? 'knownPayouts' : 'settlingPayouts', line);
      } else {
        const of = known === undefined ? (takenBackBy(line) ?? '') : '';
        add(sorted, placeOf(stateOf.get(of) ?? (told.has(of) ? 'earned' : undefined)), line);
      }
    }
  };

  return async (
    order: StatementOrder,
    onProgress?: (rows: number) => void,
  ): Promise<Result<StatementPreview, StatementRefusal>> => {
    const read = await deps.read(order, onProgress);
    if (!read.ok) return read;
    const digest = createHash('sha256').update(order.file).digest();
    const name = plainName(order.name);
    const known = await statements.findByDigest(database.executor, digest);
    if (known !== undefined) {
      // One that was cut off is imported to its end by importing it again.
      const booked = await bookings.find(database.executor, known.id);
      return ok(await previewOf(known, read.value, booked?.state === 'done'));
    }
    const held: HeldFile = {
      id: deps.ids.next('statement'),
      digest,
      rail: read.value.statement.rail,
      name,
      password: order.password,
      expiresAt: clock.now() + previewKeptMs,
    };
    const id = await database.transaction((tx) => previews.hold(tx, held, order.file));
    return ok(await previewOf({ id, name }, read.value, false));
  };
}

type Sorting = Record<
  | 'newPayments'
  | 'knownPayments'
  | 'otherPayments'
  | 'knownPayouts'
  | 'settlingPayouts'
  | 'reversedPayments'
  | 'unmatchedPayouts',
  Tally
>;

/** By what became of the payment that a line gives back. */
function placeOf(state: PaymentState | undefined): keyof Sorting {
  if (state === undefined) return 'unmatchedPayouts';
  if (state === 'refunding') return 'settlingPayouts';
  return state === 'refunded' ? 'knownPayouts' : 'reversedPayments';
}

const zero: Tally = { count: 0, sumMinor: 0n };

const emptySorting = (): Sorting => ({
  newPayments: zero,
  knownPayments: zero,
  otherPayments: zero,
  knownPayouts: zero,
  settlingPayouts: zero,
  reversedPayments: zero,
  unmatchedPayouts: zero,
});

function add(sorted: Sorting, name: keyof Sorting, { amountMinor }: CheckedLine): void {
  const { count, sumMinor } = sorted[name];
  sorted[name] = { count: count + 1, sumMinor: sumMinor + amountMinor };
}

const tallyOf = (lines: readonly CheckedLine[], kinds: readonly StatementLineKind[]): Tally => {
  const counted = lines.filter(({ kind }) => kinds.includes(kind));
  const sumMinor = counted.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return { count: counted.length, sumMinor };
};

const receiptsOf = (lines: readonly CheckedLine[]): readonly string[] =>
  lines.map(({ receipt }) => receipt);

/** A name for people: the last part of a path, without control characters. */
const plainName = (name: string): string =>
  (name.split(/[/\\]/).at(-1) ?? '')
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, nameLengthMax)
    .toWellFormed();
