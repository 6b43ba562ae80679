import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const passesMax = 20;
const pauseMs = 50;

const attempt = (read: () => string): string => {
  try {
    return read();
  } catch {
    // The process ended in between, or is not ours to look at.
    return '';
  }
};

/** By the table of processes: whoever works below the folder, or was told of a path in it. */
function processesAround(folder: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      const place = attempt(() => readlinkSync(`/proc/${name}/cwd`));
      const command = attempt(() => readFileSync(`/proc/${name}/cmdline`, 'utf8'));
      return `${place}/`.startsWith(`${folder}/`) || command.includes(`${folder}/`);
    })
    .map(Number);
}

/** By pid files, where there is no such table. A single-user server writes its number negative. */
const serversIn = (folder: string): readonly number[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === 'postmaster.pid')
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .map((text) => Math.abs(Number.parseInt(text, 10)))
    .filter((processId) => processId > 1);

const leftoversOf = existsSync('/proc/self') ? processesAround : serversIn;

function stop(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch {
    // It ended by itself in between.
  }
}

/**
 * Stops what a stage left behind and removes its temporary folder. A test run that is interrupted
 * does not get to put its database servers away, and they belong to no process group of ours.
 */
export function clearAway(folder: string): void {
  for (let pass = 0; pass < passesMax; pass += 1) {
    const leftovers = leftoversOf(folder);
    if (leftovers.length === 0) break;
    for (const processId of leftovers)
      stop(processId, pass < passesMax / 2 ? 'SIGQUIT' : 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/**
 * Clears away what gates left behind that were killed outright: in memory it would stay until the
 * machine is started anew. The name of its folder says which process a gate was.
 */
export function clearAbandoned(root: string): void {
  for (const name of readdirSync(root)) {
    const owner = /^gate-(\d+)-/.exec(name)?.[1];
    const folder = join(root, name);
    if (owner !== undefined && isOurs(folder) && !isAlive(Number(owner))) clearAway(folder);
  }
}

function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
