import type { Charge } from '#billing';

import type { Prompt } from './prompt.ts';

/** Everything that decides whether the payer is asked on the other rail. */
export interface FallbackFacts {
  readonly charge: Pick<Charge, 'state' | 'consent' | 'fallback'>;
  /** Every prompt there ever was for the charge, oldest first. */
  readonly prompts: readonly Pick<Prompt, 'state' | 'reason'>[];
  /** Whether calls on the charge's own rail are held back now. */
  readonly isHeldBack: boolean;
}

/** The provider did not take the prompt for reasons of its own, or of ours: nothing a payer did. */
const railTroubles: readonly (string | undefined)[] = ['provider-down', 'our-credentials'];

/**
 * A charge is never on two phones at once: the other rail is asked only while no prompt of the
 * charge was ever sent, or every one was refused unheard. After one whose end is unknown, never.
 */
export function mayFallBack({ charge, prompts, isHeldBack }: FallbackFacts): boolean {
  const { consent, fallback, state } = charge;
  if (fallback === undefined || fallback.usedAt !== undefined) return false;
  if (consent?.basis !== 'payer-act' || state !== 'open') return false;
  if (!prompts.every((prompt) => prompt.state === 'refused')) return false;
  return isHeldBack || railTroubles.includes(prompts.at(-1)?.reason);
}
