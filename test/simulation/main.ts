import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

import { isoOf } from '#kernel';

import type { LogLine } from './ear.ts';
import { openCommandGrounds } from './command-grounds.ts';
import type { Violation } from './auditor/violation.ts';
import { plantNames, type PlantName } from './plants.ts';
import { simulate, type Outcome, type Progress } from './run.ts';

const usage = `npm run simulate -- [--seed N] [--days D] [--seeds K] [--plant NAME] [--json]

  --seed N      the first seed (1)
  --days D      virtual days for each seed (3)
  --seeds K     how many seeds, from the first on (1)
  --jobs J      so many seeds side by side (as many as there are processors)
  --density N   so many times the usual trade and weather (1)
  --plant NAME  with a planted bug: ${plantNames.join(', ')}
  --log         what the engine logs, with the virtual time
  --json        the result for programs`;

const shownMax = 10;

interface Asked {
  readonly seed: number;
  readonly days: number;
  readonly seeds: number;
  readonly density: number;
  readonly jobs: number;
  readonly plant: PlantName;
  readonly json: boolean;
  readonly log: boolean;
}

function parseCommandLine(): Asked {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '3' },
      seeds: { type: 'string', default: '1' },
      density: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      plant: { type: 'string', default: 'none' },
      json: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const plant = plantNames.find((name) => name === values.plant);
  const numbers = {
    seed: Number(values.seed),
    days: Number(values.days),
    seeds: Number(values.seeds),
    density: Number(values.density),
    jobs: Number(values.jobs),
  };
  const areNumbers = Object.values(numbers).every((n) => Number.isInteger(n) && n >= 1);
  if (values.help || plant === undefined || !areNumbers) {
    console.error(usage);
    process.exit(values.help ? 0 : 2);
  }
  return {
    ...numbers,
    plant,
    json: values.json,
    log: values.log,
  };
}

const replayOf = ({ days, density, plant }: Asked, seed: number): string =>
  `npm run simulate -- --seed ${seed} --days ${days}` +
  (density === 1 ? '' : ` --density ${density}`) +
  (plant === 'none' ? '' : ` --plant ${plant}`);

const sumOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');

const shown = ({ rule, at, about, detail }: Violation): string =>
  `${isoOf(at)} ${rule}: ${about}: ${detail}`;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function tellProgress(seed: number, progress: Progress, tookMs: number): void {
  const { day, payments, payouts, prompts, kills, forged, violations } = progress;
  console.error(
    `seed ${seed} · day ${day} · ${payments} payments, ${prompts} prompts, ${payouts} payouts · ` +
      `${kills} kills, ${forged} forged · ${violations} violations · ${seconds(tookMs)}`,
  );
}

const tellLine = ({ at, level, message, fields }: LogLine): void => {
  const words = JSON.stringify(fields, (_name, value: unknown) =>
    value instanceof Error ? value.message : typeof value === 'bigint' ? String(value) : value,
  );
  console.error(`${isoOf(at)} ${level} ${message} ${words}`);
};

function tellEnd(asked: Asked, outcome: Outcome, tookMs: number): void {
  const { seed, violations } = outcome;
  console.log(
    `seed ${seed}: ${violations.length === 0 ? 'the books are right' : 'FAILED'} after ` +
      `${asked.days} days in ${seconds(tookMs)}: ${outcome.payments} payments, ` +
      `${outcome.prompts} prompts, ${outcome.payouts} payouts, ${outcome.kills} kills`,
  );
  console.log(`  people: ${sumOf(outcome.events)}`);
  console.log(`  callbacks: ${sumOf(outcome.callbacks)}`);
  console.log(`  faults: ${sumOf(outcome.faults)}`);
  for (const violation of violations.slice(0, shownMax)) console.log(`  ${shown(violation)}`);
  if (violations.length > shownMax) console.log(`  … ${violations.length - shownMax} more`);
  if (violations.length > 0) console.log(`  again: ${replayOf(asked, seed)}`);
}

type End = Outcome & { readonly tookMs: number };

/** The seeds of this command one after the other, on one database server. */
async function runHere(asked: Asked, onEnd: (end: End) => void): Promise<void> {
  const grounds = await openCommandGrounds();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void grounds.close().finally(() => process.exit(1)));
  }
  try {
    for (let seed = asked.seed; seed < asked.seed + asked.seeds; seed += 1) {
      const startedAt = performance.now();
      const tookMs = (): number => Math.round(performance.now() - startedAt);
      const outcome = await grounds.with((ground) =>
        simulate({
          ...ground,
          seed,
          days: asked.days,
          density: asked.density,
          plant: asked.plant,
          ...(asked.log ? { onLog: tellLine } : {}),
          onViolation: (violation) => console.error(`seed ${seed} · ${shown(violation)}`),
          onDay: (progress) => tellProgress(seed, progress, tookMs()),
        }),
      );
      onEnd({ ...outcome, tookMs: tookMs() });
    }
  } finally {
    await grounds.close();
  }
}

/** One seed in a process of its own, with its own database server. */
function runApart(asked: Asked, seed: number): Promise<End> {
  const { days, density, plant } = asked;
  const numbers = { seed, days, density };
  const options = Object.entries(numbers).flatMap(([name, n]) => [`--${name}`, String(n)]);
  const args = [import.meta.filename, ...options, '--plant', plant, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      try {
        const [end] = (JSON.parse(said) as { readonly runs: readonly [End] }).runs;
        resolve(end);
      } catch (error) {
        reject(new Error(`seed ${seed} did not come to an end`, { cause: error }));
      }
    });
  });
}

async function runSideBySide(asked: Asked, onEnd: (end: End) => void): Promise<void> {
  let next = asked.seed;
  const work = async (): Promise<void> => {
    while (next < asked.seed + asked.seeds) {
      next += 1;
      onEnd(await runApart(asked, next - 1));
    }
  };
  await Promise.all(Array.from({ length: asked.jobs }, work));
}

const asked = parseCommandLine();
const ends: End[] = [];
const isApart = asked.seeds > 1 && asked.jobs > 1 && !asked.log;
await (isApart ? runSideBySide : runHere)(asked, (end) => {
  ends.push(end);
  if (!asked.json) tellEnd(asked, end, end.tookMs);
});
const failed = ends.filter(({ violations }) => violations.length > 0);
if (asked.json) {
  const runs = ends.map((end) => ({ ...end, replay: replayOf(asked, end.seed) }));
  console.log(JSON.stringify({ ok: failed.length === 0, runs }));
} else if (asked.seeds > 1) {
  console.log(`${ends.length - failed.length} of ${ends.length} seeds hold`);
}
process.exitCode = failed.length === 0 ? 0 : 1;
