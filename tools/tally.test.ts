import { expect, it } from 'vitest';
import { parseTestReport, staticTally, sumOf, testTally } from './tally.ts';

interface File {
  readonly status: string;
  readonly tests: readonly string[];
}

const reportOf = (...files: readonly File[]): string =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      name: 'src/ledger/post.test.ts',
      status,
      message: tests.length === 0 ? 'no such file' : '',
      assertionResults: tests.map((test) => ({
        status: test,
        fullName: `a test that ${test}`,
        failureMessages: test === 'failed' ? ['\u001B[31mexpected 1\u001B[39m\nto be 2'] : [],
      })),
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
  expect(tally).toMatchObject({ stage: 'unit', passed, failed, skipped });
  expect(tally.failures).toHaveLength(failed);
});

it('names each failed test and what it said, without colours', () => {
  const report = reportOf({ status: 'failed', tests: ['passed', 'failed'] });
  expect(testTally('unit', 1, parseTestReport(report)).failures).toEqual([
    'src/ledger/post.test.ts > a test that failed\n  expected 1\n  to be 2',
  ]);
});

it('names a file that did not load and why', () => {
  const report = reportOf({ status: 'failed', tests: [] });
  expect(testTally('unit', 1, parseTestReport(report)).failures).toEqual([
    'src/ledger/post.test.ts\n  no such file',
  ]);
});

it('keeps the beginning of a long message', () => {
  const failureMessages = [Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\n')];
  const assertionResults = [{ status: 'failed', fullName: 'a test', failureMessages }];
  const { failures } = parseTestReport(JSON.stringify({ testResults: [{ assertionResults }] }));
  expect(failures[0]?.split('\n')).toHaveLength(21);
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
