import { railIds } from '#kernel';
import type { Database } from '#platform/db';

import type { Exception, ExceptionStore } from '../exceptions/store.ts';
import type { VerificationStore } from '../inquiries/store.ts';
import type { Payment, PaymentStore } from '../payments/store.ts';

/** What is known of a receipt that somebody shows. Only `booked` is money. */
export type ReceiptStanding =
  /** `takenBack`: a statement says that its provider took it back, and the books have it yet. */
  | { readonly kind: 'booked'; readonly payment: Payment; readonly takenBack: boolean }
  /** A callback claimed it, and its provider is being asked. */
  | { readonly kind: 'being-checked' }
  /** A callback claimed it, and its provider would not vouch for it. */
  | { readonly kind: 'not-vouched-for' }
  /** The provider told us of it, and of a short code that is not ours. */
  | { readonly kind: 'other-till'; readonly exception: Exception }
  | { readonly kind: 'unknown' };

/** People type receipts in small letters; providers do not write them so, or not all of them. */
const spellingsOf = (receipt: string): readonly string[] => [
  ...new Set([receipt, receipt.toUpperCase()]),
];

export function createReceiptDesk(deps: {
  readonly database: Database;
  readonly payments: PaymentStore;
  readonly verifications: VerificationStore;
  readonly exceptions: ExceptionStore;
}) {
  const { payments, verifications, exceptions } = deps;
  return async (receipt: string): Promise<ReceiptStanding> => {
    const { executor } = deps.database;
    const spellings = spellingsOf(receipt);
    const keys = spellings.flatMap((one) => railIds.map((rail) => ({ rail, receipt: one })));
    const [payment] = (await payments.findByReceipts(executor, keys)).values();
    if (payment !== undefined) {
      const about = await exceptions.allAbout(executor, payment.id);
      const takenBack = about.some(
        ({ kind, state }) => kind === 'reversed-by-provider' && state === 'open',
      );
      return { kind: 'booked', payment, takenBack };
    }
    const claims = await verifications.statesOf(executor, spellings);
    if (claims.includes('open')) return { kind: 'being-checked' };
    const exception = await exceptions.findOfOtherTill(executor, spellings);
    if (exception !== undefined) return { kind: 'other-till', exception };
    return claims.length > 0 ? { kind: 'not-vouched-for' } : { kind: 'unknown' };
  };
}
