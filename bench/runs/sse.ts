import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { pairedRatios } from '../figures/statistics.ts';
import { stretchTable, tableOf } from '../figures/table.ts';
import type { Heard, Listening, ListenJob } from '../listeners/main.ts';
import { startWorker, type WorkerProcess } from '../machine/worker-process.ts';
import type { Options } from '../options.ts';
import type { Measured } from './measure.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, measureProduct, warmUp } from './rounds.ts';
import type { Stage } from './stage.ts';

interface Round {
  readonly alone: Measured;
  readonly crowded: WithListeners;
  readonly steady: WithListeners;
  readonly programs: WithListeners;
}

/** Who reads every event: there are not many. */
const programsMax = 20;

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
    const dashboards = { clients, form: 'digest' } as const;
    const programs = { clients: Math.min(programsMax, clients), form: 'full' } as const;
    const atRate = () =>
      measureProduct(stage, {
        callbacks: enoughFor(stage, rate),
        pace: { kind: 'open', perSecond: rate, seed: n },
      });
    const round = {
      alone,
      crowded: await withListeners(stage, dashboards, () => measureProduct(stage, { callbacks })),
      steady: await withListeners(stage, dashboards, atRate),
      programs: await withListeners(stage, programs, atRate),
    };
    admitted = Math.min(round.crowded.admitted, round.steady.admitted);
    played.push(round);
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
    rounds.map(({ crowded }) => crowded.measured.perSecond),
    rounds.map(({ alone }) => alone.perSecond),
  );
  return {
    tables: [
      stretchTable([
        ['no dashboard', rounds.map(({ alone }) => alone)],
        ['dashboards, closed loop', rounds.map(({ crowded }) => crowded.measured)],
        [`dashboards, ${rate}/s`, rounds.map(({ steady }) => steady.measured)],
        [`programs, ${rate}/s`, rounds.map(({ programs }) => programs.measured)],
      ]),
      tableOf([
        ['news', 'listeners', 'worst p50 ms', 'worst p99 ms', 'newest p99 ms', 'MB', 'dropped'],
        ...rounds.flatMap(({ crowded, steady, programs }) => [
          heardRow('digest, closed loop', crowded),
          heardRow(`digest, ${rate}/s`, steady),
          heardRow(`full, ${rate}/s`, programs),
        ]),
      ]),
    ],
    findings: [
      {
        id: 'P10-news',
        values: rounds.map(({ steady }) => ofAll(steady.heard.worstP99Us / 1_000)),
        note,
      },
      { id: 'P10-loss', values: capacity.map((share) => ofAll((1 - share) * 100)), note },
    ],
  };
}

const heardRow = (name: string, { heard, admitted }: WithListeners): readonly string[] => [
  name,
  String(admitted),
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
  listeners: Pick<ListenJob, 'clients' | 'form'>,
  measure: () => Promise<Measured>,
): Promise<WithListeners> {
  const worker = startWorker('listeners/main.ts');
  try {
    const token = readFileSync(join(product.home, 'data', 'run', 'local-token'), 'utf8');
    worker.tell({ port: product.port, token, ...listeners });
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
