import { invariant, numberFromId, unreachable, type EpochMs, type RailId } from '#kernel';
import type { Tx } from '#platform/db';
import type { PayoutVerdict, Rail } from '#rails';
import { isUnheard, pauseAfterUnheard } from '#weather';

import type { Bookings } from '../bookings/service.ts';
import type { TransfersDeps } from '../deps.ts';
import { claimMs, createSender, type WithLock } from '../sending/service.ts';
import type { TransferStore } from '../store.ts';
import { isBack, roadOf, unsettledStates, type Transfer } from '../transfer.ts';
import type { Trust } from './trust.ts';

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
> & { readonly store: TransferStore; readonly bookings: Bookings; readonly trust: Trust };

/** How many go out or are asked about at once, of whatever rails. */
const perSweepMax = 10;
/** How many more go out at once on rails that complete what they are sent. */
const trustedPerSweepMax = 118;
const groupsInARowMax = 20;
/** Between questions, when the usual times for them went by while nobody could ask. */
const pauseMaxMs = 60_000;
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

  const withLock: WithLock = (transfer, work) =>
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

  /** Does something for each of them at once; one that fails is logged and stops no other. */
  const each = async (
    transfers: readonly Transfer[],
    work: (transfer: Transfer) => Promise<void>,
  ): Promise<void> => {
    const ends = await Promise.allSettled(transfers.map((transfer) => work(transfer)));
    ends.forEach((end, n) => {
      if (end.status === 'rejected') {
        deps.log.error({ err: end.reason, transfer: transfers[n]?.id }, 'a transfer step failed');
      }
    });
  };

  const send = createSender({
    ...deps,
    railOf,
    withLock,
    each,
    firstQueryAt: (transfer) =>
      queryAt({ ...transfer, sentAt: clock.now() }, 0) ?? clock.now() + claimMs,
  });

  const sendAll = async (approved: readonly Transfer[]): Promise<void> => {
    if (approved.length === 0) return;
    try {
      await send(approved);
    } catch (error) {
      deps.log.error({ err: error, transfers: approved.length }, 'transfers could not be sent');
    }
  };

  /** A few of what is due, and many where a provider is doing well. */
  const claim = async (): Promise<readonly Transfer[]> => {
    const now = clock.now();
    const due = { now, until: now + claimMs };
    const few = await store.claimDue(database.executor, { ...due, limit: perSweepMax });
    const toSendOn = deps.trust.rails();
    if (few.length < perSweepMax || toSendOn.length === 0) return few;
    const more = { ...due, limit: trustedPerSweepMax, toSendOn };
    return [...few, ...(await store.claimDue(database.executor, more))];
  };

  /** One group; answers how many it was. */
  const step = async (): Promise<number> => {
    const due = await claim();
    const isApproved = ({ state }: Transfer): boolean => state === 'approved';
    await Promise.all([
      sendAll(due.filter(isApproved)),
      each(
        due.filter((transfer) => !isApproved(transfer)),
        ask,
      ),
    ]);
    return due.length;
  };

  return {
    sweep: async (): Promise<number> => {
      let count = 0;
      for (let n = 0; n < groupsInARowMax; n += 1) {
        const found = await step();
        count += found;
        // More than a few are found only where a provider is doing well.
        if (found <= perSweepMax) break;
      }
      return count;
    },
  };
}

const nobodyToAsk: PayoutVerdict = { kind: 'unknown', cause: 'the rail cannot be asked' };
