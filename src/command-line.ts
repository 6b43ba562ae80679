import { createWallClock } from '#kernel';
import { createCli, type Terminal } from '#cli';

import { createCommands } from './commands.ts';
import { homeOf } from './home.ts';
import { version } from './version.ts';

/** The operator's terminal as it is. */
function openTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  const locale = env['LC_ALL'] ?? env['LC_CTYPE'] ?? env['LANG'] ?? 'UTF-8';
  return {
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    isTty: stdout.isTTY,
    get columns() {
      return stdout.isTTY ? stdout.columns : 80;
    },
    color: stdout.isTTY && (env['NO_COLOR'] ?? '') === '',
    unicode: /utf-?8/i.test(locale),
  };
}

function onStopSignal(listener: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** Runs one command; answers the exit code. */
export async function main(): Promise<number> {
  const commands = createCommands({
    home: homeOf(process.env),
    env: process.env,
    clock: createWallClock(),
    terminal: openTerminal(),
    version,
    onStopSignal,
  });
  return createCli(commands).run(process.argv.slice(2));
}
