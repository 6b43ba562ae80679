import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { pairedRatios } from '../figures/statistics.ts';
import { stretchTable, tableOf } from '../figures/table.ts';
import type { Heard, Listening } from '../listeners/main.ts';
import { startWorker, type WorkerProcess } from '../machine/worker-process.ts';
import type { Options } from '../options.ts';
import type { Measured } from './measure.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, measureProduct, warmUp } from './rounds.ts';
import type { Stage } from './stage.ts';

interface Round {
  readonly alone: Measured;
  readonly crowded: Measured;
  readonly crowdedHeard: Heard;
  readonly steady: Measured;
  readonly steadyHeard: Heard;
}

/** Dashboards that listen while callbacks come: how late they hear, and what they cost. */
export const sse = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => sseOn(stage, options, await warmUp(stage)));

export async function sseOn(
  stage: Stage,
  { rounds, clients, rate }: Pick<Options, 'rounds' | 'clients' | 'rate'>,
  perSecond: number,
): Promise<Report> {
  const played: Round[] = [];
  let admitted = clients;
  for (let n = 1; n <= rounds; n += 1) {
    stage.tell(`dashboards, round ${n} of ${rounds}`);
    const callbacks = enoughFor(stage, perSecond);
    const alone = await measureProduct(stage, { callbacks });
    const crowded = await withListeners(stage, clients, () => measureProduct(stage, { callbacks }));
    const steady = await withListeners(stage, clients, () =>
      measureProduct(stage, {
        callbacks: enoughFor(stage, rate),
        pace: { kind: 'open', perSecond: rate, seed: n },
      }),
    );
    admitted = Math.min(crowded.admitted, steady.admitted);
    played.push({
      alone,
      crowded: crowded.measured,
      crowdedHeard: crowded.heard,
      steady: steady.measured,
      steadyHeard: steady.heard,
    });
  }
  await stage.prove();
  return reportOf(played, { admitted, clients, rate });
}

function reportOf(
  rounds: readonly Round[],
  { admitted, clients, rate }: { admitted: number; clients: number; rate: number },
): Report {
  const note = `${admitted} of ${clients} dashboards were admitted`;
  // A goal for all of them is not met by the figures of some; those are in the tables.
  const ofAll = (value: number): number => (admitted === clients ? value : Number.NaN);
  const capacity = pairedRatios(
    rounds.map(({ crowded }) => crowded.perSecond),
    rounds.map(({ alone }) => alone.perSecond),
  );
  return {
    tables: [
      stretchTable([
        ['no dashboard', rounds.map(({ alone }) => alone)],
        ['dashboards, closed loop', rounds.map(({ crowded }) => crowded)],
        [`dashboards, ${rate}/s`, rounds.map(({ steady }) => steady)],
      ]),
      tableOf([
        ['news', 'worst p50 ms', 'worst p99 ms', 'newest p99 ms', 'MB', 'dropped'],
        ...rounds.flatMap(({ crowdedHeard, steadyHeard }) => [
          heardRow('closed loop', crowdedHeard),
          heardRow(`${rate}/s`, steadyHeard),
        ]),
      ]),
    ],
    findings: [
      {
        id: 'P10-news',
        values: rounds.map(({ steadyHeard }) => ofAll(steadyHeard.worstP99Us / 1_000)),
        note,
      },
      { id: 'P10-loss', values: capacity.map((share) => ofAll((1 - share) * 100)), note },
    ],
  };
}

const heardRow = (name: string, heard: Heard): readonly string[] => [
  name,
  (heard.worstP50Us / 1_000).toFixed(0),
  (heard.worstP99Us / 1_000).toFixed(0),
  (heard.newestP99Us / 1_000).toFixed(0),
  heard.megabytes.toFixed(1),
  String(heard.dropped),
];

interface WithListeners {
  readonly measured: Measured;
  readonly heard: Heard;
  readonly admitted: number;
}

async function withListeners(
  { product }: Stage,
  clients: number,
  measure: () => Promise<Measured>,
): Promise<WithListeners> {
  const worker = startWorker('listeners/main.ts');
  try {
    const token = readFileSync(join(product.home, 'data', 'run', 'local-token'), 'utf8');
    worker.tell({ port: product.port, token, clients });
    const { admitted } = await worker.hear<Listening>('listening');
    worker.tell('begin');
    const measured = await measure();
    return { measured, heard: await endOf(worker), admitted };
  } finally {
    await worker.stop();
  }
}

async function endOf(worker: WorkerProcess): Promise<Heard> {
  worker.tell('end');
  return worker.hear<Heard>('heard');
}
