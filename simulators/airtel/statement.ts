import { decimalOf, type EpochMs } from '#kernel';

import { floatIdOf } from './airtel-ids.ts';
import type { Context } from './context.ts';
import type { Journal, TruthKind, WalletMove } from './journal.ts';
import { nairobiText } from './nairobi-text.ts';
import { kenya } from './profile.ts';

export const statementLayouts = ['split', 'signed'] as const;
export const statementOrders = ['oldest', 'newest'] as const;

export interface StatementPlan {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Credit and debit in two columns, or one amount with its sign. */
  readonly layout: (typeof statementLayouts)[number];
  readonly order: (typeof statementOrders)[number];
}

/**
 * The business wallet's statement as its portal might export it. Airtel publishes no form: columns,
 * words and order are assumed from the transactions summary (sheet §13.3) and from exports alike.
 */
const columns = {
  split: ['Credit', 'Debit'],
  signed: ['Amount'],
} as const;

const namesOf = (layout: StatementPlan['layout']): readonly string[] => [
  'Airtel Money ID',
  'Transaction Date & Time',
  'Transaction Type',
  'Status',
  ...columns[layout],
  'Service Charge',
  'Balance',
  'Currency',
  'Sender MSISDN',
  'Receiver MSISDN',
  'Reference No',
  'External ID',
  'Original Airtel Money ID',
];

const types: Readonly<Record<TruthKind, string>> = {
  collection: 'MERCHPAY',
  disbursement: 'DISBURSEMENT',
  refund: 'REVERSAL',
};

function amountCells(layout: StatementPlan['layout'], amountMinor: bigint): readonly string[] {
  if (layout === 'signed') return [decimalOf(amountMinor)];
  return amountMinor > 0n ? [decimalOf(amountMinor), ''] : ['', decimalOf(-amountMinor)];
}

function rowOf(
  { movement, amountMinor, at, truth }: WalletMove,
  layout: StatementPlan['layout'],
  balanceMinor: bigint,
): readonly string[] {
  const balance = decimalOf(balanceMinor);
  const { currency } = kenya;
  if (truth === undefined) {
    const id = floatIdOf(at, movement);
    const amounts = amountCells(layout, amountMinor);
    const head = [id, nairobiText(at), 'CASHIN', 'TS', ...amounts];
    return [...head, '', balance, currency, '', '', '', '', ''];
  }
  const { airtelId, kind, feeMinor, national, reference, ownId = '', refundOf = '' } = truth;
  const isInward = kind === 'collection';
  return [
    airtelId,
    nairobiText(at),
    types[kind],
    'TS',
    ...amountCells(layout, isInward ? truth.amountMinor : -truth.amountMinor),
    feeMinor === 0n ? '' : decimalOf(feeMinor),
    balance,
    currency,
    isInward ? national : '',
    isInward ? '' : national,
    reference,
    // A refund has no own id; the original's stands in its own row.
    kind === 'refund' ? '' : ownId,
    refundOf,
  ];
}

/** Quoted where it has to be, as RFC 4180 has it; a line break would be one row more to some. */
function cellText(cell: string): string {
  const plain = cell.replaceAll(/\p{Cc}/gu, ' ');
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

const lineOf = (cells: readonly string[]): string => cells.map(cellText).join(',');

/** What the journal holds, as lines of CSV; every line has as many cells as the header. */
export function statementCsv(
  { config }: Context,
  journal: Journal,
  { from, to, layout, order }: StatementPlan,
): string {
  const { openingMinor, moves } = journal.walletBetween({ from, to });
  let balanceMinor = openingMinor;
  const rows = moves.map((move) => {
    balanceMinor += move.amountMinor;
    return rowOf(move, layout, balanceMinor);
  });
  const names = namesOf(layout);
  const padded = (...cells: readonly string[]): readonly string[] => [
    ...cells,
    ...names.slice(cells.length).map(() => ''),
  ];
  const lines = [
    padded('Airtel Money Statement', config.merchantName),
    padded('From Date', nairobiText(from)),
    padded('To Date', nairobiText(to)),
    padded('Currency', kenya.currency),
    padded('Opening Balance', decimalOf(openingMinor)),
    names,
    ...(order === 'newest' ? rows.toReversed() : rows),
    padded('Closing Balance', decimalOf(balanceMinor)),
  ];
  return `${lines.map(lineOf).join('\r\n')}\r\n`;
}
