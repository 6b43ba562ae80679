import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { err, ok, type EpochMs, type Result } from '#kernel';

/** Who runs here, as other processes read it. */
export interface RunningProcess {
  readonly pid: number;
  /** Tells the process from a later one with the same number; absent where the system has none. */
  readonly birth: string | undefined;
  readonly startedAt: EpochMs;
  /** Whether it has started whole. */
  readonly isReady: boolean;
  /** Where it listens, if it does. */
  readonly url: string | undefined;
}

export interface PidFile {
  /** Tells others that the start is over. */
  markReady(facts: { readonly url: string | undefined }): Promise<void>;
  remove(): Promise<void>;
}

/** When the kernel started the process, in clock ticks since boot: `/proc/<pid>/stat`, field 22. */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may contain anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** The process the file names, if it still lives and is not a later one with its number. */
export async function readPidFile(path: string): Promise<RunningProcess | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const found = text === undefined ? undefined : parseRunning(text);
  if (found === undefined || !isAlive(found.pid)) return undefined;
  return birthOf(found.pid) === found.birth ? found : undefined;
}

function parseRunning(text: string): RunningProcess | undefined {
  try {
    const raw = JSON.parse(text) as Partial<RunningProcess>;
    return Number.isInteger(raw.pid) && typeof raw.startedAt === 'number'
      ? (raw as RunningProcess)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Two starts may find the same stale file: what the faster one has put there since stays. */
async function clearAway(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if ((await readPidFile(aside)) !== undefined) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

const attemptsMax = 3;

/**
 * Makes this the running process, or answers the one that is. A file left by a process that is
 * gone, or that holds nonsense, is replaced.
 */
export async function claimPidFile(
  path: string,
  startedAt: EpochMs,
): Promise<Result<PidFile, RunningProcess>> {
  const { pid } = process;
  let mine: RunningProcess = {
    pid,
    birth: birthOf(pid),
    startedAt,
    isReady: false,
    url: undefined,
  };
  const draft = `${path}.${pid}`;
  const writeDraft = (): Promise<void> =>
    writeFile(draft, `${JSON.stringify(mine)}\n`, { mode: 0o600 });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  for (let attempt = 1; ; attempt += 1) {
    await writeDraft();
    try {
      // A hard link fails when the name is taken: two starts at once cannot both succeed.
      await link(draft, path);
      break;
    } catch (error) {
      const other = await readPidFile(path);
      if (other !== undefined) {
        await rm(draft, { force: true });
        return err(other);
      }
      if (attempt === attemptsMax) throw error;
      await clearAway(path, `${draft}.stale`);
    }
  }
  await rm(draft);
  return ok({
    markReady: async ({ url }) => {
      mine = { ...mine, isReady: true, url };
      await writeDraft();
      await rename(draft, path);
    },
    remove: () => rm(path, { force: true }),
  });
}
