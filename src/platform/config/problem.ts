/** Something wrong with the configuration. It never carries a value, so that no secret can leak. */
export interface ConfigProblem {
  /** A setting's name, a file, or a dotted path inside the targets file. */
  readonly name: string;
  readonly severity: 'error' | 'warning';
  readonly cause: string;
  readonly fix: string;
}

export const problem = (
  severity: ConfigProblem['severity'],
  { name, cause, fix }: Omit<ConfigProblem, 'severity'>,
): ConfigProblem => ({ name, severity, cause, fix });

export const hasErrors = (problems: readonly ConfigProblem[]): boolean =>
  problems.some(({ severity }) => severity === 'error');
