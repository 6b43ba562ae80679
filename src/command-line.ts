import { createWallClock } from '#kernel';
import { createCli, createKeyboard, createTerminal } from '#cli';

import { createCommands } from './commands.ts';
import { homeOf } from './compiled.ts';
import { version } from './version.ts';

const ignore = (): void => undefined;

function onStopSignal(listener: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) {
      // Who presses once more while the process ends shall not change how it ended.
      process.on(signal, ignore);
      process.off(signal, listener);
    }
  };
}

/** Runs one command; answers the exit code. */
export async function main(): Promise<number> {
  const commands = createCommands({
    home: homeOf(process.env),
    env: process.env,
    clock: createWallClock(),
    terminal: createTerminal(process),
    ask: createKeyboard(process),
    version,
    onStopSignal,
  });
  return createCli(commands).run(process.argv.slice(2));
}
