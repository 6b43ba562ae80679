import { createInterface } from 'node:readline';

import { createPrng, createWallClock } from '#kernel';

import { createComplaints, createHttp, createTown, parseConfig } from './index.ts';

/**
 * The process: one line of JSON in, one line out. It lives as long as its standard input, so that
 * it never outlives whoever started it.
 */
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const fail = (problem: unknown): void => {
  say({ ready: false, error: problem instanceof Error ? problem.message : String(problem) });
  process.exitCode = 1;
  process.stdin.destroy();
};

const stopping = new AbortController();
const stop = (): void => {
  stopping.abort();
  // Nothing else keeps the process: its timers and idle connections do not.
  process.stdin.destroy();
};

async function run(line: string): Promise<void> {
  const parsed = parseConfig(JSON.parse(line));
  if (!parsed.ok) throw new Error(parsed.error);
  const clock = createWallClock();
  const { signal } = stopping;
  const write = (text: string): void => void process.stderr.write(`${text}\n`);
  const town = createTown({
    config: parsed.value,
    clock,
    prng: createPrng(parsed.value.seed),
    http: createHttp({ clock, signal }),
    complain: createComplaints({ clock, write, signal }),
    signal,
  });
  await town.open();
  if (!signal.aborted) say({ ready: true });
}

const lines = createInterface({ input: process.stdin });
const endedEarly = (): void => fail('no configuration came on standard input');
lines.once('close', endedEarly);
lines.once('line', (line) => {
  lines.off('close', endedEarly);
  lines.once('close', stop);
  run(line).catch(fail);
});
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
