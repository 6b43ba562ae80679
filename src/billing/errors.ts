import { unreachable, type RailId } from '#kernel';

/** Why a charge was not made, in order of precedence. */
export type ChargeRefusal =
  | { readonly kind: 'unknown-stream'; readonly streamId: string }
  | { readonly kind: 'amount-not-whole-shillings'; readonly amountMinor: bigint }
  | { readonly kind: 'rail-not-set-up'; readonly rail: RailId }
  | {
      readonly kind: 'amount-out-of-range';
      readonly rail: RailId;
      readonly minMinor: bigint;
      readonly maxMinor: bigint;
    }
  | { readonly kind: 'not-a-phone-number' }
  | { readonly kind: 'consent-without-phone' }
  | { readonly kind: 'fallback-without-act' }
  | { readonly kind: 'fallback-on-same-rail' }
  | { readonly kind: 'key-used-for-other-input'; readonly requestKey: string };

/** Whether the same request could succeed later. */
export function isTransient(refusal: ChargeRefusal): boolean {
  switch (refusal.kind) {
    case 'unknown-stream':
    case 'amount-not-whole-shillings':
    case 'rail-not-set-up':
    case 'amount-out-of-range':
    case 'not-a-phone-number':
    case 'consent-without-phone':
    case 'fallback-without-act':
    case 'fallback-on-same-rail':
    case 'key-used-for-other-input':
      return false;
    default:
      return unreachable(refusal, 'charge refusal');
  }
}
