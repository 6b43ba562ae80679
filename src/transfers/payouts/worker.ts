import {
  dayMs,
  invariant,
  isoOf,
  numberFromId,
  type Clock,
  type EpochMs,
  type IdSource,
  type RailId,
} from '#kernel';
import type { Database, Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { CallbackUrls, PayoutSubmission, PayoutVerdict, Rail } from '#rails';
import { isUnheard, pauseAfterUnheard, type Weather } from '#weather';

import type { Trouble } from '../service.ts';
import type { TransferStore } from '../store.ts';
import type { Transfer } from '../transfer.ts';
import type { PayoutRecorder } from './service.ts';

export interface PayerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly store: TransferStore;
  readonly recorder: PayoutRecorder;
  readonly isRunning: () => Promise<boolean>;
  readonly weather: Pick<Weather, 'look'>;
  readonly payoutUrls: (subject: bigint) => CallbackUrls;
  readonly statusUrls: (subject: bigint) => CallbackUrls;
  readonly balanceUrls: CallbackUrls;
  readonly openTroubles: (tx: Tx, troubles: readonly Trouble[]) => Promise<void>;
}

const perSweepMax = 10;
/** Longer than the longest wait for a provider's answer, so that nobody takes over too early. */
const claimMs = 180_000;
const stoppedLookAgainMs = 5_000;
const resendAfterMs = 30_000;
/** An approval this old is not acted on any more: the owner's mind may have changed. */
const approvalValidMs = dayMs;
/** Between questions, when the usual times for them went by while nobody could ask. */
const pauseMaxMs = 60_000;
const failedAnswersNeeded = 2;
const secondAnswerAfterMs = 15_000;

/**
 * Sends approved transfers and asks about unsettled ones. `sending` is committed before the first
 * byte; whoever finds a transfer there afterwards asks, and never sends.
 */
export function createPayer(deps: PayerDeps) {
  const { clock, store, database, recorder } = deps;

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
        await recorder.complete(tx, locked, { receipt: answer.receipt, proof });
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
        await recorder.fail(tx, locked, answer);
      }
    });

  const giveUp = async (tx: Tx, locked: Transfer): Promise<void> => {
    if (locked.state !== 'approved') return;
    const description = 'It could not be sent for a day.';
    await recorder.fail(tx, locked, { code: 'not-sent', description, reason: 'expired' });
  };

  const send = async (transfer: Transfer): Promise<void> => {
    if (clock.now() - transfer.plannedAt > approvalValidMs) {
      await withLock(transfer, giveUp);
      return;
    }
    if (!(await deps.isRunning())) {
      const nextStepAt = clock.now() + stoppedLookAgainMs;
      await store.postpone(database.executor, transfer.id, nextStepAt);
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
    const answer = await railOf(transfer.rail).sendPayout({
      ownId: transfer.ownId,
      msisdn: transfer.msisdn,
      amountMinor: transfer.amountMinor,
      remarks: transfer.why.slice(0, 100),
      callbacks: deps.payoutUrls(numberFromId(transfer.id)),
    });
    deps.log.info(
      { transfer: transfer.id, rail: transfer.rail, answer: answer.kind },
      'transfer submitted',
    );
    await note(transfer, answer);
  };

  const giveToPerson = (tx: Tx, transfer: Transfer): Promise<void> =>
    deps.openTroubles(tx, [
      {
        kind: 'unknown-transfer',
        rail: transfer.rail,
        subject: transfer.id,
        amountMinor: transfer.amountMinor,
        detail: { ownId: transfer.ownId, plannedAt: isoOf(transfer.plannedAt) },
      },
    ]);

  const askLater = async (tx: Tx, transfer: Transfer, failedAnswers = 0): Promise<void> => {
    const queries = transfer.queries + (failedAnswers > 0 ? 0 : 1);
    const nextStepAt =
      failedAnswers > 0 ? clock.now() + secondAnswerAfterMs : queryAt(transfer, queries);
    const now = clock.now();
    await store.reschedule(tx, { id: transfer.id, now, nextStepAt, queries, failedAnswers });
    if (nextStepAt === undefined) await giveToPerson(tx, transfer);
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
    const guarded = rail.capabilities.payoutIdsGuarded;
    if (guarded && neverAccepted && age >= rail.capabilities.notFoundFinalAfterMs) {
      const change = { id: transfer.id, to: 'approved' as const, reason: 'never-created' };
      await store.change(tx, { ...change, nextStepAt: clock.now() }, clock.now());
    } else {
      await askLater(tx, transfer);
    }
  };

  const apply = async (tx: Tx, locked: Transfer, verdict: PayoutVerdict): Promise<void> => {
    // Asked because of a hint, and still failed: no more questions unless another hint comes.
    if (locked.state === 'failed' && verdict.kind !== 'completed') {
      const now = clock.now();
      return store.reschedule(tx, { ...locked, now, nextStepAt: undefined });
    }
    switch (verdict.kind) {
      case 'completed':
        return recorder.complete(tx, locked, {
          receipt: verdict.receipt,
          proof: { kind: 'enquiry', raw: verdict.raw },
        });
      case 'failed':
        return locked.failedAnswers + 1 >= failedAnswersNeeded
          ? recorder.fail(tx, locked, verdict)
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
    const verdict = await railOf(transfer.rail).queryPayout({
      ownId: transfer.ownId,
      providerRequestId: transfer.providerRequestId,
      callbacks: deps.statusUrls(numberFromId(transfer.id)),
    });
    deps.log.info(
      { transfer: transfer.id, rail: transfer.rail, verdict: verdict.kind },
      'transfer queried',
    );
    await withLock(transfer, (tx, locked) => apply(tx, locked, verdict));
  };

  const noteBalances = async (rail: Rail): Promise<void> => {
    const answer = await rail.queryBalance(deps.balanceUrls);
    if (answer.kind !== 'reported') return;
    const ids = answer.accounts.map(() => numberFromId(deps.ids.next('event')));
    const at = clock.now();
    await store.reportBalances(database.executor, {
      rail: rail.id,
      accounts: answer.accounts,
      ids,
      at,
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

    askBalances: async (): Promise<void> => {
      const ends = await Promise.allSettled([...deps.rails.values()].map(noteBalances));
      for (const end of ends) {
        if (end.status === 'rejected') {
          deps.log.error({ err: end.reason }, 'a balance could not be asked for');
        }
      }
    },
  };
}
