import type { Prng } from '#kernel';

import { happens } from './chance.ts';
import type { Habits } from './people.ts';

/** What a person does about a prompt. To ignore it is to do nothing until it goes away. */
export type PromptAct = 'approve' | 'cancel' | 'wrong-pin' | 'ignore';

export function decideAct(habits: Habits, prng: Prng): PromptAct {
  const { cancelRate, wrongPinRate, ignoreRate } = habits;
  const draw = prng.next();
  if (draw < cancelRate) return 'cancel';
  if (draw < cancelRate + wrongPinRate) return 'wrong-pin';
  return draw < cancelRate + wrongPinRate + ignoreRate ? 'ignore' : 'approve';
}

/**
 * How a purchase is paid for: by the prompt of a checkout, by paybill with the stream's account
 * reference, or by paybill with the reference of a checkout whose prompt was dismissed.
 */
export type Way = 'prompt' | 'paybill' | 'checkout-then-paybill';

export interface WayFacts {
  readonly habits: Habits;
  /** One of the first purchases after a start. */
  readonly isOpening: boolean;
  /** Whether the person may be prompted once more today. */
  readonly mayBePrompted: boolean;
}

export function chooseWay({ habits, isOpening, mayBePrompted }: WayFacts, prng: Prng): Way {
  if (isOpening) return 'prompt';
  if (!mayBePrompted || happens(prng, habits.paybillRate)) return 'paybill';
  return happens(prng, habits.changesMindRate) ? 'checkout-then-paybill' : 'prompt';
}

/** Getting the phone out, reading, typing the PIN. */
export const actDelayMs = (prng: Prng, isOpening: boolean): number =>
  prng.between(2000, isOpening ? 5000 : 12_000);

/** Opening the M-Pesa menu and typing paybill, account and amount. */
export const typingDelayMs = (prng: Prng): number => prng.between(5000, 20_000);

export const lookEveryMs = (prng: Prng): number => prng.between(5000, 12_000);

/** How a person leaves the counter. */
export type Mood = 'content' | 'refused' | 'gave-up' | 'turned-away';

const minuteMs = 60 * 1000;

/**
 * Minutes until the person buys again. Whoever gave up waits for longer than a late prompt or an
 * unanswered checkout can live, so that there is never a second one.
 */
const restMinutes = {
  content: { low: 10, high: 60 },
  refused: { low: 120, high: 360 },
  'gave-up': { low: 20, high: 60 },
  'turned-away': { low: 30, high: 90 },
} as const satisfies Record<Mood, { low: number; high: number }>;

export const restMs = (mood: Mood, prng: Prng): number =>
  prng.between(restMinutes[mood].low, restMinutes[mood].high) * minuteMs;

const typoTriesMax = 20;
/** What a phone's menu takes as account number. */
const referenceLengthMax = 20;

/** One slip of the finger, never into another reference that means something. */
export function mistype(reference: string, meaningful: readonly string[], prng: Prng): string {
  for (let attempt = 0; attempt < typoTriesMax; attempt += 1) {
    const typed = slip(reference, prng);
    if (![...meaningful, reference, ''].includes(typed)) return typed;
  }
  // Every slip of "A" means something, or is nothing at all.
  return `9${reference}9`.slice(0, referenceLengthMax);
}

function slip(reference: string, prng: Prng): string {
  const at = prng.between(0, Math.max(0, reference.length - 2));
  const before = reference.slice(0, at);
  const [first = '', second = ''] = reference.slice(at, at + 2);
  const after = reference.slice(at + 2);
  const slips = [
    `${before}${second}${first}${after}`,
    `${before}${first}${first}${second}${after}`,
    `${before}${first}${after}`,
  ];
  return prng.pick(slips).slice(0, referenceLengthMax);
}
