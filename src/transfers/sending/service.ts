import { dayMs, invariant, numberFromId, unreachable, type EpochMs, type RailId } from '#kernel';
import { createBatcher } from '#platform/batcher';
import type { Tx } from '#platform/db';
import type { PayoutSubmission, Rail } from '#rails';

import type { Bookings } from '../bookings/service.ts';
import type { TransferChange } from '../changes/store.ts';
import type { TransfersDeps } from '../deps.ts';
import type { Trust } from '../payouts/trust.ts';
import { quietUntil } from '../quiet.ts';
import type { TransferStore } from '../store.ts';
import { roadOf, type Transfer } from '../transfer.ts';

export type SenderDeps = Pick<
  TransfersDeps,
  | 'database'
  | 'clock'
  | 'log'
  | 'quietHours'
  | 'isRunning'
  | 'weather'
  | 'payoutUrls'
  | 'refundUrls'
  | 'topUpUrls'
> & {
  readonly store: TransferStore;
  readonly bookings: Bookings;
  readonly trust: Trust;
  readonly railOf: (id: RailId) => Rail;
  readonly withLock: WithLock;
  /** When a transfer that was sent just now is first asked about. */
  readonly firstQueryAt: (transfer: Transfer) => EpochMs;
  /** Does something for each of them at once; one that fails is logged and stops no other. */
  readonly each: (
    transfers: readonly Transfer[],
    work: (transfer: Transfer) => Promise<void>,
  ) => Promise<void>;
};

export type WithLock = (
  transfer: Transfer,
  work: (tx: Tx, locked: Transfer) => Promise<void>,
) => Promise<void>;

/** Longer than the longest wait for a provider's answer, so that nobody takes over too early. */
export const claimMs = 180_000;
const stoppedLookAgainMs = 5_000;
const resendAfterMs = 30_000;
/** An approval this old is not acted on any more: the owner's mind may have changed. */
const approvalValidMs = dayMs;
const remarksLengthMax = 100;
const answersPerGroupMax = 256;

/** From `approved` to the provider's answer. */
export function createSender(deps: SenderDeps) {
  const { clock, store, database, bookings, trust, railOf } = deps;

  const giveUp = async (tx: Tx, locked: Transfer): Promise<void> => {
    if (locked.state !== 'approved') return;
    const description = 'It could not be sent for a day.';
    await bookings.fail(tx, locked, { code: 'not-sent', description, reason: 'expired' });
  };

  const postpone = (transfers: readonly Transfer[], until: EpochMs): Promise<void> =>
    store.postpone(
      database.executor,
      transfers.map(({ id }) => id),
      until,
    );

  const shutRails = async (transfers: readonly Transfer[]): Promise<ReadonlySet<RailId>> => {
    const shut = new Set<RailId>();
    for (const rail of new Set(transfers.map((transfer) => transfer.rail))) {
      if ((await deps.weather.look(rail, 'money-out')).kind === 'shut') shut.add(rail);
    }
    return shut;
  };

  /** Those that may go out now; the others wait as they are. */
  const readyOf = async (transfers: readonly Transfer[]): Promise<readonly Transfer[]> => {
    if (!(await deps.isRunning())) {
      await postpone(transfers, clock.now() + stoppedLookAgainMs);
      return [];
    }
    // A sweep planned before the quiet hours may be found only within them.
    const quiet = quietUntil(deps.quietHours, clock.now());
    const rests = ({ kind }: Transfer): boolean => quiet !== undefined && kind === 'auto';
    if (quiet !== undefined) await postpone(transfers.filter(rests), quiet);
    const awake = transfers.filter((transfer) => !rests(transfer));
    // They stay approved and as they are: nothing was tried.
    const shut = await shutRails(awake);
    await postpone(
      awake.filter(({ rail }) => shut.has(rail)),
      clock.now() + resendAfterMs,
    );
    return awake.filter(({ rail }) => !shut.has(rail));
  };

  /** Answers those that are ours to send: nobody else does, and nobody ever does again. */
  const markSending = async (ready: readonly Transfer[]): Promise<readonly Transfer[]> => {
    const nextStepAt = clock.now() + claimMs;
    const mine = await database.transaction((tx) =>
      store.changeAll(
        tx,
        ready.map(({ id }) => ({ id, to: 'sending', nextStepAt })),
        clock.now(),
      ),
    );
    return ready.filter(({ id }) => mine.has(id));
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

  /** Answers that move no money in the books. */
  const answers = createBatcher<TransferChange>({
    groupMax: answersPerGroupMax,
    groupsAtOnce: 1,
    companyMin: 1,
    write: async (changes) => {
      await database.transaction((tx) => store.changeAll(tx, changes, clock.now()));
    },
  });

  const note = async (transfer: Transfer, answer: PayoutSubmission): Promise<void> => {
    const { id } = transfer;
    switch (answer.kind) {
      case 'accepted': {
        const { providerRequestId } = answer;
        const nextStepAt = deps.firstQueryAt(transfer);
        await answers.add({ id, to: 'sent', providerRequestId, nextStepAt });
        break;
      }
      case 'unknown': {
        const nextStepAt = deps.firstQueryAt(transfer);
        await answers.add({ id, to: 'unknown', reason: answer.cause, nextStepAt });
        break;
      }
      case 'completed':
        await deps.withLock(transfer, (tx, locked) => {
          const proof = { kind: 'answer', raw: answer.raw } as const;
          return bookings.complete(tx, locked, { receipt: answer.receipt, proof });
        });
        break;
      case 'refused':
        await deps.withLock(transfer, async (tx, locked) => {
          if (!answer.mayResend) return bookings.fail(tx, locked, answer);
          const nextStepAt = clock.now() + resendAfterMs;
          const { reason } = answer;
          await store.change(tx, { id, to: 'approved', reason, nextStepAt }, clock.now());
        });
        break;
      default:
        unreachable(answer, 'an answer');
    }
  };

  const sendOne = async (transfer: Transfer): Promise<void> => {
    const { id, rail } = transfer;
    let answer: PayoutSubmission | undefined;
    try {
      answer = await submit(transfer);
    } finally {
      if (answer?.kind === 'completed') trust.completed(rail);
      else if (answer?.kind !== 'accepted') trust.doubted(rail);
    }
    deps.log.info({ transfer: id, rail, answer: answer.kind }, 'transfer submitted');
    await note(transfer, answer);
  };

  /**
   * Sends approved transfers, all at once: their intents are committed together, and each leaves
   * right afterwards, so that no intent is older than its claim when its first byte goes out.
   */
  return async (approved: readonly Transfer[]): Promise<void> => {
    const isExpired = ({ plannedAt }: Transfer): boolean =>
      clock.now() - plannedAt > approvalValidMs;
    const expired = approved.filter(isExpired);
    await deps.each(expired, (transfer) => deps.withLock(transfer, giveUp));
    const ready = await readyOf(approved.filter((transfer) => !expired.includes(transfer)));
    const sending = await markSending(ready);
    // The intents are durable. From here on these transfers are only ever asked about.
    await deps.each(sending, sendOne);
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
