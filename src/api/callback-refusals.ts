export { problemContentType } from '#api/contract';

import { ProblemRaised } from './problem.ts';

const retryAfterMs = 5_000;

/** Why a callback is turned away, as its sender is told. */
export const callbackRefusals = {
  'too-large': () =>
    new ProblemRaised('body-too-large', 'A body has at most 64 KiB, a statement 32 MiB.', {
      // What is still to come is not read.
      headers: { connection: 'close' },
    }),
  'too-many-strangers': () =>
    new ProblemRaised(
      'too-many-requests',
      'Too many callbacks came to addresses that are not ours.',
      { retryAfterMs: 60_000 },
    ),
  'cannot-keep': () =>
    new ProblemRaised(
      'callback-not-kept',
      'Neither the database nor the disk could take it. Send it again.',
      { retryAfterMs },
    ),
} as const;
