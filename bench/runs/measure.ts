import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Stretch } from '../figures/table.ts';
import type { Job, Outcome } from '../generator/job.ts';
import { cpuBetween, readCpu, type CpuReading, type Watched } from '../machine/cpu.ts';
import { startWorker, type WorkerProcess } from '../machine/worker-process.ts';
import { recordBytes, type CallbackSet } from '../product/callbacks.ts';

/** One stretch with what it was made of. */
export interface Measured extends Stretch {
  readonly outcome: Outcome;
  readonly cpu: CpuReading;
}

/** Above this share of a core, somebody else's work is in the figures. */
export const otherCoresMax = 0.1;

type Event = { readonly event: 'measuring' } | { readonly event: 'measured' };

/** Waits for a process that measures, and reads the processor times at both ends of its window. */
export async function readWindow(worker: WorkerProcess, watched: Watched): Promise<Measured> {
  await worker.hear<Event>('measuring');
  const before = readCpu(watched);
  await worker.hear<Event>('measured');
  const cpu = cpuBetween(before, readCpu(watched));
  return measuredOf(await worker.hear<Outcome>('done'), cpu);
}

function measuredOf(outcome: Outcome, cpu: CpuReading): Measured {
  const { taken, windowMs, ownCpuUs, refused, unanswered } = outcome;
  const each = (seconds: number): number => (taken === 0 ? Number.NaN : (seconds * 1e6) / taken);
  const otherCores = (cpu.others / cpu.atMs) * 1_000;
  return {
    perSecond: (taken / windowMs) * 1_000,
    nodeUs: each(cpu.node),
    databaseUs: each(cpu.database),
    generatorUs: each(ownCpuUs / 1e6),
    p50Us: outcome.p50Us,
    p99Us: outcome.p99Us,
    maxUs: outcome.maxUs,
    bad: Object.values(refused).reduce((sum, count) => sum + count, unanswered),
    otherCores,
    disturbed: otherCores > otherCoresMax,
    outcome,
    cpu,
  };
}

/** Runs a script that measures by itself. */
export async function measureWorker(
  script: string,
  job: object,
  databasePid: number,
): Promise<Measured> {
  const worker = startWorker(script);
  try {
    worker.tell(job);
    return await readWindow(worker, { nodePid: worker.pid, databasePid });
  } finally {
    await worker.stop();
  }
}

export interface LoadPlan extends Pick<
  Job,
  'port' | 'connections' | 'pace' | 'warmUpMs' | 'measureMs' | 'templates'
> {
  readonly set: CallbackSet;
  readonly order?: Uint32Array | undefined;
  readonly watched: Watched;
}

export interface Loaded extends Measured {
  /** What became of each request. */
  readonly fate: Buffer;
}

/** A generator that runs: it can be ended early, and waited for. */
export interface RunningLoad {
  end(): void;
  readonly loaded: Promise<Loaded>;
}

let jobs = 0;

/** Sends callbacks to a port, from a process of its own. */
export function startLoad(folder: string, plan: LoadPlan): RunningLoad {
  const { set, order, watched, ...rest } = plan;
  jobs += 1;
  const fileOf = (name: string): string => join(folder, `${name}-${jobs}`);
  const job: Job = {
    host: '127.0.0.1',
    ...rest,
    recordBytes,
    recordsFile: fileOf('records'),
    orderFile: order === undefined ? undefined : fileOf('order'),
    fatesFile: fileOf('fates'),
  };
  writeFileSync(job.recordsFile, set.records);
  if (job.orderFile !== undefined && order !== undefined) {
    writeFileSync(job.orderFile, new Uint8Array(order.buffer, order.byteOffset, order.byteLength));
  }
  const worker = startWorker('generator/main.ts');
  worker.tell(job);
  const finish = async (): Promise<Loaded> => {
    try {
      const measured = await readWindow(worker, watched);
      return { ...measured, fate: readFileSync(fileOf('fates')) };
    } finally {
      await worker.stop();
    }
  };
  return { end: () => worker.tell('stop'), loaded: finish() };
}

export const load = (folder: string, plan: LoadPlan): Promise<Loaded> =>
  startLoad(folder, plan).loaded;

/**
 * Measures again while others disturb, at most so often; the last attempt counts, marked. What is
 * repeated must not be what was measured before: each attempt brings rows of its own.
 */
export async function untilQuiet<Value extends Stretch>(
  attemptsMax: number,
  attempt: () => Promise<Value>,
): Promise<Value> {
  for (let n = 1; ; n += 1) {
    const value = await attempt();
    if (!value.disturbed || n >= attemptsMax) return value;
  }
}
