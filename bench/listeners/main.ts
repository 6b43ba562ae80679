/**
 * Dashboards or programs that listen, in a process of their own: a job as a line of JSON on
 * standard input, then `begin` and `end` around the stretch that counts.
 */
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';

import { createHistogram } from '../figures/histogram.ts';
import { say } from '../generator/window.ts';
import { createWholeOnly, timesOfDigests, timesOfFirstAndLast } from './event-times.ts';

/** Where to listen, as whom, and how many at once. */
export interface ListenJob {
  readonly port: number;
  readonly token: string;
  readonly clients: number;
  /** What they ask for: dashboards the digest, programs every event. */
  readonly form: 'full' | 'digest';
}

export interface Listening {
  readonly event: 'listening';
  readonly admitted: number;
  readonly refused: number;
}

export interface Heard {
  readonly event: 'heard';
  /** Since the oldest and the newest event of what came together was written, each client alone. */
  readonly worstP50Us: number;
  readonly worstP99Us: number;
  readonly newestP99Us: number;
  readonly pieces: number;
  readonly megabytes: number;
  /** Streams that ended meanwhile. */
  readonly dropped: number;
}

const parseJob = (line: string): ListenJob => JSON.parse(line) as ListenJob;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const nextLine = async (): Promise<string> => (await lines.next()).value ?? '';
const job = parseJob(await nextLine());

const worst = createHistogram();
const newest = createHistogram();
let counts = false;
let bytes = 0;
let dropped = 0;

const timesOf = (whole: Buffer) =>
  job.form === 'digest' ? timesOfDigests(whole) : [timesOfFirstAndLast(whole)];

function onPiece(whole: Buffer): void {
  if (!counts) return;
  const now = Date.now();
  for (const times of timesOf(whole)) {
    if (times === undefined) continue;
    worst.add(Math.max(0, now - times.firstAt) * 1_000);
    newest.add(Math.max(0, now - times.lastAt) * 1_000);
  }
}

function listen(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({
      host: '127.0.0.1',
      port: job.port,
      path: `/api/qmoi/events?form=${job.form}`,
      headers: { authorization: `Bearer ${job.token}` },
      agent: false,
    });
    asked.on('response', (stream: IncomingMessage) => {
      const isAdmitted = stream.statusCode === 200;
      stream.on('error', () => undefined);
      if (isAdmitted) {
        const wholeOf = createWholeOnly();
        stream.on('data', (chunk: Buffer) => {
          if (counts) bytes += chunk.length;
          onPiece(wholeOf(chunk));
        });
        stream.on('close', () => (dropped += 1));
      } else stream.resume();
      resolve(isAdmitted);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}

let admitted = 0;
for (let n = 0; n < job.clients; n += 1) if (await listen()) admitted += 1;
const listening: Listening = { event: 'listening', admitted, refused: job.clients - admitted };
say(listening);
await nextLine();
counts = true;
dropped = 0;
await nextLine();
const heard: Heard = {
  event: 'heard',
  worstP50Us: worst.quantileUs(0.5),
  worstP99Us: worst.quantileUs(0.99),
  newestP99Us: newest.quantileUs(0.99),
  pieces: worst.count,
  megabytes: bytes / 1e6,
  dropped,
};
say(heard);
process.exit(0);
