import { randomBytes } from 'node:crypto';
import { appendFile, open, readdir, rename, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';

import { type Clock, err, ok, type Result } from '#kernel';

import { type Binaries, programOf } from './binaries.ts';
import { type Account, run } from './command.ts';
import { superuser } from './connection.ts';
import { diagnose, loudestLineOf } from './diagnosis.ts';
import { refusalOfFileError, type ServerRefusal, systemCodeOf } from './errors.ts';
import { randomName, readIfThere, removeTree, syncFolder, writePrivately } from './files.ts';
import type { Home } from './home.ts';

/** What a start needs to know about the data before it touches them. */
export interface Cluster {
  readonly major: string;
  readonly systemIdentifier: string;
  /** False after a crash or while a server is running. */
  readonly cleanlyStopped: boolean;
}

export interface ClusterTools {
  readonly clock: Clock;
  readonly binaries: Binaries;
  readonly account: Account;
}

const initdbTimeoutMs = 5 * 60 * 1000;
/** A fresh cluster takes 40 MB and its first log files 64 MB; below this a start is no use. */
const freeBytesMin = 256 * 1024 * 1024;
const makingPrefix = 'cluster.making-';
const configurationName = 'engine.conf';

/** `undefined`: nothing has been made yet. A folder that is not a whole cluster is refused. */
export async function inspectCluster(
  home: Home,
): Promise<Result<Cluster | undefined, ServerRefusal>> {
  const path = home.cluster;
  try {
    const names = await readdir(path);
    if (names.length === 0) {
      await rmdir(path);
      return ok(undefined);
    }
    const major = (await readIfThere(join(path, 'PG_VERSION')))?.trim();
    if (major === undefined) return err(damaged(path, 'PG_VERSION is missing'));
    const control = await readControl(join(path, 'global', 'pg_control'));
    if (control === undefined) return err(damaged(path, 'global/pg_control is missing or short'));
    return ok({ major, ...control });
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return ok(undefined);
    return err(refusalOfFileError(error, path));
  }
}

const damaged = (path: string, detail: string): ServerRefusal => ({
  kind: 'data-damaged',
  path,
  detail,
});

const controlBytes = 20;
/** `DB_SHUTDOWNED` and `DB_SHUTDOWNED_IN_RECOVERY` of `src/include/catalog/pg_control.h`. */
const cleanStates = new Set([1, 2]);

/** Identifier at byte 0, state at byte 16, both in the machine's own (little-endian) order. */
async function readControl(
  path: string,
): Promise<Pick<Cluster, 'systemIdentifier' | 'cleanlyStopped'> | undefined> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(controlBytes), 0, controlBytes, 0);
    if (bytesRead < controlBytes) return undefined;
    return {
      systemIdentifier: String(buffer.readBigUInt64LE(0)),
      cleanlyStopped: cleanStates.has(buffer.readUInt32LE(16)),
    };
  } finally {
    await file.close();
  }
}

/** Hexadecimal, so that it needs no quoting in SQL, addresses or files. */
export const newPassword = (): string => randomBytes(24).toString('hex');

export const keepPassword = (home: Home, password: string, account: Account): Promise<void> =>
  writePrivately(home.passwordFile, `${password}\n`, account);

export async function readPassword(home: Home): Promise<string | undefined> {
  const text = (await readIfThere(home.passwordFile))?.trim();
  return text === undefined || text === '' ? undefined : text;
}

/**
 * Makes the cluster under another name and renames it when it is whole and synced. So a folder
 * named `cluster` is never half made, and what a killed initdb leaves has never held data.
 */
export async function makeCluster(
  { clock, binaries, account }: ClusterTools,
  home: Home,
  options: { readonly sync: boolean },
): Promise<Result<void, ServerRefusal>> {
  await removeHalfMade(home);
  const freeBytes = await freeBytesAt(home);
  if (freeBytes < freeBytesMin) return err({ kind: 'disk-full', path: home.root, freeBytes });
  const making = join(home.root, `${makingPrefix}${randomName()}`);
  const outcome = await run(clock, {
    file: programOf(binaries, 'initdb'),
    args: initdbArguments({ making, passwordFile: home.passwordFile, sync: options.sync }),
    account,
    timeoutMs: initdbTimeoutMs,
  });
  if (outcome.kind !== 'ended' || outcome.code !== 0) {
    await removeTree(making);
    return err(await refusalOfInitdb(outcome, home));
  }
  await appendFile(
    join(making, 'postgresql.conf'),
    `\ninclude_if_exists = '${configurationName}'\n`,
  );
  await syncFile(join(making, 'postgresql.conf'));
  await rename(making, home.cluster);
  await syncFolder(home.root);
  return ok(undefined);
}

// The builtin provider sorts by code point and knows Unicode's letters on every machine, with no
// locale of the system's that an upgrade of libc could change under the indexes.
const initdbArguments = (wishes: {
  making: string;
  passwordFile: string;
  sync: boolean;
}): readonly string[] => [
  `--pgdata=${wishes.making}`,
  `--username=${superuser}`,
  `--pwfile=${wishes.passwordFile}`,
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  '--data-checksums',
  '--auth=scram-sha-256',
  '--no-instructions',
  ...(wishes.sync ? [] : ['--no-sync']),
];

async function refusalOfInitdb(
  outcome: Awaited<ReturnType<typeof run>>,
  home: Home,
): Promise<ServerRefusal> {
  if (outcome.kind === 'not-run')
    return { kind: 'start-failed', path: home.root, detail: `initdb: ${outcome.systemCode}` };
  const known = diagnose(outcome.output, home.root);
  const detail = outcome.kind === 'timed-out' ? 'initdb hangs' : loudestLineOf(outcome.output);
  return known === undefined
    ? { kind: 'start-failed', path: home.root, detail }
    : withFreeBytes(known, home);
}

/** Says how much is left on the disk, where that is the matter. */
export async function withFreeBytes(refusal: ServerRefusal, home: Home): Promise<ServerRefusal> {
  if (refusal.kind !== 'disk-full') return refusal;
  return { ...refusal, freeBytes: await freeBytesAt(home) };
}

/** What is left of the disk the data are on, for whoever runs the server. */
export async function freeBytesAt(home: Home): Promise<number> {
  const { bavail, bsize } = await statfs(home.root);
  return bavail * bsize;
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
}

/** An initdb whose engine was killed may still be writing; it then fails, which harms nobody. */
async function removeHalfMade(home: Home): Promise<void> {
  const names = await readdir(home.root);
  const halfMade = names.filter((name) => name.startsWith(makingPrefix));
  await Promise.allSettled(halfMade.map((name) => removeTree(join(home.root, name))));
}

export const writeConfiguration = (home: Home, text: string, account: Account): Promise<void> =>
  writePrivately(join(home.cluster, configurationName), text, account);

const resetTimeoutMs = 10 * 60 * 1000;

/**
 * Sets the password in single-user mode, for data whose password file is lost. Whoever may do this
 * may read the data anyway. The server must be stopped.
 */
export async function resetPassword(
  { clock, binaries, account }: ClusterTools,
  home: Home,
  password: string,
): Promise<ServerRefusal | undefined> {
  const outcome = await run(clock, {
    file: programOf(binaries, 'postgres'),
    args: ['--single', '-D', home.cluster, 'postgres'],
    account,
    timeoutMs: resetTimeoutMs,
    input: `alter role ${superuser} password '${password}'\n`,
  });
  // A failed statement does not fail the program, so its words decide.
  const failed = outcome.kind !== 'ended' || outcome.code !== 0 || /ERROR:/.test(outcome.output);
  if (!failed) return undefined;
  const output = outcome.kind === 'not-run' ? outcome.systemCode : outcome.output;
  return (
    diagnose(output, home.cluster) ?? {
      kind: 'start-failed',
      path: home.root,
      detail: loudestLineOf(output),
    }
  );
}
