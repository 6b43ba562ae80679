import type { PromptResultCode } from './codes.ts';
import type { PaymentRefusal } from './payments.ts';

export type PromptState = 'submitted' | 'open' | 'settling' | 'done';
export type PromptEvent = 'show' | 'refuse' | 'act' | 'ignore' | 'expire' | 'settle' | 'pay-late';
export const promptStates = ['submitted', 'open', 'settling', 'done'] as const;

/** What the payer did. */
export const promptActions = ['approve', 'cancel', 'wrong-pin'] as const;
export type PromptAction = (typeof promptActions)[number];

/** `ignore` leaves the prompt to its end. */
export const phoneActions = [...promptActions, 'ignore'] as const;
export type PhoneAction = (typeof phoneActions)[number];

/**
 * Provider sheet section 10.4. A phone that cannot be reached expires without ever showing the
 * prompt; a payment may still come late after 1037, which nobody has captured but everyone fears.
 */
const transitions: Record<PromptState, Partial<Record<PromptEvent, PromptState>>> = {
  submitted: { show: 'open', refuse: 'done', expire: 'done' },
  open: { act: 'settling', ignore: 'open', expire: 'done' },
  settling: { settle: 'done' },
  done: { 'pay-late': 'done' },
};

export const nextPromptState = (state: PromptState, event: PromptEvent): PromptState | undefined =>
  transitions[state][event];

export interface EarlyFacts {
  readonly assignment: 'ok' | 'wrong-product' | 'no-such-party';
  readonly promptLength: number;
  readonly amountKes: number;
  readonly isRepeat: boolean;
}

/** A prompt text longer than this cannot be sent (documented). */
export const promptLengthMax = 182;
const amountKesMax = 250_000;

/** What stops a prompt before it reaches the phone; accepted at first all the same. */
export function earlyVerdictOf(facts: EarlyFacts): PromptResultCode | undefined {
  if (facts.assignment === 'wrong-product') return '2028';
  if (facts.assignment === 'no-such-party') return 'SFC_IC0003';
  if (facts.promptLength > promptLengthMax) return '1025';
  if (facts.amountKes > amountKesMax) return '3';
  return facts.isRepeat ? '17' : undefined;
}

export interface VerdictFacts {
  readonly action: PromptAction;
  readonly isPinLocked: boolean;
  readonly refusal: PaymentRefusal | undefined;
}

/** A cancelled prompt needs no PIN; a locked PIN is found out before the funds are looked at. */
export function verdictOf({ action, isPinLocked, refusal }: VerdictFacts): PromptResultCode {
  if (action === 'cancel') return '1032';
  if (isPinLocked) return '8006';
  if (action === 'wrong-pin') return '2001';
  return refusal ?? '0';
}
