import { err, ok, type Result, Secret } from '#kernel';

import { type Check, type Checks, fieldsOf, oneOf, overlay, text, wholeNumber } from './checks.ts';
import { defaultKnobs, type Knobs, parseKnobs } from './knobs.ts';
import { parseTimings, type Timings } from './timings.ts';

export type SigningMode = 'off' | 'optional' | 'required';
/** Both MGF1 forms, because Java's default and Node's differ (sheet §5). */
export const paddings = ['pkcs1', 'oaep-sha256', 'oaep-sha256-mgf1-sha1'] as const;
export type Padding = (typeof paddings)[number];

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly stateDir: string;
  readonly seed: number;
  readonly clientId: string;
  readonly clientSecret: Secret<string>;
  readonly pin: Secret<string>;
  readonly callbackUrl: string;
  readonly callbackHashKey: Secret<string> | undefined;
  /** Hosts besides loopback that callbacks may go to. */
  readonly allowHosts: readonly string[];
  readonly signing: SigningMode;
  readonly keyBits: 1024 | 2048;
  readonly keyPadding: Padding;
  readonly merchantName: string;
  readonly partner: string;
  readonly collectionFeeBasisPoints: number;
  readonly disbursementFeeShillings: number;
  readonly wrongPinsMax: number;
  readonly knobs: Knobs;
  readonly timings: Timings;
}

const pinForm: Check = (value) =>
  typeof value === 'string' && /^\d{4}$/.test(value) ? undefined : 'must be 4 digits';

const hostNames: Check = (value) =>
  Array.isArray(value) && value.length <= 16 && value.every((name) => text(255)(name) === undefined)
    ? undefined
    : 'must be a list of at most 16 host names';

const anything: Check = () => undefined;

const checks = {
  host: text(255),
  port: wholeNumber(0, 65_535),
  stateDir: text(4096),
  seed: wholeNumber(0, 2 ** 32 - 1),
  clientId: text(200),
  clientSecret: text(200),
  pin: pinForm,
  callbackUrl: text(2000),
  callbackHashKey: text(200),
  allowHosts: hostNames,
  signing: oneOf(['off', 'optional', 'required']),
  keyBits: oneOf([1024, 2048]),
  keyPadding: oneOf(paddings),
  merchantName: text(60),
  partner: text(60),
  collectionFeeBasisPoints: wholeNumber(0, 10_000),
  disbursementFeeShillings: wholeNumber(0, 10_000),
  wrongPinsMax: wholeNumber(1, 100),
  knobs: anything,
  timings: anything,
} satisfies Record<keyof Config, Check> & Checks;

const required = ['port', 'stateDir', 'seed', 'clientId', 'clientSecret', 'pin', 'callbackUrl'];

const optional = {
  host: '127.0.0.1',
  allowHosts: [],
  signing: 'off',
  keyBits: 1024,
  keyPadding: 'pkcs1',
  merchantName: 'QMOI TRADERS',
  partner: 'QMOI',
  collectionFeeBasisPoints: 0,
  disbursementFeeShillings: 0,
  wrongPinsMax: 3,
};

const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** This simulator sends traffic to its own machine only, unless a host was named on purpose. */
export function problemOfCallbackUrl(
  url: string,
  allowHosts: readonly string[],
): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return 'must be an http(s) address';
  if (loopbackHost.test(parsed.hostname) || allowHosts.includes(parsed.hostname)) return undefined;
  return `must point to loopback or to a host in allowHosts, not to ${parsed.hostname}`;
}

function contradictionsIn(found: Config): readonly string[] {
  const urlProblem = problemOfCallbackUrl(found.callbackUrl, found.allowHosts);
  // Sheet §5: OAEP with SHA-256 under 1024 bits holds 62 bytes, the x-key plaintext has 69.
  const tooSmall = found.keyBits === 1024 && found.keyPadding !== 'pkcs1';
  return [
    ...(urlProblem === undefined ? [] : [`callbackUrl: ${urlProblem}`]),
    ...(tooSmall ? ['keyPadding: a 1024-bit key leaves only pkcs1'] : []),
  ];
}

export function parseConfig(value: unknown): Result<Config, readonly string[]> {
  const given = fieldsOf(value);
  if (given === undefined) return err(['the configuration must be a JSON object']);
  const { merged, problems } = overlay(optional, given, checks);
  const knobs = parseKnobs(defaultKnobs, given['knobs'] ?? {});
  const timings = parseTimings(given['timings'] ?? {});
  const inner = [
    ...(knobs.ok ? [] : knobs.error.map((problem) => `knobs.${problem}`)),
    ...(timings.ok ? [] : timings.error.map((problem) => `timings.${problem}`)),
  ];
  const missing = required.filter((name) => given[name] === undefined);
  const all = [...missing.map((name) => `${name}: is missing`), ...problems, ...inner];
  if (all.length > 0 || !knobs.ok || !timings.ok) return err(all);
  const flat = merged as unknown as Config & Record<'clientSecret' | 'pin', string>;
  const hashKey = given['callbackHashKey'];
  const found: Config = {
    ...flat,
    clientSecret: new Secret(String(given['clientSecret'])),
    pin: new Secret(String(given['pin'])),
    callbackHashKey: typeof hashKey === 'string' ? new Secret(hashKey) : undefined,
    knobs: knobs.value,
    timings: timings.value,
  };
  const impossible = contradictionsIn(found);
  return impossible.length > 0 ? err(impossible) : ok(found);
}
