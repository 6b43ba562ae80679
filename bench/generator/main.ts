/**
 * The load generator, in a process of its own: one job as a line of JSON on standard input, one
 * line of JSON on standard output for each step. Another line on standard input ends it early.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { createHistogram } from '../figures/histogram.ts';
import { openConnection, type Connection } from './connection.ts';
import { fates, type Job, type Outcome } from './job.ts';
import { createDueTimes } from './pace.ts';
import { createRequestSource } from './requests.ts';
import { createWindow, say } from './window.ts';

const drainMs = 10_000;
/** How long an open pace sleeps at most: a timer is no finer, and a busy wait would eat a core. */
const tickMs = 1;

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();
const parseJob = (line: string): Job => JSON.parse(line) as Job;
const job = parseJob(String((await lines.next()).value));

const bytes = readFileSync(job.recordsFile);
const order = orderOf(job, bytes.length / job.recordBytes);
const fate = new Uint8Array(order.length);
const histogram = createHistogram();
const refused: Record<string, number> = {};
let unanswered = 0;
let next = 0;
let underWay = 0;
let settle: () => void = () => undefined;
const settled = new Promise<void>((resolve) => {
  settle = resolve;
});

const window = createWindow(job, finishWhenSettled);
const isClosedLoop = job.pace.kind === 'closed';
const startedAt = performance.now();
const nextDueMs =
  job.pace.kind === 'open'
    ? createDueTimes(job.pace.perSecond, job.pace.seed)
    : (): number => Number.POSITIVE_INFINITY;
let dueAt = startedAt + nextDueMs();
/** Due times of requests that found no free connection, and where the list has been read to. */
const waiting: number[] = [];
let waitingFrom = 0;
const idle: Carrier[] = [];
let backlog = 0;

interface Carrier {
  readonly connection: Connection;
  readonly source: ReturnType<typeof createRequestSource>;
  request: number;
  sinceMs: number;
}

function orderOf({ orderFile }: Job, records: number): Uint32Array {
  if (orderFile === undefined) return Uint32Array.from({ length: records }, (_, n) => n);
  const raw = readFileSync(orderFile);
  return new Uint32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
}

function dispatch(carrier: Carrier, sinceMs: number): void {
  if (next >= order.length) {
    window.end({ ranOut: true });
    return;
  }
  carrier.request = next;
  carrier.sinceMs = sinceMs;
  fate[next] = fates.unanswered;
  underWay += 1;
  next += 1;
  carrier.connection.send(carrier.source(order[carrier.request] ?? 0));
}

function onIdle(carrier: Carrier): void {
  if (isClosedLoop) {
    if (!window.isOver) dispatch(carrier, performance.now());
    return;
  }
  const since = waiting[waitingFrom];
  if (since === undefined) {
    idle.push(carrier);
    return;
  }
  waitingFrom += 1;
  dispatch(carrier, since);
}

function onAnswer(carrier: Carrier, status: number): void {
  underWay -= 1;
  const isTaken = status === 200;
  fate[carrier.request] = isTaken ? fates.taken : fates.refused;
  if (!isTaken) refused[status] = (refused[status] ?? 0) + 1;
  const now = performance.now();
  if (isTaken && window.covers(now)) window.taken += 1;
  if (isTaken && window.covers(carrier.sinceMs)) histogram.add((now - carrier.sinceMs) * 1_000);
  if (window.isOver) finishWhenSettled();
}

function onBroken(): void {
  underWay -= 1;
  unanswered += 1;
  if (window.isOver) finishWhenSettled();
}

/** Sends what is due; what finds no connection waits, and its time runs. */
function tick(): void {
  const now = performance.now();
  for (; dueAt <= now && !window.isOver; dueAt = startedAt + nextDueMs()) {
    const carrier = idle.pop();
    if (carrier === undefined) waiting.push(dueAt);
    else dispatch(carrier, dueAt);
  }
  if (!window.isOver) setTimeout(tick, tickMs);
}

function finishWhenSettled(): void {
  if (underWay === 0 && waitingFrom >= waiting.length) settle();
}

function carry(): Carrier {
  const carrier: Carrier = {
    connection: openConnection(job, {
      onIdle: () => onIdle(carrier),
      onAnswer: (status) => onAnswer(carrier, status),
      onBroken,
    }),
    source: createRequestSource({ ...job, bytes }),
    request: 0,
    sinceMs: 0,
  };
  return carrier;
}

const carriers = Array.from({ length: job.connections }, carry);
if (!isClosedLoop) tick();
void lines.next().then(() => window.end({ ranOut: false }));

await window.ended;
backlog = waiting.length - waitingFrom;
finishWhenSettled();
const drained = new AbortController();
await Promise.race([
  settled,
  new Promise((resolve) => {
    const timer = setTimeout(resolve, drainMs);
    drained.signal.addEventListener('abort', () => clearTimeout(timer));
  }),
]);
drained.abort();
for (const { connection } of carriers) connection.close();
if (job.fatesFile !== undefined) writeFileSync(job.fatesFile, fate.subarray(0, next));

const outcome: Outcome = {
  event: 'done',
  ...window.sums(),
  refused,
  unanswered: unanswered + underWay,
  sent: next,
  p50Us: histogram.quantileUs(0.5),
  p90Us: histogram.quantileUs(0.9),
  p99Us: histogram.quantileUs(0.99),
  maxUs: histogram.maxUs,
  backlog,
};
say(outcome);
process.stdin.destroy();
