import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';

export interface Scratch {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/**
 * A folder for one test, which other users may pass through. Named like a test run's, so that the
 * next run clears it away if this one is killed.
 */
export async function createScratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), `qmoi-test-${pid}-`));
  await chmod(path, 0o711);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
