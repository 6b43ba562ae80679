import { createHmac, timingSafeEqual } from 'node:crypto';

import { invariant } from '#kernel';

import type { Keys } from './keys.ts';

export type CallbackTokenVerdict =
  | { readonly authentic: true; readonly subject: bigint }
  | { readonly authentic: false };

/**
 * Unguessable callback addresses that need no look-up: a callback can be told from a forgery while
 * the database is away. The token names its subject and proves that we named it.
 */
export interface CallbackTokens {
  /** 48 hex digits: 16 of the subject's number and 32 of the proof. */
  tokenFor(address: { readonly channel: string; readonly subject: bigint }): string;
  /** Takes anything a stranger may put into a path; never throws. */
  verify(address: { readonly channel: string; readonly token: string }): CallbackTokenVerdict;
}

// Hex and nothing else: Daraja's C2B register refuses addresses that contain words such as exe, cmd
// or sql (documented; that other addresses are filtered too is assumed), and no run of hex digits
// spells one.
const tokenForm = /^[0-9a-f]{48}$/;
const subjectDigits = 16;
const proofBytes = 16;

export function createCallbackTokens({ keys }: { readonly keys: Keys }): CallbackTokens {
  // The subject is digits alone and stands last, so no channel name can imitate another pair.
  const proofOf = (channel: string, subject: bigint): Buffer =>
    createHmac('sha256', keys.callbackToken)
      .update(`${channel}|${subject}`)
      .digest()
      .subarray(0, proofBytes);

  return {
    tokenFor: ({ channel, subject }) => {
      invariant(subject >= 0n && subject < 1n << 64n, 'a callback subject is a 64-bit number');
      const name = subject.toString(16).padStart(subjectDigits, '0');
      return `${name}${proofOf(channel, subject).toString('hex')}`;
    },

    verify: ({ channel, token }) => {
      if (typeof token !== 'string' || !tokenForm.test(token)) return { authentic: false };
      const subject = BigInt(`0x${token.slice(0, subjectDigits)}`);
      const presented = Buffer.from(token.slice(subjectDigits), 'hex');
      return timingSafeEqual(presented, proofOf(channel, subject))
        ? { authentic: true, subject }
        : { authentic: false };
    },
  };
}
