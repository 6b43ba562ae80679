import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Log } from '#platform/log';

const program = join(import.meta.dirname, '..');
const source = join(program, 'dashboard');
const vite = join(program, 'node_modules', 'vite', 'bin', 'vite.js');

/** Where the owner's screen lies, ready for a browser. `npm ci` builds it. */
export const screenFolder = join(source, 'dist');

const madeOf = ['src', 'public', 'build', 'index.html', 'vite.config.ts'] as const;

/** Whether a source in `folder` is newer than what was built of it, or nothing was built. */
export async function isScreenDue(folder = source): Promise<boolean> {
  const built = await stat(join(folder, 'dist', 'index.html')).catch(missing);
  if (built === undefined) return true;
  for (const name of madeOf) if ((await newestIn(join(folder, name))) > built.mtimeMs) return true;
  return false;
}

function missing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

async function newestIn(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const below = await Promise.all((await readdir(path)).map((name) => newestIn(join(path, name))));
  return Math.max(...below, 0);
}

/**
 * Builds the screen where `npm ci` did not, or where its source has changed since, without keeping
 * the start waiting; answers how to stop that. A screen that cannot be built is only told: money
 * does not need it.
 */
export function buildScreenWhereDue(log: Log): () => Promise<void> {
  const stopping = new AbortController();
  const building = buildScreen(log, stopping.signal).catch((error: unknown) => {
    if (!stopping.signal.aborted) {
      log.warn({ err: error }, 'the screen was not built: run `npm ci` to see why');
    }
  });
  return async () => {
    stopping.abort();
    await building;
  };
}

/** The same for whoever waits for it; throws where it cannot be built. */
export async function buildScreen(log: Log, signal: AbortSignal): Promise<void> {
  if (!(await isScreenDue()) || signal.aborted) return;
  log.info({}, 'building the screen');
  // Beside the old one, which serves until the new one is whole.
  const made = `${screenFolder}-${process.pid}`;
  try {
    const child = spawn(process.execPath, [vite, 'build', source, '--outDir', made], {
      cwd: program,
      stdio: 'ignore',
      signal,
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`its build ended with ${String(code)}`);
    await rm(screenFolder, { recursive: true, force: true });
    await rename(made, screenFolder);
    log.info({}, 'the screen is built');
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
