import { createInterface } from 'node:readline';

import { createPrng, createWallClock } from '#kernel';

import { createAirtelSimulator, openStore, parseConfig, type AirtelSimulator } from './index.ts';

/** One line to the parent process: ready, or why not. */
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const fail = (problem: unknown): void => {
  say({ ready: false, error: problem instanceof Error ? problem.message : String(problem) });
  process.exitCode = 1;
  // Stdin may still be open, and would keep the process.
  process.stdin.destroy();
};

async function start(line: string): Promise<AirtelSimulator> {
  const parsed = parseConfig(JSON.parse(line));
  if (!parsed.ok) throw new Error(parsed.error.join('; '));
  const config = parsed.value;
  const store = openStore(config.stateDir, { exclusive: true });
  // A restart goes on with other chances than the last start, yet with the same ones every time.
  const prng = createPrng(config.seed + store.next('start') - 1);
  const simulator = createAirtelSimulator({ config, clock: createWallClock(), prng, store });
  try {
    say({ ready: true, url: await simulator.listen() });
    return simulator;
  } catch (problem) {
    await simulator.stop();
    throw problem;
  }
}

/** On a signal, and when the parent has died and with it our standard input. */
const toldToStop = new Promise<void>((resolve) => {
  process.once('SIGTERM', () => resolve());
  process.once('SIGINT', () => resolve());
  process.stdin.once('end', () => resolve());
  process.stdin.once('close', () => resolve());
});

async function run(line: string): Promise<void> {
  try {
    const simulator = await start(line);
    await toldToStop;
    await simulator.stop();
    process.stdin.destroy();
  } catch (problem) {
    fail(problem);
  }
}

const lines = createInterface({ input: process.stdin });
const endedEarly = (): void => fail('no configuration came on standard input');
lines.once('close', endedEarly);
lines.once('line', (line) => {
  lines.off('close', endedEarly);
  void run(line);
});
