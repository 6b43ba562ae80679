import { err, ok, type Result } from '#kernel';
import type { Store } from './store.ts';

export type Profile = 'sandbox' | 'production';

/** A whole number of milliseconds drawn between the two, both included. */
export interface SpanMs {
  readonly min: number;
  readonly max: number;
}
export interface ChanceOfSpanMs extends SpanMs {
  readonly rate: number;
}

export const lossModes = ['500', 'html', 'reset', 'hang'] as const;
export const outageModes = ['off', 'refuse-500', 'html', 'hang'] as const;
export const products = [
  'stk',
  'c2b',
  'b2c',
  'b2b',
  'status',
  'balance',
  'reversal',
  'pull',
  'qr',
] as const;
export type Product = (typeof products)[number];

/** An outage by the clock: from one instant until just before another. */
export interface OutageWindow {
  readonly fromAt: number;
  readonly toAt: number;
  readonly mode: Exclude<(typeof outageModes)[number], 'off'>;
}

/** Everything that can go wrong, switchable while running. Rates run from 0 (never) to 1. */
export interface Knobs {
  /** Callbacks that are never sent (observed in the sandbox, sometimes in production). */
  readonly dropCallbacks: number;
  /** Callbacks that are sent a second time (assumed: every client guards, nobody captured one). */
  readonly duplicateCallbacks: number;
  readonly delayCallbacksMs: ChanceOfSpanMs;
  /** Every second callback waits until another one has overtaken it. */
  readonly reorder: boolean;
  /** Prompts that ended 1037 and are paid afterwards all the same (reported, not captured). */
  readonly lateSuccessAfter1037: ChanceOfSpanMs;
  readonly truncatedJson: number;
  /** An item that has a name and no `Value` (documented samples). */
  readonly missingValue: number;
  /** `ResultCode` and `ResultType` as text where a number is usual (documented samples). */
  readonly stringCodes: boolean;
  /** `ResultParameter` as one object instead of a list (documented sample). */
  readonly singleObjectParameters: boolean;
  /** The synchronous answer waits until the callback has been sent. */
  readonly callbackBeforeAck: number;
  /** The request is carried out, its synchronous answer is lost. */
  readonly syncLoss: { readonly rate: number; readonly mode: (typeof lossModes)[number] };
  readonly outage: (typeof outageModes)[number];
  /** Outages to come, beside the switch above, which wins while it is turned. */
  readonly outageWindows: readonly OutageWindow[];
  /** Calls refused with HTTP 500 `500.003.02` before they are read (documented). */
  readonly rateLimit: number;
  /** Calls refused with HTTP 500 `500.003.03` before they are read (documented). */
  readonly quotaViolation: number;
  /** Status answers that say nothing: observed in the sandbox, about one in five. */
  readonly queryNoise: number;
  /** Calls whose valid token dies under them (observed, intermittent). */
  readonly tokenRevoked: number;
  /** A portal FAQ says so; nobody has confirmed it. */
  readonly newTokenKillsOld: boolean;
  readonly expiresIn: 'string' | 'number';
  readonly tokenTtlSeconds: number;
  /** Wrong operator passwords until 8006 (documented without a number; three is assumed). */
  readonly lockOutAfter: number;
  /** Wrong PINs until the payer's PIN is locked, 8006 (three is assumed). */
  readonly pinLockAfter: number;
  /** How long a decided prompt or an accepted payout takes; nothing means the usual timings. */
  readonly settleDelayMs: SpanMs | null;
  /** One payment by prompt also raises a C2B confirmation when URLs are registered. */
  readonly stkAlsoConfirmsC2b: boolean;
  /** Safaricom enables it per short code on request; off is what a new short code has. */
  readonly externalValidation: boolean;
  /** Same payer, same amount, within two minutes: result 17 (documented). */
  readonly refuseRepeats: boolean;
  /** Prompts nobody answers that end 1019 instead of 1037 (reported from the sandbox). */
  readonly expireAs1019: number;
  /** A second prompt to the same phone: refused at once (documented now) or by result 1001. */
  readonly subscriberLocked: 'sync' | 'result';
  /** Daraja's queue gives up; `settledShare` of those payouts happen all the same. */
  readonly queueTimeout: { readonly rate: number; readonly settledShare: number };
  /** B2C v3 answers 403 while v1 works (reported for some short codes). */
  readonly refuseB2cV3: boolean;
  /** Working to Utility was never whitelisted for the short code: result 21 (documented). */
  readonly refuseTopUps: boolean;
  /** Products that tokens minted from now on lack. */
  readonly missingProducts: readonly Product[];
  /** Operations the operator has no role for: result 21. */
  readonly missingRoles: readonly Product[];
}

const never: ChanceOfSpanMs = { rate: 0, min: 0, max: 0 };

const quiet: Knobs = {
  dropCallbacks: 0,
  duplicateCallbacks: 0,
  delayCallbacksMs: never,
  reorder: false,
  lateSuccessAfter1037: never,
  truncatedJson: 0,
  missingValue: 0,
  stringCodes: false,
  singleObjectParameters: false,
  callbackBeforeAck: 0,
  syncLoss: { rate: 0, mode: '500' },
  outage: 'off',
  outageWindows: [],
  rateLimit: 0,
  quotaViolation: 0,
  queryNoise: 0,
  tokenRevoked: 0,
  newTokenKillsOld: false,
  expiresIn: 'string',
  tokenTtlSeconds: 3599,
  lockOutAfter: 3,
  pinLockAfter: 3,
  settleDelayMs: null,
  stkAlsoConfirmsC2b: true,
  externalValidation: false,
  refuseRepeats: false,
  expireAs1019: 0,
  subscriberLocked: 'sync',
  queueTimeout: { rate: 0, settledShare: 0.5 },
  refuseB2cV3: false,
  refuseTopUps: false,
  missingProducts: [],
  missingRoles: [],
};

/** Sandbox: noisy status answers (observed). Production: repeats refused (documented). */
export const defaultKnobs = {
  sandbox: { ...quiet, queryNoise: 0.2 },
  production: { ...quiet, refuseRepeats: true },
} as const satisfies Record<Profile, Knobs>;

type Check = (value: unknown) => boolean;

const delayMsMax = 7 * 24 * 60 * 60 * 1000;
const isRate: Check = (value) => typeof value === 'number' && value >= 0 && value <= 1;
const isFlag: Check = (value) => typeof value === 'boolean';
const isCount: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 86_400;
const isMs: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= delayMsMax;
const isOneOf =
  (choices: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && choices.includes(value);
const isListOf =
  (choices: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) && value.every(isOneOf(choices));
const isShape =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === Object.keys(shape).length &&
    Object.entries(shape).every(([key, check]) => check(Reflect.get(value, key)));
const runsUpwards: Check = (value) =>
  isSpanShape(value) && Number(Reflect.get(Object(value), 'min')) <= maxOf(value);
const maxOf = (value: unknown): number => Number(Reflect.get(Object(value), 'max'));
const isSpanShape: Check = (value) =>
  isMs(Reflect.get(Object(value), 'min')) && isMs(Reflect.get(Object(value), 'max'));

export const isSpanMs: Check = (value) =>
  isShape({ min: isMs, max: isMs })(value) && runsUpwards(value);
const isChanceOfSpanMs: Check = (value) =>
  isShape({ rate: isRate, min: isMs, max: isMs })(value) && runsUpwards(value);

const outageWindowsMax = 100;
const isInstant: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value);
const isOutageWindow: Check = (value) =>
  isShape({
    fromAt: isInstant,
    toAt: isInstant,
    mode: isOneOf(outageModes.filter((mode) => mode !== 'off')),
  })(value) && Number(Reflect.get(Object(value), 'fromAt')) < endOf(value);
const endOf = (value: unknown): number => Number(Reflect.get(Object(value), 'toAt'));
const isOutageSchedule: Check = (value) =>
  Array.isArray(value) && value.length <= outageWindowsMax && value.every(isOutageWindow);

const checks: Record<keyof Knobs, Check> = {
  dropCallbacks: isRate,
  duplicateCallbacks: isRate,
  delayCallbacksMs: isChanceOfSpanMs,
  reorder: isFlag,
  lateSuccessAfter1037: isChanceOfSpanMs,
  truncatedJson: isRate,
  missingValue: isRate,
  stringCodes: isFlag,
  singleObjectParameters: isFlag,
  callbackBeforeAck: isRate,
  syncLoss: isShape({ rate: isRate, mode: isOneOf(lossModes) }),
  outage: isOneOf(outageModes),
  outageWindows: isOutageSchedule,
  rateLimit: isRate,
  quotaViolation: isRate,
  queryNoise: isRate,
  tokenRevoked: isRate,
  newTokenKillsOld: isFlag,
  expiresIn: isOneOf(['string', 'number']),
  tokenTtlSeconds: isCount,
  lockOutAfter: isCount,
  pinLockAfter: isCount,
  settleDelayMs: (value) => value === null || isSpanMs(value),
  stkAlsoConfirmsC2b: isFlag,
  externalValidation: isFlag,
  refuseRepeats: isFlag,
  expireAs1019: isRate,
  subscriberLocked: isOneOf(['sync', 'result']),
  queueTimeout: isShape({ rate: isRate, settledShare: isRate }),
  refuseB2cV3: isFlag,
  refuseTopUps: isFlag,
  missingProducts: isListOf(products),
  missingRoles: isListOf(products),
};

/** Reads a partial setting; every wrong or unknown knob is named at once. */
export function parseKnobs(value: unknown): Result<Partial<Knobs>, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return err('knobs is an object');
  }
  const wrong = Object.entries(value)
    .filter(([name, setting]) => {
      const check: Check | undefined = Object.hasOwn(checks, name)
        ? Reflect.get(checks, name)
        : undefined;
      return check === undefined || !check(setting);
    })
    .map(([name]) => `knobs.${name} has no such value or does not exist`);
  return wrong.length === 0 ? ok(value as Partial<Knobs>) : err(wrong.join('; '));
}

/** What the gateway does at an instant: the switch first, then whatever the schedule says. */
export const outageAt = (
  { outage, outageWindows }: Pick<Knobs, 'outage' | 'outageWindows'>,
  at: number,
): Knobs['outage'] => {
  if (outage !== 'off') return outage;
  return outageWindows.find(({ fromAt, toAt }) => at >= fromAt && at < toAt)?.mode ?? 'off';
};

export interface KnobBoard {
  current(): Knobs;
  set(change: Partial<Knobs>): Knobs;
}

/** Settings outlive a restart: first the profile, then the configuration, then what was turned. */
export function createKnobBoard(options: {
  store: Store;
  profile: Profile;
  configured: Partial<Knobs>;
}): KnobBoard {
  const { store, profile, configured } = options;
  const turned = parseKnobs(JSON.parse(store.fact('knobs') ?? '{}'));
  let changes: Partial<Knobs> = turned.ok ? turned.value : {};
  let current: Knobs = { ...defaultKnobs[profile], ...configured, ...changes };
  return {
    current: () => current,
    set: (change) => {
      changes = { ...changes, ...change };
      store.setFact('knobs', JSON.stringify(changes));
      current = { ...current, ...change };
      return current;
    },
  };
}
