import { businessDateOf, type EpochMs } from '#kernel';

import type { PaymentView } from '#api/contract';

import type { ReceiptStandingView } from '../../api/shapes.ts';
import { timeOf } from '../../text/format.ts';

/** What a cashier is told, in one word; the drawing that goes with it is `signOf`. */
export type VerdictKind =
  | 'paid'
  | 'old'
  | 'again'
  | 'waiting'
  | 'checking'
  | 'refuted'
  | 'otherTill'
  | 'goingBack'
  | 'goneBack';

export interface Verdict {
  readonly kind: VerdictKind;
  readonly payment: PaymentView | undefined;
  /** Said besides: the money is here, and something else is to be known. */
  readonly note: 'unassigned' | 'held' | undefined;
}

/** A payment is of this sale for so long; after it, its message may be one that is shown twice. */
export const freshForMs = 30 * 60_000;

const kinds = {
  paid: 'paid',
  unassigned: 'paid',
  held: 'paid',
  'going-back': 'goingBack',
  'gone-back': 'goneBack',
  'being-checked': 'checking',
  'not-vouched-for': 'refuted',
  'other-till': 'otherTill',
  unknown: 'waiting',
} as const satisfies Record<ReceiptStandingView['standing'], VerdictKind>;

export interface Facts {
  readonly now: EpochMs;
  /** When this very receipt was shown on this device the first time. */
  readonly shownAt: EpochMs | undefined;
}

/** Paid is only what was paid just now, and is shown for the first time. */
export function verdictOf(answer: ReceiptStandingView, { now, shownAt }: Facts): Verdict {
  const { standing } = answer;
  const kind = kinds[standing];
  const payment = answer.payment ?? undefined;
  const note = standing === 'unassigned' || standing === 'held' ? standing : undefined;
  if (kind !== 'paid' || payment === undefined) return { kind, payment, note };
  if (shownAt !== undefined) return { kind: 'again', payment, note };
  return { kind: isOld(payment, now) ? 'old' : 'paid', payment, note };
}

export function isOld(payment: PaymentView, now: EpochMs): boolean {
  const paidAt = timeOf(payment.occurredAt);
  return (
    now - paidAt > freshForMs || businessDateOf(paidAt) !== businessDateOf(Math.max(now, paidAt))
  );
}
