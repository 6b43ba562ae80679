import { expect, it } from 'vitest';
import { parseTestReport, staticTally, sumOf, testTally } from './tally.ts';

const reportOf = (...files: readonly { status: string; tests: readonly string[] }[]): string =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });

it.each([
  ['all passed', 0, [{ status: 'passed', tests: ['passed', 'passed'] }], [2, 0]],
  ['one failed', 1, [{ status: 'failed', tests: ['passed', 'failed'] }], [1, 1]],
  ['a file did not load', 1, [{ status: 'failed', tests: [] }], [0, 1]],
  ['a hook failed after its tests', 1, [{ status: 'failed', tests: ['passed'] }], [1, 1]],
  ['something was thrown between tests', 1, [{ status: 'passed', tests: ['passed'] }], [1, 1]],
  [
    'a skipped test is told apart',
    0,
    [{ status: 'passed', tests: ['passed', 'skipped'] }],
    [1, 0, 1],
  ],
  ['nothing here can run', 0, [{ status: 'passed', tests: ['skipped'] }], [0, 0, 1]],
  ['no test ran', 0, [], [0, 1]],
] as const)('%s', (...row) => {
  const [, exitCode, files, [passed, failed, skipped = 0]] = row;
  const tally = testTally('unit', exitCode, parseTestReport(reportOf(...files)));
  expect(tally).toEqual({ stage: 'unit', passed, failed, skipped });
});

it('counts a run without a report as a failure', () => {
  expect(testTally('unit', 0, undefined).failed).toBe(1);
});

it('counts a static stage as one test', () => {
  expect(sumOf([staticTally('tsc', 0), staticTally('oxlint', 2)])).toEqual({
    passed: 1,
    failed: 1,
  });
});
