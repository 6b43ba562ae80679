import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

import { err, ok, type RailId, type Result, type Secret } from '#kernel';

import type { Environment, SettingName } from './flat.ts';
import { publicSandbox } from './hosts.ts';
import { type ConfigProblem, problem } from './problem.ts';
import { envFileOf, overlay, targetsFileOf } from './read.ts';

export interface MasterKey {
  readonly key: Secret<string>;
  readonly hash: string;
}

export interface AutoconfigureOptions {
  readonly home: string;
  readonly env: Environment;
  /** Bytes from the operating system: secrets are made of them. */
  readonly random: (byteCount: number) => Uint8Array;
  /** Makes a master key and the argon2id hash, in PHC form, that is kept in its place. */
  readonly makeMasterKey: () => Promise<MasterKey>;
  /** Replaces the master key by a new one; the old one is not kept. */
  readonly rotateMasterKey?: boolean;
}

export interface Autoconfigured {
  readonly envFile: { readonly path: string; readonly created: boolean };
  readonly targetsFile: { readonly path: string; readonly created: boolean };
  /** Names added to or replaced in `.env`. */
  readonly written: readonly SettingName[];
  /** Names that were set already, here or in the environment, and were left as they are. */
  readonly kept: readonly SettingName[];
  /** A new master key, to be shown once: only its hash is kept. */
  readonly masterKey: Secret<string> | undefined;
}

const fileMode = 0o600;
// Open to pass through: the embedded server may run as another user. The files are closed.
const folderMode = 0o755;
const secretBytes = 32;
const credentialBytes = 15;

const isSet = (given: Environment, name: string): boolean => (given[name] ?? '').trim() !== '';

interface Line {
  readonly name: SettingName;
  readonly value: string;
}

type Text = (byteCount: number) => string;

// The sandbox owner's phones lie in each rail's own range and belong to simulated wallets only.
const sandboxPhones = { mpesa: '254700000001', airtel: '254733000001' } as const;

function sandboxLines(text: Text): readonly Line[] {
  return [
    { name: 'MPESA_CONSUMER_KEY', value: text(credentialBytes) },
    { name: 'MPESA_CONSUMER_SECRET', value: text(credentialBytes) },
    { name: 'MPESA_BUSINESS_SHORTCODE', value: publicSandbox.shortCode },
    { name: 'MPESA_PASSKEY', value: publicSandbox.passkey },
    { name: 'MPESA_PHONE_NUMBER', value: sandboxPhones.mpesa },
    { name: 'MPESA_INITIATOR_NAME', value: publicSandbox.initiatorName },
    { name: 'MPESA_INITIATOR_PASSWORD', value: publicSandbox.initiatorPassword },
    { name: 'MPESA_PULL_NUMBER', value: sandboxPhones.mpesa },
    { name: 'AIRTEL_CLIENT_ID', value: text(credentialBytes) },
    { name: 'AIRTEL_CLIENT_SECRET', value: text(credentialBytes) },
    { name: 'AIRTEL_PHONE_NUMBER', value: sandboxPhones.airtel },
    { name: 'AIRTEL_PIN', value: '2468' },
    { name: 'AIRTEL_CALLBACK_HASH_KEY', value: text(credentialBytes) },
  ];
}

const ownNames = {
  mpesa: [
    'MPESA_CONSUMER_KEY',
    'MPESA_CONSUMER_SECRET',
    'MPESA_BUSINESS_SHORTCODE',
    'MPESA_PASSKEY',
    'MPESA_BASE_URL',
  ],
  airtel: ['AIRTEL_CLIENT_ID', 'AIRTEL_CLIENT_SECRET', 'AIRTEL_BASE_URL'],
} as const;

/** A rail with credentials of its own is somebody's: nothing of the sandbox is mixed into it. */
const isTaken = (given: Environment, rail: RailId): boolean =>
  ownNames[rail].some((name) => isSet(given, name));

function wantedLines(given: Environment, text: Text): readonly Line[] {
  const isLive = given['QMOI_MODE'] === 'live';
  const rails = sandboxLines(text).filter(({ name }) => {
    const rail = name.startsWith('MPESA_') ? 'mpesa' : 'airtel';
    return !isLive && !isTaken(given, rail);
  });
  return [
    { name: 'QMOI_MODE', value: 'sandbox' },
    { name: 'QMOI_MASTER_SECRET', value: text(secretBytes) },
    ...rails,
  ];
}

// Quoted singly, as `$` and `!` mean something to shells and to other readers of such files.
const lineOf = ({ name, value }: Line): string =>
  /^[\w-]+$/.test(value) ? `${name}=${value}\n` : `${name}='${value}'\n`;

const heading =
  '# QMOI Revenue. Every setting is described in docs/configuration.md.\n' +
  '# Whoever reads this file can move money: keep it to yourself (mode 0600).\n';

/** Writes, or adds at the end, and is on disk when it returns. */
function writeDurably(file: string, text: string, flag: 'a' | 'wx'): void {
  const handle = openSync(file, flag, fileMode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

interface EnvFile {
  readonly path: string;
  /** `undefined` where there is none yet. */
  readonly text: string | undefined;
}

/** What is to come after the text that is there, on lines of its own. */
function additionTo(text: string | undefined, lines: readonly Line[]): string {
  const added = lines.map(lineOf).join('');
  if (text === undefined) return `${heading}${added}`;
  return text === '' || text.endsWith('\n') ? added : `\n${added}`;
}

/** A quote left open above would swallow what is added below. */
function isReadBack(text: string, lines: readonly Line[]): boolean {
  const given = parseEnv(text);
  return lines.every(({ name, value }) => given[name] === value);
}

function addLines({ path: file, text }: EnvFile, lines: readonly Line[]): void {
  const addition = additionTo(text, lines);
  if (text === undefined) {
    // Exclusive: a file that came up in the meantime is never overwritten.
    writeDurably(file, addition, 'wx');
    return;
  }
  if (lines.length === 0) return;
  // What is added is secret, whatever the file's readers were allowed before.
  chmodSync(file, fileMode);
  writeDurably(file, addition, 'a');
}

const masterKeyNames: readonly SettingName[] = ['QMOI_MASTER_KEY_HASH', 'QMOI_MASTER_API_KEY'];
const masterKeyLine =
  /^[ \t]*(?:export[ \t]+)?QMOI_MASTER_(?:KEY_HASH|API_KEY)[ \t]*=.*(?:\r?\n|$)/gm;

const withoutMasterKey = (text: string): string => text.replaceAll(masterKeyLine, '');

/** Takes the old master key out and puts the new hash in, in one step. */
function replaceMasterKey(envPath: string, line: Line): void {
  const file = realpathSync(envPath);
  const rest = withoutMasterKey(readFileSync(file, 'utf8'));
  const next = `${file}.next`;
  rmSync(next, { force: true });
  writeDurably(next, `${rest}${additionTo(rest, [line])}`, 'wx');
  renameSync(next, file);
}

const usualTargets = {
  daily: {
    mpesa: { target: 10_000, minimum: 8_000, autoTransfer: 2_000, growthTarget: 0.2 },
    airtel: { target: 10_000, minimum: 8_000, autoTransfer: 2_000, growthTarget: 0.2 },
    combined: { target: 20_000, minimum: 16_000, autoTransfer: 4_000, growthTarget: 0.25 },
  },
};

function writeTargets(file: string): boolean {
  if (existsSync(file)) return false;
  writeDurably(file, `${JSON.stringify(usualTargets, null, 2)}\n`, 'wx');
  return true;
}

const notWritten = (home: string, error: unknown): ConfigProblem => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return problem('error', {
    name: '.env',
    cause: `The configuration in ${home} could not be written (${code}).`,
    fix: 'Run the command as the user who owns that folder, on a disk that can be written.',
  });
};

const keyInEnvironment = (name: string): ConfigProblem =>
  problem('error', {
    name,
    cause: `${name} comes from the environment, where it cannot be replaced.`,
    fix: `Remove ${name} from the environment of the engine, then run the command again.`,
  });

const hashLine = ({ hash }: MasterKey): Line => ({ name: 'QMOI_MASTER_KEY_HASH', value: hash });

const openQuote = (): ConfigProblem =>
  problem('error', {
    name: '.env',
    cause: 'A quote in .env is opened and not closed, so lines added after it would not be read.',
    fix: 'Close the quote in .env, then run the command again.',
  });

async function write(
  options: AutoconfigureOptions,
): Promise<Result<Autoconfigured, ConfigProblem>> {
  const { home, env, random, makeMasterKey, rotateMasterKey } = options;
  const text: Text = (byteCount) => Buffer.from(random(byteCount)).toString('base64url');
  mkdirSync(home, { recursive: true, mode: folderMode });
  const envPath = envFileOf(home);
  const found = existsSync(envPath) ? readFileSync(envPath, 'utf8') : undefined;
  const given = overlay(found ?? '', env);
  const wanted = wantedLines(given, text);
  const missing = wanted.filter(({ name }) => !isSet(given, name));
  const hasKey = masterKeyNames.some((name) => isSet(given, name));
  const master = !hasKey || rotateMasterKey === true ? await makeMasterKey() : undefined;
  const keyLines = master === undefined ? [] : [hashLine(master)];
  const fresh = [...missing, ...keyLines];
  const kept = master === undefined ? (found ?? '') : withoutMasterKey(found ?? '');
  if (!isReadBack(`${kept}${additionTo(kept, fresh)}`, fresh)) return err(openQuote());
  addLines({ path: envPath, text: found }, hasKey ? missing : fresh);
  if (hasKey && master !== undefined) replaceMasterKey(envPath, hashLine(master));
  const targetsPath = targetsFileOf(home, given['QMOI_TARGETS_FILE']);
  const targetsCreated = writeTargets(targetsPath);
  const written = fresh.map(({ name }) => name);
  const names = [...wanted.map(({ name }) => name), ...masterKeyNames];
  return ok({
    envFile: { path: path.resolve(envPath), created: found === undefined },
    targetsFile: { path: targetsPath, created: targetsCreated },
    written,
    kept: names.filter((name) => isSet(given, name) && !written.includes(name)),
    masterKey: master?.key,
  });
}

/**
 * Makes a machine ready to start: adds what is missing to `.env` and touches nothing that is set.
 * Safe to run again at any time.
 */
export async function autoconfigure(
  options: AutoconfigureOptions,
): Promise<Result<Autoconfigured, ConfigProblem>> {
  const { env, home, rotateMasterKey } = options;
  const fixedKey = masterKeyNames.find((name) => isSet(env, name));
  if (rotateMasterKey === true && fixedKey !== undefined) return err(keyInEnvironment(fixedKey));
  try {
    return await write(options);
  } catch (error) {
    return err(notWritten(home, error));
  }
}
