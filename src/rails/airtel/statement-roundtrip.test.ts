import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactNairobi, decimalOf, invariant } from '#kernel';
import type { Statement, StatementTable } from '../statement.ts';
import { createReadStatement } from './statement.ts';

const read = createReadStatement('KES');

type Table = readonly (readonly string[])[];

const tableOf = (rows: Table): StatementTable => ({
  rows: rows.map((cells, n) => ({ line: n + 1, cells })),
});

function statementIn(table: Table): Statement {
  const reading = read(tableOf(table));
  invariant(reading.kind === 'statement', `a statement is read, not what is ${reading.kind}`);
  return reading.statement;
}

const noon = Date.UTC(2026, 2, 1, 9);

interface Movement {
  readonly kind: 'payment' | 'payout' | 'refund' | 'top-up' | 'settlement';
  readonly amountMinor: bigint;
  readonly chargeMinor: bigint;
  readonly waitSeconds: number;
  readonly reference: string;
  readonly isFailed: boolean;
}

const moving = (one: Movement): Movement => ({ ...one, isFailed: false });

const amountMinor = fc.bigInt({ min: 1n, max: 250_000_00n });
const movement: fc.Arbitrary<Movement> = fc.record({
  kind: fc.constantFrom('payment', 'payout', 'refund', 'top-up', 'settlement'),
  amountMinor,
  chargeMinor: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 500_00n })),
  waitSeconds: fc.integer({ min: 1, max: 90 }),
  reference: fc.string({ maxLength: 25 }).map((text) => text.trim()),
  isFailed: fc.boolean(),
});
const types: Readonly<Record<Movement['kind'], string>> = {
  payment: 'MERCHPAY',
  payout: 'DISBURSEMENT',
  refund: 'REVERSAL',
  'top-up': 'CASHIN',
  settlement: 'WALLET TO BANK',
};
const style = fc.record({
  isSplit: fc.boolean(),
  isGrouped: fc.boolean(),
  isNewestFirst: fc.boolean(),
  hasNotes: fc.boolean(),
  order: fc.shuffledSubarray(
    ['id', 'when', 'type', 'status', 'in', 'out', 'charge', 'balance', 'currency', 'ref', 'own'],
    { minLength: 11 },
  ),
});
type Style = typeof style extends fc.Arbitrary<infer Found> ? Found : never;

const openingMinor = 1_000_000_00n;

const moneyText = (minor: bigint, isGrouped: boolean): string =>
  isGrouped ? decimalOf(minor).replaceAll(/\B(?=(?:\d{3})+\.)/g, ',') : decimalOf(minor);

function whenText(seconds: number): string {
  const digits = compactNairobi(noon + seconds * 1_000);
  const [day, month] = [digits.slice(6, 8), digits.slice(4, 6)];
  const clock = [digits.slice(8, 10), digits.slice(10, 12), digits.slice(12)].join(':');
  return `${day}-${month}-${digits.slice(0, 4)} ${clock}`;
}

/** A provider's way of writing, from the movements alone; nothing is shared with the reader. */
function write(movements: readonly Movement[], look: Style) {
  let balanceMinor = openingMinor;
  let seconds = 0;
  const expected: object[][] = [];
  const names: Readonly<Record<string, string>> = {
    id: 'Transaction ID',
    when: 'Date & Time',
    type: 'Transaction Type',
    status: 'Status',
    in: look.isSplit ? 'Credit' : 'Amount',
    out: look.isSplit ? 'Debit' : 'Direction',
    charge: 'Charges',
    balance: 'Balance',
    currency: 'Currency',
    ref: 'Reference No',
    own: 'External ID',
  };
  const rows = movements.map((one, n): Readonly<Record<string, string>> => {
    seconds += one.waitSeconds;
    const isIn = one.kind === 'payment' || one.kind === 'top-up';
    const amount = isIn ? one.amountMinor : -one.amountMinor;
    const afterAmount = balanceMinor + amount;
    if (!one.isFailed) balanceMinor = afterAmount - one.chargeMinor;
    const receipt = `TX260301.1200.L${String(n).padStart(5, '0')}`;
    const text = moneyText(one.amountMinor, look.isGrouped);
    const line = {
      kind: one.kind,
      receipt,
      occurredAt: noon + seconds * 1_000,
      completed: !one.isFailed,
      amountMinor: amount,
      accountReference: one.reference,
      ownId: `OWN${1_000 + n}`,
    };
    const fee = { kind: 'fee', receipt, amountMinor: -one.chargeMinor, balanceMinor };
    const hasFee = one.chargeMinor > 0n && !one.isFailed;
    const main = one.isFailed ? line : { ...line, balanceMinor: afterAmount };
    expected.push(hasFee ? [main, fee] : [main]);
    return {
      id: receipt,
      when: whenText(seconds),
      type: types[one.kind],
      status: one.isFailed ? 'TF' : 'TS',
      in: look.isSplit && !isIn ? '' : text,
      ...(look.isSplit ? { out: isIn ? '' : text } : { out: isIn ? 'CR' : 'DR' }),
      charge: one.chargeMinor === 0n ? '' : moneyText(one.chargeMinor, look.isGrouped),
      balance: moneyText(balanceMinor, look.isGrouped),
      currency: 'KES',
      ref: one.reference,
      own: `OWN${1_000 + n}`,
    };
  });
  const above = look.hasNotes ? [['Statement of account'], ['From Date', '01-03-2026']] : [];
  const below = look.hasNotes ? [['Closing Balance', decimalOf(balanceMinor)]] : [];
  const cells = rows.map((row) => look.order.map((name) => row[name] ?? ''));
  const [body, lines] = look.isNewestFirst
    ? [cells.toReversed(), expected.toReversed().map((pair) => pair.toReversed())]
    : [cells, expected];
  const head = look.order.map((name) => names[name] ?? '');
  const table = [...above, head, ...body, ...below];
  return { table, firstLine: above.length + 2, lines: lines.flat(), balanceMinor };
}

describe('whatever is written', () => {
  const movements = fc.array(movement, { minLength: 1, maxLength: 12 });

  it('is read as it was written, in any order of columns', () => {
    // Two that moved tell which end of the file is older.
    const ends = fc.tuple(movement, movement).map((two) => two.map(moving));
    fc.assert(
      fc.property(movements, ends, style, (between, [first, last], look) => {
        const moved = [first, ...between, last].filter((one) => one !== undefined);
        const { table, lines, balanceMinor } = write(moved, look);
        const statement = statementIn(table);
        expect(statement.lines).toMatchObject(lines);
        expect(statement.lines).toHaveLength(lines.length);
        expect(statement).toMatchObject({ openingMinor, closingMinor: balanceMinor });
      }),
    );
  });

  it('is refused with its line where a cell is damaged', () => {
    const damage = fc.constantFrom('#REF!', '?', '1.2.3', '--', '12:', '1,00', '2.6E+11');
    const damageable = fc.constantFrom('id', 'when', 'type', 'status', 'in', 'charge', 'balance');
    fc.assert(
      fc.property(
        fc.record({ movements, style, damage, name: damageable, nth: fc.nat() }),
        ({ movements: moved, style: look, damage: text, name, nth }) => {
          const { table, firstLine } = write(moved, { ...look, isSplit: false });
          const line = firstLine + (nth % moved.length);
          const place = look.order.indexOf(name);
          const hurt = table.map((row, n) =>
            n === line - 1 ? row.map((cell, m) => (m === place ? text : cell)) : row,
          );
          expect(read(tableOf(hurt))).toMatchObject({
            kind: 'damaged',
            problems: expect.arrayContaining([expect.objectContaining({ line })]),
          });
        },
      ),
    );
  });

  it('is refused where a line is gone from between two others', () => {
    fc.assert(
      fc.property(movements, movement, style, (moved, lost, look) => {
        const [first = lost, last = lost] = [moved[0], moved.at(-1)].map(
          (one) => one && moving(one),
        );
        const all = [first, ...moved, moving(lost), ...moved, last];
        // An amount that its charge eats up would leave no gap.
        fc.pre(lost.amountMinor !== lost.chargeMinor);
        const { table, firstLine } = write(all, { ...look, hasNotes: false });
        const nth = look.isNewestFirst ? all.length - 2 - moved.length : moved.length + 1;
        const gap = table.filter((_, n) => n !== firstLine - 1 + nth);
        expect(read(tableOf(gap)).kind).toBe('damaged');
      }),
    );
  });

  it('or is no statement at all, is read without throwing', () => {
    const header = ['Transaction ID', 'Date', 'Type', 'Status', 'Amount', 'Balance', 'Charges'];
    const row = ['MP260301.1234.L1', '1-3-2026 12:34', 'MERCHPAY', 'TS', '-1.00', '5', '(1)'];
    const cell = fc.oneof(fc.string(), fc.constantFrom(...header, ...row, 'Total', 'Currency'));
    const rows = fc.array(fc.array(cell, { maxLength: 12 }), { maxLength: 8 });
    fc.assert(
      fc.property(rows, (found) => {
        for (const table of [found, [header, ...found]]) {
          expect(['statement', 'damaged', 'not-mine']).toContain(read(tableOf(table)).kind);
        }
      }),
    );
  });
});
