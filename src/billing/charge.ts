import {
  invariant,
  type BusinessId,
  type ChargeId,
  type EpochMs,
  type Msisdn,
  type PaymentId,
  type RailId,
} from '#kernel';
import type { StreamId } from '#streams';

/** What a customer owes for one purchase. */
export interface Charge {
  readonly id: ChargeId;
  readonly businessId: BusinessId;
  readonly state: ChargeState;
  readonly streamId: StreamId;
  readonly rail: RailId;
  readonly amountMinor: bigint;
  /** Shown on the phone and on the receipt; a payer may also type it as account number. */
  readonly reference: string;
  readonly description: string;
  readonly msisdn: Msisdn | undefined;
  readonly consent: Consent | undefined;
  readonly fallback?: Fallback | undefined;
  readonly paymentId: PaymentId | undefined;
  /** Why it was declined, expired, or not prompted for. */
  readonly reason: string | undefined;
  readonly createdBy: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/**
 * Why this phone may be prompted: its owner has just asked, or agreed once to be asked on due
 * dates.
 */
export interface Consent {
  readonly basis: 'payer-act' | 'standing';
  readonly givenAt: EpochMs;
}

/**
 * A second rail and number that the payer named in the same act. Once it is used, charge and
 * fallback have changed places, and it is not used again.
 */
export interface Fallback {
  readonly rail: RailId;
  readonly msisdn: Msisdn;
  readonly usedAt: EpochMs | undefined;
}

export const chargeStates = [
  'open',
  'prompting',
  'prompted',
  'paid',
  'declined',
  'expired',
  'unknown',
] as const;
export type ChargeState = (typeof chargeStates)[number];

/**
 * From → to. `paid` is reached from everywhere, for late success is real money; only an undo leaves
 * it (`stateAfterUndo`).
 * A prompt that the provider refused unheard puts its charge back to `open`.
 */
const transitions = {
  open: ['prompting', 'paid', 'expired'],
  prompting: ['open', 'prompted', 'paid', 'declined', 'unknown'],
  prompted: ['paid', 'declined', 'expired', 'unknown'],
  unknown: ['prompted', 'paid', 'declined', 'expired'],
  declined: ['paid'],
  expired: ['paid'],
  paid: [],
} as const satisfies Record<ChargeState, readonly ChargeState[]>;

export const mayBecome = (from: ChargeState, to: ChargeState): boolean =>
  transitions[from].some((state) => state === to);

const before = new Map(
  chargeStates.map((to) => [to, chargeStates.filter((from) => mayBecome(from, to))]),
);
/** The states a charge may be in before it becomes `to`: the `from` of every update. */
export const statesBefore = (to: ChargeState): readonly ChargeState[] => before.get(to) ?? [];

export const isPayable = (state: ChargeState): boolean => mayBecome(state, 'paid');

/** States of a charge that waits for its money: it has not ended without it. */
export const waitingStates = [
  'open',
  'prompting',
  'prompted',
  'unknown',
] as const satisfies readonly ChargeState[];

/** Payable all the same, but nobody expected its money any more. */
export const hasEnded = (state: ChargeState): boolean =>
  state === 'declined' || state === 'expired';

/**
 * The one way out of `paid`, for the undo of what a person decided: a charge whose payment is taken
 * back is owed again, if its time is not over. It is in no table above, so nothing else takes it.
 */
export const stateAfterUndo = (
  charge: Pick<Charge, 'expiresAt'>,
  now: EpochMs,
): Extract<ChargeState, 'open' | 'expired'> => (charge.expiresAt > now ? 'open' : 'expired');

// Crockford's alphabet without vowels at all: references spell no words.
export const referenceAlphabet = '0123456789BCDFGHJKMNPQRSTVWXYZ';
export const referenceDigits = 8;

/**
 * Eight characters that a person can read out and type: 30^8 values, unique by constraint. Random
 * bytes come from the caller.
 */
export function referenceFrom(bytes: Uint8Array): string {
  invariant(bytes.length >= referenceDigits, 'a reference needs eight random bytes');
  let text = '';
  for (const byte of bytes.subarray(0, referenceDigits)) {
    text += referenceAlphabet[byte % referenceAlphabet.length];
  }
  return text;
}
