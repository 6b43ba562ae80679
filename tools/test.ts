/**
 * The gate behind `npm test`. It goes on after a failed stage, so that one run shows every problem,
 * and ends with one line: `N passed, N failed`.
 *
 *   node tools/test.ts [--only static|unit|e2e|screen] [--json]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clearAbandoned, clearAway } from './leftovers.ts';
import { binary } from './linter.ts';
import { root } from './sources.ts';
import { parseTestReport, staticTally, sumOf, type Tally, testTally } from './tally.ts';
import { temporaryRoot } from './temporary.ts';

type Part = 'static' | 'unit' | 'e2e' | 'screen';

interface Stage {
  readonly part: Part;
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** Whole engines run here, each file in a process of its own. */
const wholeEngine = ['test/simulation', 'test/e2e'];
const exceptWholeEngine = wholeEngine.map((folder) => `--exclude=${folder}/**`);

const stages: readonly Stage[] = [
  { part: 'static', name: 'types', program: 'tsc', args: [] },
  { part: 'static', name: 'types of the screen', program: 'tsc', args: ['-p', 'dashboard'] },
  { part: 'static', name: 'lint', program: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { part: 'static', name: 'format', program: 'oxfmt', args: ['--check'] },
  { part: 'static', name: 'orphans', program: 'knip', args: ['--no-progress'] },
  { part: 'unit', name: 'unit', program: 'vitest', args: ['run', ...exceptWholeEngine] },
  {
    part: 'e2e',
    name: 'whole engine',
    program: 'vitest',
    args: ['run', ...wholeEngine, '--isolate'],
  },
  {
    part: 'screen',
    name: 'screen',
    program: 'vitest',
    args: ['run', '--config', 'dashboard/e2e/vitest.config.ts'],
  },
];

/** How long an interrupted stage may take to put its servers away before it is killed. */
const graceMs = 10_000;
let running: ChildProcess | undefined;

// Each stage leads a process group of its own, so that nothing it started is left behind.
function signalGroup(signal: NodeJS.Signals): void {
  if (running?.pid === undefined) return;
  try {
    process.kill(-running.pid, signal);
  } catch {
    // The whole group has gone already.
  }
}

function interrupt(signal: NodeJS.Signals): void {
  const exit = (): never => {
    signalGroup('SIGKILL');
    clearAway(scratch);
    process.exit(128 + constants.signals[signal]);
  };
  if (running === undefined) exit();
  running?.once('close', exit);
  signalGroup(signal);
  setTimeout(exit, graceMs);
}

interface Options {
  /** Where the stage's own output goes: with `--json` standard output carries the result alone. */
  readonly output: 'inherit' | 2;
}

function run({ program, args }: Stage, { output }: Options): Promise<number> {
  return new Promise((resolve) => {
    running = spawn(binary(program), args, {
      cwd: root,
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env, TMPDIR: scratch },
      stdio: ['ignore', output, 'inherit'],
      detached: true,
    });
    running.once('error', (error) => {
      console.error(`${program} did not start: ${error.message}. Was \`npm ci\` run?`);
      resolve(1);
    });
    running.once('close', (code) => {
      signalGroup('SIGKILL');
      running = undefined;
      resolve(code ?? 1);
    });
  });
}

async function tallyOf(stage: Stage, options: Options): Promise<Tally> {
  console.error(`\n── ${stage.name}: ${stage.program}`);
  if (stage.part === 'static') return staticTally(stage.name, await run(stage, options));
  const file = join(scratch, `${stage.part}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const exitCode = await run({ ...stage, args: [...stage.args, ...reporters] }, options);
  const report = existsSync(file) ? parseTestReport(readFileSync(file, 'utf8')) : undefined;
  return testTally(stage.name, exitCode, report);
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const chosen = stages.filter(({ part }) => values.only === undefined || part === values.only);
if (chosen.length === 0) {
  console.error('--only takes static, unit, e2e or screen');
  process.exit(2);
}

// Where Node would keep it anyway, so that each gate finds what the last one compiled.
const compileCache = join(tmpdir(), 'node-compile-cache');
// Temporary files of every stage, so that they can be cleared away however a stage ended.
const place = temporaryRoot();
clearAbandoned(place);
const scratch = realpathSync(mkdtempSync(join(place, `gate-${process.pid}-`)));
// A database server runs as another user when the gate runs as root, and has to pass through.
chmodSync(scratch, 0o711);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);

const tallies: Tally[] = [];
for (const stage of chosen)
  tallies.push(await tallyOf(stage, { output: values.json ? 2 : 'inherit' }));
clearAway(scratch);

const { passed, failed } = sumOf(tallies);
const failures = tallies.flatMap((tally) => tally.failures);
for (const { stage, skipped } of tallies)
  if (skipped > 0) console.error(`\nSkipped in ${stage}: ${skipped}`);
for (const failure of failures) console.error(`\nFailed: ${failure.replaceAll(`${root}/`, '')}`);
console.log(
  values.json
    ? JSON.stringify({ passed, failed, stages: tallies })
    : `\n${passed} passed, ${failed} failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
