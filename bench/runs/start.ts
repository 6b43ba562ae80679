import { randomBytes } from 'node:crypto';
import { kill } from 'node:process';

import { Secret } from '#kernel';
import { createDatabaseServer } from '#platform/database-server';

import { tableOf } from '../figures/table.ts';
import type { Options } from '../options.ts';
import { untilFirstAnswer } from '../product/first-answer.ts';
import { dataFolderOf, makeProduct } from '../product/installation.ts';
import { receiptOf } from '../product/callbacks.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, warmUp } from './rounds.ts';
import { startLoad } from './measure.ts';
import { mixOf } from '../product/drawing.ts';
import { clock, type Stage } from './stage.ts';

const withinMs = 120_000;
/** Far above any number that a run's own callbacks get. */
const firstReceipt = 1_000_000_000;
let receipts = 0;
const nextReceipt = (): string => receiptOf(firstReceipt + (receipts += 1), clock.now());

/** How long payers are unheard: at a usual start, on an empty machine, and after a crash. */
export const start = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, (stage) => startOn(stage, options));

export async function startOn(stage: Stage, { rounds }: Pick<Options, 'rounds'>): Promise<Report> {
  const perSecond = await warmUp(stage);
  const warm: number[] = [];
  const empty: number[] = [];
  const crashed: number[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    stage.tell(`starts, round ${n} of ${rounds}`);
    warm.push(await startBesideServer(stage));
    empty.push(await startOnNothing());
    crashed.push(await startAfterCrash(stage, perSecond));
  }
  await stage.prove();
  const seconds = (values: readonly number[]): string =>
    values.map((value) => value.toFixed(2)).join('  ');
  return {
    tables: [
      tableOf([
        ['first callback taken after, in seconds', 'each round'],
        ['start, PostgreSQL up', seconds(warm)],
        ['start on an empty machine', seconds(empty)],
        ['start after kill -9 of engine and PostgreSQL at full load', seconds(crashed)],
      ]),
    ],
    findings: [
      { id: 'P11-process', values: warm },
      { id: 'P11-empty', values: empty },
      { id: 'P11-crash', values: crashed },
    ],
  };
}

const secondsSince = (startedAt: number): number => (performance.now() - startedAt) / 1_000;

/** Starts the stage's engine and waits for the first callback that it takes. */
async function timeStart({ product }: Stage): Promise<number> {
  const startedAt = performance.now();
  const ready = product.start();
  const { masterSecret, shortCode } = product.secrets;
  await untilFirstAnswer({
    port: product.port,
    masterSecret,
    shortCode,
    receipt: nextReceipt(),
    withinMs,
  });
  const took = secondsSince(startedAt);
  await ready;
  return took;
}

async function startBesideServer(stage: Stage): Promise<number> {
  const { product } = stage;
  await product.stop();
  // The engine took its server along; this one is found and taken over.
  const server = createDatabaseServer({ dataDir: dataFolderOf(product.home), clock });
  await server.start();
  return timeStart(stage);
}

/** No configuration, no database: everything is made. */
async function startOnNothing(): Promise<number> {
  const masterSecret = new Secret(randomBytes(32).toString('base64url'));
  const shortCode = '174379';
  const product = await makeProduct({ QMOI_MASTER_SECRET: masterSecret.reveal() }, 'unconfigured');
  try {
    const startedAt = performance.now();
    const ready = product.start();
    const receipt = nextReceipt();
    await untilFirstAnswer({ port: product.port, masterSecret, shortCode, receipt, withinMs });
    const took = secondsSince(startedAt);
    await ready;
    return took;
  } finally {
    await product.remove();
  }
}

const crashAfterMs = 1_500;

async function startAfterCrash(stage: Stage, perSecond: number): Promise<number> {
  const { product, seeder, pace } = stage;
  const set = await seeder.seed(enoughFor(stage, perSecond, crashAfterMs), mixOf(pace.promptShare));
  const load = startLoad(stage.folder, {
    port: product.port,
    connections: pace.connections,
    pace: { kind: 'closed' },
    warmUpMs: 0,
    measureMs: crashAfterMs * 2,
    templates: seeder.templates,
    set,
    watched: { nodePid: undefined, databasePid: undefined },
  });
  await clock.sleep(crashAfterMs);
  const databasePid = await product.databasePid();
  await product.kill();
  if (databasePid !== undefined) kill(databasePid, 'SIGKILL');
  load.end();
  await load.loaded;
  return timeStart(stage);
}
