import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { Secret } from '#kernel';

import type { Keys } from './keys.ts';
import type { RandomBytes } from './random.ts';
import { isLoopback } from './source.ts';

/**
 * How the command line on the same machine proves itself: the engine writes `token` into a file
 * that only its own user can read, anew at every start, and believes who can quote it.
 */
export interface LocalAccess {
  readonly token: Secret<string>;
  /** `source` is the connection's own address, never one that a header claims. */
  matches(presented: { readonly token: string; readonly source: string }): boolean;
}

const seedBytes = 32;

export function createLocalAccess(deps: {
  readonly keys: Keys;
  readonly random: RandomBytes;
}): LocalAccess {
  const token = createHmac('sha256', deps.keys.cli).update(deps.random(seedBytes)).digest('hex');
  const digest = digestOf(token);
  return {
    token: new Secret(token),
    matches: (presented) =>
      isLoopback(presented.source) && timingSafeEqual(digestOf(presented.token), digest),
  };
}

// Digests are of one length whatever is presented, which is what the comparison asks for.
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
