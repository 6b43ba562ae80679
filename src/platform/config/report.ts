import { type ConfigProblem, problem } from './problem.ts';

type Words = Omit<ConfigProblem, 'severity'>;

/** Collects problems, so that all of them can be told at once. */
export interface Report {
  error(words: Words): void;
  warning(words: Words): void;
  add(problems: readonly ConfigProblem[]): void;
  readonly problems: readonly ConfigProblem[];
}

export function createReport(): Report {
  const problems: ConfigProblem[] = [];
  return {
    error: (words) => void problems.push(problem('error', words)),
    warning: (words) => void problems.push(problem('warning', words)),
    add: (more) => void problems.push(...more),
    problems,
  };
}
