import { dayMs } from '#kernel';
import type { NotKnown, Refused } from '#rails';

/** What one call came to, from the point of view of whoever watches the provider. */
export interface Outcome {
  readonly kind: 'ok' | 'our-fault' | 'refused' | 'unknown';
  /** The provider's own code, or what happened instead of an answer; none when all went well. */
  readonly code: string | undefined;
  /** The provider did not hear the call, or did not answer it. */
  readonly unheard: boolean;
  /**
   * The provider did not take our credentials. `for-good` where no other try is to be made with
   * them, because it might lock them.
   */
  readonly credentials: 'taken' | 'refused' | 'refused-for-good';
}

/** Answers that show a provider at work, whatever they say of the money. */
export interface Heard {
  readonly kind:
    | 'accepted'
    | 'asked'
    | 'completed'
    | 'failed'
    | 'listed'
    | 'made'
    | 'not-found'
    | 'paid'
    | 'pending'
    | 'reported';
}
export type Answer = Heard | NotKnown | Refused;

/** The code and the cause by which a breaker answers in the provider's place. */
export const breakerOpen = 'breaker-open';

const ourFaults: readonly Refused['reason'][] = ['our-float', 'our-credentials', 'our-request'];

/**
 * Causes that say “nobody answered”. A status of 500 with the provider's own code behind it is an
 * answer: Daraja says so of prompts that are merely under way.
 */
const unheardCauses: readonly RegExp[] = [
  /^(breaker-open|timeout|reset|connection\b.*)$/,
  /^no (token|encryption key): /,
  // Stopped at the gateway: whoever knows the answer was never asked.
  /^(access token refused|\w+ refused our credentials), code /,
  /^the question was refused: (not-sent|401|404\.001\.03|429|500\.003\.\d+)\b/,
  /^HTTP (408|429|502|503|504)\b/,
  /^HTTP 5\d\d( without a JSON object| that says nothing|, no (status|balance))?$/,
  /^(E[A-Z_]{3,}|UND_ERR_[A-Z_]+|[A-Z_]+_CERT[A-Z_]*|CERT_[A-Z_]+|UNABLE_TO_[A-Z_]+)$/,
];

/** Whether an answer that says nothing was no answer at all: then nothing was asked either. */
export const isUnheard = ({ cause }: NotKnown): boolean =>
  unheardCauses.some((pattern) => pattern.test(cause));

const pauseMinMs = 5_000;
const pauseMaxMs = 60_000;
const unheardMaxMs = 3 * dayMs;

/**
 * When a question that nobody heard is asked again, without being counted among the few that there
 * are: an outage of hours must not use up those that are left for when it is over. Undefined for
 * what has gone unheard for days: that counts, and so ends with a person.
 */
export function pauseAfterUnheard(ageMs: number): number | undefined {
  if (ageMs > unheardMaxMs) return undefined;
  return Math.min(Math.max(ageMs / 2, pauseMinMs), pauseMaxMs);
}

const heard: Outcome = { kind: 'ok', code: undefined, unheard: false, credentials: 'taken' };

function outcomeOfRefusal({ code, reason, mayResend }: Refused): Outcome {
  const refusedThem = mayResend ? 'refused' : 'refused-for-good';
  return {
    kind: ourFaults.includes(reason) ? 'our-fault' : 'refused',
    code,
    unheard: reason === 'provider-down',
    credentials: reason === 'our-credentials' ? refusedThem : 'taken',
  };
}

export function outcomeOf(answer: Answer): Outcome {
  if (answer.kind === 'refused') return outcomeOfRefusal(answer);
  if (answer.kind !== 'unknown') return heard;
  return { ...heard, kind: 'unknown', code: answer.cause, unheard: isUnheard(answer) };
}
