import { kill } from 'node:process';

import { createPrng, type Prng } from '#kernel';

import { tableOf } from '../figures/table.ts';
import type { Options } from '../options.ts';
import { compareBooks, proveBooks, untilTakenIn, type Books } from '../product/checks.ts';
import { mixOf } from '../product/drawing.ts';
import { startLoad } from './measure.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, warmUp } from './rounds.ts';
import { clock, type Stage } from './stage.ts';

const victims = ['engine', 'PostgreSQL', 'both'] as const;
type Victim = (typeof victims)[number];

/** How long callbacks come before the kill, and how long after everything is back. */
const beforeMs = { min: 300, max: 2_000 };
const afterMs = 1_500;
const restartMsMax = 60_000;
const connections = 64;

interface Crash extends Books {
  readonly victim: Victim;
  readonly unproved: readonly string[];
  readonly auditHolds: boolean;
}

/** `kill -9` under load, again and again: what was answered 200 has to be in the books, once. */
export const crash = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => crashOn(stage, options, await warmUp(stage)));

export async function crashOn(
  stage: Stage,
  { times }: Pick<Options, 'times'>,
  perSecond: number,
): Promise<Report> {
  const prng = createPrng(times);
  const crashes: Crash[] = [];
  for (let n = 0; n < times; n += 1) {
    const victim = victims[n % victims.length] ?? 'both';
    stage.tell(`kill ${n + 1} of ${times}: ${victim}`);
    crashes.push(await crashOnce(stage, { victim, prng, perSecond }));
  }
  const sumOf = (read: (one: Crash) => number): number =>
    crashes.reduce((sum, one) => sum + read(one), 0);
  const unproved = crashes.flatMap((one) => one.unproved);
  return {
    tables: [
      tableOf([
        ['killed', 'times', 'acknowledged', 'lost', 'doubled', 'unproved', 'audit broken'],
        ...victims.map((victim) => rowOf(victim, crashes)),
      ]),
    ],
    findings: [
      { id: 'P13-lost', values: [sumOf(({ lost }) => lost)], note: `${times} kills` },
      { id: 'P13-doubled', values: [sumOf(({ doubled, unsent }) => doubled + unsent)] },
      { id: 'P13-unbalanced', values: [unproved.length] },
      { id: 'P13-audit', values: [sumOf(({ auditHolds }) => (auditHolds ? 0 : 1))] },
    ],
    faults: unproved,
  };
}

function rowOf(victim: Victim, crashes: readonly Crash[]): readonly string[] {
  const of = crashes.filter((one) => one.victim === victim);
  const sum = (read: (one: Crash) => number): string =>
    of.reduce((total, one) => total + read(one), 0).toLocaleString('en');
  return [
    victim,
    String(of.length),
    sum(({ acknowledged }) => acknowledged),
    sum(({ lost }) => lost),
    sum(({ doubled, unsent }) => doubled + unsent),
    sum(({ unproved }) => unproved.length),
    sum(({ auditHolds }) => (auditHolds ? 0 : 1)),
  ];
}

async function crashOnce(
  stage: Stage,
  plan: { readonly victim: Victim; readonly prng: Prng; readonly perSecond: number },
): Promise<Crash> {
  const { product, seeder, pace } = stage;
  const set = await seeder.seed(
    enoughFor(stage, plan.perSecond, beforeMs.max + afterMs),
    mixOf(pace.promptShare),
  );
  const load = startLoad(stage.folder, {
    port: product.port,
    connections,
    pace: { kind: 'closed' },
    warmUpMs: 0,
    measureMs: beforeMs.max + afterMs + restartMsMax,
    templates: seeder.templates,
    set,
    watched: { nodePid: undefined, databasePid: undefined },
  });
  await clock.sleep(plan.prng.between(beforeMs.min, beforeMs.max));
  await killNow(stage, plan.victim);
  await clock.sleep(afterMs);
  load.end();
  const { fate } = await load.loaded;
  await untilTakenIn(product);
  const database = await product.database();
  const books = await compareBooks(database.connectionString(), { set, fate });
  const { failed, auditHolds } = await proveBooks(product);
  return { ...books, victim: plan.victim, unproved: failed, auditHolds };
}

/** Returns when the engine is up again; a server that died alone it has to find out itself. */
async function killNow({ product }: Stage, victim: Victim): Promise<void> {
  const databasePid = await product.databasePid();
  if (victim !== 'PostgreSQL') await product.kill();
  if (victim !== 'engine' && databasePid !== undefined) kill(databasePid, 'SIGKILL');
  if (victim !== 'PostgreSQL') await product.start();
}
