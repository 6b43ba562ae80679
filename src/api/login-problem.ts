import type { LoginRefusal } from '#security';

import { ProblemRaised } from './problem.ts';

/** The same words whatever was wrong, so that a guesser learns nothing from them. */
export function loginProblem(
  refusal: LoginRefusal,
  kind: 'login-refused' | 'key-not-accepted',
): ProblemRaised {
  if (refusal.kind === 'slowed-down') {
    return new ProblemRaised('too-many-requests', 'Too many attempts. Wait and try again.', {
      retryAfterMs: refusal.retryAfterMs,
    });
  }
  return new ProblemRaised(kind, 'Check the master key and try again.');
}
