import { maskMsisdn, parseMsisdn, type EpochMs, type Msisdn, type RailId } from '#kernel';
import type { Charge, ChargeState } from '#billing';
import type { PayerPayment, PromptResult } from '#rails';
import { normaliseReference, streamOfReference, type StreamId } from '#streams';

import type { Prompt } from './prompts/prompt.ts';

/** What may be concluded from a callback about a prompt. Money counts on `pay` alone. */
export type PromptJudgement =
  | { readonly kind: 'pay' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'ask' }
  /** It claims money, but something is missing or off: the provider has to vouch for it. */
  | {
      readonly kind: 'verify';
      readonly why: 'answer-not-in-yet' | 'amount-differs' | 'payer-differs' | 'no-such-prompt';
    }
  | { readonly kind: 'reject'; readonly why: RejectReason };

export type RejectReason = 'forged-address' | 'no-such-prompt' | 'other-request-id';

export interface PromptResultFacts {
  readonly event: PromptResult;
  /** The callback came to the unguessable address of its attempt. */
  readonly authentic: boolean;
  readonly prompt: Prompt | undefined;
  readonly msisdn: Msisdn | undefined;
}

/**
 * M-Pesa callbacks are unsigned. One counts when it came to the address made for this attempt and
 * everything it says equals what was stored when the attempt was accepted.
 */
export function judgePromptResult(facts: PromptResultFacts): PromptJudgement {
  const { event, prompt } = facts;
  if (!facts.authentic) return { kind: 'reject', why: 'forged-address' };
  if (prompt === undefined) {
    // Our address, but no attempt: the database is older than the callback, as after a restore.
    const why = 'no-such-prompt';
    return event.verdict === 'paid' ? { kind: 'verify', why } : { kind: 'reject', why };
  }
  const known = prompt.providerRequestId;
  if (known !== undefined && known !== event.providerRequestId) {
    return { kind: 'reject', why: 'other-request-id' };
  }
  if (event.verdict === 'failed') return { kind: 'fail' };
  if (event.verdict === 'unknown') return { kind: 'ask' };
  if (known === undefined) return { kind: 'verify', why: 'answer-not-in-yet' };
  if (event.amountMinor !== prompt.amountMinor) return { kind: 'verify', why: 'amount-differs' };
  if (!isSamePayer(event.payer, facts.msisdn)) return { kind: 'verify', why: 'payer-differs' };
  return { kind: 'pay' };
}

/** A masked or absent payer contradicts nothing; a whole number must be the one prompted. */
function isSamePayer(said: string | undefined, prompted: Msisdn | undefined): boolean {
  if (said === undefined || prompted === undefined) return true;
  const parsed = parseMsisdn(said);
  return !parsed.ok || parsed.value === prompted;
}

/** Whose a payment is. Money nobody can place waits in suspense, with the reason. */
export type Placement =
  | { readonly kind: 'charge'; readonly charge: Charge }
  | { readonly kind: 'stream'; readonly streamId: StreamId }
  | { readonly kind: 'suspense'; readonly why: SuspenseReason; readonly charge?: Charge };

export type SuspenseReason = 'unknown-reference' | 'overpaid' | 'underpaid' | 'duplicate-payment';

export interface Money {
  readonly rail: RailId;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly accountReference: string;
  readonly payer: string | undefined;
  readonly payerName: string | undefined;
  readonly occurredAt: EpochMs;
}

/**
 * Money with a charge known beforehand (a prompt's), or with what the payer typed. Which states of
 * a charge can still be paid is for billing to say.
 */
export function place(
  money: Money,
  charge: Charge | undefined,
  isPayable: (state: ChargeState) => boolean,
): Placement {
  if (charge === undefined) {
    const stream = streamOfReference(money.accountReference);
    return stream === undefined
      ? { kind: 'suspense', why: 'unknown-reference' }
      : { kind: 'stream', streamId: stream.id };
  }
  if (!isPayable(charge.state)) return { kind: 'suspense', why: 'duplicate-payment', charge };
  if (charge.amountMinor !== money.amountMinor) {
    const why = money.amountMinor > charge.amountMinor ? 'overpaid' : 'underpaid';
    return { kind: 'suspense', why, charge };
  }
  return { kind: 'charge', charge };
}

export const referenceOf = (event: PayerPayment): string =>
  normaliseReference(event.accountReference);

/** A time in the future or none at all is replaced by when we heard of it. */
const clockSkewMaxMs = 5 * 60 * 1000;
export const believableTime = (said: EpochMs | undefined, heardAt: EpochMs): EpochMs =>
  said === undefined || said > heardAt + clockSkewMaxMs ? heardAt : said;

/**
 * What a payer typed, fit for any column: without control characters, which PostgreSQL or JSON
 * would refuse, and not longer than anybody needs.
 */
export const plainText = (typed: string): string =>
  typed
    .replaceAll(/\p{Cc}/gu, '')
    .slice(0, 64)
    .toWellFormed();

/** For people: a whole number is masked, a masked one shown as it came. */
export function payerForPeople(payer: string | undefined): string | undefined {
  if (payer === undefined) return undefined;
  const parsed = parseMsisdn(payer);
  return parsed.ok ? maskMsisdn(parsed.value) : plainText(payer).slice(0, 20);
}
