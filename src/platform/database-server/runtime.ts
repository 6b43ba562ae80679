import { chmod, cp, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { type Clock, err, ok, type Result } from '#kernel';

import { type Binaries, checkBinaries, completeBinaries } from './binaries.ts';
import type { Account } from './command.ts';
import { type ServerRefusal, systemCodeOf } from './errors.ts';
import { makePath, ownerOf, randomName, removeTree, syncFolder } from './files.ts';

export interface RuntimeWishes {
  readonly binaries: Binaries;
  readonly account: Account;
  readonly systemDir: string;
  readonly onCopy?: (target: string) => void;
}

// For linking C programs only; without them the copy is a fifth smaller.
const notNeeded = /\.a$|\/pkgconfig$|\/pgxs$/;

/**
 * A copy of the programs that every user can reach, for packages under a private folder such as
 * /root. It is made beside its place and renamed when it runs, so a copy with the right name is
 * whole, also when two engines make it at the same time.
 */
export async function copyRuntime(
  clock: Clock,
  { binaries, account, systemDir, onCopy }: RuntimeWishes,
): Promise<Result<{ binaries: Binaries; major: string }, ServerRefusal>> {
  const shelf = join(systemDir, 'runtime');
  const place = join(shelf, binaries.release);
  const copy: Binaries = { native: join(place, 'native'), release: binaries.release };
  if ((await ownerOf(place)) === undefined) {
    onCopy?.(place);
    await makePath(shelf);
    for (const folder of [systemDir, shelf]) await chmod(folder, 0o755);
    const making = `${place}.making-${randomName()}`;
    try {
      const refusal = await fillCopy(clock, { from: binaries, account, making });
      if (refusal !== undefined) return err(refusal);
      await renameUnlessThere(making, place);
      await syncFolder(shelf);
    } finally {
      await removeTree(making);
    }
  }
  const check = await checkBinaries(clock, copy, account);
  if (check.kind === 'usable') return ok({ binaries: copy, major: check.major });
  return err(check.kind === 'refused' ? check.refusal : unreachable(copy, account));
}

async function fillCopy(
  clock: Clock,
  { from, account, making }: { from: Binaries; account: Account; making: string },
): Promise<ServerRefusal | undefined> {
  const copy: Binaries = { native: join(making, 'native'), release: from.release };
  await cp(from.native, copy.native, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !notNeeded.test(source),
  });
  await openToAll(making);
  await completeBinaries(copy);
  const check = await checkBinaries(clock, copy, account);
  if (check.kind === 'refused') return check.refusal;
  return check.kind === 'unreachable' ? unreachable(copy, account) : undefined;
}

const unreachable = (copy: Binaries, account: Account): ServerRefusal => ({
  kind: 'folder-unreachable',
  path: copy.native,
  user: account.name,
});

/** A package installed under a tight umask is readable by root alone. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, folder.endsWith('/bin') ? 0o755 : 0o644);
  }
}

async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
