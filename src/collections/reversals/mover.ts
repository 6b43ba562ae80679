import { businessDateOf, invariant, nairobiHourOf, type FixId, type IdSource } from '#kernel';
import { railCollection, type Ledger } from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import type { PlannedReversal } from '../fixes/decide.ts';
import { accountOf } from '../fixes/places.ts';
import type { FixedPayment } from '../fixes/store.ts';
import type { GoneBack } from '../payments/gone-back.ts';
import { newsOf } from '../payments/news.ts';
import type { Payment, PaymentState, PaymentStore } from '../payments/store.ts';

export interface ReversalMoverDeps {
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly payments: PaymentStore;
}

interface Booked {
  /** The fix or the undo that moves it. */
  readonly fixId: FixId;
  readonly kind: string;
  readonly reversal: PlannedReversal;
  /** Below zero what went, above zero what counts again. */
  readonly sign: 1n | -1n;
}

/**
 * Takes money that a provider gave back out of the wallet and out of what was earned or owed of it,
 * on the day it went; or back in, where that turns out to be wrong. Payments come locked.
 */
export function createReversalMover({ ids, ledger, outbox, payments }: ReversalMoverDeps) {
  const post = async (tx: Tx, { fixId, kind, reversal, sign }: Booked) => {
    const { payment, amountMinor, at } = reversal;
    const id = ids.next('ledgerTransaction');
    const posted = await ledger.post(tx, [
      {
        id,
        kind,
        idempotencyKey: `fix:${fixId}:${payment.id}`,
        subject: payment.id,
        occurredAt: at,
        entries: [
          { account: accountOf(reversal), amountMinor: -sign * amountMinor },
          { account: railCollection(payment.rail), amountMinor: sign * amountMinor },
        ],
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, 'a decision is booked once');
    return id;
  };

  const addRevenue = async (tx: Tx, { reversal, sign }: Booked): Promise<void> => {
    const { payment, from, amountMinor, at } = reversal;
    if (from !== 'earned') return;
    invariant(payment.earnedBy !== undefined, 'money is given back by one stream');
    await payments.addRevenue(tx, [
      {
        businessDate: businessDateOf(at),
        hour: nairobiHourOf(at),
        rail: payment.rail,
        streamId: payment.earnedBy,
        amountMinor: sign * amountMinor,
        payments: 0,
      },
    ]);
  };

  const move = async (
    tx: Tx,
    booked: Booked,
    end: { readonly to: PaymentState; readonly back: GoneBack | undefined },
  ): Promise<FixedPayment> => {
    const { payment } = booked.reversal;
    const ledgerTransactionId = await post(tx, booked);
    const moved = await payments.move(tx, {
      ...end,
      id: payment.id,
      from: payment.state,
      allocatedMinor: payment.streamId === undefined ? payment.earnedMinor : 0n,
      customer: payment.customer,
    });
    invariant(moved, 'a locked payment is where it was read');
    await addRevenue(tx, booked);
    const { id: paymentId, state: stateBefore } = payment;
    return { paymentId, stateBefore, stateAfter: end.to, ledgerTransactionId };
  };

  const tell = (tx: Tx, topic: string, payment: Payment): Promise<void> =>
    outbox.publish(tx, [{ topic, payload: newsOf(payment) }]);

  return {
    forward: async (tx: Tx, fixId: FixId, reversal: PlannedReversal): Promise<FixedPayment> => {
      const { payment, ...facts } = reversal;
      const booked = { fixId, kind: 'fix-book-reversal', reversal, sign: -1n } as const;
      const back = { kind: 'reversal', reversal: facts } as const;
      const fixed = await move(tx, booked, { to: 'reversed', back });
      await tell(tx, 'payment.reversed', payment);
      return fixed;
    },

    back: async (tx: Tx, fixId: FixId, payment: Payment): Promise<FixedPayment> => {
      const { reversal: facts } = payment;
      invariant(facts !== undefined, 'a reversed payment says by what');
      const reversal = { ...facts, payment };
      const booked = { fixId, kind: 'undo-book-reversal', reversal, sign: 1n } as const;
      const fixed = await move(tx, booked, { to: facts.from, back: undefined });
      await tell(tx, facts.from === 'earned' ? 'payment.confirmed' : 'payment.suspended', payment);
      return fixed;
    },
  };
}

export type ReversalMover = ReturnType<typeof createReversalMover>;
