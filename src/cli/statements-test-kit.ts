import type { ReconciledDayView, StatementPreviewView, StatementView } from '#api/contract';

/** What the engine answers about statements, for tests of the commands. */

const tally = (count: number, sumDecimal: string) => ({ count, sumDecimal });
const none = tally(0, '0.00');

const statementFacts = {
  id: 'st_0000000000001',
  name: 'november.pdf',
  kind: 'pdf',
  rail: 'mpesa',
  account: 'Utility Account',
  shortCode: '600111',
  cover: { from: '2026-11-21T21:00:00.000Z', to: '2026-11-22T20:59:59.000Z' },
  openingDecimal: '100.00',
  closingDecimal: '1095.00',
  lineCount: 1_000,
} as const;

export const testStatementPreview: StatementPreviewView = {
  ...statementFacts,
  imported: false,
  repeatedCount: 3,
  incompleteCount: 1,
  newPayments: tally(2, '1000.00'),
  knownPayments: tally(7, '4500.00'),
  otherPayments: none,
  knownPayouts: none,
  settlingPayouts: none,
  reversedPayments: tally(1, '-340.00'),
  unmatchedPayouts: tally(1, '-300.00'),
  missingPayments: none,
  fees: tally(1, '-5.00'),
  topUps: none,
  others: none,
  remarks: [],
};

export const testStatement: StatementView = {
  ...statementFacts,
  state: 'done',
  linesDone: 1_000,
  linesNew: 997,
  paymentsBooked: 2,
  bookedDecimal: '1000.00',
  paymentsKnown: 7,
  transfersSettled: 0,
  exceptionsOpened: 1,
  importedBy: 'cli',
  importedAt: '2026-11-23T11:00:00.000Z',
};

const figures = (payments: number, sumDecimal: string) => ({
  payments: tally(payments, sumDecimal),
  payouts: none,
  fees: tally(1, '5.00'),
  refunds: none,
  topUps: none,
});

export const testDay: ReconciledDayView = {
  rail: 'mpesa',
  businessDate: '2026-11-22',
  state: 'differs',
  account: 'Utility Account',
  covers: [statementFacts.cover],
  whole: true,
  books: figures(9, '5500.00'),
  events: figures(7, '4500.00'),
  statement: figures(9, '5500.00'),
  balances: {
    statement: { openingDecimal: '100.00', closingDecimal: '5595.00' },
    books: { openingDecimal: '0.00', closingDecimal: '5500.00' },
    reported: { availableDecimal: '5595.00', reportedAt: '2026-11-22T20:00:00.000Z' },
  },
  differences: [
    {
      kind: 'outgoing-not-booked',
      weighs: true,
      advice: 'Somebody moved money in the portal.',
      receipt: 'TKN9PAYOUT',
      amountDecimal: '-300.00',
      otherDecimal: null,
      occurredAt: '2026-11-22T09:00:00.000Z',
      inBooks: false,
      inEvents: false,
      onStatement: true,
      line: 'payout',
      subject: 'sl_0000000000001',
      exceptionId: null,
    },
  ],
  more: false,
};
