import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { exitCodes, type Refused, type Role } from '#cli';

import { makeFolder } from './home.ts';

export interface DetachedPlan {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly role: Role;
  /** What the engine would have written to its terminal. */
  readonly detachedOutput: string;
  /** Ends the engine in order when it aborts. */
  readonly signal: AbortSignal;
}

/** Starts the engine in a session of its own, where no terminal's Ctrl-C or end reaches it. */
export async function spawnDetached(plan: DetachedPlan): Promise<ChildProcess> {
  const { home, env, role, detachedOutput, signal } = plan;
  await makeFolder(dirname(detachedOutput));
  const output = await open(detachedOutput, 'w', 0o600);
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, 'start', '--json', '--role', role], {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: { ...env, QMOI_HOME: home, NO_COLOR: '1' },
  });
  child.unref();
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  await output.close();
  return child;
}

/** Why a detached engine refused: a document among the lines about what it did before. */
export async function refusalIn(detachedOutput: string): Promise<Refused | undefined> {
  const said = await readFile(detachedOutput, 'utf8').catch(() => '');
  const document = /^\{\n(?: .*\n)+\}$/m.exec(said)?.[0];
  if (document === undefined) return undefined;
  const { message, fix } = parseRefusal(document);
  if (typeof message !== 'string') return undefined;
  return {
    message,
    ...(typeof fix === 'string' ? { fix } : {}),
    exitCode: exitCodes.refused,
  };
}

function parseRefusal(text: string): { readonly message?: unknown; readonly fix?: unknown } {
  return JSON.parse(text) as { readonly message?: unknown; readonly fix?: unknown };
}
