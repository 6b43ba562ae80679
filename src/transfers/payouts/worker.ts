import { dayMs, invariant, numberFromId, unreachable, type EpochMs, type RailId } from '#kernel';
import type { Tx } from '#platform/db';
import type { PayoutSubmission, PayoutVerdict, Rail } from '#rails';
import { isUnheard, pauseAfterUnheard } from '#weather';

import type { Bookings } from '../bookings/service.ts';
import type { TransfersDeps } from '../deps.ts';
import { quietUntil } from '../quiet.ts';
import type { TransferStore } from '../store.ts';
import { isBack, roadOf, unsettledStates, type Transfer } from '../transfer.ts';

export type PayerDeps = Pick<
  TransfersDeps,
  | 'database'
  | 'clock'
  | 'log'
  | 'rails'
  | 'quietHours'
  | 'isRunning'
  | 'weather'
  | 'payoutUrls'
  | 'refundUrls'
  | 'topUpUrls'
  | 'statusUrls'
> & { readonly store: TransferStore; readonly bookings: Bookings };

const perSweepMax = 10;
/** Longer than the longest wait for a provider's answer, so that nobody takes over too early. */
const claimMs = 180_000;
const stoppedLookAgainMs = 5_000;
const resendAfterMs = 30_000;
/** An approval this old is not acted on any more: the owner's mind may have changed. */
const approvalValidMs = dayMs;
/** Between questions, when the usual times for them went by while nobody could ask. */
const pauseMaxMs = 60_000;
const remarksLengthMax = 100;
const failedAnswersNeeded = 2;
const secondAnswerAfterMs = 15_000;

/**
 * Sends approved transfers and asks about unsettled ones. `sending` is committed before the first
 * byte; whoever finds a transfer there afterwards asks, and never sends.
 */
export function createPayer(deps: PayerDeps) {
  const { clock, store, database, bookings } = deps;

  const railOf = (id: RailId): Rail => {
    const rail = deps.rails.get(id);
    invariant(rail !== undefined, 'a transfer is on a rail the engine has');
    return rail;
  };

  const withLock = (
    transfer: Transfer,
    work: (tx: Tx, locked: Transfer) => Promise<void>,
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const locked = await store.lock(tx, transfer.id);
      invariant(locked !== undefined, 'a transfer is never removed');
      await work(tx, locked);
    });

  const queryAt = (transfer: Transfer, queries: number): EpochMs | undefined => {
    const afterMs = railOf(transfer.rail).capabilities.payoutQueryAfterMs;
    const after = afterMs[queries];
    if (after === undefined) return undefined;
    const from = transfer.sentAt ?? transfer.plannedAt;
    const pauseMs = Math.min(after - (afterMs[queries - 1] ?? 0), pauseMaxMs);
    return Math.max(from + after, clock.now() + pauseMs);
  };

  const note = (transfer: Transfer, answer: PayoutSubmission): Promise<void> =>
    withLock(transfer, async (tx, locked) => {
      const { id } = locked;
      const nextStepAt = queryAt({ ...locked, sentAt: clock.now() }, 0) ?? clock.now() + claimMs;
      if (answer.kind === 'accepted') {
        const { providerRequestId } = answer;
        await store.change(tx, { id, to: 'sent', providerRequestId, nextStepAt }, clock.now());
      } else if (answer.kind === 'completed') {
        const proof = { kind: 'answer', raw: answer.raw } as const;
        await bookings.complete(tx, locked, { receipt: answer.receipt, proof });
      } else if (answer.kind === 'unknown') {
        await store.change(
          tx,
          { id, to: 'unknown', reason: answer.cause, nextStepAt },
          clock.now(),
        );
      } else if (answer.mayResend) {
        const again = clock.now() + resendAfterMs;
        await store.change(
          tx,
          { id, to: 'approved', reason: answer.reason, nextStepAt: again },
          clock.now(),
        );
      } else {
        await bookings.fail(tx, locked, answer);
      }
    });

  const giveUp = async (tx: Tx, locked: Transfer): Promise<void> => {
    if (locked.state !== 'approved') return;
    const description = 'It could not be sent for a day.';
    await bookings.fail(tx, locked, { code: 'not-sent', description, reason: 'expired' });
  };

  /** A sweep planned before the quiet hours may be found only within them. */
  const waitOf = async ({ kind }: Transfer): Promise<EpochMs | undefined> => {
    if (!(await deps.isRunning())) return clock.now() + stoppedLookAgainMs;
    return kind === 'auto' ? quietUntil(deps.quietHours, clock.now()) : undefined;
  };

  const submit = (transfer: Transfer): Promise<PayoutSubmission> => {
    const { ownId, amountMinor, msisdn, refund } = transfer;
    const road = roadOf(transfer);
    const rail = railOf(transfer.rail);
    const subject = numberFromId(transfer.id);
    const order = { ownId, amountMinor, remarks: transfer.why.slice(0, remarksLengthMax) };
    switch (road) {
      case 'payout':
        invariant(msisdn !== undefined, 'a payout goes to a phone');
        return rail.sendPayout({ ...order, msisdn, callbacks: deps.payoutUrls(subject) });
      case 'refund':
        invariant(refund !== undefined, 'a refund gives a payment back');
        return (
          rail.refunds?.send({
            ...order,
            receipt: refund.receipt,
            callbacks: deps.refundUrls(subject),
          }) ?? Promise.resolve(notOnThisRail)
        );
      case 'top-up':
        return (
          rail.topUps?.send({ ...order, callbacks: deps.topUpUrls(subject) }) ??
          Promise.resolve(notOnThisRail)
        );
      default:
        return unreachable(road, 'road of a transfer');
    }
  };

  const query = (transfer: Transfer): Promise<PayoutVerdict> => {
    const { ownId, providerRequestId, amountMinor, refund } = transfer;
    const road = roadOf(transfer);
    const rail = railOf(transfer.rail);
    const callbacks = deps.statusUrls(numberFromId(transfer.id));
    const reference = { ownId, providerRequestId, callbacks };
    switch (road) {
      case 'payout':
        return rail.queryPayout(reference);
      case 'refund':
        invariant(refund !== undefined, 'a refund gives a payment back');
        return (
          rail.refunds?.query({
            ...reference,
            receipt: refund.receipt,
            amountMinor,
            sentAt: transfer.sentAt ?? transfer.plannedAt,
          }) ?? Promise.resolve(nobodyToAsk)
        );
      case 'top-up':
        return rail.topUps?.query(reference) ?? Promise.resolve(nobodyToAsk);
      default:
        return unreachable(road, 'road of a transfer');
    }
  };

  const send = async (transfer: Transfer): Promise<void> => {
    if (clock.now() - transfer.plannedAt > approvalValidMs) {
      await withLock(transfer, giveUp);
      return;
    }
    const waitUntil = await waitOf(transfer);
    if (waitUntil !== undefined) {
      await store.postpone(database.executor, transfer.id, waitUntil);
      return;
    }
    if ((await deps.weather.look(transfer.rail, 'money-out')).kind === 'shut') {
      // It stays approved and as it is: nothing was tried.
      await store.postpone(database.executor, transfer.id, clock.now() + resendAfterMs);
      return;
    }
    const nextStepAt = clock.now() + claimMs;
    const change = { id: transfer.id, to: 'sending' as const, nextStepAt };
    const mine = await store.change(database.executor, change, clock.now());
    if (!mine) return;
    // The intent is durable. From here on this transfer is only ever asked about.
    const answer = await submit(transfer);
    deps.log.info(
      { transfer: transfer.id, rail: transfer.rail, answer: answer.kind },
      'transfer submitted',
    );
    await note(transfer, answer);
  };

  const askLater = async (tx: Tx, transfer: Transfer, failedAnswers = 0): Promise<void> => {
    const queries = transfer.queries + (failedAnswers > 0 ? 0 : 1);
    const nextStepAt =
      failedAnswers > 0 ? clock.now() + secondAnswerAfterMs : queryAt(transfer, queries);
    const now = clock.now();
    await store.reschedule(tx, { id: transfer.id, now, nextStepAt, queries, failedAnswers });
    if (nextStepAt === undefined) await bookings.giveToPerson(tx, transfer);
  };

  const askUnheard = (tx: Tx, transfer: Transfer): Promise<void> => {
    const now = clock.now();
    const pauseMs = pauseAfterUnheard(now - (transfer.sentAt ?? transfer.plannedAt));
    if (pauseMs === undefined) return askLater(tx, transfer);
    return store.reschedule(tx, { ...transfer, now, nextStepAt: now + pauseMs });
  };

  const onNotFound = async (tx: Tx, transfer: Transfer, rail: Rail): Promise<void> => {
    const age = clock.now() - (transfer.sentAt ?? transfer.plannedAt);
    const neverAccepted = transfer.providerRequestId === undefined;
    // Reversals and top-ups have no id of ours that a provider could guard.
    const guarded = rail.capabilities.payoutIdsGuarded && roadOf(transfer) === 'payout';
    if (guarded && neverAccepted && age >= rail.capabilities.notFoundFinalAfterMs) {
      const change = { id: transfer.id, to: 'approved' as const, reason: 'never-created' };
      await store.change(tx, { ...change, nextStepAt: clock.now() }, clock.now());
    } else {
      await askLater(tx, transfer);
    }
  };

  const apply = async (tx: Tx, locked: Transfer, verdict: PayoutVerdict): Promise<void> => {
    // Asked because of a hint, and still over: no more questions unless another hint comes. One
    // that nobody heard or that is not decided yet has said nothing.
    if (isBack(locked) && (verdict.kind === 'failed' || verdict.kind === 'not-found')) {
      const now = clock.now();
      return store.reschedule(tx, { ...locked, now, nextStepAt: undefined });
    }
    switch (verdict.kind) {
      case 'completed':
        return bookings.complete(tx, locked, {
          receipt: verdict.receipt,
          proof: { kind: 'enquiry', raw: verdict.raw },
        });
      case 'failed':
        return locked.failedAnswers + 1 >= failedAnswersNeeded
          ? bookings.fail(tx, locked, verdict)
          : askLater(tx, locked, locked.failedAnswers + 1);
      case 'not-found':
        return onNotFound(tx, locked, railOf(locked.rail));
      case 'unknown':
        return isUnheard(verdict) ? askUnheard(tx, locked) : askLater(tx, locked);
      case 'pending':
      case 'asked':
        return askLater(tx, locked);
    }
  };

  const ask = async (transfer: Transfer): Promise<void> => {
    if (transfer.state === 'sending') {
      const change = { id: transfer.id, to: 'unknown' as const, reason: 'answer-lost' };
      const nextStepAt = clock.now() + claimMs;
      await store.change(database.executor, { ...change, nextStepAt }, clock.now());
    }
    const verdict = await query(transfer);
    deps.log.info(
      { transfer: transfer.id, rail: transfer.rail, verdict: verdict.kind },
      'transfer queried',
    );
    await withLock(transfer, async (tx, locked) => {
      // It may have ended while the question was out: nothing but a completion is news then.
      const isOpen = unsettledStates.includes(locked.state) || (isBack(transfer) && isBack(locked));
      if (isOpen || verdict.kind === 'completed') await apply(tx, locked, verdict);
    });
  };

  return {
    sweep: async (): Promise<number> => {
      const now = clock.now();
      const due = await store.claimDue(database.executor, {
        now,
        until: now + claimMs,
        limit: perSweepMax,
      });
      const ends = await Promise.allSettled(
        due.map((transfer) => (transfer.state === 'approved' ? send(transfer) : ask(transfer))),
      );
      ends.forEach((end, n) => {
        if (end.status === 'rejected') {
          deps.log.error({ err: end.reason, transfer: due[n]?.id }, 'a transfer step failed');
        }
      });
      return due.length;
    },
  };
}

/** The rail has lost the ability since the order was planned: no byte leaves us. */
const notOnThisRail: PayoutSubmission = {
  kind: 'refused',
  code: 'not-on-this-rail',
  description: 'The rail cannot do this.',
  reason: 'our-request',
  mayResend: false,
};

const nobodyToAsk: PayoutVerdict = { kind: 'unknown', cause: 'the rail cannot be asked' };
