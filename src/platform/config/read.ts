import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

import { err, ok, type Result } from '#kernel';

import { combine } from './combine.ts';
import type { Config } from './config.ts';
import { type Environment, givenOf, readFlat } from './flat.ts';
import { type ConfigProblem, problem } from './problem.ts';
import { readTargets, type TargetsFile } from './targets.ts';

export interface ReadConfigOptions {
  /** The folder of `.env`. */
  readonly home: string;
  /** The process environment; it overrules `.env`. */
  readonly env: Environment;
}

type Contents = Result<Buffer, 'absent' | 'unreadable'>;

function readContents(file: string): Contents {
  try {
    return ok(readFileSync(file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return err(code === 'ENOENT' ? 'absent' : 'unreadable');
  }
}

const unreadable = (name: string, file: string): ConfigProblem =>
  problem('error', {
    name,
    cause: `${file} cannot be read.`,
    fix: `Make ${file} a file that the user who runs the engine may read.`,
  });

export const envFileOf = (home: string): string => path.join(home, '.env');

/** The environment over the text of `.env`. An empty text overrules nothing. */
export function overlay(envText: string, env: Environment): Environment {
  const given = Object.entries(env).filter(
    ([, value]) => value !== undefined && value.trim() !== '',
  );
  return { ...parseEnv(envText), ...Object.fromEntries(given) };
}

function readEnvironment({
  home,
  env,
}: ReadConfigOptions): Result<Environment, readonly ConfigProblem[]> {
  const contents = readContents(envFileOf(home));
  if (!contents.ok && contents.error === 'unreadable')
    return err([unreadable('.env', envFileOf(home))]);
  return ok(overlay(contents.ok ? contents.value.toString('utf8') : '', env));
}

interface Reading<Value> {
  readonly value: Value | undefined;
  readonly problems: readonly ConfigProblem[];
}

export const targetsFileOf = (home: string, named: string | undefined): string =>
  path.resolve(home, named ?? 'targets.json');

function readTargetsFile(home: string, named: string | undefined): Reading<TargetsFile> {
  const file = targetsFileOf(home, named);
  const contents = readContents(file);
  if (!contents.ok) {
    // The targets file is optional; one that was named is not.
    const isMissing = contents.error === 'unreadable' || named !== undefined;
    return {
      value: undefined,
      problems: isMissing ? [unreadable('QMOI_TARGETS_FILE', file)] : [],
    };
  }
  const read = readTargets(contents.value.toString('utf8'));
  return read.ok
    ? { value: read.value.file, problems: read.value.warnings }
    : { value: undefined, problems: read.error };
}

/** Safaricom hands out certificates as PEM and as DER; some tools keep the bare public key. */
function publicKeyPem(contents: Buffer): string | undefined {
  try {
    return new X509Certificate(contents).toString();
  } catch {
    try {
      return createPublicKey(contents).export({ type: 'spki', format: 'pem' });
    } catch {
      return undefined;
    }
  }
}

function readCertificate(home: string, named: string | undefined): Reading<string> {
  if (named === undefined) return { value: undefined, problems: [] };
  const name = 'MPESA_CERTIFICATE_FILE';
  const file = path.resolve(home, named);
  const contents = readContents(file);
  if (!contents.ok) return { value: undefined, problems: [unreadable(name, file)] };
  const pem = publicKeyPem(contents.value);
  if (pem !== undefined) return { value: pem, problems: [] };
  const cause = `${file} is neither a certificate nor a public key.`;
  const fix = 'Download the certificate of your environment from the Daraja portal again.';
  return { value: undefined, problems: [problem('error', { name, cause, fix })] };
}

/**
 * Reads `.env`, the process environment and the targets file. Every problem comes back at once;
 * none of them carries a value.
 */
export function readConfig(options: ReadConfigOptions): Result<Config, readonly ConfigProblem[]> {
  const { home } = options;
  const environment = readEnvironment(options);
  if (!environment.ok) return environment;
  const { flat, problems } = readFlat(environment.value);
  const targets = readTargetsFile(home, flat.QMOI_TARGETS_FILE);
  const certificate = readCertificate(home, flat.MPESA_CERTIFICATE_FILE);
  const earlier = [...problems, ...targets.problems, ...certificate.problems];
  // Whether money is real decides what else is wrong; it is never guessed.
  if (earlier.some(({ name }) => name === 'QMOI_MODE')) return err(earlier);
  return combine({
    home,
    flat,
    targetsFile: targets.value,
    securityKeyPem: certificate.value,
    given: givenOf(environment.value),
    earlier,
  });
}
