import type { ProofCheck } from '#ledger';

import { wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';

/** What programs read: exactly these names. */
export const proofAnswer = (checks: readonly ProofCheck[]) => ({
  ok: checks.every((check) => check.ok),
  checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail })),
});

export function proofView(checks: readonly ProofCheck[], pen: Pen): readonly string[] {
  const failed = checks.filter((check) => !check.ok).length;
  return [
    ...checks.flatMap(({ name, ok, detail }) => [
      `${ok ? pen.good(marks.good) : pen.bad(marks.bad)} ${pen.strong(name)}`,
      ...wrap(detail, pen.columns, '  '),
    ]),
    '',
    failed === 0
      ? pen.good('The books prove.')
      : pen.bad(`The books do not prove: ${failed} of ${checks.length} checks failed.`),
  ];
}
