import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactNairobi, decimalOf, shillings } from '#kernel';
import { statementColumns as columns } from '../../../simulators/mpesa/index.ts';
import type { StatementReading, StatementTable } from '../statement.ts';
import { readStatement } from './statement.ts';

type Cells = Partial<Record<(typeof columns)[number] | 'Currency', string>>;

const preamble: readonly (readonly string[])[] = [
  ['Account Holder', 'DUKA LTD'],
  ['Short Code', '600123'],
  ['Account', 'Utility Account'],
  ['Time Period', 'From 01-11-2026 00:00:00 To 30-11-2026 23:59:59'],
  ['Opening Balance', '1,000.00'],
  ['Closing Balance', '1,480.00'],
];

const tableOf = (rows: readonly (readonly string[])[]): StatementTable => ({
  rows: rows.map((cells, n) => ({ line: n + 1, cells })),
});

const cellsOf = (row: Cells, names: readonly string[] = columns): readonly string[] => {
  const byName = new Map<string, string>(Object.entries(row));
  return names.map((name) => byName.get(name) ?? '');
};

/** From 1,000: a payment of 1,000, a payout of 500, one that failed, and a charge of 20. */
const payment: Cells = {
  'Receipt No.': 'UKN0000001',
  'Completion Time': '23-11-2026 08:00:00',
  'Initiation Time': '23-11-2026 07:59:40',
  Details: 'Pay Bill from 2547****149 - JANE Acc. service charge',
  'Transaction Status': 'Completed',
  'Paid In': '1,000.00',
  Balance: '2,000.00',
  'Balance Confirmed': 'true',
  'Reason Type': 'Pay Bill Online',
  'Other Party Info': '2547****149 - JANE',
  'A/C No.': 'service charge',
};
const payout: Cells = {
  'Receipt No.': 'UKN0000002',
  'Completion Time': '23-11-2026 09:30:00',
  Details: 'Business Payment to Customer via API to 254708374149 - OWNER',
  'Transaction Status': 'Completed',
  Withdrawn: '-500.00',
  Balance: '1,500.00',
  'Reason Type': 'Business Payment to Customer via API',
  'Other Party Info': '254708374149 - OWNER',
};
const failure: Cells = {
  ...payout,
  'Receipt No.': 'UKN0000003',
  'Completion Time': '23-11-2026 09:31:00',
  'Transaction Status': 'Failed',
};
const fee: Cells = {
  ...payout,
  'Completion Time': '23-11-2026 09:32:00',
  Details: 'Business Payment to Customer Charge',
  Withdrawn: '20.00',
  Balance: '1,480.00',
};
const body = [payment, payout, failure, fee];
const headLine = preamble.length + 1;
const sheetOf = (rows: readonly Cells[]): StatementTable =>
  tableOf([...preamble, columns, ...rows.map((row) => cellsOf(row))]);

const linesOf = (reading: StatementReading) => {
  if (reading.kind !== 'statement') throw new Error(JSON.stringify(reading));
  return reading.statement.lines;
};
const problemsOf = (reading: StatementReading) =>
  reading.kind === 'damaged' ? reading.problems : [];

describe('a statement', () => {
  it('is read with what stands above it', () => {
    const reading = readStatement(sheetOf(body));
    expect(reading).toMatchObject({
      kind: 'statement',
      statement: {
        shortCode: '600123',
        account: 'Utility Account',
        fromAt: Date.UTC(2026, 9, 31, 21),
        toAt: Date.UTC(2026, 10, 30, 20, 59, 59),
        openingMinor: shillings(1_000),
        closingMinor: shillings(1_480),
      },
    });
    expect(linesOf(reading)).toEqual([
      {
        line: headLine + 1,
        kind: 'payment',
        receipt: 'UKN0000001',
        occurredAt: Date.UTC(2026, 10, 23, 5),
        completed: true,
        amountMinor: shillings(1_000),
        balanceMinor: shillings(2_000),
        accountReference: 'service charge',
        party: '2547****149 - JANE',
        linkedReceipt: undefined,
        ownId: undefined,
        details: 'Pay Bill from 2547****149 - JANE Acc. service charge',
        raw: JSON.stringify(cellsOf(payment)),
      },
      expect.objectContaining({ kind: 'payout', amountMinor: shillings(-500), completed: true }),
      expect.objectContaining({ kind: 'payout', amountMinor: shillings(-500), completed: false }),
      // Under the receipt of what it was charged for.
      expect.objectContaining({ kind: 'fee', amountMinor: shillings(-20), receipt: 'UKN0000002' }),
    ]);
  });

  it.each([
    ['01-11-2026 - 30-11-2026', Date.UTC(2026, 10, 30, 20, 59, 59)],
    ['2026-11-01 to 2026-11-30 12:00:00', Date.UTC(2026, 10, 30, 9)],
    ['From: 01.11.2026 00:00:00 To: 30.11.2026', Date.UTC(2026, 10, 30, 20, 59, 59)],
  ])('over “%s” covers whole days where it names no time', (period, toAt) => {
    const table = tableOf([['Account', 'Utility'], ['Time Period', period], columns]);
    const fromAt = Date.UTC(2026, 9, 31, 21);
    expect(readStatement(table)).toMatchObject({ statement: { fromAt, toAt } });
  });

  it('may run from the newest line to the oldest', () => {
    const lines = linesOf(readStatement(sheetOf(body.toReversed())));
    expect(lines.map(({ receipt }) => receipt)).toEqual(
      body.toReversed().map((row) => row['Receipt No.']),
    );
  });

  it('may show any balance beside what moved nothing', () => {
    const rows = [payment, payout, { ...failure, Balance: '0.00' }, fee];
    expect(linesOf(readStatement(sheetOf(rows)))).toHaveLength(4);
  });

  it('may hold no lines at all', () => {
    const empty = preamble.filter(([label]) => label !== 'Closing Balance');
    expect(linesOf(readStatement(tableOf([...empty, columns])))).toEqual([]);
  });

  it.each([
    ['“Label: value” in one cell', ['Short Code: 600123 - DUKA', 'Account Type: utility account']],
    ['colons beside values', ['Short Code:', '600123', 'Account:', 'UTILITY ACCOUNT']],
    ['many a cell between', ['', 'short code', '', '600123', '', 'ACCOUNT TYPE', '', 'Utility']],
  ])('is known by its preamble however that is written: %s', (_, row) => {
    expect(readStatement(tableOf([row, columns]))).toMatchObject({
      statement: { shortCode: '600123', account: 'Utility Account', openingMinor: undefined },
    });
  });

  it.each([
    ['Working Account', 'Working Account'],
    ['MMF Account', 'Working Account'],
    ['charges paid account', 'Charges Paid Account'],
    ['Organisation Settlement Account', 'Organization Settlement Account'],
    ['Merchant', 'Merchant Account'],
    ['Reserve Account', 'Reserve Account'],
  ])('of “%s” is of the wallet that balances call “%s”', (name, account) => {
    const table = tableOf([['Account', name], columns]);
    expect(readStatement(table)).toMatchObject({ statement: { account } });
  });

  it.each([
    ['RECEIPT NO', 'completion time', 'details', 'transaction-status', 'PAID IN', 'Withdrawn.'],
    ['Receipt Number', 'CompletionTime', 'Details', 'Transaction  Status', 'paid_in', 'WITHDRAWN'],
  ])('is recognised by its columns in any spelling: %s', (...names) => {
    const row = ['UKN0000001', '2026-11-23 08:00:00', 'Pay Bill Online', 'completed', '5', ''];
    const lines = linesOf(readStatement(tableOf([['Account', 'Utility'], names, row])));
    expect(lines).toEqual([expect.objectContaining({ kind: 'payment', amountMinor: 500n })]);
  });

  it('is read over page breaks, blank rows and footers', () => {
    const table = tableOf([
      ...preamble,
      columns,
      cellsOf(payment),
      ['Page 1 of 2'],
      columns,
      [],
      ['', ' '],
      ...[payout, failure, fee].map((row) => cellsOf(row)),
      ['Disclaimer: this record was produced for your use.'],
    ]);
    expect(linesOf(readStatement(table))).toHaveLength(4);
  });
});

describe('what kind a line is of', () => {
  it.each([
    ['Pay Bill Online', '', 10, 'payment'],
    ['Pay Utility with OD via STK', '', 10, 'payment'],
    ['Buy Goods', '', 10, 'payment'],
    ['PayBill', '', 10, 'payment'],
    ['', 'Pay Bill from 2547****149 - CHARGE JOHN', 10, 'payment'],
    // What a payer types never makes a payment into something else.
    ['', 'Pay Bill from 2547****149 Acc. reversal charge', 10, 'payment'],
    ['Pay Bill Online', 'Reversal', 10, 'payment'],
    ['Business Payment to Customer via API', '', -10, 'payout'],
    ['Business Payment to Customer Withdrawal Charge Paid via API', '', -10, 'payout'],
    ['Salary Payment via API', '', -10, 'payout'],
    ['Promotion Payment', '', -10, 'payout'],
    ['Pay Bill Charge', '', -10, 'fee'],
    ['Pay Bill Online', 'Pay Bill Charge', -10, 'fee'],
    ['', 'B2C Charge', -10, 'fee'],
    ['Business Payment to Customer via API', 'Business to Customer Charge', -10, 'fee'],
    ['Pay Merchant Charge', '', 10, 'fee'],
    ['Transaction Reversal via API', 'Reversal of UKN0000001', -10, 'refund'],
    ['Business Transfer From MMF To Utility via API', '', 10, 'top-up'],
    ['Business Transfer from MMF to Utility', '', -10, 'top-up'],
    ['Organization Settlement', '', -10, 'settlement'],
    ['Organization Settlement', '', 10, 'settlement'],
    ['Settlement of Charges', '', 10, 'settlement'],
    ['Organization Settlement Charge', '', -10, 'fee'],
    ['', 'Customer Merchant Payment from 2547****149', 10, 'payment'],
    ['Organization Withdrawal of Funds', '', -10, 'settlement'],
    ['', 'Transfer of Funds to Bank', -10, 'settlement'],
    // Against the direction in which that kind of money moves.
    ['Transaction Reversal', '', 10, 'other'],
    // Money that comes back is nobody's payment, whatever it had been.
    ['Business Pay Bill Reversal', '', 10, 'other'],
    ['Business Buy Goods Reversal', 'Pay Bill from 600222 - KPLC Acc. 1', 10, 'other'],
    ['Reversal of Merchant Payment', '', 10, 'other'],
    ['Pay Utility Reversed', '', 10, 'other'],
    ['Customer Payment Refund', '', 10, 'other'],
    ['', 'Business Pay Bill Reversal to 600222 - KPLC', 10, 'other'],
    ['', 'Refunded Buy Goods', 10, 'other'],
    ['Pay Bill Reversed', '', -10, 'refund'],
    ['Pay Bill Charge Reversal', '', 10, 'fee'],
    ['Business Pay Bill', '', -10, 'other'],
    ['Business Payment to Customer', '', 10, 'other'],
    ['Something New', 'Something new', 10, 'other'],
  ])('reason “%s”, details “%s”, %d: %s', (...[reason, details, amount, kind]) => {
    const row: Cells = {
      ...payment,
      'Reason Type': reason,
      Details: details,
      'Paid In': amount > 0 ? String(amount) : '',
      Withdrawn: amount < 0 ? String(amount) : '',
      Balance: '',
    };
    const table = tableOf([['Account', 'Utility'], columns, cellsOf(row)]);
    expect(linesOf(readStatement(table))).toEqual([expect.objectContaining({ kind })]);
  });
});

describe('amounts and times', () => {
  it.each([
    ['1,234,567.80', '', 123_456_780n],
    ['"20.5"', '', 2_050n],
    ["'20", '', 2_000n],
    ['0.00', '300', -30_000n],
    ['', '-1,300.00', -130_000n],
    ['', '\u22125', -500n],
    [' 7 ', '0', 700n],
    ['0', '', 0n],
  ])('in %j, out %j is %s cents', (paidIn, withdrawn, amountMinor) => {
    const row = { ...payment, 'Paid In': paidIn, Withdrawn: withdrawn, Balance: '' };
    const table = tableOf([['Account', 'Utility'], columns, cellsOf(row)]);
    expect(linesOf(readStatement(table))).toEqual([expect.objectContaining({ amountMinor })]);
  });

  it.each(['23-11-2026 08:00:00', '2026-11-23 08:00:00', '23.11.2026 08:00:00'])(
    '%s is eight in Nairobi',
    (time) => {
      const rows = [{ ...payment, 'Completion Time': time }, payout, failure, fee];
      expect(linesOf(readStatement(sheetOf(rows)))[0]?.occurredAt).toBe(Date.UTC(2026, 10, 23, 5));
    },
  );
});

describe('a damaged statement', () => {
  it.each<[string, Cells, RegExp]>([
    ['no receipt', { 'Receipt No.': '' }, /Receipt No/],
    ['half a receipt', { 'Receipt No.': 'UKN#' }, /Receipt No/],
    ['no time', { 'Completion Time': '' }, /Completion Time/],
    ['an American time', { 'Completion Time': '11/23/2026 8:00' }, /Completion Time/],
    ['the 31st of November', { 'Completion Time': '31-11-2026 08:00:00' }, /Completion Time/],
    ['mixed marks', { 'Completion Time': '23-11.2026 08:00:00' }, /Completion Time/],
    ['a status nobody knows', { 'Transaction Status': 'Done' }, /Transaction Status/],
    ['no status', { 'Transaction Status': '' }, /Transaction Status/],
    ['no amount', { 'Paid In': '' }, /neither/],
    ['two amounts', { Withdrawn: '5.00' }, /both/],
    ['money in below zero', { 'Paid In': '-1,000.00' }, /below zero/],
    ['a rounded amount', { 'Paid In': '1E3' }, /“Paid In” is no amount/],
    ['a comma out of place', { 'Paid In': '10,00.00' }, /“Paid In” is no amount/],
    ['three decimals', { 'Paid In': '1000.001' }, /“Paid In” is no amount/],
    ['a word for money out', { Withdrawn: 'none' }, /“Withdrawn” is no amount/],
    ['a balance cut off', { Balance: '2,000.0.' }, /“Balance” is no amount/],
    ['another balance', { Balance: '2,000.01' }, /should be 2000.00/],
    ['an endless cell', { Details: 'x'.repeat(2_001) }, /too long/],
    ['what is no text', { Details: 'a\0b' }, /no text/],
    ['half a link', { 'Linked Transaction ID': 'UKN#' }, /“Linked Transaction ID” is no receipt/],
    ['a link that is no text', { 'Linked Transaction ID': 'UKN\0A00001' }, /no text/],
  ])('is refused with its line: %s', (_, change, why) => {
    const problems = problemsOf(
      readStatement(sheetOf([{ ...payment, ...change }, ...body.slice(1)])),
    );
    expect(problems[0]).toEqual({ line: headLine + 1, why: expect.stringMatching(why) });
  });

  it.each(['', '-', 'N/A', 'null'])('is not one whose link is “%s”', (link) => {
    const rows = [{ ...payment, 'Linked Transaction ID': link }, ...body.slice(1)];
    expect(linesOf(readStatement(sheetOf(rows)))[0]?.linkedReceipt).toBeUndefined();
  });

  it('is not repeated at length', () => {
    const rows = [{ ...payment, 'Receipt No.': 'x'.repeat(1_000) }];
    const problems = problemsOf(readStatement(sheetOf(rows)));
    expect(problems.length).toBeGreaterThan(0);
    for (const { why } of problems) expect(why.length).toBeLessThan(120);
  });

  it('is refused without a number whole', () => {
    const phone = '254733123456';
    const rows = columns.map((name) => ({ ...payment, [name]: `${phone} JANE` }));
    const problems = problemsOf(readStatement(sheetOf(rows)));
    expect(JSON.stringify(problems)).toContain('2547•••••456 JANE');
    expect(JSON.stringify(problems)).not.toContain(phone);
  });

  it('names every problem at once, in order', () => {
    const rows = [
      { ...payment, 'Paid In': 'x', 'Completion Time': 'y' },
      payout,
      { ...failure, 'Receipt No.': '' },
      { ...fee, Balance: 'z' },
    ];
    const problems = problemsOf(readStatement(sheetOf(rows)));
    expect(problems.map(({ line }) => line)).toEqual([7, 7, 9, 10].map((n) => n + 1));
  });

  it('names fifty problems and no more', () => {
    const rows = Array.from({ length: 60 }, () => ({ ...payment, 'Paid In': '?' }));
    expect(problemsOf(readStatement(sheetOf(rows)))).toHaveLength(50);
  });

  it.each([
    ['a payment', [payment, { ...payment, Balance: '3,000.00' }, payout, fee], 1],
    ['a charge', [payment, payout, fee, fee], 3],
  ] as const)('holds %s twice', (_, rows, n) => {
    const problems = problemsOf(readStatement(sheetOf(rows)));
    expect(problems.filter(({ why }) => why.startsWith('repeats'))).toEqual([
      { line: headLine + 1 + n, why: expect.stringMatching(/^repeats line \d+: UKN/) },
    ]);
  });

  it.each(body.map((_, n) => n).filter((n) => n !== 2))('lacks line %i', (n) => {
    expect(readStatement(sheetOf(body.filter((_row, m) => m !== n))).kind).toBe('damaged');
  });

  it('does not start where it says', () => {
    const table = sheetOf(body);
    const rows = table.rows.map((row) =>
      row.cells[0] === 'Opening Balance' ? { ...row, cells: ['Opening Balance', '999'] } : row,
    );
    expect(problemsOf(readStatement({ rows }))).toEqual([
      { line: headLine + 1, why: expect.stringMatching(/should be 1999.00/) },
    ]);
  });

  it('does not end where it says', () => {
    expect(problemsOf(readStatement(sheetOf(body.slice(0, 3))))).toEqual([
      { line: undefined, why: expect.stringMatching(/end at 1500.00.*1480.00/) },
    ]);
  });

  it.each([
    [['Short Code', 'none'], /short code/],
    [['Opening Balance', 'much'], /opening balance/],
    [['Closing Balance', '1.0.0'], /closing balance/],
    [['Time Period', 'last month'], /period/],
    [['Time Period', '30-11-2026 to 01-11-2026'], /period/],
    [['Currency', 'USD'], /KES/],
    [['Account', 'Utility\0'], /no text/],
  ])('says of itself %j', (row, why) => {
    const table = tableOf([['Account', 'Utility'], row, columns]);
    expect(problemsOf(readStatement(table))).toEqual([
      { line: 2, why: expect.stringMatching(why) },
    ]);
  });

  it('does not say which account it is of', () => {
    expect(problemsOf(readStatement(tableOf([columns])))).toEqual([
      { line: undefined, why: expect.stringMatching(/account/) },
    ]);
  });

  it('is in another currency', () => {
    const names = [...columns, 'Currency'];
    const rows = [
      { ...payment, Currency: 'KES' },
      { ...payout, Currency: 'Ksh.' },
      { ...failure, Currency: '' },
      { ...fee, Currency: 'USD' },
    ];
    const table = tableOf([...preamble, names, ...rows.map((row) => cellsOf(row, names))]);
    expect(problemsOf(readStatement(table))).toEqual([
      { line: headLine + 4, why: expect.stringMatching(/not KES: USD/) },
    ]);
  });

  it('has more cells than columns, as after a comma nobody quoted', () => {
    const table = tableOf([...preamble, columns, [...cellsOf(payment), 'more']]);
    expect(problemsOf(readStatement(table))[0]).toEqual({
      line: headLine + 1,
      why: expect.stringMatching(/more cells/),
    });
  });

  it.each([...columns].filter((name) => !/Init|Bal|Reason|Other|Linked|A\/C/.test(name)))(
    'lacks the column “%s”, and says so',
    (name) => {
      const left = columns.filter((column) => column !== name);
      const table = tableOf([...preamble, left, ...body.map((row) => cellsOf(row, left))]);
      expect(problemsOf(readStatement(table))).toEqual([
        { line: headLine, why: `the column “${name}” is missing` },
      ]);
    },
  );

  it('has a column twice', () => {
    expect(problemsOf(readStatement(tableOf([[...columns, 'RECEIPT NO']])))).toEqual([
      { line: 1, why: 'the column “RECEIPT NO” stands twice' },
    ]);
  });

  it('ends in the middle of a row', () => {
    const table = tableOf([...preamble, columns, cellsOf(payment), ['UKN00']]);
    expect(problemsOf(readStatement(table)).some(({ line }) => line === headLine + 2)).toBe(true);
  });
});

it.each([
  [[]],
  [[['']]],
  [preamble],
  [[['Transaction ID', 'Date', 'Details', 'Status', 'Amount', 'Balance', 'Currency']]],
  [[['Receipt No.', 'Amount']]],
])('a table that is none of ours: %j', (rows) => {
  expect(readStatement(tableOf(rows))).toEqual({ kind: 'not-mine' });
});

// Properties ------------------------------------------------------------------------------------

const groups = (text: string): string => text.replaceAll(/\B(?=(?:\d{3})+(?!\d))/g, ',');
const grouped = (minor: bigint): string => {
  const [whole = '', cents = ''] = decimalOf(minor).split('.');
  return `${whole.startsWith('-') ? '-' : ''}${groups(whole.replace('-', ''))}.${cents}`;
};
const dashed = (at: number): string =>
  compactNairobi(at).replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$3-$2-$1 $4:$5:$6');

interface Truth {
  readonly kind: 'payment' | 'payout' | 'fee' | 'refund' | 'top-up' | 'settlement';
  readonly minor: bigint;
  readonly completed: boolean;
}
const reasons = {
  payment: 'Pay Bill Online',
  payout: 'Business Payment to Customer via API',
  fee: 'Pay Bill Charge',
  refund: 'Transaction Reversal via API',
  'top-up': 'Business Transfer From MMF To Utility via API',
  settlement: 'Organization Settlement',
} as const;
const truth: fc.Arbitrary<Truth> = fc.record({
  kind: fc.constantFrom(...(Object.keys(reasons) as Truth['kind'][])),
  minor: fc.bigInt(1n, 25_000_000n),
  completed: fc.boolean(),
});
const truths = fc.array(truth, { minLength: 1, maxLength: 20 });

const signed = ({ kind, minor }: Truth): bigint =>
  kind === 'payment' || kind === 'top-up' ? minor : -minor;

/** Writes what was drawn as the portal would. */
function written(drawn: readonly Truth[]) {
  let balanceMinor = shillings(10_000_000);
  const opening = balanceMinor;
  const rows = drawn.map((entry, n): Cells => {
    const amount = signed(entry);
    if (entry.completed) balanceMinor += amount;
    return {
      'Receipt No.': `UKN${String(n).padStart(7, '0')}`,
      'Completion Time': dashed(Date.UTC(2026, 10, 23, 5) + n * 1_000),
      Details: reasons[entry.kind],
      'Transaction Status': entry.completed ? 'Completed' : 'Declined',
      'Paid In': amount > 0n ? grouped(amount) : '',
      Withdrawn: amount < 0n ? grouped(amount) : '',
      Balance: grouped(balanceMinor),
      'Reason Type': reasons[entry.kind],
    };
  });
  const head = [
    ['Account', 'Utility Account'],
    ['Opening Balance', grouped(opening)],
    ['Closing Balance', grouped(balanceMinor)],
  ];
  return { head, rows };
}

describe('any statement', () => {
  it('comes back as it was written, from either end and with its columns in any order', () => {
    const order = fc.shuffledSubarray([...columns], { minLength: columns.length });
    fc.assert(
      fc.property(truths, order, fc.boolean(), (drawn, names, isNewestFirst) => {
        const { head, rows } = written(drawn);
        const listed = isNewestFirst ? rows.toReversed() : rows;
        const table = tableOf([...head, names, ...listed.map((row) => cellsOf(row, names))]);
        const lines = linesOf(readStatement(table));
        const expected = drawn.map((entry, n) => ({
          kind: entry.kind,
          amountMinor: signed(entry),
          completed: entry.completed,
          occurredAt: Date.UTC(2026, 10, 23, 5) + n * 1_000,
        }));
        const read = lines.map(({ kind, amountMinor, completed, occurredAt }) => ({
          kind,
          amountMinor,
          completed,
          occurredAt,
        }));
        expect(isNewestFirst ? read.toReversed() : read).toEqual(expected);
      }),
    );
  });

  it('with one cell that cannot be read is refused, at its line', () => {
    const spoilable = ['Receipt No.', 'Completion Time', 'Transaction Status', 'Balance'] as const;
    fc.assert(
      fc.property(truths, fc.nat(), fc.constantFrom(...spoilable), (drawn, at, name) => {
        const { head, rows } = written(drawn);
        const n = at % rows.length;
        const spoilt = rows.map((row, m) => (m === n ? { ...row, [name]: '#REF!' } : row));
        const table = tableOf([...head, columns, ...spoilt.map((row) => cellsOf(row))]);
        const problems = problemsOf(readStatement(table));
        expect(problems.map(({ line }) => line)).toContain(head.length + 2 + n);
      }),
    );
  });

  it('with one amount that was changed is refused', () => {
    fc.assert(
      fc.property(truths, fc.nat(), fc.bigInt(1n, 1_000n), (drawn, at, byMinor) => {
        const { head, rows } = written(drawn);
        const n = at % rows.length;
        const changed = rows.map((row, m) => {
          const name = row['Paid In'] === '' ? 'Withdrawn' : 'Paid In';
          const minor = drawn[m]?.minor ?? 0n;
          return m === n ? { ...row, [name]: decimalOf(minor + byMinor) } : row;
        });
        const table = tableOf([...head, columns, ...changed.map((row) => cellsOf(row))]);
        const reading = readStatement(table);
        // What was declined moved nothing, whatever amount stands beside it.
        expect(reading.kind).toBe(drawn[n]?.completed === true ? 'damaged' : 'statement');
      }),
    );
  });

  it('and any other table is read without throwing', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom(...columns, 'Completed', '1,0', ''));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 15 }), { maxLength: 8 }), (rows) => {
        const kinds = ['statement', 'not-mine', 'damaged'];
        expect(kinds).toContain(readStatement(tableOf(rows)).kind);
      }),
    );
  });
});
