/**
 * The floor of the database: the whole row set of callbacks, N at a time, on one connection. One
 * job as a line of JSON on standard input; says what a generator says.
 */
import { createInterface } from 'node:readline';

import { Client } from 'pg';

import { createHistogram } from '../figures/histogram.ts';
import type { Outcome } from '../generator/job.ts';
import { createWindow, say } from '../generator/window.ts';
import { chargesPerBatch, rowSetOf, rowSetStatement } from './row-set.ts';

/** What this peer is told to do. */
export interface RowSetJob {
  readonly connectionString: string;
  readonly size: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Numbers of its callbacks and charges begin here; its charges end before `chargesEnd`. */
  readonly from: number;
  readonly chargesEnd: number;
}

const parseJob = (line: string): RowSetJob => JSON.parse(line) as RowSetJob;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const job = parseJob(String((await lines.next()).value));

const client = new Client({
  connectionString: job.connectionString,
  options: '-c timezone=UTC -c plan_cache_mode=force_generic_plan',
});
await client.connect();

const histogram = createHistogram();
let { from } = job;
let chargeId = job.from;
let sent = 0;
const window = createWindow(job);

const nextBatch = (): unknown[] | undefined => {
  if (chargeId + chargesPerBatch(job.size) >= job.chargesEnd) return undefined;
  const values = rowSetOf({ from, size: job.size, chargeId });
  from += job.size;
  chargeId += chargesPerBatch(job.size);
  return values;
};

let batch = nextBatch();
while (!window.isOver && batch !== undefined) {
  const sinceMs = performance.now();
  const writing = client.query({ name: 'rows', text: rowSetStatement, values: batch });
  // Made while the server works, so that it never waits for us.
  batch = nextBatch();
  await writing;
  sent += job.size;
  const now = performance.now();
  if (window.covers(now)) window.taken += job.size;
  if (window.covers(sinceMs)) histogram.add((now - sinceMs) * 1_000);
}
window.end({ ranOut: batch === undefined });
await client.end();

const outcome: Outcome = {
  event: 'done',
  ...window.sums(),
  refused: {},
  unanswered: 0,
  sent,
  p50Us: histogram.quantileUs(0.5),
  p90Us: histogram.quantileUs(0.9),
  p99Us: histogram.quantileUs(0.99),
  maxUs: histogram.maxUs,
  backlog: 0,
};
say(outcome);
process.stdin.destroy();
