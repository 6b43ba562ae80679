import { unreachable } from '#kernel';

export type LedgerRefusal = {
  readonly kind: 'key-used-for-other-input';
  readonly idempotencyKey: string;
};

/** Whether asking again unchanged could succeed. */
export function isTransient(refusal: LedgerRefusal): boolean {
  switch (refusal.kind) {
    case 'key-used-for-other-input':
      return false;
    default:
      return unreachable(refusal.kind, 'ledger refusal');
  }
}
