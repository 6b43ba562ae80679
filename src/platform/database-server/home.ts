import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  readdir,
  realpath,
  rm,
  rmdir,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getuid } from 'node:process';

import { type Clock, err, ok, type Result } from '#kernel';

import { type Account, run } from './command.ts';
import { refusalOfFileError, type ServerRefusal, systemCodeOf } from './errors.ts';
import { makePath, makePrivateFolder, ownerOf, readIfThere, writePrivately } from './files.ts';
import { accountOfOwner, currentAccount, isRoot } from './os-user.ts';

/** Where everything of one server lives. */
export interface Home {
  readonly root: string;
  /** PostgreSQL's own data folder. */
  readonly cluster: string;
  readonly passwordFile: string;
  readonly logFolder: string;
  readonly startLog: string;
  readonly lockFile: string;
  readonly socketFolder: string;
}

/** Linux allows 107 bytes for a socket's path, macOS 103. */
const socketPathBytesMax = 100;
const socketName = '.s.PGSQL.5432';
const pointerName = 'moved-to.json';

export function homeAt(root: string): Home {
  return {
    root,
    cluster: join(root, 'cluster'),
    passwordFile: join(root, 'password'),
    logFolder: join(root, 'log'),
    startLog: join(root, 'log', 'start.log'),
    lockFile: join(root, 'start.lock'),
    socketFolder: socketFolderFor(root),
  };
}

const digestOf = (path: string): string =>
  createHash('sha256').update(path).digest('hex').slice(0, 16);

/** Beside the data when the path is short enough, else a folder of its own for temporary files. */
export function socketFolderFor(root: string): string {
  const beside = join(root, 'socket');
  const fits = (folder: string): boolean =>
    Buffer.byteLength(join(folder, socketName)) <= socketPathBytesMax;
  if (fits(beside)) return beside;
  const own = join(tmpdir(), `qmoi-${digestOf(root)}`);
  return fits(own) ? own : join('/tmp', `qmoi-${digestOf(root)}`);
}

/**
 * Removes the socket of a server that is gone: the pid in its lock file may be another program's
 * by now, which PostgreSQL would take for a living server. Nobody may be listening any more.
 */
export async function removeSocket(home: Home): Promise<void> {
  for (const name of [socketName, `${socketName}.lock`])
    await rm(join(home.socketFolder, name), { force: true });
}

/** In a folder where anybody may make names, a name that is taken may be a trap. */
export async function makeSocketFolder(
  home: Home,
  account: Account,
): Promise<ServerRefusal | undefined> {
  const path = home.socketFolder;
  try {
    await mkdir(path, { mode: 0o700 });
    if (account.ids !== undefined) await chown(path, account.ids.uid, account.ids.gid);
    await chmod(path, 0o700);
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') return refusalOfFileError(error, path);
  }
  const owner = await ownerOf(path);
  const mine = owner !== undefined && ownedBy(owner, path, account) === undefined;
  return mine ? undefined : { kind: 'socket-folder-taken', path };
}

export async function removeSocketFolder(home: Home): Promise<void> {
  try {
    await rmdir(home.socketFolder);
  } catch {
    // Not empty, or not there: the next start sees to it.
  }
}

export interface Place {
  /** The folder the caller asked for. */
  readonly requested: string;
  /** The folder that holds the data: the same, or the one the pointer names. */
  readonly root: string;
}

/** Finds the data without making anything. */
export async function findPlace(dataDir: string): Promise<Place> {
  const asked = resolve(dataDir);
  const requested = (await ownerOf(asked)) === undefined ? asked : await realpath(asked);
  return { requested, root: (await readPointer(requested)) ?? requested };
}

async function readPointer(requested: string): Promise<string | undefined> {
  const text = await readIfThere(join(requested, pointerName));
  if (text === undefined) return undefined;
  const pointer: unknown = JSON.parse(text);
  const fits = typeof pointer === 'object' && pointer !== null && 'movedTo' in pointer;
  if (fits && typeof pointer.movedTo === 'string') return pointer.movedTo;
  throw new Error(`${join(requested, pointerName)} does not say where the data are`);
}

/** Makes the requested folder, or follows its pointer; a pointer to nothing is never ignored. */
export async function openPlace(dataDir: string): Promise<Result<Place, ServerRefusal>> {
  const asked = resolve(dataDir);
  try {
    await makePath(asked);
    const place = await findPlace(asked);
    if (place.root !== place.requested && (await ownerOf(place.root)) === undefined) {
      const pointer = join(place.requested, pointerName);
      return err({ kind: 'moved-data-missing', pointer, target: place.root });
    }
    return ok(place);
  } catch (error) {
    return err((await closedByOwner(asked)) ?? refusalOfFileError(error, asked));
  }
}

/** A folder that does not open because it is somebody else's, if that is so. */
async function closedByOwner(path: string): Promise<ServerRefusal | undefined> {
  try {
    const owner = await ownerOf(path);
    return owner === undefined || isRoot() ? undefined : ownedBy(owner, path, currentAccount());
  } catch {
    // Not even the owner can be seen; what failed before says enough.
    return undefined;
  }
}

/** A refusal unless the owner is the account's user. */
function ownedBy(
  { uid }: { readonly uid: number },
  path: string,
  account: Account,
): ServerRefusal | undefined {
  if (uid === (account.ids?.uid ?? getuid?.())) return undefined;
  return { kind: 'wrong-owner', path, owner: String(uid), expected: account.name };
}

/** Who the data in a place belong to, when a cluster has been made there. */
export const clusterAccountOf = async (root: string): Promise<Account | undefined> => {
  const owner = await ownerOf(homeAt(root).cluster);
  return owner === undefined ? undefined : accountOfOwner(owner);
};

export interface HomeWishes {
  readonly place: Place;
  readonly account: Account;
  readonly systemDir: string;
  readonly onMove?: (target: string) => void;
}

/** A folder that the account can really use: the place itself or, under root, a public one. */
export async function settleHome(
  clock: Clock,
  { place, account, systemDir, onMove }: HomeWishes,
): Promise<Result<Home, ServerRefusal>> {
  const home = homeAt(place.root);
  const owned =
    (await ownFolder(place.root, account)) ?? (await ownedByOther(home.cluster, account));
  if (owned !== undefined) return err(owned);
  if (account.ids === undefined) return ok(home);
  if (await canUse(clock, place.root, account)) return ok(home);
  const refusal = { kind: 'folder-unreachable', path: place.root, user: account.name } as const;
  // Data that exist are never left behind for a fresh, empty folder.
  if (place.root !== place.requested || (await ownerOf(home.cluster)) !== undefined)
    return err(refusal);
  const target = join(systemDir, digestOf(place.requested));
  onMove?.(target);
  try {
    await makePath(target);
    await chmod(systemDir, 0o755);
  } catch (error) {
    return err(refusalOfFileError(error, target));
  }
  const moved = await ownFolder(target, account);
  if (moved !== undefined) return err(moved);
  if (!(await canUse(clock, target, account))) return err({ ...refusal, path: target });
  const pointer = `${JSON.stringify({ movedTo: target, requested: place.requested }, null, 2)}\n`;
  try {
    await writePrivately(join(place.requested, pointerName), pointer, currentAccount());
  } catch (error) {
    return err(refusalOfFileError(error, place.requested));
  }
  return ok(homeAt(target));
}

async function ownedByOther(path: string, account: Account): Promise<ServerRefusal | undefined> {
  const owner = await ownerOf(path);
  const refusal = owner === undefined ? undefined : ownedBy(owner, path, account);
  // An empty folder, made beforehand or left by a start cut short, is nobody's data.
  if (refusal !== undefined && isRoot() && (await readdir(path)).length === 0) return undefined;
  return refusal;
}

/** Makes the folder the account's own. Somebody else's folder is refused, root's is handed over. */
async function ownFolder(path: string, account: Account): Promise<ServerRefusal | undefined> {
  const owner = await ownerOf(path);
  const ofRoot = isRoot() && owner?.uid === 0;
  const other = owner === undefined || ofRoot ? undefined : ownedBy(owner, path, account);
  if (other !== undefined) return other;
  try {
    await makePrivateFolder(path, account);
    // Root's rights do not help against a file system that is mounted read-only.
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = systemCodeOf(error);
    if (account.ids !== undefined && code === 'EPERM')
      return { kind: 'user-switch-denied', name: account.name, detail: 'chown is not permitted' };
    return refusalOfFileError(error, path);
  }
}

/** Asks as the account itself: rights of parent folders, mounts and access lists all count. */
async function canUse(clock: Clock, path: string, account: Account): Promise<boolean> {
  const script = 'test -r "$0" && test -w "$0" && test -x "$0"';
  const args = ['-c', script, path];
  const outcome = await run(clock, { file: '/bin/sh', args, account, timeoutMs: 10_000 });
  return outcome.kind === 'ended' && outcome.code === 0;
}
