import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill, pid } from 'node:process';

import type { TestProject } from 'vitest/node';

import { temporaryRoot } from '../../tools/temporary.ts';
import { createTestServer } from './test-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run's database server lives, once a test has asked for it. */
    testDatabaseDir: string;
  }
}

const prefix = 'qmoi-test-';

/**
 * Gives the run a folder for one database server and cleans up after it. The server itself is
 * started by the first test that wants one, so that pure tests do not wait for it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = temporaryRoot();
  for (const place of new Set([root, tmpdir()])) await removeLeftovers(place);
  const folder = await mkdtemp(join(root, `${prefix}${pid}-`));
  // Under root the server runs as another user, who has to pass through here.
  await chmod(folder, 0o711);
  const dataDir = join(folder, 'database');
  project.provide('testDatabaseDir', dataDir);
  return () => remove(folder);
}

async function remove(folder: string): Promise<void> {
  await createTestServer(join(folder, 'database')).stop();
  await rm(folder, { recursive: true, force: true });
}

/** A run that was killed could not clean up; its folder's name says which process it was. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const owner = /^qmoi-test-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Another user's leftovers are another user's business.
    await remove(join(root, name)).catch(() => undefined);
  }
}

function isAlive(processId: number): boolean {
  try {
    return kill(processId, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
