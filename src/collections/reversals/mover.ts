import {
  businessDateOf,
  invariant,
  nairobiHourOf,
  type FixId,
  type IdSource,
  type RailId,
} from '#kernel';
import type { Account, Ledger } from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import type { PlannedReversal } from '../fixes/decide.ts';
import type { FixedPayment } from '../fixes/store.ts';
import type { GoneBack } from '../payments/gone-back.ts';
import { newsOf } from '../payments/news.ts';
import type { PaymentState, PaymentStore } from '../payments/store.ts';

export interface ReversalMoverDeps {
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly payments: PaymentStore;
  /** What the money reduces, and the wallet it leaves. */
  readonly accountOf: (reversal: PlannedReversal) => Account;
  readonly walletOf: (rail: RailId) => Account;
}

interface Step {
  /** The fix or the undo that takes it. */
  readonly fixId: FixId;
  readonly kind: string;
  readonly reversal: PlannedReversal;
  /** Below zero what goes, above zero what counts again. */
  readonly sign: 1n | -1n;
  readonly to: PaymentState;
  readonly back: GoneBack | undefined;
  readonly topic: string;
}

/**
 * Takes money that a provider gave back out of the wallet and out of what was earned or owed of it,
 * on the day it went; or back in, where that turns out to be wrong. Payments come locked.
 */
export function createReversalMover(deps: ReversalMoverDeps) {
  const take = async (tx: Tx, step: Step): Promise<FixedPayment> => {
    const { payment } = step.reversal;
    const ledgerTransactionId = await post(deps, tx, step);
    const moved = await deps.payments.move(tx, {
      id: payment.id,
      from: payment.state,
      to: step.to,
      allocatedMinor: payment.streamId === undefined ? payment.earnedMinor : 0n,
      customer: payment.customer,
      back: step.back,
    });
    invariant(moved, 'a locked payment is where it was read');
    await addRevenue(deps, tx, step);
    await deps.outbox.publish(tx, [{ topic: step.topic, payload: newsOf(payment) }]);
    const { id: paymentId, state: stateBefore } = payment;
    return { paymentId, stateBefore, stateAfter: step.to, ledgerTransactionId };
  };

  return {
    forward: (tx: Tx, fixId: FixId, reversal: PlannedReversal): Promise<FixedPayment> => {
      const { payment: _, ...facts } = reversal;
      return take(tx, {
        fixId,
        kind: 'fix-book-reversal',
        reversal,
        sign: -1n,
        to: 'reversed',
        back: { kind: 'reversal', reversal: facts },
        topic: 'payment.reversed',
      });
    },

    back: (tx: Tx, fixId: FixId, payment: PlannedReversal['payment']): Promise<FixedPayment> => {
      const { reversal: facts } = payment;
      invariant(facts !== undefined, 'a reversed payment says by what');
      return take(tx, {
        fixId,
        kind: 'undo-book-reversal',
        reversal: { ...facts, payment },
        sign: 1n,
        to: facts.from,
        back: undefined,
        topic: facts.from === 'earned' ? 'payment.confirmed' : 'payment.suspended',
      });
    },
  };
}

export type ReversalMover = ReturnType<typeof createReversalMover>;

async function post(
  { ids, ledger, accountOf, walletOf }: ReversalMoverDeps,
  tx: Tx,
  { fixId, kind, reversal, sign }: Step,
) {
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
        { account: walletOf(payment.rail), amountMinor: sign * amountMinor },
      ],
    },
  ]);
  invariant(posted.ok && posted.value.length === 1, 'a decision is booked once');
  return id;
}

async function addRevenue(
  { payments }: ReversalMoverDeps,
  tx: Tx,
  { reversal, sign }: Step,
): Promise<void> {
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
}
