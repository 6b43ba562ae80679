import { parseArgs } from 'node:util';

import { err, ok, type Result } from '#kernel';

export const runNames = [
  'quick',
  'full',
  'open',
  'sse',
  'grow',
  'crash',
  'dup',
  'read',
  'start',
  'memory',
  'poison',
  'payouts',
  'outage',
  'profile',
  'dashboard',
] as const;
export type RunName = (typeof runNames)[number];

/** What is asked for, with whole numbers where numbers are. */
export interface Options {
  readonly run: RunName;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Of all callbacks, in percent; the others are paybill confirmations. */
  readonly prompts: number;
  readonly attempts: number;
  /** Callbacks a second, for `open`. */
  readonly rate: number;
  /** Kills, for `crash`. */
  readonly times: number;
  /** Redeliveries among all requests, in percent, for `dup`. */
  readonly pct: number;
  /** Callbacks in the big books, for `grow`, `read` and `full`. */
  readonly rows: number;
  /** Callbacks of the past, put in by the set, for `grow`, `read` and `full`; 0 for none. */
  readonly history: number;
  /** Dashboards, for `sse`. */
  readonly clients: number;
  /** Where the lines of JSON go as well. */
  readonly out: string | undefined;
}

interface Setting {
  readonly usual: number;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

const settings = {
  rounds: { usual: 5, min: 1, max: 100, about: 'rounds, each with everything it is compared to' },
  seconds: { usual: 4, min: 1, max: 600, about: 'how long each stretch is measured' },
  connections: { usual: 128, min: 1, max: 1_024, about: 'connections of the generator' },
  prompts: { usual: 70, min: 0, max: 100, about: 'percent of callbacks that are about a prompt' },
  attempts: { usual: 3, min: 1, max: 10, about: 'attempts at a stretch that others disturb' },
  rate: { usual: 2_000, min: 1, max: 50_000, about: 'open: callbacks a second' },
  times: { usual: 20, min: 1, max: 1_000, about: 'crash: how often something is killed' },
  pct: { usual: 5, min: 0, max: 95, about: 'dup: percent of requests that are redeliveries' },
  rows: { usual: 1_000_000, min: 20_000, max: 50_000_000, about: 'grow: callbacks in the end' },
  history: { usual: 0, min: 0, max: 50_000_000, about: 'grow, read: callbacks of the past' },
  clients: { usual: 1_000, min: 1, max: 10_000, about: 'sse: dashboards that listen' },
} as const satisfies Readonly<Record<string, Setting>>;
type SettingName = keyof typeof settings;

/** With fewer, what came one by one for the comparison is most of what is there. */
export const historyMin = 100_000;

/** `quick` is for a look: less of everything. */
const quickly: Partial<Record<SettingName, number>> = { rounds: 3, seconds: 2 };

export const usage = [
  `npm run bench -- ${runNames.join('|')}`,
  ...Object.entries(settings).map(
    ([name, { usual, about }]) => `  --${name} ${usual}`.padEnd(24) + about,
  ),
  '  --out FILE'.padEnd(24) + 'also writes one line of JSON a goal there',
].join('\n');

const isRunName = (word: string | undefined): word is RunName =>
  runNames.some((name) => name === word);

/** `10e6` is a number here, as it is on a calculator. */
function numberOf(name: SettingName, text: string): Result<number, string> {
  const value = Number(text);
  const { min, max } = settings[name];
  return text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max
    ? ok(value)
    : err(`--${name} is a whole number from ${min} to ${max}`);
}

const settingNames = Object.keys(settings).flatMap((name) => (isSettingName(name) ? [name] : []));

function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settings, name);
}

function readWords(words: readonly string[]): Result<ReturnType<typeof parseWords>, string> {
  try {
    return ok(parseWords(words));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

const parseWords = (words: readonly string[]) =>
  parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(settingNames.map((name) => [name, { type: 'string' as const }])),
      out: { type: 'string' },
    },
  });

export function readOptions(words: readonly string[]): Result<Options, string> {
  const read = readWords(words);
  if (!read.ok) return read;
  const { positionals, values } = read.value;
  const [run] = positionals;
  if (!isRunName(run) || positionals.length > 1) return err('name one run');
  const numbers: Record<SettingName, number> = {
    ...usualNumbers(),
    ...(run === 'quick' ? quickly : {}),
  };
  for (const name of settingNames) {
    const text = Object.entries(values).find(([given]) => given === name)?.[1];
    if (typeof text !== 'string') continue;
    const value = numberOf(name, text);
    if (!value.ok) return value;
    numbers[name] = value.value;
  }
  if (numbers.history > 0 && numbers.history < historyMin) {
    return err(`--history is 0 or at least ${historyMin}`);
  }
  return ok({ run, ...numbers, out: typeof values.out === 'string' ? values.out : undefined });
}

function usualNumbers(): Record<SettingName, number> {
  const { rounds, seconds, connections, prompts, attempts } = settings;
  const { rate, times, pct, rows, history, clients } = settings;
  return {
    rounds: rounds.usual,
    seconds: seconds.usual,
    connections: connections.usual,
    prompts: prompts.usual,
    attempts: attempts.usual,
    rate: rate.usual,
    times: times.usual,
    pct: pct.usual,
    rows: rows.usual,
    history: history.usual,
    clients: clients.usual,
  };
}
