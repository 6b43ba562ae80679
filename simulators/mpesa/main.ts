import { createInterface } from 'node:readline';
import { createPrng, createWallClock, err, type Result } from '#kernel';
import { createMpesaSimulator, type MpesaSimulator, openStore, parseConfig } from './index.ts';

/**
 * The process: one line of JSON in, one line out. It lives as long as its standard input, so that
 * it never outlives whoever started it.
 */
const say = (line: unknown): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

function refuse(error: string): void {
  say({ ready: false, error });
  process.exitCode = 1;
  process.stdin.destroy();
}

function parseLine(line: string): ReturnType<typeof parseConfig> {
  try {
    return parseConfig(JSON.parse(line));
  } catch {
    return err('the first line of standard input is no JSON');
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function start(line: string): Promise<Result<MpesaSimulator, string>> {
  const config = parseLine(line);
  if (!config.ok) return config;
  try {
    const simulator = createMpesaSimulator({
      config: config.value,
      clock: createWallClock(),
      prng: createPrng(config.value.seed),
      store: openStore(config.value.stateDir),
    });
    const { url } = await simulator.listen();
    say({ ready: true, url, certificatePath: simulator.certificatePath });
    return { ok: true, value: simulator };
  } catch (error) {
    return err(textOf(error));
  }
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  let simulator: MpesaSimulator | undefined;
  let isAsked = false;
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await simulator?.stop();
    process.exit();
  };
  const begin = async (line: string): Promise<void> => {
    const started = await start(line);
    if (!started.ok) refuse(started.error);
    else simulator = started.value;
    // Asked to stop while it was starting.
    if (started.ok && isEnding) await started.value.stop();
  };
  lines.on('line', (line) => {
    if (isAsked) return;
    isAsked = true;
    void begin(line);
  });
  lines.on('close', () => {
    if (!isAsked) refuse('standard input ended without a configuration');
    void end();
  });
  process.once('SIGTERM', () => void end());
  process.once('SIGINT', () => void end());
}

await main();
