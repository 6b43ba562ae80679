/** What came of one stage of the gate; a static stage counts as one test. */
export interface Tally {
  readonly stage: string;
  readonly passed: number;
  readonly failed: number;
  /** What this machine cannot run. */
  readonly skipped: number;
}

export const staticTally = (stage: string, exitCode: number): Tally =>
  exitCode === 0
    ? { stage, passed: 1, failed: 0, skipped: 0 }
    : { stage, passed: 0, failed: 1, skipped: 0 };

/** The parts of Vitest's JSON report that are counted. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Files that broke before, between or after their tests. */
  readonly brokenFiles: number;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const field = (value: unknown, name: string): unknown =>
  isRecord(value) ? value[name] : undefined;

export function parseTestReport(text: string): TestReport {
  const files = field(JSON.parse(text), 'testResults');
  const statuses = (Array.isArray(files) ? files : []).map((file: unknown) => {
    const tests = field(file, 'assertionResults');
    const results = (Array.isArray(tests) ? tests : []).map((test) => field(test, 'status'));
    return { file: field(file, 'status'), results };
  });
  const count = (status: string): number =>
    statuses.flatMap(({ results }) => results).filter((result) => result === status).length;
  const broken = statuses.filter(
    ({ file, results }) => file === 'failed' && !results.includes('failed'),
  );
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    brokenFiles: broken.length,
  };
}

/**
 * Vitest's figures, with nothing lost: a file that broke is a failure, a run without a report or
 * without a single test is one, and so is a run that ended badly although every test passed.
 */
export function testTally(stage: string, exitCode: number, report: TestReport | undefined): Tally {
  if (report === undefined) return { stage, passed: 0, failed: 1, skipped: 0 };
  const { passed, failed, skipped, brokenFiles } = report;
  const counted = failed + brokenFiles;
  const isWrong = exitCode !== 0 || passed + skipped === 0;
  return { stage, passed, failed: counted === 0 && isWrong ? 1 : counted, skipped };
}

export const sumOf = (tallies: readonly Tally[]): { passed: number; failed: number } => ({
  passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
  failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
});
