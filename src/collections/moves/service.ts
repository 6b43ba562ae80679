import {
  invariant,
  nairobiHourOf,
  type Clock,
  type IdSource,
  type Msisdn,
  type RailId,
} from '#kernel';
import {
  credit,
  customerCredit,
  debit,
  revenue,
  suspense,
  type Account,
  type Entry,
  type Ledger,
} from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import type { StreamId } from '#streams';

import type { FixedPayment } from '../fixes/store.ts';
import { newsOf } from '../payments/news.ts';
import type { Payment, PaymentState, PaymentStore } from '../payments/store.ts';

export interface MoverDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly payments: PaymentStore;
}

export interface Earning {
  readonly streamId: StreamId;
  readonly amountMinor: bigint;
}

/** Money of one locked payment on its way from where it lies to where a person wants it. */
export interface Move {
  readonly payment: Payment;
  readonly to: PaymentState;
  readonly customer: Msisdn | undefined;
  readonly earnings: readonly Earning[];
}

export interface MoveOrder {
  /** Says the same thing once: a fix, or an undo. */
  readonly key: string;
  /** What the books call it. */
  readonly kind: string;
  readonly moves: readonly Move[];
}

const placeOf = (state: PaymentState, rail: RailId): Account => {
  invariant(state === 'suspense' || state === 'credit', 'money is moved out of a liability');
  return state === 'suspense' ? suspense(rail) : customerCredit(rail);
};

const earnedBy = ({ earnings }: Move): bigint =>
  earnings.reduce((total, { amountMinor }) => total + amountMinor, 0n);

/**
 * Moves the money of payments by a person's decision, within the caller's transaction: entries,
 * payment, roll-ups and news. On the day the money came, for it was the business's from then on.
 */
export function createMover(deps: MoverDeps) {
  const { ids, payments } = deps;

  const post = async (
    tx: Tx,
    { payment, entries }: { readonly payment: Payment; readonly entries: readonly Entry[] },
    { key, kind }: MoveOrder,
  ): Promise<FixedPayment['ledgerTransactionId']> => {
    if (entries.length === 0) return undefined;
    const id = ids.next('ledgerTransaction');
    const posted = await deps.ledger.post(tx, [
      {
        id,
        kind,
        idempotencyKey: `${key}:${payment.id}`,
        subject: payment.id,
        occurredAt: payment.occurredAt,
        entries,
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, 'a decision is booked once');
    return id;
  };

  const addRevenue = (tx: Tx, { payment, earnings }: Move, sign: 1 | -1): Promise<void> =>
    payments.addRevenue(
      tx,
      earnings.map(({ streamId, amountMinor }) => ({
        businessDate: payment.businessDate,
        hour: nairobiHourOf(payment.occurredAt),
        rail: payment.rail,
        streamId,
        amountMinor: amountMinor * BigInt(sign),
        payments: sign,
      })),
    );

  const tell = (tx: Tx, move: Move, topic: string): Promise<void> => {
    const [first, ...more] = new Set(move.earnings.map(({ streamId }) => streamId));
    const streamId = more.length === 0 ? first : undefined;
    const news = newsOf({ ...move.payment, streamId, amountMinor: earnedBy(move) });
    return deps.outbox.publish(tx, [{ topic, payload: news }]);
  };

  const change = async (tx: Tx, move: Move, allocatedMinor: bigint): Promise<void> => {
    const { payment, to, customer } = move;
    invariant(payment.streamId === undefined, 'what booking earned is not moved');
    invariant(
      allocatedMinor >= 0n && allocatedMinor <= payment.amountMinor,
      'no more is earned of a payment than came',
    );
    const { id, state: from } = payment;
    const moved = await payments.move(tx, {
      id,
      from,
      to,
      allocatedMinor,
      customer,
      back: undefined,
    });
    invariant(moved, 'a locked payment is where it was read');
  };

  return {
    forward: async (tx: Tx, order: MoveOrder): Promise<readonly FixedPayment[]> => {
      const fixed: FixedPayment[] = [];
      for (const move of order.moves) {
        const { payment, to } = move;
        const allocatedMinor = payment.earnedMinor + earnedBy(move);
        const entries = entriesOf(move, { from: payment.state, to, allocatedMinor });
        const ledgerTransactionId = await post(tx, { payment, entries }, order);
        await change(tx, move, allocatedMinor);
        await addRevenue(tx, move, 1);
        if (move.earnings.length > 0) await tell(tx, move, 'payment.confirmed');
        const { id: paymentId, state: stateBefore } = payment;
        fixed.push({ paymentId, stateBefore, stateAfter: to, ledgerTransactionId });
      }
      return fixed;
    },

    /** Takes moves back by entries of the opposite sign; `to` is where the money lay before. */
    back: async (tx: Tx, order: MoveOrder): Promise<readonly FixedPayment[]> => {
      const fixed: FixedPayment[] = [];
      for (const move of order.moves) {
        const { payment, to } = move;
        const booked = entriesOf(move, {
          from: to,
          to: payment.state,
          allocatedMinor: payment.earnedMinor,
        });
        const entries = booked.map((one) => ({ ...one, amountMinor: -one.amountMinor }));
        const ledgerTransactionId = await post(tx, { payment, entries }, order);
        await change(tx, move, payment.earnedMinor - earnedBy(move));
        await addRevenue(tx, move, -1);
        if (move.earnings.length > 0) await tell(tx, move, 'payment.suspended');
        const { id: paymentId, state: stateBefore } = payment;
        fixed.push({ paymentId, stateBefore, stateAfter: to, ledgerTransactionId });
      }
      return fixed;
    },
  };
}

export type Mover = ReturnType<typeof createMover>;

/** Out of the liability: to streams what they earn, to the customer what is held from now on. */
function entriesOf(
  move: Move,
  way: {
    readonly from: PaymentState;
    readonly to: PaymentState;
    readonly allocatedMinor: bigint;
  },
): readonly Entry[] {
  const { payment, earnings } = move;
  const { rail } = payment;
  const isHeldAnew = way.from === 'suspense' && way.to === 'credit';
  const heldMinor = isHeldAnew ? payment.amountMinor - way.allocatedMinor : 0n;
  const outMinor = earnedBy(move) + heldMinor;
  if (outMinor === 0n) return [];
  const perStream = Map.groupBy(earnings, ({ streamId }) => streamId);
  return [
    debit(placeOf(way.from, rail), outMinor),
    ...[...perStream].map(([streamId, own]) =>
      credit(
        revenue(streamId),
        own.reduce((total, { amountMinor }) => total + amountMinor, 0n),
      ),
    ),
    ...(heldMinor === 0n ? [] : [credit(customerCredit(rail), heldMinor)]),
  ];
}
