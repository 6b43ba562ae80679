import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Account } from './command.ts';
import { systemCodeOf } from './errors.ts';

export const randomName = (): string => randomBytes(8).toString('hex');

/** Makes what was written to a folder (names, renames) survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Writes a file for the account alone, all or nothing. The new file is made exclusively and then
 * renamed: as root in the account's folder, writing to an existing name could follow a link that
 * the account has laid to a file of root's.
 */
export async function writePrivately(
  path: string,
  content: string,
  account: Account,
): Promise<void> {
  const fresh = `${path}.${randomName()}`;
  try {
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(content);
      if (account.ids !== undefined) await file.chown(account.ids.uid, account.ids.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** A folder for the account alone; one that is already there keeps its content. */
export async function makePrivateFolder(path: string, account: Account): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(path);
  if (account.ids !== undefined && uid !== account.ids.uid)
    await chown(path, account.ids.uid, account.ids.gid);
  if ((mode & 0o777) !== 0o700) await chmod(path, 0o700);
}

/** Folders that are made on the way may be passed through, whatever the umask says. */
export async function makePath(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made))
    await chmod(made, made === path ? 0o700 : 0o711);
}

const absentCodes = new Set(['ENOENT', 'ENOTDIR']);
const isAbsence = (error: unknown): boolean => absentCodes.has(systemCodeOf(error) ?? '');

/** The file's text, or undefined when there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** Who owns a file or folder, or undefined when it is not there. Links are not followed. */
export async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const { uid, gid } = await lstat(path);
    return { uid, gid };
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

export const removeTree = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 3 });
