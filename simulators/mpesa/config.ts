import { err, ok, type Result } from '#kernel';
import { isSpanMs, type Knobs, parseKnobs, type Profile, type SpanMs } from './knobs.ts';
import { type C2bTariff, c2bTariffs } from './tariff.ts';

/** How long things take when nothing is wrong. */
export interface Timings {
  /** From acceptance to the prompt on the phone (assumed 1–3 s). */
  readonly promptDelayMs: SpanMs;
  /** From the payer's act to the verdict (observed: paid after 17 s, dismissed after 27 s). */
  readonly settleDelayMs: SpanMs;
  /** How long a prompt nobody answers stays on the phone (observed 26 s, reported about 60 s). */
  readonly ignoreAfterMs: SpanMs;
  /** Until a phone that cannot be reached is given up (observed 14 s by query). */
  readonly unreachableAfterMs: SpanMs;
  /** From that verdict to its callback (observed 12 s: callback 26 s after submission). */
  readonly unreachableCallbackLagMs: SpanMs;
  /** From a verdict to its callback (assumed). */
  readonly callbackLagMs: SpanMs;
  /** From a C2B payment to its confirmation (assumed). */
  readonly confirmationLagMs: SpanMs;
  /** From an accepted initiator call to its result (documented: seconds). */
  readonly resultDelayMs: SpanMs;
  /** Until Daraja's queue gives up waiting (assumed). */
  readonly queueTimeoutMs: SpanMs;
  /** Between a callback and its duplicate (assumed). */
  readonly duplicateLagMs: SpanMs;
  /** How long a reordered callback waits at most for another to overtake it. */
  readonly reorderHoldMs: number;
  /** How long an answer waits at most for its callback to go first. */
  readonly ackHoldMs: number;
  /** How long a hanging answer stays silent before the connection is cut. */
  readonly hangMs: number;
}

export const defaultTimings: Timings = {
  promptDelayMs: { min: 1000, max: 3000 },
  settleDelayMs: { min: 2000, max: 8000 },
  ignoreAfterMs: { min: 26_000, max: 60_000 },
  unreachableAfterMs: { min: 14_000, max: 14_000 },
  unreachableCallbackLagMs: { min: 12_000, max: 12_000 },
  callbackLagMs: { min: 100, max: 1000 },
  confirmationLagMs: { min: 200, max: 1500 },
  resultDelayMs: { min: 1000, max: 5000 },
  queueTimeoutMs: { min: 20_000, max: 60_000 },
  duplicateLagMs: { min: 200, max: 3000 },
  reorderHoldMs: 10_000,
  ackHoldMs: 20_000,
  hangMs: 60_000,
};

export interface SimulatorConfig {
  readonly host: string;
  readonly port: number;
  readonly stateDir: string;
  readonly seed: number;
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly shortCode: string;
  /** A till under the same organisation; payments to it land in the Merchant account. */
  readonly tillNumber: string | undefined;
  readonly organisationName: string;
  readonly passkey: string;
  readonly initiatorName: string;
  readonly initiatorPassword: string;
  readonly profile: Profile;
  readonly c2bTariff: C2bTariff;
  /** Hosts besides loopback that callbacks may go to. */
  readonly allowHosts: readonly string[];
  readonly knobs: Partial<Knobs>;
  readonly timings: Timings;
}

const known = [
  'host',
  'port',
  'stateDir',
  'seed',
  'consumerKey',
  'consumerSecret',
  'shortCode',
  'tillNumber',
  'organisationName',
  'passkey',
  'initiatorName',
  'initiatorPassword',
  'profile',
  'c2bTariff',
  'allowHosts',
  'knobs',
  'timings',
] as const;

type Given = Readonly<Record<string, unknown>>;
type Problems = string[];

const isWhole = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

function textOf(given: Given, name: string, problems: Problems): string {
  const value = given[name];
  if (typeof value === 'string' && value !== '') return value;
  problems.push(`${name} is a text that is not empty`);
  return '';
}

function numberOf(options: { given: Given; name: string; max: number }, problems: Problems) {
  const value = options.given[options.name];
  if (isWhole(value, options.max)) return value;
  problems.push(`${options.name} is a whole number from 0 to ${options.max}`);
  return 0;
}

function shortCodeOf(given: Given, name: string, problems: Problems): string {
  const value = textOf(given, name, problems);
  if (value !== '' && !/^\d{5,7}$/.test(value)) problems.push(`${name} has five to seven digits`);
  return value;
}

function choiceOf<Choice extends string>(
  options: { given: Given; name: string; choices: readonly Choice[]; fallback: Choice },
  problems: Problems,
): Choice {
  const value = options.given[options.name] ?? options.fallback;
  const choice = options.choices.find((candidate) => candidate === value);
  if (choice === undefined) problems.push(`${options.name} is ${options.choices.join(' or ')}`);
  return choice ?? options.fallback;
}

function timingsOf(value: unknown, problems: Problems): Timings {
  const given = typeof value === 'object' && value !== null ? value : {};
  for (const [name, setting] of Object.entries(given)) {
    const usual: unknown = Reflect.get(defaultTimings, name);
    const fits = typeof usual === 'number' ? isWhole(setting, 86_400_000) : isSpanMs(setting);
    if (usual === undefined || !fits) problems.push(`timings.${name} has no such value`);
  }
  return { ...defaultTimings, ...given };
}

function knobsOf(value: unknown, problems: Problems): Partial<Knobs> {
  const parsed = parseKnobs(value ?? {});
  if (parsed.ok) return parsed.value;
  problems.push(parsed.error);
  return {};
}

function allowHostsOf(value: unknown, problems: Problems): readonly string[] {
  const hosts: unknown = value ?? [];
  const isList = Array.isArray(hosts) && hosts.every((host) => typeof host === 'string');
  if (isList) return hosts;
  problems.push('allowHosts is a list of host names');
  return [];
}

/** All problems at once, so that a configuration is mended in one go. */
export function parseConfig(value: unknown): Result<SimulatorConfig, string> {
  if (typeof value !== 'object' || value === null) return err('the configuration is an object');
  const given: Given = { ...value };
  const problems: Problems = Object.keys(given)
    .filter((name) => !known.some((candidate) => candidate === name))
    .map((name) => `${name} is not a setting`);
  const config: SimulatorConfig = {
    host: given['host'] === undefined ? '127.0.0.1' : textOf(given, 'host', problems),
    port: numberOf({ given, name: 'port', max: 65_535 }, problems),
    stateDir: textOf(given, 'stateDir', problems),
    seed: numberOf({ given, name: 'seed', max: 0xffff_ffff }, problems),
    consumerKey: textOf(given, 'consumerKey', problems),
    consumerSecret: textOf(given, 'consumerSecret', problems),
    shortCode: shortCodeOf(given, 'shortCode', problems),
    tillNumber:
      given['tillNumber'] === undefined ? undefined : shortCodeOf(given, 'tillNumber', problems),
    organisationName:
      given['organisationName'] === undefined
        ? 'Daraja-Sandbox'
        : textOf(given, 'organisationName', problems),
    passkey: textOf(given, 'passkey', problems),
    initiatorName: textOf(given, 'initiatorName', problems),
    initiatorPassword: textOf(given, 'initiatorPassword', problems),
    profile: choiceOf(
      { given, name: 'profile', choices: ['sandbox', 'production'], fallback: 'sandbox' },
      problems,
    ),
    c2bTariff: choiceOf(
      { given, name: 'c2bTariff', choices: c2bTariffs, fallback: 'none' },
      problems,
    ),
    allowHosts: allowHostsOf(given['allowHosts'], problems),
    knobs: knobsOf(given['knobs'], problems),
    timings: timingsOf(given['timings'], problems),
  };
  return problems.length === 0 ? ok(config) : err(problems.join('; '));
}
