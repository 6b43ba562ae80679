import {
  businessDateOf,
  floorShillings,
  formatMoney,
  invariant,
  nairobiHourOf,
  type Clock,
  type EpochMs,
  type IdSource,
  type PaymentId,
  type RailId,
  type TransferId,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import { customerCredit, revenue, suspense, type Account, type Ledger } from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import type { RefundEnd } from '#transfers';

import type { ExceptionStore, NewException } from '../exceptions/store.ts';
import type { AppliedFix } from '../fixes/fix.ts';
import { lyingIn, placeOf } from '../fixes/places.ts';
import { accountOf, hashed } from '../fixes/service.ts';
import type { FixStore } from '../fixes/store.ts';
import { newsOf } from '../payments/news.ts';
import type { Place, Refund } from '../payments/gone-back.ts';
import type { Payment, PaymentState, PaymentStore } from '../payments/store.ts';
import type { ReversalBooker } from '../reversals/service.ts';
import type { Undoer } from '../undo/service.ts';
import { createRefundBooks } from './books.ts';

export interface RefundDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly payments: PaymentStore;
  readonly exceptions: ExceptionStore;
  readonly fixes: FixStore;
  readonly undoer: Undoer;
  readonly reversals: ReversalBooker;
}

const engine: Actor = { kind: 'engine', part: 'collections' };

/**
 * Hears how refunds ended. While one is under way its payment is `refunding` and nothing else
 * touches it; what the refund reduces is booked by whoever sends it, the figures are kept here.
 */
export function createRefundRecorder(deps: RefundDeps) {
  const { clock, payments, exceptions, fixes } = deps;
  const books = createRefundBooks({ ...deps, accountNamed });

  const addRevenue = async (
    tx: Tx,
    payment: Payment,
    { amountMinor, at }: { readonly amountMinor: bigint; readonly at: EpochMs },
  ): Promise<void> => {
    invariant(payment.earnedBy !== undefined, 'a refund is paid from one account');
    await payments.addRevenue(tx, [
      {
        businessDate: businessDateOf(at),
        hour: nairobiHourOf(at),
        rail: payment.rail,
        streamId: payment.earnedBy,
        amountMinor,
        payments: 0,
      },
    ]);
  };

  const complete = async (tx: Tx, transferId: TransferId, paid: Paid): Promise<void> => {
    const { payment, from, amountMinor, at } = paid;
    invariant(
      amountMinor === lyingIn(payment, from),
      'a refund is of all that is earned, or of all that is not',
    );
    await books.place(tx, { payment, transferId, at }, accountOf(paid));
    await move(tx, payment, {
      to: 'refunded',
      refund: { from, amountMinor, transferId, completedOn: businessDateOf(at) },
    });
    if (from === 'earned') await addRevenue(tx, payment, { amountMinor: -amountMinor, at });
    await deps.outbox.publish(tx, [
      {
        topic: 'payment.refunded',
        payload: { ...newsOf(payment), refunded: floorShillings(amountMinor), transferId },
      },
    ]);
    await deps.audit.record(tx, {
      actor: engine,
      action: 'payment.refunded',
      subject: `payment:${payment.id}`,
      detail: { transfer: transferId, amount: formatMoney(amountMinor), from },
    });
  };

  const move = async (
    tx: Tx,
    payment: Payment,
    end: { readonly to: PaymentState; readonly refund: Refund | undefined },
  ): Promise<void> => {
    const moved = await payments.move(tx, {
      id: payment.id,
      from: payment.state,
      to: end.to,
      back: end.refund === undefined ? undefined : { kind: 'refund', refund: end.refund },
      allocatedMinor: payment.streamId === undefined ? payment.earnedMinor : 0n,
      customer: payment.customer,
    });
    invariant(moved, 'a locked payment is where it was read');
  };

  /** One row tells that a refund failed; one that failed once more has been told of. */
  const noteFailure = async (
    tx: Tx,
    { id: undoes, exceptionId, undoneBy }: AppliedFix,
    { payment, to, transferId }: FailedRefund,
  ): Promise<void> => {
    if (undoneBy !== undefined) return;
    const id = deps.ids.next('fix');
    await fixes.insert(tx, {
      id,
      exceptionId,
      kind: 'refund-failed',
      reason: 'the refund failed',
      appliedBy: formatActor(engine),
      appliedAt: clock.now(),
      transferId: undefined,
      undoes,
      requestKey: undefined,
      ...hashed({ kind: 'refund-failed', transferId }),
    });
    await fixes.insertPayments(tx, id, [
      {
        paymentId: payment.id,
        stateBefore: payment.state,
        stateAfter: to,
        ledgerTransactionId: undefined,
      },
    ]);
  };

  /** Nothing left the wallet: the money is where it was, and a person decides again. */
  const giveBack = async (tx: Tx, payment: Payment, { from, transferId }: Refund) => {
    const fix = await fixOf(tx, transferId);
    await noteFailure(tx, fix, { payment, to: from, transferId });
    await move(tx, payment, { to: from, refund: undefined });
    const reopened = await exceptions.reopen(tx, fix.id);
    await deps.outbox.publish(
      tx,
      reopened.map((exceptionId) => ({
        topic: 'exception.reopened',
        payload: { exceptionId, fixId: fix.id, fix: fix.kind },
      })),
    );
    await deps.audit.record(tx, {
      actor: engine,
      action: 'payment.refund-failed',
      subject: `payment:${payment.id}`,
      detail: { transfer: transferId, fix: fix.id, back: from },
    });
  };

  /** A person's word had completed it, and was taken back: figures follow the books. */
  const takeBack = async (tx: Tx, payment: Payment, refund: Refund): Promise<void> => {
    const { from, amountMinor, transferId } = refund;
    const at = await books.takenBackAt(tx, transferId);
    invariant(at !== undefined, 'what has paid nothing any more was taken back');
    await books.unplace(tx, { payment, transferId, at });
    if (from === 'earned') await addRevenue(tx, payment, { amountMinor, at });
    await giveBack(tx, payment, refund);
  };

  /** An earlier refund went through while this one was under way: now there is room for it. */
  const settleEarlier = async (tx: Tx, paymentId: PaymentId): Promise<void> => {
    for (const { transferId } of await fixes.failedRefundsOf(tx, paymentId)) {
      if ((await books.paidBy(tx, transferId)) === undefined) continue;
      if (!(await completeLate(tx, { paymentId, transferId }))) continue;
      const trouble = { kind: 'payout-mismatch', subjects: [transferId] } as const;
      await exceptions.resolve(tx, trouble, clock.now());
      return;
    }
  };

  /** What had to wait for the end of a refund. */
  const settleRest = async (tx: Tx, { paymentId, transferId }: RefundEnd): Promise<void> => {
    await settleEarlier(tx, paymentId);
    await deps.reversals.bookAfter(tx, paymentId, (await fixOf(tx, transferId)).id);
  };

  const fixOf = async (tx: Tx, transferId: TransferId): Promise<AppliedFix> => {
    const fix = await fixes.findByTransfer(tx, transferId);
    invariant(fix !== undefined, 'a refund was asked for by a fix');
    return fix;
  };

  /**
   * A provider that had said failed says completed: what it says last is what happened. How much
   * went, and from where, is what the books say of the transfer; what lies there now may differ.
   */
  const completeLate = async (
    tx: Tx,
    { paymentId, transferId }: Omit<RefundEnd, 'end'>,
  ): Promise<boolean> => {
    const paid = await books.paidBy(tx, transferId);
    if (paid === undefined) return false;
    const fix = await fixOf(tx, transferId);
    const isFree = await deps.undoer.clear(tx, {
      paymentId,
      after: fix.id,
      by: engine,
      reason: 'a refund that had failed went through after all',
    });
    const payment = await lockOne(tx, paymentId);
    const from = placeOf(payment);
    if (!isFree || from === undefined || paid.amountMinor !== lyingIn(payment, from)) {
      await exceptions.open(tx, [contradiction(payment, transferId)], clock.now());
      // What was cleared for it may have been that the provider gave the payment back itself.
      await deps.reversals.book(tx, [paymentId]);
      return false;
    }
    await complete(tx, transferId, { payment, from, ...paid });
    // By the fix: should the money come back, what it had resolved is asked again.
    const ids = [fix.exceptionId];
    await exceptions.resolveBy(tx, { fixId: fix.id, ids }, clock.now());
    return true;
  };

  const lockOne = async (tx: Tx, id: PaymentId): Promise<Payment> => {
    const [payment] = await payments.lock(tx, [id]);
    invariant(payment !== undefined, 'a payment is never removed');
    return payment;
  };

  return {
    /** Safe to be told twice, and of a completion after a failure. */
    ended: async (tx: Tx, told: RefundEnd): Promise<void> => {
      const { paymentId, transferId, end } = told;
      const seen = await payments.find(tx, paymentId);
      if (seen?.refund?.transferId !== transferId) {
        if (end === 'completed') await completeLate(tx, told);
        return;
      }
      const payment = await lockOne(tx, paymentId);
      const { refund } = payment;
      if (refund?.transferId !== transferId) return;
      const paid = await books.paidBy(tx, transferId);
      if (payment.state === 'refunding') {
        if (end === 'failed') {
          await giveBack(tx, payment, refund);
          await settleRest(tx, told);
          return;
        }
        invariant(paid !== undefined, 'a completion is booked before it is told of');
        await complete(tx, transferId, { payment, from: refund.from, ...paid });
      } else if (end === 'failed' && paid === undefined) {
        await takeBack(tx, payment, refund);
        await settleRest(tx, told);
      }
    },
  };
}

interface FailedRefund {
  readonly payment: Payment;
  /** Where its money lies again. */
  readonly to: Place;
  readonly transferId: TransferId;
}

interface Paid {
  readonly payment: Payment;
  readonly from: Place;
  readonly amountMinor: bigint;
  readonly at: EpochMs;
}

function accountNamed(name: string, rail: RailId): Account {
  const account = [suspense(rail), customerCredit(rail)].find((one) => one.name === name);
  return account ?? revenue(name.slice(name.indexOf(':') + 1));
}

const contradiction = (payment: Payment, transferId: TransferId): NewException => ({
  kind: 'payout-mismatch',
  rail: payment.rail,
  subject: transferId,
  amountMinor: payment.amountMinor,
  detail: { why: 'a refund that had failed went through', payment: payment.id },
});
