import type { Charge } from '#billing';

import type { Placement } from '../judge.ts';
import type { Payment } from '../payments/store.ts';
import type { ExceptionKind, NewException } from './store.ts';

/** Money that names nothing the business knows. */
export const unplacedKinds = [
  'unknown-reference',
  'wrong-reference',
  'unknown-payer',
] as const satisfies readonly ExceptionKind[];

/** Money that waits until somebody says whose it is. */
export const waitingKinds = [
  ...unplacedKinds,
  'overpaid',
  'underpaid',
  'duplicate-payment',
] as const satisfies readonly ExceptionKind[];

export const isUnknown = (placement: Placement): boolean =>
  placement.kind === 'suspense' && placement.why === 'unknown-reference';

export interface BookedFacts {
  readonly payment: Payment;
  readonly placement: Placement;
  /** The one charge that what was typed is a slip away from. */
  readonly meant: Charge | undefined;
  /** Its charge had been declined or had expired. */
  readonly cameLate: boolean;
}

/** What a person should look at about money that has just been booked, if anything. */
export function troubleOf(facts: BookedFacts): readonly NewException[] {
  const { payment, placement, meant, cameLate } = facts;
  const named = placement.kind === 'stream' ? undefined : placement.charge;
  const about = {
    rail: payment.rail,
    subject: payment.id,
    amountMinor: payment.amountMinor,
    detail: {
      receipt: payment.receipt,
      accountReference: payment.accountReference,
      charge: named?.id ?? meant?.id ?? null,
    },
  };
  if (placement.kind === 'suspense') return [{ ...about, kind: kindOf(facts, placement.why) }];
  if (!cameLate || named === undefined) return [];
  return [{ ...about, kind: 'late-success', detail: { ...about.detail, was: named.state } }];
}

function kindOf(
  { payment, meant }: BookedFacts,
  why: Extract<Placement, { kind: 'suspense' }>['why'],
): ExceptionKind {
  if (why !== 'unknown-reference') return why;
  if (meant !== undefined) return 'wrong-reference';
  const isNameless = payment.payer === undefined && payment.payerName === undefined;
  return isNameless ? 'unknown-payer' : 'unknown-reference';
}
