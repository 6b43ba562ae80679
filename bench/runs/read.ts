import { businessDateOf, dayMs, idFromNumber, idNumberAt } from '#kernel';

import { createHistogram, type Histogram } from '../figures/histogram.ts';
import { stretchTable, tableOf } from '../figures/table.ts';
import type { Options } from '../options.ts';
import type { CallbackSet } from '../product/callbacks.ts';
import { withPast } from './history.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, warmUp } from './rounds.ts';
import { clock, type ProductLoaded, type Stage } from './stage.ts';

/** Callbacks that go into the books at once, on the way to as many as are wanted. */
const chunk = 50_000;
const whenFullMsMax = 3_600_000;
/** In books without a past nothing is found there. */
const longAgoMs = 100 * dayMs;

/** Every list and search of the API, one after another, while callbacks come at half load. */
export const read = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => {
    if (options.history > 0) return readOnPast(stage, options);
    const perSecond = await warmUp(stage);
    await fill(stage, options.rows);
    return readOn(stage, options, perSecond);
  });

/** The same in books with a past. */
async function readOnPast(stage: Stage, options: Options): Promise<Report> {
  const { table, faults } = await withPast(stage, options.history, async (past) => {
    await past.growTo(options.history);
  });
  const report = await readOn(stage, options, await warmUp(stage));
  return { ...report, tables: [table, ...report.tables], faults };
}

/** Brings that many callbacks into the books, the usual way. */
export async function fill(stage: Stage, rows: number): Promise<void> {
  for (let done = 0; done < rows; done += chunk) {
    stage.tell(`${done.toLocaleString('en')} of ${rows.toLocaleString('en')} callbacks`);
    const callbacks = Math.min(chunk, rows - done);
    await stage.run({ callbacks, measureMs: whenFullMsMax });
  }
}

export async function readOn(
  stage: Stage,
  { rounds }: Pick<Options, 'rounds'>,
  perSecond: number,
): Promise<Report> {
  const startedAt = clock.now();
  const sample = await stage.run({ callbacks: enoughFor(stage, perSecond) });
  const half = sample.perSecond / 2;
  const paths = pathsFor(sample.set, startedAt);
  const loads: ProductLoaded[] = [];
  const worst: number[] = [];
  const byPath = new Map(paths.map((path) => [path, createHistogram()]));
  for (let n = 1; n <= rounds; n += 1) {
    stage.tell(`lists and searches, round ${n} of ${rounds}`);
    const round = new Map(paths.map((path) => [path, createHistogram()]));
    const reader = createReader(stage, [round, byPath]);
    loads.push(
      await stage.run({
        callbacks: enoughFor(stage, half),
        pace: { kind: 'open', perSecond: half, seed: n },
        meanwhile: reader.begin,
      }),
    );
    await reader.ended();
    worst.push(Math.max(...[...round.values()].map(p99Ms)));
  }
  await stage.prove();
  return {
    tables: [
      stretchTable([['callbacks meanwhile', loads]]),
      tableOf([
        ['GET', 'times', 'p50 ms', 'p99 ms', 'max ms'],
        ...[...byPath].map(([path, histogram]) => [
          path,
          String(histogram.count),
          (histogram.quantileUs(0.5) / 1_000).toFixed(1),
          p99Ms(histogram).toFixed(1),
          (histogram.maxUs / 1_000).toFixed(1),
        ]),
      ]),
    ],
    findings: [{ id: 'P9-read', values: worst, note: 'the slowest of all of them' }],
  };
}

const p99Ms = (histogram: Histogram): number => histogram.quantileUs(0.99) / 1_000;

type Times = ReadonlyMap<string, Histogram>;

/** One reader, one request at a time, until it is told to end. */
function createReader({ product }: Stage, times: readonly Times[]) {
  let reading: Promise<void> = Promise.resolve();
  const over = new AbortController();
  const readAll = async (): Promise<void> => {
    const paths = [...(times[0]?.keys() ?? [])];
    for (let n = 0; !over.signal.aborted; n += 1) {
      const path = paths[n % paths.length] ?? '';
      const since = performance.now();
      await product.engine.get(path);
      const tookUs = (performance.now() - since) * 1_000;
      for (const each of times) each.get(path)?.add(tookUs);
    }
  };
  return {
    begin: (): (() => void) => {
      reading = readAll();
      // Looked at by `ended`; until then a failure must not end the process.
      reading.catch(() => undefined);
      return () => over.abort();
    },
    ended: () => reading,
  };
}

function pathsFor(set: CallbackSet, startedAt: number): readonly string[] {
  const middle = idNumberAt(Math.floor((startedAt + clock.now()) / 2));
  const longAgo = clock.now() - longAgoMs;
  const [today, once] = [clock.now(), longAgo].map(businessDateOf);
  const payments = '/api/qmoi/revenue/transactions';
  return [
    '/api/qmoi/revenue/status',
    payments,
    `${payments}?limit=200`,
    `${payments}?cursor=${idFromNumber('payment', middle)}`,
    `${payments}?receipt=${set.receipts[0] ?? ''}`,
    `${payments}?phone=${set.callbacks[0]?.phone ?? ''}`,
    `${payments}?stream=trading`,
    `${payments}?state=suspense`,
    `${payments}?from=${today}&to=${today}`,
    `${payments}?from=${once}&to=${once}`,
    `${payments}?cursor=${idFromNumber('payment', idNumberAt(longAgo))}`,
    '/api/qmoi/charges',
    '/api/qmoi/charges?state=prompted',
    '/api/qmoi/charges?state=paid',
    `/api/qmoi/charges?cursor=${idFromNumber('charge', middle)}`,
    '/api/qmoi/exceptions',
    '/api/qmoi/audit',
    '/api/qmoi/revenue/transfers',
    '/api/qmoi/statements',
    '/api/qmoi/weather',
  ];
}
