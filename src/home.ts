import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { roles, type Role } from '#cli';
import { readPidFile, type RunningProcess } from '#platform/process';

/** Where an installation keeps what it owns. */
export interface HomeFolders {
  readonly home: string;
  /** Sandbox and live lie side by side. */
  readonly ofMode: string;
  readonly run: string;
  /** One a role: the parts of a split engine run side by side. */
  readonly pidFiles: Readonly<Record<Role, string>>;
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
    pidFiles: {
      all: join(run, 'engine.json'),
      api: join(run, 'engine-api.json'),
      worker: join(run, 'engine-worker.json'),
    },
    localToken: join(run, 'local-token'),
    simulators: join(data, mode, 'simulators'),
    spool: join(data, mode, 'spool'),
    detachedOutput: join(home, 'logs', 'detached.out'),
  };
};

/** Makes a folder of ours; throws the system's error where we could not write into it. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await access(folder, constants.W_OK);
}

/** The engine's processes that live, the one that answers requests first. */
export async function processesOf(folders: HomeFolders): Promise<readonly RunningProcess[]> {
  const found = await Promise.all(roles.map((role) => readPidFile(folders.pidFiles[role])));
  return found.filter((process) => process !== undefined);
}
