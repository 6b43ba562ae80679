import { stripVTControlCharacters } from 'node:util';

/** What came of one stage of the gate; a static stage counts as one test. */
export interface Tally {
  readonly stage: string;
  readonly passed: number;
  readonly failed: number;
  /** What this machine cannot run. */
  readonly skipped: number;
  /** What failed and why, a text each: all that is left where only the end of a log is kept. */
  readonly failures: readonly string[];
}

export const staticTally = (stage: string, exitCode: number): Tally =>
  exitCode === 0
    ? { stage, passed: 1, failed: 0, skipped: 0, failures: [] }
    : { stage, passed: 0, failed: 1, skipped: 0, failures: [stage] };

/** The parts of Vitest's JSON report that are counted. */
export interface TestReport {
  readonly passed: number;
  readonly skipped: number;
  /**
   * A text for each failed test, and for each file that broke before, between or after its tests:
   * its name and the beginning of its message.
   */
  readonly failures: readonly string[];
}

/** Lines of a failure's message that are told: the claim, its values, and where it stands. */
const toldLines = 20;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const field = (value: unknown, name: string): unknown =>
  isRecord(value) ? value[name] : undefined;

function failureOf(name: string, message: unknown): string {
  const told = stripVTControlCharacters(typeof message === 'string' ? message : '')
    .split('\n')
    .filter((line) => !line.includes('/node_modules/'));
  return [name, ...told.slice(0, toldLines).map((line) => `  ${line}`)].join('\n').trimEnd();
}

interface FileResult {
  readonly name: string;
  readonly status: unknown;
  readonly message: unknown;
  readonly tests: readonly { status: unknown; name: string; message: unknown }[];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const fileResultOf = (file: unknown): FileResult => ({
  name: String(field(file, 'name')),
  status: field(file, 'status'),
  message: field(file, 'message'),
  tests: listOf(field(file, 'assertionResults')).map((test) => ({
    status: field(test, 'status'),
    name: String(field(test, 'fullName')),
    message: listOf(field(test, 'failureMessages'))[0],
  })),
});

export function parseTestReport(text: string): TestReport {
  const files = listOf(field(JSON.parse(text), 'testResults')).map((file) => fileResultOf(file));
  const count = (status: string): number =>
    files.flatMap(({ tests }) => tests).filter((test) => test.status === status).length;
  const failedTests = files.flatMap((file) =>
    file.tests
      .filter(({ status }) => status === 'failed')
      .map(({ name, message }) => failureOf(`${file.name} > ${name}`, message)),
  );
  const broken = files.filter(
    ({ status, tests }) => status === 'failed' && tests.every((test) => test.status !== 'failed'),
  );
  return {
    passed: count('passed'),
    skipped: count('skipped'),
    failures: [...failedTests, ...broken.map(({ name, message }) => failureOf(name, message))],
  };
}

/**
 * Vitest's figures, with nothing lost: a file that broke is a failure, a run without a report or
 * without a single test is one, and so is a run that ended badly although every test passed.
 */
export function testTally(stage: string, exitCode: number, report: TestReport | undefined): Tally {
  if (report === undefined)
    return { stage, passed: 0, failed: 1, skipped: 0, failures: [`${stage}: no report`] };
  const { passed, skipped, failures } = report;
  if (failures.length > 0) return { stage, passed, failed: failures.length, skipped, failures };
  if (exitCode === 0 && passed + skipped > 0)
    return { stage, passed, failed: 0, skipped, failures };
  const reason = `${stage}: exit code ${exitCode} after ${passed} passed tests`;
  return { stage, passed, failed: 1, skipped, failures: [reason] };
}

export const sumOf = (tallies: readonly Tally[]): { passed: number; failed: number } => ({
  passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
  failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
});
