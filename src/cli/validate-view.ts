import type { Check, Verdict } from '#platform/config';

import { wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { counted } from './words.ts';

const signFor = (verdict: Verdict, pen: Pen): string =>
  ({
    pass: pen.good(marks.good),
    warn: pen.caution(marks.caution),
    fail: pen.bad(marks.bad),
  })[verdict];

function checkLines(check: Check, pen: Pen): readonly string[] {
  return [
    `${signFor(check.verdict, pen)} ${pen.strong(check.name)}`,
    ...wrap(check.cause, pen.columns, '  '),
    ...(check.fix === undefined ? [] : wrap(`Fix: ${check.fix}`, pen.columns, '  ')),
  ];
}

export const hasFailed = (checks: readonly Check[]): boolean =>
  checks.some(({ verdict }) => verdict === 'fail');

const countOf = (checks: readonly Check[], verdict: Verdict): number =>
  checks.filter((check) => check.verdict === verdict).length;

function summary(checks: readonly Check[], pen: Pen): string {
  const failed = countOf(checks, 'fail');
  const warned = countOf(checks, 'warn');
  const words = `${counted(countOf(checks, 'pass'), 'check')} passed, ${counted(
    warned,
    'warning',
  )}, ${failed} failed`;
  if (failed > 0) return pen.bad(words);
  return warned > 0 ? pen.caution(words) : pen.good(words);
}

/** Every check with its cause and its fix. */
export const validateView = (checks: readonly Check[], pen: Pen): readonly string[] => [
  ...checks.flatMap((check) => checkLines(check, pen)),
  '',
  summary(checks, pen),
];
