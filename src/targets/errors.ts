import { unreachable } from '#kernel';

import type { TargetKind } from './target.ts';

/** Why a target was not changed, in order of precedence. */
export type TargetRefusal =
  | { readonly kind: 'amount-not-above-zero' }
  | { readonly kind: 'amount-too-large'; readonly maxMinor: bigint }
  | { readonly kind: 'below-minimum'; readonly target: TargetKind; readonly minimumMinor: bigint };

/** Whether asking again unchanged could succeed. */
export function isTransient(refusal: TargetRefusal): boolean {
  switch (refusal.kind) {
    case 'amount-not-above-zero':
    case 'amount-too-large':
    case 'below-minimum':
      return false;
    default:
      return unreachable(refusal, 'target refusal');
  }
}
