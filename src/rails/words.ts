/** What all rails say alike of a call that brought no answer of the provider's. */
import type { NotKnown, Refused } from './rail.ts';

export const unknownBecause = (cause: string): NotKnown => ({ kind: 'unknown', cause });

/** No byte can have reached the provider. */
export const refusedUnsent = (cause: string): Refused => ({
  kind: 'refused',
  code: 'not-sent',
  description: cause,
  reason: 'provider-down',
  mayResend: true,
});

/** Stopped at the gate for our credentials: nothing took effect. */
export const refusedCredentials = ({
  code,
  description,
}: {
  readonly code: string;
  readonly description: string;
}): Refused => ({ kind: 'refused', code, description, reason: 'our-credentials', mayResend: true });
