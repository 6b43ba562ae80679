/** `npm run bench -- <run>`: measures the engine on this machine. See bench/README.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { goalTable } from './figures/table.ts';
import { failsRun, jsonLineOf, judge } from './figures/verdict.ts';
import { unmeasurable } from './machine/cpu.ts';
import { undoAll, undoWhenInterrupted } from './machine/undo.ts';
import { killWorkers } from './machine/worker-process.ts';
import { readOptions, usage, type Options, type RunName } from './options.ts';
import { crash } from './runs/crash.ts';
import { dashboard } from './runs/dashboard.ts';
import { dup } from './runs/dup.ts';
import { full } from './runs/full.ts';
import { grow } from './runs/grow.ts';
import { memory } from './runs/memory.ts';
import { open } from './runs/open.ts';
import { outage } from './runs/outage.ts';
import { payouts } from './runs/payouts.ts';
import { poison } from './runs/poison.ts';
import { profile } from './runs/profile.ts';
import { read } from './runs/read.ts';
import { sse } from './runs/sse.ts';
import { quick } from './runs/quick.ts';
import { start } from './runs/start.ts';
import type { Report, Run } from './runs/report.ts';

const runs: Readonly<Record<RunName, Run<Options>>> = {
  quick,
  poison,
  profile,
  full,
  crash,
  sse,
  read,
  grow,
  open,
  dup,
  memory,
  payouts,
  outage,
  start,
  dashboard,
};

const startedAt = performance.now();
const tell = (text: string): void => {
  const seconds = (performance.now() - startedAt) / 1_000;
  console.error(`${seconds.toFixed(1).padStart(7)} s  ${text}`);
};

/** Prints what was found; answers the exit code. */
function show({ tables, findings, faults = [] }: Report, options: Options): number {
  const judged = findings.map(judge);
  for (const table of tables) console.log(`\n${table}`);
  if (judged.length > 0) console.log(`\n${goalTable(judged)}\n`);
  const lines = judged.map(jsonLineOf);
  for (const line of lines) console.log(line);
  if (options.out !== undefined) {
    mkdirSync(dirname(options.out), { recursive: true });
    writeFileSync(options.out, `${lines.join('\n')}\n`);
  }
  for (const fault of faults) console.error(`! ${fault}`);
  return faults.length > 0 || failsRun(judged, options.run !== 'quick') ? 1 : 0;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options.ok) {
    console.error(`${options.error}\n\n${usage}`);
    return 2;
  }
  const why = unmeasurable(process.platform);
  if (why !== undefined) {
    console.error(why);
    return 2;
  }
  undoWhenInterrupted(tell);
  const run = runs[options.value.run];
  return show(await run(options.value, tell), options.value);
}

try {
  process.exitCode = await main();
} finally {
  // A run that failed halfway may have left something standing.
  killWorkers();
  await undoAll(tell);
}
