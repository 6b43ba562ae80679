import type { ReactNode } from 'react';

import type { ProblemKind } from '#api/contract';

import type { ProblemWords } from './problem-text.ts';
import { exceptionProblems } from './swahili-exception-problems.ts';
import { requestProblems } from './swahili-request-problems.ts';
import { transferProblems } from './swahili-transfer-problems.ts';

const problems: Readonly<Record<ProblemKind, ProblemWords>> = {
  ...requestProblems,
  ...transferProblems,
  ...exceptionProblems,
};

const isKnown = (kind: string): kind is ProblemKind => Object.hasOwn(problems, kind);

export interface SwahiliProblemProps {
  readonly kind: string;
  /** What the engine says of amounts, names and times, in its English. */
  readonly particulars: ReactNode;
  /** All that the engine says, for a kind that a newer engine has. */
  readonly otherwise: ReactNode;
}

/** What went wrong and what mends it, in Swahili; loaded by whoever reads it. */
export function SwahiliProblem({ kind, particulars, otherwise }: SwahiliProblemProps) {
  if (!isKnown(kind)) return otherwise;
  const { title, fix } = problems[kind];
  return (
    <>
      <p className="text-bad font-semibold">{title}</p>
      <p>{fix}</p>
      <div className="text-soft flex flex-col gap-2 text-xs">{particulars}</div>
    </>
  );
}
