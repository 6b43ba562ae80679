import { join } from 'node:path';

/** Where an installation keeps what it owns. */
export interface HomeFolders {
  readonly home: string;
  /** Sandbox and live lie side by side. */
  readonly ofMode: string;
  readonly run: string;
  readonly pidFile: string;
  /** The local command line's key to the running engine; new at every start. */
  readonly localToken: string;
  readonly simulators: string;
  readonly spool: string;
  /** What a detached engine would have written to its terminal. */
  readonly detachedOutput: string;
}

export const foldersOf = (home: string, mode: string): HomeFolders => {
  const data = join(home, 'data');
  const run = join(data, 'run');
  return {
    home,
    ofMode: join(data, mode),
    run,
    pidFile: join(run, 'engine.json'),
    localToken: join(run, 'local-token'),
    simulators: join(data, mode, 'simulators'),
    spool: join(data, mode, 'spool'),
    detachedOutput: join(home, 'logs', 'detached.out'),
  };
};

/** `QMOI_HOME`, or the folder the program lies in. */
export const homeOf = (env: Readonly<Record<string, string | undefined>>): string =>
  env['QMOI_HOME'] ?? join(import.meta.dirname, '..');
