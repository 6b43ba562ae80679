import { lstat, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { chownSync } from 'node:fs';

import { err, ok, type Result } from '#kernel';

import type { Account } from './command.ts';
import { type ServerRefusal, systemCodeOf } from './errors.ts';
import type { Home } from './home.ts';

export interface Lock {
  release(): void;
}

/** SQLite's result codes (sqlite.org/rescode.html) that say something about the folder. */
const refusals = new Map<unknown, (path: string) => ServerRefusal>([
  [5, (path) => ({ kind: 'start-in-progress', path })],
  [8, (path) => ({ kind: 'folder-unwritable', path, detail: 'it is read-only' })],
  [10, (path) => ({ kind: 'folder-unwritable', path, detail: 'it gives read or write errors' })],
  [13, (path) => ({ kind: 'disk-full', path, freeBytes: 0 })],
  [14, (path) => ({ kind: 'folder-unwritable', path, detail: 'no file can be opened' })],
]);

/**
 * One process at a time may start the server. Node offers no file lock of the kernel's, but its
 * SQLite takes one: unlike a file with a pid in it, the kernel lets go of it when the holder dies,
 * however it dies, and no two processes can both believe they hold it.
 */
export async function takeLock(home: Home, account: Account): Promise<Result<Lock, ServerRefusal>> {
  await removeLink(home.lockFile);
  const file = new DatabaseSync(home.lockFile);
  try {
    // Nothing is ever stored, so nothing needs a journal, which a full disk could not take.
    file.exec('pragma journal_mode = memory; begin exclusive');
    if (account.ids !== undefined) chownSync(home.lockFile, account.ids.uid, account.ids.gid);
  } catch (error) {
    file.close();
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
    const refusal = refusals.get(code)?.(home.root);
    if (refusal === undefined) throw error;
    return err(refusal);
  }
  return ok({ release: () => file.close() });
}

/** As root, a link laid here by the database's user could point to any file. */
async function removeLink(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isSymbolicLink()) await rm(path);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}
