import { unreachable, type RailId, type TransferId } from '#kernel';

/** Why a transfer was not planned, in order of precedence. */
export type TransferRefusal =
  | { readonly kind: 'key-used-for-other-input'; readonly transferId: TransferId }
  | { readonly kind: 'engine-stopped' }
  | { readonly kind: 'rail-not-configured'; readonly rail: RailId }
  | { readonly kind: 'no-payout-number'; readonly rail: RailId }
  | { readonly kind: 'amount-not-whole-shillings'; readonly amountMinor: bigint }
  | {
      readonly kind: 'amount-out-of-range';
      readonly rail: RailId;
      readonly minMinor: bigint;
      readonly maxMinor: bigint;
    }
  | { readonly kind: 'over-daily-limit'; readonly rail: RailId; readonly leftMinor: bigint }
  | { readonly kind: 'balance-too-low'; readonly rail: RailId; readonly freeMinor: bigint };

/** Whether the same request could succeed later, without a change of settings. */
export function isTransient(refusal: TransferRefusal): boolean {
  switch (refusal.kind) {
    case 'engine-stopped':
    case 'over-daily-limit':
    case 'balance-too-low':
      return true;
    case 'key-used-for-other-input':
    case 'rail-not-configured':
    case 'no-payout-number':
    case 'amount-not-whole-shillings':
    case 'amount-out-of-range':
      return false;
    default:
      return unreachable(refusal, 'transfer refusal');
  }
}
