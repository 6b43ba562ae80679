import { describe, expect, it } from 'vitest';
import { invariant } from '#kernel';
import type { StatementLineKind, StatementReading, StatementTable } from '../statement.ts';
import { createReadStatement } from './statement.ts';

const read = createReadStatement('KES');

const tableOf = (rows: readonly (readonly string[])[]): StatementTable => ({
  rows: rows.map((cells, n) => ({ line: n + 1, cells })),
});
const readRows = (...rows: readonly (readonly string[])[]): StatementReading => read(tableOf(rows));

const header = [
  'Airtel Money ID',
  'Transaction Date & Time',
  'Service Type',
  'Status',
  'Amount',
  'Service Charge',
  'Balance',
  'Sender MSISDN',
  'Receiver MSISDN',
  'Reference No',
  'External ID',
];
const payment = [
  'MP260301.1234.L00001',
  '01-03-2026 12:34:10',
  'MERCHPAY',
  'TS',
  '1,000.00',
  '15.00',
  '985.00',
  '733123456',
  '',
  'INV001',
  'TXN0001',
];
const payout = [
  'CI260301.1240.H00002',
  '01-03-2026 12:40:00',
  'B2C',
  'TS',
  '-200.00',
  '',
  '785.00',
  '',
  '733999999',
  'PAYOUT1',
  'PAY0001',
];
const at = (hour: number, minute: number, second = 0): number =>
  Date.UTC(2026, 2, 1, hour - 3, minute, second);

const changed = (row: readonly string[], changes: Readonly<Record<string, string>>) =>
  row.map((cell, n) => changes[header[n] ?? ''] ?? cell);

const statementIn = (reading: StatementReading) => {
  invariant(reading.kind === 'statement', `a statement is read, not what is ${reading.kind}`);
  return reading.statement;
};
const linesIn = (reading: StatementReading) => statementIn(reading).lines;

describe('a statement', () => {
  it('is read line by line, with a charge as a line of its own', () => {
    const statement = statementIn(readRows(header, payment, payout));
    expect(statement).toMatchObject({
      account: 'wallet',
      shortCode: undefined,
      openingMinor: 0n,
      closingMinor: 785_00n,
    });
    expect(statement.lines).toEqual([
      {
        line: 2,
        kind: 'payment',
        receipt: 'MP260301.1234.L00001',
        occurredAt: at(12, 34, 10),
        completed: true,
        amountMinor: 1_000_00n,
        balanceMinor: 1_000_00n,
        accountReference: 'INV001',
        party: '733123456',
        linkedReceipt: undefined,
        ownId: 'TXN0001',
        details: 'MERCHPAY',
        raw: JSON.stringify(payment),
      },
      expect.objectContaining({
        line: 2,
        kind: 'fee',
        receipt: 'MP260301.1234.L00001',
        linkedReceipt: 'MP260301.1234.L00001',
        amountMinor: -15_00n,
        balanceMinor: 985_00n,
      }),
      expect.objectContaining({
        line: 3,
        kind: 'payout',
        receipt: 'CI260301.1240.H00002',
        amountMinor: -200_00n,
        balanceMinor: 785_00n,
        party: '733999999',
        ownId: 'PAY0001',
      }),
    ]);
  });

  it('may have lines above and below, blank ones, and its header again', () => {
    const reading = readRows(
      ['\uFEFFAirtel Money Business Statement'],
      ['From Date', '01-03-2026', ''],
      ['To Date: 01-03-2026'],
      ['Merchant Code', '512345'],
      ['Currency', 'Ksh'],
      ['Opening Balance', '0.00'],
      [''],
      header,
      payment,
      ['', '', ''],
      header,
      payout,
      ['Total', '', '', '', '800.00'],
      ['Closing Balance', 'KES', '785.00'],
    );
    expect(statementIn(reading)).toMatchObject({
      shortCode: '512345',
      fromAt: at(0, 0),
      toAt: at(24, 0),
      lines: [{ line: 9 }, { line: 9 }, { line: 12 }],
    });
  });

  it('may begin with the newest line; its charge then comes before it', () => {
    const { lines, openingMinor, closingMinor } = statementIn(readRows(header, payout, payment));
    expect(lines.map(({ kind, balanceMinor }) => [kind, balanceMinor])).toEqual([
      ['payout', 785_00n],
      ['fee', 985_00n],
      ['payment', 1_000_00n],
    ]);
    expect([openingMinor, closingMinor]).toEqual([0n, 785_00n]);
  });

  it('without any line is a statement all the same', () => {
    expect(linesIn(readRows(header))).toEqual([]);
  });

  it.each([
    ['01-03-2026 12:34:10', at(12, 34, 10)],
    ['01/03/2026 12:34', at(12, 34)],
    ['1/3/26 12:34', at(12, 34)],
    ['01-Mar-2026 12:34:10 PM', at(12, 34, 10)],
    ['1 March 2026, 12:34 am', at(0, 34)],
    ['2026-03-01 12:34:10', at(12, 34, 10)],
    ['2026-03-01T12:34:10.000+03:00', at(12, 34, 10)],
    ['2026-03-01T09:34:10Z', at(12, 34, 10)],
    ['2026/3/1 12:34', at(12, 34)],
    ['1772357650', at(12, 34, 10)],
  ])('knows the moment %s', (text, occurredAt) => {
    const row = changed(payment, { 'Transaction Date & Time': text });
    expect(linesIn(readRows(header, row))[0]).toMatchObject({ occurredAt });
  });

  it.each([
    ['MERCHPAY', 'payment'],
    ['Merchant Payment', 'payment'],
    ['C2B', 'payment'],
    ['CASHIN', 'top-up'],
    ['Float Top-up', 'top-up'],
    ['Bank to Wallet', 'top-up'],
    ['Wallet to Bank', 'settlement'],
    ['SETTLEMENT', 'settlement'],
    ['MERCHREFUND', 'refund'],
    ['Reversal', 'refund'],
    ['B2C Reversal', 'refund'],
    ['Bill Payment Reversal', 'refund'],
    ['Reversed Merchant Payment', 'refund'],
    ['CHARGES', 'fee'],
    ['Excise Duty', 'fee'],
    ['COMMISSION', 'fee'],
    ['Bonus', 'other'],
  ] satisfies readonly (readonly [string, StatementLineKind])[])('calls %s a %s', (type, kind) => {
    const row = changed(payment, { 'Service Type': type, Amount: '1,000.00' });
    const signs = changed(payout, { Balance: '785.00' });
    expect(linesIn(readRows(header, row, signs))[0]).toMatchObject({
      kind,
      amountMinor: 1_000_00n,
    });
  });

  it.each([
    ['TF', false],
    ['Failed', false],
    ['In Progress', false],
    ['TA', false],
    ['Transaction Successful', true],
    ['Reversed', true],
  ])('of status %s moved money: %s', (status, completed) => {
    const row = changed(payment, { Status: status });
    const next = changed(payout, { Balance: completed ? '785.00' : '100.00' });
    const lines = linesIn(readRows(header, row, next));
    expect(lines[0]).toMatchObject({ completed, amountMinor: 1_000_00n });
    expect(lines).toHaveLength(completed ? 3 : 2);
  });

  it('takes “transaction id” for ours where Airtel’s own has a column', () => {
    const names = header.map((name) => (name === 'External ID' ? 'Transaction ID' : name));
    expect(linesIn(readRows(names, payment))[0]).toMatchObject({
      receipt: 'MP260301.1234.L00001',
      ownId: 'TXN0001',
    });
  });

  it('names the payment that a refund or fee belongs to', () => {
    const refund = changed(payout, { 'Service Type': 'REFUND', 'Reference No': payment[0] ?? '' });
    const fee = changed(payout, {
      'Airtel Money ID': 'CH260301.1241.F00003',
      'Service Type': 'CHARGES',
      'Reference No': refund[0] ?? '',
      Amount: '-5.00',
      Balance: '780.00',
    });
    expect(linesIn(readRows(header, payment, refund, fee)).slice(2)).toMatchObject([
      { kind: 'refund', receipt: refund[0], linkedReceipt: payment[0] },
      { kind: 'fee', receipt: refund[0], linkedReceipt: refund[0], amountMinor: -5_00n },
    ]);
  });
});

describe('a line that looks like another', () => {
  const names = ['Reference No', ...header.filter((name) => name !== 'Reference No')];
  const totals = ['Total', ...payment.filter((_, n) => header[n] !== 'Reference No')];

  it('is no footer where a payer typed “Total”', () => {
    expect(linesIn(readRows(names, totals))).toMatchObject([
      { kind: 'payment', accountReference: 'Total' },
      { kind: 'fee' },
    ]);
  });

  it.each([1, 2])('is damaged, not a footer, where its cell %i is', (n) => {
    expect(readRows(names, totals.with(n, '#REF!'))).toMatchObject({
      kind: 'damaged',
      problems: [{ line: 2 }],
    });
  });

  it('is a second fee on one receipt, where the balance bears it out', () => {
    const charge = {
      'Service Type': 'CHARGES',
      Amount: '-5.00',
      'Service Charge': '',
      Balance: '980.00',
    };
    const duty = { ...charge, 'Service Type': 'EXCISE DUTY', Amount: '-1.00', Balance: '979.00' };
    const rows = [changed(payment, charge), changed(payment, duty)];
    expect(linesIn(readRows(header, payment, ...rows)).slice(1)).toMatchObject([
      { kind: 'fee', amountMinor: -15_00n },
      { kind: 'fee', amountMinor: -5_00n },
      { kind: 'fee', amountMinor: -1_00n },
    ]);
  });

  it('has a zone or a bracket in its header, which are no currency', () => {
    const zoned = header.map((name) => (name.includes('Date') ? 'Transaction Date (EAT)' : name));
    const row = changed(payment, { [header[1] ?? '']: '01-03-2026 12:34:10 EAT' });
    expect(linesIn(readRows(zoned, row))[0]).toMatchObject({ occurredAt: at(12, 34, 10) });
  });
});

describe('the sign of an amount', () => {
  const short = ['Transaction ID', 'Date', 'Time', 'Type', 'Status'];
  const row = (type: string, ...amounts: readonly string[]) => [
    `${type}0001`,
    '2026-03-01',
    '12:34:10',
    type,
    'SUCCESS',
    ...amounts,
  ];
  const amountsIn = (reading: StatementReading) =>
    linesIn(reading).map(({ amountMinor }) => amountMinor);

  it('is the column it stands in', () => {
    const split = [...short, 'Credit', 'Debit'];
    const rows = [row('MERCHPAY', '10', ''), row('BONUS', '-', '3'), row('REVERSAL', '2', '0.00')];
    expect(amountsIn(readRows(split, ...rows))).toEqual([10_00n, -3_00n, 2_00n]);
  });

  it('is the word beside it', () => {
    const told = [...short, 'Amount (KES)', 'Cr/Dr'];
    const rows = [row('MERCHPAY', '10', 'CR'), row('BONUS', '3', 'Dr'), row('TIPS', '2', 'Credit')];
    expect(amountsIn(readRows(told, ...rows))).toEqual([10_00n, -3_00n, 2_00n]);
  });

  it('is what is written, where anything is', () => {
    const rows = [row('MERCHPAY', '10'), row('BONUS', '3'), row('B2C', '(4.00)')];
    expect(amountsIn(readRows([...short, 'Amount'], ...rows))).toEqual([10_00n, 3_00n, -4_00n]);
    const back = [row('REVERSAL', '+10'), row('B2C', '-4')];
    expect(amountsIn(readRows([...short, 'Amount'], ...back))).toEqual([10_00n, -4_00n]);
  });

  it('is doubtful where only some lines that go out have a minus', () => {
    const rows = [row('B2C', '-4'), row('REVERSAL', '10')];
    expect(readRows([...short, 'Amount'], ...rows)).toMatchObject({
      problems: [{ line: 3, why: expect.stringMatching(/in or went out/) }],
    });
  });

  it('is what is usual, where nothing is', () => {
    const types = ['MERCHPAY', 'CASHIN', 'B2C', 'REFUND', 'CHARGES', 'SETTLEMENT'];
    const rows = types.map((type) => row(type, 'KES 1'));
    expect(amountsIn(readRows([...short, 'Amount'], ...rows))).toEqual(
      [1, 1, -1, -1, -1, -1].map((way) => BigInt(way) * 1_00n),
    );
  });

  it.each([
    ['of a kind that is not known', ['Amount'], row('BONUS', '3'), /in or went out/],
    ['of nothing', ['Amount'], row('MERCHPAY', '0.00'), /nothing/],
    ['of a payment out', ['Credit', 'Debit'], row('MERCHPAY', '', '3'), /payment that takes/],
    ['of a payout in', ['Credit', 'Debit'], row('B2C', '3', ''), /payout that brings/],
    ['in both columns', ['Credit', 'Debit'], row('MERCHPAY', '3', '3'), /both filled/],
    ['in neither', ['Credit', 'Debit'], row('MERCHPAY', '', '-'), /neither/],
    ['of no direction', ['Amount', 'Direction'], row('MERCHPAY', '3', 'up'), /no direction/],
    ['of two minds', ['Amount', 'Direction'], row('MERCHPAY', '-3', 'credit'), /below zero/],
  ])('%s is a problem', (...[, columns, cells, why]) => {
    expect(readRows([...short, ...columns], cells)).toMatchObject({
      kind: 'damaged',
      problems: expect.arrayContaining([{ line: 2, why: expect.stringMatching(why) }]),
    });
  });

  it('of what was reversed is not known without a balance', () => {
    const reversed = row('MERCHPAY', '3').map((cell) => (cell === 'SUCCESS' ? 'Reversed' : cell));
    expect(readRows([...short, 'Amount'], reversed)).toMatchObject({
      problems: [{ line: 2, why: expect.stringMatching(/reversed/) }],
    });
  });
});

describe('a table', () => {
  it.each([
    ['is empty', []],
    ['has no header', [payment, payout]],
    ['is M-Pesa’s', [['Receipt No.', 'Completion Time', 'Details', 'Paid In', 'Balance']]],
    ['has no type', [header.filter((name) => name !== 'Service Type')]],
    ['has no id', [header.filter((name) => name !== 'Airtel Money ID')]],
    ['has neither status nor balance', [header.filter((name) => !/Stat|Bal/.test(name))]],
    ['begins too far down', [...Array.from({ length: 60 }, () => ['']), header]],
  ])('that %s is not mine', (_name, rows) => {
    expect(read(tableOf(rows))).toEqual({ kind: 'not-mine' });
  });

  it.each<[string, readonly (readonly string[])[], number | undefined, RegExp]>([
    ['a row twice', [header, payment, payment], 3, /line 2 already/],
    [
      'a fee twice, in a column and a row, and no balance that tells',
      [
        header.filter((name) => name !== 'Balance'),
        payment.toSpliced(6, 1),
        changed(payment, { 'Service Type': 'CHARGES', 'Service Charge': '' }).toSpliced(6, 1),
      ],
      3,
      /line 2 already/,
    ],
    ['a broken balance', [header, payment, changed(payout, { Balance: '786.00' })], 3, /785\.00/],
    ['a balance missing', [header, payment, changed(payout, { Balance: '' })], 3, /missing/],
    ['other money in a row', [header, changed(payment, { Amount: 'UGX 1000' })], 2, /UGX/],
    [
      'other money in a column',
      [
        [...header, 'Currency'],
        [...payment, 'UGX'],
      ],
      2,
      /UGX/,
    ],
    [
      'other money in its header',
      [header.map((name) => (name === 'Amount' ? 'Amount (UGX)' : name)), payment],
      1,
      /UGX/,
    ],
    ['other money above it', [['Currency', 'TZS'], header, payment], 1, /TZS/],
    [
      'a column twice',
      [
        [...header, 'Balance'],
        [...payment, '1'],
      ],
      1,
      /“balance” is there twice/,
    ],
    ['a comma too many', [header, [...payment, '5']], 2, /more cells/],
    [
      'a cell too long',
      [header, changed(payment, { 'Reference No': 'x'.repeat(5_000) })],
      2,
      /long/,
    ],
    ['a NUL above it', [['Till Number', '60\0'], header, payment], 1, /no text/],
    ['a NUL', [header, changed(payment, { 'Reference No': 'a\0b' })], 2, /no text/],
    [
      'an opening that is not so',
      [['Opening Balance', '1'], header, payment],
      undefined,
      /opening/,
    ],
    ['a closing that is not so', [header, payment, ['Closing Balance', '1']], undefined, /985/],
    ['a period that cannot be read', [['From', 'May'], header, payment], 1, /“May”/],
    ['a last day that cannot be read', [['To', '31-02-2026'], header, payment], 1, /31-02/],
    ['a total that cannot be read', [header, payment, ['Closing Balance', 'x']], 3, /“x”/],
    [
      'a day without a time',
      [header, changed(payment, { [header[1] ?? '']: '1/3/2026' })],
      2,
      /time/,
    ],
    [
      'the month before the day',
      [header, changed(payment, { [header[1] ?? '']: '3/31/2026 1:00' })],
      2,
      /time/,
    ],
    [
      '13 o’clock at night',
      [header, changed(payment, { [header[1] ?? '']: '1/3/2026 13:00 AM' })],
      2,
      /time/,
    ],
    [
      'an id in powers of ten',
      [header, changed(payment, { 'External ID': '2.6E+11' })],
      2,
      /no id/,
    ],
  ])('with %s is damaged', (...[, rows, line, why]) => {
    const reading = read(tableOf(rows));
    expect(reading).toMatchObject({
      kind: 'damaged',
      problems: expect.arrayContaining([{ line, why: expect.stringMatching(why) }]),
    });
  });

  it('is refused without a number whole, wherever it stands', () => {
    const phone = '254733123456';
    for (const n of header.keys()) {
      const odd = readRows(header, payment.toSpliced(n, 1, `${phone} (${'x'.repeat(99)}`), payout);
      const problems = odd.kind === 'damaged' ? odd.problems : [];
      expect(JSON.stringify(problems)).not.toContain(phone);
    }
    const note = readRows(['From', phone], ['Currency', phone], header, payment);
    expect(note).toMatchObject({
      kind: 'damaged',
      problems: [
        { line: 1, why: '“2547•••••456” is no day' },
        { line: 2, why: 'it is in 2547•••••456, not in KES' },
      ],
    });
  });

  it('tells all its problems at once, up to fifty, in order', () => {
    const broken = changed(payment, { Amount: 'x', Status: 'y', Balance: 'z' });
    const gap = changed(payout, { Balance: '1.00', 'Airtel Money ID': 'CI260301.1241.H00003' });
    const few = readRows(header, broken, payment, payout, gap);
    expect(few).toMatchObject({
      problems: [
        { line: 2 },
        { line: 2 },
        { line: 2 },
        { line: 5, why: expect.stringMatching(/585/) },
      ],
    });
    const many = readRows(header, ...Array.from({ length: 60 }, () => broken));
    expect(many.kind === 'damaged' && many.problems).toHaveLength(50);
  });

  it('of more rows than anybody has is refused whole', () => {
    const rows = [header, ...Array.from({ length: 200_000 }, () => [''])];
    expect(read(tableOf(rows))).toMatchObject({ kind: 'damaged', problems: [{ line: undefined }] });
  });
});
