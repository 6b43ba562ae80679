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
  type TransferId,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import { credit, debit, revenue, suspense, type Ledger } from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import type { RefundEnd } from '#transfers';

import type { ExceptionStore, NewException } from '../exceptions/store.ts';
import { restOf } from '../fixes/decide.ts';
import type { AppliedFix } from '../fixes/fix.ts';
import { accountOf, hashed } from '../fixes/service.ts';
import type { FixStore } from '../fixes/store.ts';
import { newsOf } from '../payments/news.ts';
import type { Payment, PaymentState, PaymentStore, Refund } from '../payments/store.ts';
import type { Undoer } from '../undo/service.ts';

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
}

const engine: Actor = { kind: 'engine', part: 'collections' };

/**
 * Hears how refunds ended. While one is under way its payment is `refunding` and nothing else
 * touches it; what the refund reduces is booked by whoever sends it, the figures are kept here.
 */
export function createRefundRecorder(deps: RefundDeps) {
  const { clock, payments, exceptions, fixes } = deps;

  /** When the books say the money left, so that figures and books name the same day. */
  const bookedAt = async (tx: Tx, transferId: TransferId, refund: Paid): Promise<EpochMs> => {
    const { name } = accountOf(refund);
    const entries = await deps.ledger.entriesOf(transferId, tx);
    const paid = entries.find(
      ({ account, amountMinor }) => account === name && amountMinor === refund.amountMinor,
    );
    return paid?.occurredAt ?? clock.now();
  };

  const reduceRevenue = async (tx: Tx, { payment, amountMinor }: Paid, at: EpochMs) => {
    invariant(payment.earnedBy !== undefined, 'a refund is paid from one account');
    await payments.addRevenue(tx, [
      {
        businessDate: businessDateOf(at),
        hour: nairobiHourOf(at),
        rail: payment.rail,
        streamId: payment.earnedBy,
        amountMinor: -amountMinor,
        payments: 0,
      },
    ]);
  };

  const complete = async (tx: Tx, transferId: TransferId, paid: Paid): Promise<void> => {
    const { payment, from, amountMinor } = paid;
    invariant(
      amountMinor === (from === 'earned' ? payment.amountMinor : restOf(payment)),
      'a refund is of all that is earned, or of all that is not',
    );
    const at = await bookedAt(tx, transferId, paid);
    await move(tx, payment, {
      to: 'refunded',
      refund: { from, amountMinor, transferId, completedOn: businessDateOf(at) },
    });
    if (from === 'earned') await reduceRevenue(tx, paid, at);
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
      ...end,
      allocatedMinor: payment.streamId === undefined ? payment.earnedMinor : 0n,
      customer: payment.customer,
    });
    invariant(moved, 'a locked payment is where it was read');
  };

  /** Nothing left the wallet: the money is where it was, and a person decides again. */
  const giveBack = async (tx: Tx, payment: Payment, { from, transferId }: Refund) => {
    const fix = await fixOf(tx, transferId);
    const id = deps.ids.next('fix');
    const reason = 'the refund failed';
    await fixes.insert(tx, {
      id,
      exceptionId: fix.exceptionId,
      kind: 'refund-failed',
      reason,
      appliedBy: formatActor(engine),
      appliedAt: clock.now(),
      transferId: undefined,
      undoes: fix.id,
      requestKey: undefined,
      ...hashed({ kind: 'refund-failed', transferId }),
    });
    await move(tx, payment, { to: from, refund: undefined });
    await fixes.insertPayments(tx, id, [
      {
        paymentId: payment.id,
        stateBefore: payment.state,
        stateAfter: from,
        ledgerTransactionId: undefined,
      },
    ]);
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

  /** An earlier refund went through while this one was under way: now there is room for it. */
  const settleEarlier = async (tx: Tx, paymentId: PaymentId): Promise<void> => {
    for (const transferId of await fixes.failedRefundsOf(tx, paymentId)) {
      const entries = await deps.ledger.entriesOf(transferId, tx);
      const wasPaid = entries.some(
        ({ account, amountMinor }) => paidFromNames.test(account) && amountMinor > 0n,
      );
      if (!wasPaid) continue;
      await completeLate(tx, { paymentId, transferId, end: 'completed' });
      const trouble = { kind: 'payout-mismatch', subjects: [transferId] } as const;
      await exceptions.resolve(tx, trouble, clock.now());
      return;
    }
  };

  const fixOf = async (tx: Tx, transferId: TransferId): Promise<AppliedFix> => {
    const fix = await fixes.findByTransfer(tx, transferId);
    invariant(fix !== undefined, 'a refund was asked for by a fix');
    return fix;
  };

  /** What was decided since rests on money that is gone: it is taken back, latest first. */
  const takeBackSince = async (tx: Tx, paymentId: PaymentId, fix: AppliedFix): Promise<boolean> => {
    for (const later of await fixes.standingOn(tx, paymentId)) {
      if (later.id <= fix.id) break;
      const reason = 'a refund that had failed went through after all';
      const { exceptionId } = later;
      const input = hashed({ kind: 'undo', exceptionId, reason });
      const order = { exceptionId, reason, by: engine, requestKey: undefined, input };
      const undone = await deps.undoer.takeBack(tx, later, order);
      if (!undone.ok) return false;
    }
    return true;
  };

  /** A second road had named its charge meanwhile: the refund is paid by what that earned. */
  const payFromRevenue = async (tx: Tx, transferId: TransferId, { payment, ...paid }: Paid) => {
    const { rail, earnedBy, amountMinor } = payment;
    invariant(earnedBy !== undefined, 'a second road earns for one stream');
    const at = await bookedAt(tx, transferId, { payment, ...paid });
    const posted = await deps.ledger.post(tx, [
      {
        id: deps.ids.next('ledgerTransaction'),
        kind: 'refund-after-match',
        idempotencyKey: `refund-after-match:${transferId}`,
        subject: payment.id,
        occurredAt: at,
        entries: [debit(revenue(earnedBy), amountMinor), credit(suspense(rail), amountMinor)],
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, 'a refund is paid once');
    await complete(tx, transferId, { payment, from: 'earned', amountMinor });
  };

  /** A provider that had said failed says completed: what it says last is what happened. */
  const completeLate = async (tx: Tx, { paymentId, transferId }: RefundEnd): Promise<void> => {
    const fix = await fixOf(tx, transferId);
    const [before] = await fixes.paymentsOf(tx, fix.id);
    const isFree = await takeBackSince(tx, paymentId, fix);
    const payment = await lockOne(tx, paymentId);
    const from = before?.stateBefore;
    invariant(
      from !== undefined && from !== 'refunding' && from !== 'refunded',
      'it lay somewhere',
    );
    const amountMinor = from === 'earned' ? payment.amountMinor : restOf(payment);
    if (isFree && payment.state === from) {
      await complete(tx, transferId, { payment, from, amountMinor });
    } else if (isFree && from === 'suspense' && payment.streamId !== undefined) {
      const paid = { payment, from, amountMinor: payment.amountMinor } as const;
      await payFromRevenue(tx, transferId, paid);
    } else {
      await deps.exceptions.open(tx, [contradiction(payment, transferId)], clock.now());
      return;
    }
    const trouble = await exceptions.find(tx, fix.exceptionId);
    invariant(trouble !== undefined, 'an exception is never removed');
    await exceptions.resolve(tx, { kind: trouble.kind, subjects: [trouble.subject] }, clock.now());
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
      if (payment.state !== 'refunding' || refund?.transferId !== transferId) return;
      if (end === 'failed') {
        await giveBack(tx, payment, refund);
        await settleEarlier(tx, paymentId);
      } else {
        await complete(tx, transferId, { payment, ...refund });
      }
    },
  };
}

/** The accounts a completed refund reduces. */
const paidFromNames = /^(?:suspense|credit|revenue):/;

interface Paid {
  readonly payment: Payment;
  readonly from: Refund['from'];
  readonly amountMinor: bigint;
}

const contradiction = (payment: Payment, transferId: TransferId): NewException => ({
  kind: 'payout-mismatch',
  rail: payment.rail,
  subject: transferId,
  amountMinor: payment.amountMinor,
  detail: { why: 'a refund that had failed went through', payment: payment.id },
});
