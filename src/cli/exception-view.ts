import type { FixAsked } from '#api/contract';

import type { ExceptionTrace, ExceptionView, FixAnswer } from './deps.ts';
import { wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { dayAndTime, epochOf, kesOfDecimal, railName } from './words.ts';

/** The flags by which a suggestion is applied: a person adds the reason. */
function flagsOf(fix: FixAsked): string {
  switch (fix.kind) {
    case 'match': {
      const parts = fix.allocations.map(({ chargeId, amountDecimal, paymentId }) => {
        const amount = amountDecimal === undefined ? '' : `=${amountDecimal}`;
        return `--match ${chargeId}${amount}${paymentId === undefined ? '' : `@${paymentId}`}`;
      });
      return [...parts, ...(fix.rest === 'credit' ? ['--rest credit'] : [])].join(' ');
    }
    case 'accept-short':
      return fix.chargeId === undefined ? '--accept-short' : `--accept-short ${fix.chargeId}`;
    case 'assign-stream':
      return `--stream ${fix.stream}`;
    case 'assign-customer':
      return fix.phone === undefined ? '--customer' : `--customer ${fix.phone}`;
    case 'refund':
      return fix.part === 'whole' ? '--refund' : '--refund rest';
    case 'book-reversal':
    case 'keep':
    case 'dismiss':
      return `--${fix.kind}`;
    default:
      return fix satisfies never;
  }
}

const headOf = ({ state, kind, amountDecimal, id }: ExceptionView, pen: Pen): string => {
  const sign = state === 'open' ? pen.caution(marks.caution) : pen.good(marks.good);
  const amount = amountDecimal === null ? '' : `, ${kesOfDecimal(amountDecimal)}`;
  return `${sign} ${pen.strong(kind)}${amount}  ${pen.faint(id)}`;
};

const aboutOf = ({ rail, subject, openedAt }: ExceptionView, pen: Pen): readonly string[] =>
  wrap(
    `${railName(rail)}, ${subject}, since ${dayAndTime(epochOf(openedAt))}`,
    pen.columns,
    '  ',
  ).map(pen.faint);

type SuggestionView = ExceptionView['suggestions'][number];

/** The reason, and a command to be copied whole. */
const suggestionLines = ({ fix, why }: SuggestionView, id: string, pen: Pen): readonly string[] => [
  ...wrap(why, pen.columns, '  '),
  `    npx qmoi exceptions fix ${id} ${flagsOf(fix)} --reason "…"`,
];

function exceptionLines(exception: ExceptionView, pen: Pen): readonly string[] {
  const [first] = exception.suggestions;
  return [
    headOf(exception, pen),
    ...wrap(exception.title, pen.columns, '  '),
    ...aboutOf(exception, pen),
    ...(first === undefined ? [] : suggestionLines(first, exception.id, pen)),
  ];
}

/** What a person should look at, newest first, each with its likeliest fix. */
export const exceptionsView = (exceptions: readonly ExceptionView[], pen: Pen): readonly string[] =>
  exceptions.length === 0
    ? [`${pen.good(marks.good)} Nothing to look at.`]
    : exceptions.flatMap((exception) => exceptionLines(exception, pen));

type AppliedFix = ExceptionTrace['history'][number];

const fixLine = ({ id, kind, reason, appliedAt, appliedBy, transferId, undoneBy }: AppliedFix) =>
  [
    `${dayAndTime(epochOf(appliedAt))} ${kind} ${id} by ${appliedBy}: ${reason}`,
    ...(transferId === null ? [] : [`refund ${transferId}`]),
    ...(undoneBy === null ? [] : [`undone by ${undoneBy}`]),
  ].join(', ');

const moneyLines = (
  { payment, allocations }: Pick<ExceptionTrace, 'payment' | 'allocations'>,
  pen: Pen,
): readonly string[] => {
  if (payment === null) return [];
  const head =
    `${payment.id}: ${kesOfDecimal(payment.amountDecimal)}, receipt ${payment.receipt}, ` +
    `${payment.state}, ${kesOfDecimal(payment.earnedDecimal)} earned`;
  const parts = allocations
    .filter(({ reversedBy }) => reversedBy === null)
    .map(({ chargeId, stream, amountDecimal, waivedDecimal }) => {
      const waived = waivedDecimal === '0.00' ? '' : `, ${kesOfDecimal(waivedDecimal)} waived`;
      return `${kesOfDecimal(amountDecimal)} for ${chargeId ?? 'no charge'}, ${stream}${waived}`;
    });
  return [...wrap(head, pen.columns), ...parts.flatMap((part) => wrap(part, pen.columns, '  '))];
};

/** One exception with its money, everything that could be done about it, and what was. */
export function exceptionView(trace: ExceptionTrace, pen: Pen): readonly string[] {
  const { exception, history } = trace;
  const { title, why, fixes, suggestions, id } = exception;
  return [
    headOf(exception, pen),
    ...wrap(`${title} ${why}`, pen.columns, '  '),
    ...aboutOf(exception, pen),
    '',
    ...moneyLines(trace, pen),
    ...(history.length === 0 ? [] : [pen.strong('Done so far')]),
    ...history.flatMap((fix) => wrap(fixLine(fix), pen.columns, '  ')),
    ...(suggestions.length === 0 ? [] : [pen.strong('Suggestions')]),
    ...suggestions.flatMap((one) => suggestionLines(one, id, pen)),
    ...wrap(`What can be done about it: ${fixes.join(', ')}.`, pen.columns),
  ];
}

/** What was done, and how things stand since. */
export function fixView({ fix, exception, ...money }: FixAnswer, pen: Pen): readonly string[] {
  return [
    `${pen.good(marks.good)} ${pen.strong(fix.kind)} ${pen.faint(fix.id)}`,
    ...moneyLines(money, pen),
    ...wrap(`The exception is ${exception.state}.`, pen.columns),
    ...furtherLines(fix, exception.id),
  ];
}

/** Commands on lines of their own: they are copied whole. */
function furtherLines({ kind, transferId }: AppliedFix, id: string): readonly string[] {
  if (transferId !== null) return ['Follow the refund:', `  npx qmoi trace ${transferId}`];
  if (kind === 'undo') return [];
  return ['Take it back:', `  npx qmoi exceptions undo ${id} --reason "…"`];
}
