import { realpathSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';

import type { Clock, EpochMs } from '#kernel';

import { run } from './command.ts';
import { readIfThere } from './files.ts';
import { systemCodeOf } from './errors.ts';
import { currentAccount } from './os-user.ts';

/** What a running server writes about itself into `postmaster.pid`. */
export interface PidFile {
  readonly pid: number;
  readonly startedAt: EpochMs;
  readonly socketFolder: string;
  /** `starting`, `stopping`, `ready`, or empty in the first moments. */
  readonly status: string;
}

export const pidFilePath = (cluster: string): string => join(cluster, 'postmaster.pid');

/**
 * Lines: pid, data folder, start time in seconds, port, socket folder, listen address, shared
 * memory key, status. PostgreSQL 18, `src/include/utils/pidfile.h`.
 */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  // A single-user server writes its pid as a negative number.
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  return {
    pid: Math.abs(pid),
    startedAt: Number(lines[2] ?? 0) * 1000,
    socketFolder: lines[4] ?? '',
    status: lines[7] ?? '',
  };
}

export async function readPidFile(cluster: string): Promise<PidFile | undefined> {
  const text = await readIfThere(pidFilePath(cluster));
  return text === undefined ? undefined : parsePidFile(text);
}

/**
 * What lives under the pid: `ours` serves this cluster; `stranger` is another program that got the
 * number later; `gone` is dead or waits only to be reaped; `unknown` cannot be looked at.
 */
export type Occupant = 'ours' | 'stranger' | 'gone' | 'unknown';

export async function occupantOf(clock: Clock, pid: number, cluster: string): Promise<Occupant> {
  try {
    kill(pid, 0);
  } catch (error) {
    if (systemCodeOf(error) === 'ESRCH') return 'gone';
    if (systemCodeOf(error) !== 'EPERM') throw error;
  }
  if (process.platform !== 'linux') return occupantByPs(clock, pid, cluster);
  try {
    const state = /\) (\w)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8'))?.[1];
    if (state === 'Z' || state === 'X') return 'gone';
    const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    if (servesByWords(words, cluster) || (await worksIn(pid, cluster))) return 'ours';
    return 'stranger';
  } catch (error) {
    const code = systemCodeOf(error);
    // ESRCH: it ended while its file was read.
    if (code === 'ESRCH') return 'gone';
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EPERM') return 'unknown';
    throw error;
  }
}

const servesByWords = (words: readonly string[], cluster: string): boolean => {
  const folder = words[words.indexOf('-D') + 1];
  return words[0]?.endsWith('postgres') === true && folder === cluster;
};

/** The server's working folder is its data folder, by whatever path it was started. */
async function worksIn(pid: number, cluster: string): Promise<boolean> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === realpathSync(cluster);
  } catch (error) {
    // A container's root may not look at another user's process; the command line has spoken.
    if (systemCodeOf(error) === undefined) throw error;
    return false;
  }
}

async function occupantByPs(clock: Clock, pid: number, cluster: string): Promise<Occupant> {
  const args = ['-o', 'stat=,command=', '-p', String(pid)];
  const answer = await run(clock, { file: 'ps', args, account: currentAccount(), timeoutMs: 5000 });
  if (answer.kind !== 'ended') return 'unknown';
  if (answer.code !== 0 || answer.output.trimStart().startsWith('Z')) return 'gone';
  return answer.output.includes(`postgres -D ${cluster}`) ? 'ours' : 'stranger';
}
