import type { ReconciledDayView, StatementPreviewView, StatementView } from '#api/contract';

import { wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { table } from './table.ts';
import { counted, dayAndTime, epochOf, kesOfDecimal, railName } from './words.ts';

type Tally = StatementPreviewView['newPayments'];

/** Money out is written without its sign where the row says that it went out. */
const sumOf = ({ sumDecimal }: Tally): string => kesOfDecimal(sumDecimal.replace('-', ''));

const period = (cover: StatementPreviewView['cover']): string =>
  cover === null
    ? 'no period'
    : `${dayAndTime(epochOf(cover.from))} to ${dayAndTime(epochOf(cover.to))}`;

const shortCodeOf = (code: string | null): string => (code === null ? '' : `, short code ${code}`);

const previewRows = (
  preview: StatementPreviewView,
): readonly (readonly [string, Tally, string])[] => [
  ['New payments', preview.newPayments, 'will be booked'],
  ['Known payments', preview.knownPayments, 'stay as they are'],
  ['Other amounts', preview.otherPayments, 'booked with another amount: exceptions'],
  ['Known payouts', preview.knownPayouts, 'stay as they are'],
  ['Payouts to settle', preview.settlingPayouts, 'their transfers get their end'],
  ['Payments given back', preview.reversedPayments, 'count no more, and are exceptions'],
  ['Unknown payouts', preview.unmatchedPayouts, 'exceptions for a person'],
  ['Missing payments', preview.missingPayments, 'in the books alone: exceptions'],
  ['Fees', preview.fees, 'compared with the books and the tariff'],
  ['Top-ups', preview.topUps, 'kept as evidence'],
  ['Other lines', preview.others, 'kept as evidence'],
];

/** What an import would do. */
export function previewView(preview: StatementPreviewView, pen: Pen): readonly string[] {
  const rows = previewRows(preview).filter(([, { count }]) => count > 0);
  return [
    pen.strong(`${railName(preview.rail)}, ${preview.account}${shortCodeOf(preview.shortCode)}`),
    ...wrap(
      `${preview.name} (${preview.kind}), ${counted(preview.lineCount, 'line')}, ` +
        period(preview.cover),
      pen.columns,
    ),
    '',
    ...(rows.length === 0
      ? ['No money moved on it.']
      : table({
          columns: [
            { head: 'What' },
            { head: 'Count', align: 'right' },
            { head: 'Sum', align: 'right' },
            { head: 'Import' },
          ],
          rows: rows.map(([what, tally, then]) => [what, String(tally.count), sumOf(tally), then]),
          width: pen.columns,
        })),
    ...notes(preview, pen),
  ];
}

function notes(preview: StatementPreviewView, pen: Pen): readonly string[] {
  const { repeatedCount, incompleteCount, remarks, imported } = preview;
  const said = [
    ...(repeatedCount > 0
      ? [`${counted(repeatedCount, 'line')} stand on a statement that is imported already.`]
      : []),
    ...(incompleteCount > 0 ? [`${counted(incompleteCount, 'line')} moved no money.`] : []),
    ...remarks,
    ...(imported ? ['This very file is imported already: nothing will change.'] : []),
  ];
  return said.flatMap((line) => {
    const [first = '', ...rest] = wrap(line, pen.columns - 2);
    return [`${pen.caution(marks.caution)} ${first}`, ...rest.map((more) => `  ${more}`)];
  });
}

/** What an import changed. */
export function importedView(statement: StatementView, pen: Pen): readonly string[] {
  const { state, exceptionsOpened } = statement;
  const sign = state === 'done' ? pen.good(marks.good) : pen.caution(marks.caution);
  return [
    `${sign} ${counted(statement.paymentsBooked, 'payment')} booked, ` +
      kesOfDecimal(statement.bookedDecimal),
    ...wrap(
      `${counted(statement.linesNew, 'new line')} of ${statement.lineCount}, ` +
        `${counted(statement.paymentsKnown, 'known payment')}, ` +
        `${counted(statement.transfersSettled, 'transfer')} settled`,
      pen.columns,
      '  ',
    ),
    ...(exceptionsOpened === 0
      ? []
      : wrap(
          `${counted(exceptionsOpened, 'exception')} to look at: npx qmoi exceptions`,
          pen.columns,
          '  ',
        ).map(pen.caution)),
  ];
}

/** Imported statements, newest first. */
export const statementsView = (statements: readonly StatementView[], pen: Pen): readonly string[] =>
  statements.length === 0
    ? ['No statement was imported yet. Import one with npx qmoi statements import <file>.']
    : table({
        columns: [
          { head: 'Imported' },
          { head: 'Rail' },
          { head: 'Wallet' },
          { head: 'Period' },
          { head: 'Lines', align: 'right' },
          { head: 'Booked', align: 'right' },
          { head: 'State' },
          { head: 'Id' },
        ],
        rows: statements.map((one) => [
          dayAndTime(epochOf(one.importedAt)),
          railName(one.rail),
          one.account,
          period(one.cover),
          String(one.lineCount),
          kesOfDecimal(one.bookedDecimal),
          one.state === 'done' ? 'done' : `${one.linesDone} lines, unfinished`,
          one.id,
        ]),
        width: pen.columns,
      });

const figureRows = [
  ['Payments', 'payments'],
  ['Payouts', 'payouts'],
  ['Fees', 'fees'],
  ['Refunds', 'refunds'],
  ['Top-ups', 'topUps'],
] as const;

const stateWords = {
  agrees: 'books and statement agree',
  differs: 'books and statement differ',
  'no-statement': 'no statement of this day was imported',
} as const;

const cell = ({ count, sumDecimal }: Tally): string =>
  count === 0 ? '–' : `${count} · ${kesOfDecimal(sumDecimal)}`;

/** A day as books, events and statement have it. */
export function dayView(day: ReconciledDayView, pen: Pen): readonly string[] {
  const paint = { agrees: pen.good, differs: pen.bad, 'no-statement': pen.caution }[day.state];
  const mark = { agrees: marks.good, differs: marks.bad, 'no-statement': marks.caution }[day.state];
  return [
    `${paint(mark)} ${pen.strong(`${railName(day.rail)}, ${day.businessDate}`)}: ` +
      stateWords[day.state],
    ...coverLines(day, pen),
    ...table({
      columns: [
        { head: '' },
        { head: 'Books', align: 'right' },
        { head: 'Events', align: 'right' },
        { head: 'Statement', align: 'right' },
      ],
      rows: figureRows.map(([title, name]) => [
        title,
        cell(day.books[name]),
        name === 'payments' || name === 'payouts' ? cell(day.events[name]) : '',
        day.statement === null ? '' : cell(day.statement[name]),
      ]),
      width: pen.columns,
    }),
    ...balanceLines(day, pen),
    ...day.differences.flatMap((difference) => differenceLines(difference, pen)),
    ...(day.more ? ['There are more differences than are named here.'] : []),
  ];
}

const coverLines = ({ covers, whole }: ReconciledDayView, pen: Pen): readonly string[] =>
  whole || covers.length === 0
    ? []
    : [pen.caution(`  Only part of the day: ${covers.map((one) => period(one)).join('; ')}`)];

function balanceLines({ balances }: ReconciledDayView, pen: Pen): readonly string[] {
  const { statement, books, reported } = balances;
  const sum = (decimal: string | null): string => (decimal === null ? '–' : kesOfDecimal(decimal));
  const span = ({ openingDecimal, closingDecimal }: typeof books): string =>
    `${sum(openingDecimal)} to ${sum(closingDecimal)}`;
  const said = [
    `Wallet by the books ${span(books)}`,
    ...(statement.closingDecimal === null ? [] : [`by the statement ${span(statement)}`]),
    ...(reported === null
      ? []
      : [
          `reported ${kesOfDecimal(reported.availableDecimal)} at ` +
            dayAndTime(epochOf(reported.reportedAt)),
        ]),
  ];
  return wrap(said.join(', '), pen.columns).map(pen.faint);
}

type Difference = ReconciledDayView['differences'][number];

function differenceLines(difference: Difference, pen: Pen): readonly string[] {
  const { kind, receipt, amountDecimal, otherDecimal, weighs, line, subject } = difference;
  const amount = amountDecimal === null ? '' : `, ${kesOfDecimal(amountDecimal)}`;
  const other = otherDecimal === null ? '' : ` against ${kesOfDecimal(otherDecimal)}`;
  const has = [
    ...(difference.inBooks ? ['books'] : []),
    ...(difference.inEvents ? ['events'] : []),
    ...(difference.onStatement ? [`statement${line === null ? '' : ` (${line})`}`] : []),
  ].join(', ');
  const at =
    difference.occurredAt === null ? '' : `, ${dayAndTime(epochOf(difference.occurredAt))}`;
  return [
    `${weighs ? pen.bad(marks.bad) : pen.faint('·')} ${pen.strong(kind)}` +
      `${receipt === null ? '' : ` ${receipt}`}${amount}${other}`,
    ...wrap(`${subject ?? 'no id'}${at}, in: ${has}`, pen.columns, '  ').map(pen.faint),
    ...wrap(difference.advice, pen.columns, '  '),
  ];
}
