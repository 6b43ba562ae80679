import {
  decimalOf,
  formatMoney,
  invariant,
  nairobiHourOf,
  type Clock,
  type IdSource,
} from '#kernel';
import type { Audit } from '#audit';
import { hasEnded, type Billing, type Charge } from '#billing';
import { credit, debit, revenue, suspense, type Ledger } from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import type { ExceptionStore } from '../exceptions/store.ts';
import { troubleOf, unplacedKinds } from '../exceptions/trouble.ts';
import { newsOf } from '../payments/news.ts';
import type { Booking } from '../payments/service.ts';
import type { Payment, PaymentStore } from '../payments/store.ts';

export interface MatcherDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly billing: Billing;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly payments: PaymentStore;
  readonly exceptions: ExceptionStore;
}

export interface KnownBooking {
  readonly booking: Booking;
  /** As it is booked; locked, or new in this transaction. */
  readonly payment: Payment;
}

/**
 * A receipt told a second time books nothing, but the second road may know more than the first: a
 * till's confirmation names no charge, the callback of its prompt does.
 */
export function createMatcher(deps: MatcherDeps) {
  const { clock } = deps;

  /** Money in suspense turns out to be a charge's: it is earned, on the day it came. */
  const match = async (tx: Tx, { booking, payment }: KnownBooking, charge: Charge) => {
    const { streamId } = charge;
    invariant(payment.state === 'suspense', 'only money in suspense is matched');
    invariant(payment.amountMinor === charge.amountMinor, 'a charge is paid in full');
    const posted = await deps.ledger.post(tx, [
      {
        id: deps.ids.next('ledgerTransaction'),
        kind: 'payment-matched',
        idempotencyKey: `payment-matched:${payment.id}`,
        subject: payment.id,
        occurredAt: payment.occurredAt,
        entries: [
          debit(suspense(payment.rail), payment.amountMinor),
          credit(revenue(streamId), payment.amountMinor),
        ],
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, 'money leaves suspense once');
    const earned: Payment = {
      ...payment,
      state: 'earned',
      streamId,
      earnedBy: streamId,
      earnedMinor: payment.amountMinor,
      chargeId: charge.id,
      promptId: booking.prompt?.id,
    };
    await deps.payments.leaveSuspense(tx, { ...earned, streamId, chargeId: charge.id });
    const hour = nairobiHourOf(payment.occurredAt);
    await deps.payments.addRevenue(tx, [{ ...payment, streamId, hour, payments: 1 }]);
    const paid = { id: charge.id, to: 'paid', paymentId: payment.id } as const;
    const changed = await deps.billing.change(tx, [paid]);
    invariant(changed.size === 1, 'a locked payable charge becomes paid');
    await tell(tx, earned, charge);
  };

  const tell = async (tx: Tx, payment: Payment, charge: Charge): Promise<void> => {
    const now = clock.now();
    for (const kind of unplacedKinds) {
      await deps.exceptions.resolve(tx, { kind, subjects: [payment.id] }, now);
    }
    const placement = { kind: 'charge', charge } as const;
    const cameLate = hasEnded(charge.state);
    const late = troubleOf({ payment, placement, meant: undefined, cameLate });
    await deps.exceptions.open(tx, late, now);
    await deps.outbox.publish(tx, [{ topic: 'payment.confirmed', payload: newsOf(payment) }]);
    await deps.audit.record(tx, {
      actor: { kind: 'engine', part: 'collections' },
      action: 'payment.matched',
      subject: `payment:${payment.id}`,
      detail: { charge: charge.id, amount: formatMoney(payment.amountMinor) },
    });
  };

  /** Its provider gave it back, and nobody has decided about that: it is not placed. */
  const isTakenBack = async (tx: Tx, { id: subject }: Payment): Promise<boolean> => {
    const told = await deps.exceptions.findAbout(tx, { kind: 'reversed-by-provider', subject });
    return told?.state === 'open';
  };

  /** One receipt, two amounts: the books keep the first, and a person asks the provider. */
  const contradict = (tx: Tx, known: readonly KnownBooking[]): Promise<void> =>
    deps.exceptions.open(
      tx,
      known
        .filter(({ booking: { money }, payment }) => money.amountMinor !== payment.amountMinor)
        .map(({ booking: { money, road }, payment }) => ({
          kind: 'receipt-contradiction',
          rail: payment.rail,
          subject: payment.id,
          amountMinor: money.amountMinor,
          detail: { receipt: payment.receipt, booked: decimalOf(payment.amountMinor), road },
        })),
      clock.now(),
    );

  return {
    /** Looks at a receipt that was booked before. */
    again: async (tx: Tx, { booking, payment }: KnownBooking): Promise<void> => {
      const { placement, money } = booking;
      const { state, chargeId, earnedMinor } = payment;
      const waits = state === 'suspense' && chargeId === undefined && earnedMinor === 0n;
      const agrees = money.amountMinor === payment.amountMinor;
      if (!waits || !agrees || placement.kind !== 'charge') return;
      if (await isTakenBack(tx, payment)) return;
      await match(tx, { booking, payment }, placement.charge);
    },
    contradict,
  };
}
