import { kill } from 'node:process';

import { tableOf } from '../figures/table.ts';
import type { Options } from '../options.ts';
import { compareBooks, proveBooks, untilTakenIn, type Books } from '../product/checks.ts';
import { mixOf } from '../product/drawing.ts';
import { startLoad } from './measure.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { warmUp } from './rounds.ts';
import { clock, type Stage } from './stage.ts';

const connections = 64;
const beforeMs = 1_000;
const afterMs = 1_000;
/** The engine brings its server back whenever it is gone: it is killed as often. */
const killEveryMs = 100;
const tellEveryMs = 5_000;
const spare = 1.3;

interface Outage extends Books {
  /** From the last kill until nothing was spooled any more. */
  readonly caughtUpMs: number;
  readonly refused: number;
  readonly unproved: readonly string[];
}

/** No database for a while under load: what was answered 200 meanwhile is booked afterwards. */
export const outage = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => {
    await warmUp(stage);
    return outageOn(stage, options);
  });

export async function outageOn(
  stage: Stage,
  { seconds, rate }: Pick<Options, 'seconds' | 'rate'>,
): Promise<Report> {
  const found = await withoutDatabase(stage, { outageMs: seconds * 1_000, rate });
  const { acknowledged, lost, doubled, unsent, refused, caughtUpMs, unproved } = found;
  const told = lost + doubled + unsent + refused;
  return {
    tables: [
      tableOf([
        ['no database for', 'acknowledged', 'refused', 'lost', 'doubled', 'caught up after'],
        [
          `${seconds} s at ${rate}/s`,
          acknowledged.toLocaleString('en'),
          String(refused),
          String(lost),
          String(doubled + unsent),
          `${(caughtUpMs / 1_000).toFixed(1)} s`,
        ],
      ]),
    ],
    findings: [],
    faults: [
      ...unproved,
      ...(told === 0
        ? []
        : [`${lost} lost, ${doubled + unsent} doubled, ${refused} refused in an outage`]),
    ],
  };
}

async function withoutDatabase(
  stage: Stage,
  { outageMs, rate }: { readonly outageMs: number; readonly rate: number },
): Promise<Outage> {
  const { product, seeder, pace } = stage;
  const wholeMs = beforeMs + outageMs + afterMs;
  const set = await seeder.seed(
    Math.ceil((spare * rate * wholeMs) / 1_000),
    mixOf(pace.promptShare),
  );
  const load = startLoad(stage.folder, {
    port: product.port,
    connections,
    pace: { kind: 'open', perSecond: rate, seed: 1 },
    warmUpMs: 0,
    measureMs: wholeMs,
    templates: seeder.templates,
    set,
    watched: { nodePid: undefined, databasePid: undefined },
  });
  await clock.sleep(beforeMs);
  await keepDead(stage, outageMs);
  const backFrom = clock.now();
  await untilTakenIn(product);
  const { fate, outcome } = await load.loaded;
  // Once more: a few came after the spool was empty for the first time.
  await untilTakenIn(product);
  const caughtUpMs = clock.now() - backFrom;
  const database = await product.database();
  const books = await compareBooks(database.connectionString(), { set, fate });
  const { failed } = await proveBooks(product);
  const refused = Object.values(outcome.refused).reduce((sum, count) => sum + count, 0);
  return { ...books, caughtUpMs, refused, unproved: failed };
}

async function keepDead({ product, tell }: Stage, outageMs: number): Promise<void> {
  const startedAt = clock.now();
  let toldAt = startedAt;
  while (clock.now() - startedAt < outageMs) {
    const pid = await product.databasePid().catch(() => undefined);
    if (pid !== undefined) killIfThere(pid);
    if (clock.now() - toldAt >= tellEveryMs) {
      toldAt = clock.now();
      tell(`no database for ${((toldAt - startedAt) / 1_000).toFixed(0)} s`);
    }
    await clock.sleep(killEveryMs);
  }
}

function killIfThere(pid: number): void {
  try {
    kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
