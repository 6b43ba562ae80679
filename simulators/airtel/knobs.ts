import { err, ok, type Result } from '#kernel';

import {
  type Check,
  type Checks,
  delayMs,
  fieldsOf,
  flag,
  listOf,
  oneOf,
  overlay,
  rate,
  wholeNumber,
} from './checks.ts';

/** Ways in which the answer to a money request is lost on its way (sheet §18.10). */
export const lossModes = [
  '408',
  '502-html',
  '504-html',
  'reset',
  'hang',
  'slow',
  'empty-200',
] as const;
export type LossMode = (typeof lossModes)[number];

/** What the callback's HMAC is taken over (sheet §9.2); `raw-*` follow the body as it is sent. */
export const hashRenderings = [
  'pretty-whole',
  'compact-whole',
  'compact-inner',
  'raw-whole',
  'raw-inner',
] as const;
export type HashRendering = (typeof hashRenderings)[number];

export const bodyFormats = ['compact', 'pretty', 'spaced'] as const;
export type BodyFormat = (typeof bodyFormats)[number];

/** `shuffled` sends the members in another order than was signed: its hash must not verify. */
export const bodyOrders = ['portal', 'hash-first', 'shuffled'] as const;
export type BodyOrder = (typeof bodyOrders)[number];

export const outageModes = ['off', 'refuse-500', 'html', 'hang'] as const;
export type OutageMode = (typeof outageModes)[number];

/** An outage announced to nobody: from one instant up to another, in epoch milliseconds. */
export interface OutageWindow {
  readonly fromAt: number;
  readonly toAt: number;
  readonly mode: OutageMode;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Faults and unsettled readings of the documents. Rates are chances from 0 to 1. */
export interface Knobs {
  readonly dropCallbacks: number;
  readonly duplicateCallbacks: number;
  readonly delayCallbacksMs: Range & { readonly rate: number };
  /** Holds a callback back for `reorderHoldMs`, so that later ones overtake it. */
  readonly reorder: number;
  /** Keeps the answer to a collection until its callback has gone out. */
  readonly callbackBeforeAck: number;
  readonly wrongHash: number;
  readonly hashRendering: HashRendering;
  readonly bodyFormat: BodyFormat;
  readonly bodyOrder: BodyOrder;
  /** The request takes effect, its answer is lost. */
  readonly syncLoss: { readonly rate: number; readonly mode: LossMode };
  /** The request takes no effect and its answer is lost. */
  readonly notApplied: { readonly rate: number; readonly mode: LossMode };
  /** A refund whose answer is lost, and what becomes of it all the same; §8 has no enquiry. */
  readonly refundLoss: {
    readonly rate: number;
    readonly mode: LossMode;
    readonly effect: 'now' | 'later' | 'none';
    /** For `later`: from the request to the effect. */
    readonly afterMs: number;
  };
  /**
   * What a refund's row in the summary says of the payment, beside the amount: its Airtel id as
   * reference, its own id as id, or nothing. No source tells; the first is assumed.
   */
  readonly refundRowNames: 'payment' | 'own-id' | 'nothing';
  readonly outage: OutageMode;
  /** Beside the switch above, and up by themselves; where they overlap the first one counts. */
  readonly outageWindows: readonly OutageWindow[];
  readonly rateLimit: number;
  readonly refuseAccess: 'off' | 'ip' | 'product';
  /** Enquiries that come sooner than this after acceptance learn nothing. */
  readonly tooEarly: { readonly beforeMs: number; readonly answer: 'tip' | 'not-found' };
  /** Outcomes that are ambiguous (TA) first, and what becomes of them after `afterMs`. */
  readonly ambiguous: {
    readonly rate: number;
    readonly outcome: 'ts' | 'tf' | 'never' | 'mixed';
    readonly afterMs: number;
  };
  /** Waits that vanish, so that a prompt or payout settles in the second it was taken in. */
  readonly sameSecond: number;
  /** What a prompt that timed out (…1024) turns into: failed, or paid after all. */
  readonly timedOutEnds: 'tf' | 'ts' | 'mixed';
  /** Enquiries that learn nothing but ESB000014, “error fetching status” (sheet §11.4). */
  readonly queryNoise: number;
  /** Calls whose good token dies under them. */
  readonly tokenRevoked: number;
  readonly ignoredPrompt: 'mixed' | 'expired' | 'no-pin' | 'timed-out';
  readonly tfThenTs: number;
  readonly newTokenKillsOld: boolean;
  readonly expiresIn: 'string' | 'number';
  readonly badTokenStatus: 401 | 403;
  readonly callbackForTimeouts: boolean;
  readonly disbursementCallbacks: boolean;
  readonly disbursementSync: boolean;
  /** Disbursements that take effect but are answered 200 without `data`. */
  readonly disbursementNoData: number;
  readonly keysTopLevel: boolean;
  /** `success:false` and …1006 beside a TS, as the portal's samples have it. */
  readonly oddSuccessFlag: boolean;
  /** The narrow reading of ids and references; off lets hyphens and free text through. */
  readonly strictFields: boolean;
  readonly fieldErrorHttp: 200 | 400;
}

export const defaultKnobs: Knobs = {
  dropCallbacks: 0,
  duplicateCallbacks: 0,
  delayCallbacksMs: { min: 10_000, max: 120_000, rate: 0 },
  reorder: 0,
  callbackBeforeAck: 0,
  wrongHash: 0,
  hashRendering: 'pretty-whole',
  bodyFormat: 'compact',
  bodyOrder: 'portal',
  syncLoss: { rate: 0, mode: '408' },
  notApplied: { rate: 0, mode: '408' },
  refundLoss: { rate: 0, mode: '408', effect: 'now', afterMs: 30_000 },
  refundRowNames: 'payment',
  outage: 'off',
  outageWindows: [],
  rateLimit: 0,
  refuseAccess: 'off',
  tooEarly: { beforeMs: 0, answer: 'tip' },
  ambiguous: { rate: 0, outcome: 'ts', afterMs: 300_000 },
  sameSecond: 0,
  timedOutEnds: 'tf',
  queryNoise: 0,
  tokenRevoked: 0,
  ignoredPrompt: 'mixed',
  tfThenTs: 0,
  newTokenKillsOld: false,
  expiresIn: 'string',
  badTokenStatus: 401,
  callbackForTimeouts: false,
  disbursementCallbacks: false,
  disbursementSync: true,
  disbursementNoData: 0,
  keysTopLevel: false,
  oddSuccessFlag: true,
  strictFields: true,
  fieldErrorHttp: 200,
};

const loss = { rate, mode: oneOf(lossModes) };

const outageMode = oneOf(outageModes);
const instant = wholeNumber(0, 8_640_000_000_000_000);
const windowsMax = 64;

const outageWindow: Check = (value) => {
  const { fromAt, toAt, mode, ...others } = fieldsOf(value) ?? {};
  const isWhole = instant(fromAt) === undefined && instant(toAt) === undefined;
  const isAhead = isWhole && Number(fromAt) < Number(toAt);
  const isKnown = outageMode(mode) === undefined && Object.keys(others).length === 0;
  return isAhead && isKnown ? undefined : 'must be windows {fromAt, toAt, mode}, the end later';
};

const knobChecks = {
  dropCallbacks: rate,
  duplicateCallbacks: rate,
  delayCallbacksMs: { min: delayMs, max: delayMs, rate },
  reorder: rate,
  callbackBeforeAck: rate,
  wrongHash: rate,
  hashRendering: oneOf(hashRenderings),
  bodyFormat: oneOf(bodyFormats),
  bodyOrder: oneOf(bodyOrders),
  syncLoss: loss,
  notApplied: loss,
  refundLoss: { ...loss, effect: oneOf(['now', 'later', 'none']), afterMs: delayMs },
  refundRowNames: oneOf(['payment', 'own-id', 'nothing']),
  outage: outageMode,
  outageWindows: listOf(windowsMax, outageWindow),
  rateLimit: rate,
  refuseAccess: oneOf(['off', 'ip', 'product']),
  tooEarly: { beforeMs: delayMs, answer: oneOf(['tip', 'not-found']) },
  ambiguous: { rate, outcome: oneOf(['ts', 'tf', 'never', 'mixed']), afterMs: delayMs },
  sameSecond: rate,
  timedOutEnds: oneOf(['tf', 'ts', 'mixed']),
  queryNoise: rate,
  tokenRevoked: rate,
  ignoredPrompt: oneOf(['mixed', 'expired', 'no-pin', 'timed-out']),
  tfThenTs: rate,
  newTokenKillsOld: flag,
  expiresIn: oneOf(['string', 'number']),
  badTokenStatus: oneOf([401, 403]),
  callbackForTimeouts: flag,
  disbursementCallbacks: flag,
  disbursementSync: flag,
  disbursementNoData: rate,
  keysTopLevel: flag,
  oddSuccessFlag: flag,
  strictFields: flag,
  fieldErrorHttp: oneOf([200, 400]),
} satisfies Record<keyof Knobs, unknown> & Checks;

/** Only what `patch` names is changed, in nested knobs too. */
export function parseKnobs(base: Knobs, patch: unknown): Result<Knobs, readonly string[]> {
  const { merged, problems } = overlay(base, patch, knobChecks);
  return problems.length > 0 ? err(problems) : ok(merged as unknown as Knobs);
}

export interface KnobBox {
  current(): Knobs;
  turn(patch: unknown): Result<Knobs, readonly string[]>;
}

/** Knobs as configured, and as turned since: a restart is back at the configuration. */
export function createKnobBox(configured: Knobs): KnobBox {
  let knobs = configured;
  return {
    current: () => knobs,
    turn: (patch) => {
      const parsed = parseKnobs(knobs, patch);
      if (parsed.ok) knobs = parsed.value;
      return parsed;
    },
  };
}
