import {
  businessDateOf,
  invariant,
  type CallbackId,
  type PaymentId,
  type RailId,
  type TransferId,
} from '#kernel';
import type { Actor } from '#audit';
import type { EvidenceNote } from '#evidence';
import {
  credit,
  debit,
  fees,
  ownerCapital,
  ownerDrawings,
  railCharges,
  railCollection,
  transferInFlight,
  type Account,
  type Entry,
} from '#ledger';
import type { Tx } from '#platform/db';
import type { ProviderWord } from '#rails';

import type { TransfersDeps } from '../deps.ts';
import { createEnds } from '../ends/service.ts';
import { feeByTariff } from '../fees.ts';
import type { TransferStore } from '../store.ts';
import { createTroubleDesk } from '../troubles/service.ts';
import { isBack, isReserved, roadOf, transferStatesBefore, type Transfer } from '../transfer.ts';

export type BookingDeps = Pick<
  TransfersDeps,
  | 'clock'
  | 'ids'
  | 'log'
  | 'ledger'
  | 'evidence'
  | 'audit'
  | 'outbox'
  | 'rails'
  | 'openTroubles'
  | 'closeTroubles'
  | 'onRefundEnd'
> & { readonly store: TransferStore };

export interface Completed {
  readonly receipt: string;
  readonly proof: Proof;
}

export type Proof =
  | { readonly kind: 'callback'; readonly callbackId: CallbackId }
  | { readonly kind: 'enquiry' | 'answer' | 'statement'; readonly raw: string };

/** A completion that nothing speaks against. */
export interface PlainCompletion extends Completed {
  readonly transfer: Transfer;
}

export interface Failed extends ProviderWord {
  readonly reason: string;
}

/** Who says how a transfer ended: a provider's word weighs more than a person's. */
interface Word {
  readonly by: Actor;
  readonly settledBy?: string;
}

type Done = Word & { readonly transfer: Transfer; readonly receipt: string };

/** What no tariff tells, a statement will. */
const feesBy =
  ({ clock, rails }: Pick<BookingDeps, 'clock' | 'rails'>) =>
  (transfer: Transfer): bigint => {
    const { rail, amountMinor } = transfer;
    const on = businessDateOf(clock.now());
    return feeByTariff(rails.get(rail), { road: roadOf(transfer), amountMinor, on }) ?? 0n;
  };

/** The end of a transfer in the books. Transfers are locked by the caller. */
export function createBookings(deps: BookingDeps) {
  const { clock, store } = deps;
  const ends = createEnds(deps);

  const { explain, isBackAlready, mismatch, noLongerUnknown, noteCode, giveToPerson } =
    createTroubleDesk(deps);
  const feeOf = feesBy(deps);

  /** Answers which of them were not booked before. */
  const bookCompletions = async (
    tx: Tx,
    done: readonly Done[],
  ): Promise<ReadonlySet<TransferId>> => {
    for (const { transfer, by } of done) {
      if (isBack(transfer)) await holdBackSuccessors(tx, transfer, by);
    }
    const priced = done.map((one) => ({ ...one, feeMinor: feeOf(one.transfer) }));
    const changed = await store.changeAll(
      tx,
      priced.map(({ transfer: { id }, receipt, feeMinor, ...word }) => ({
        ...settledBy(word),
        id,
        to: 'completed',
        receipt,
        feeMinor,
      })),
      clock.now(),
    );
    const booked = priced.filter(({ transfer }) => changed.has(transfer.id));
    if (booked.length === 0) return changed;
    await ends.post(
      tx,
      'transfer-completed',
      booked.map(({ transfer, feeMinor }) => ({
        transfer,
        entries: [...moved(transfer, isBack(transfer)), ...feeEntries(transfer.rail, feeMinor)],
      })),
    );
    await ends.announce(
      tx,
      booked.map(({ transfer, by, receipt }) => ({
        transfer,
        state: 'completed',
        by,
        // Whoever reads it on the phone it went to has shown whose phone it is: nobody else may.
        detail: transfer.kind === 'test' ? 'its receipt is on the phone' : receipt,
      })),
    );
    await noLongerUnknown(
      tx,
      booked.map(({ transfer }) => transfer),
    );
    return changed;
  };

  const bookCompletion = async (
    tx: Tx,
    transfer: Transfer,
    done: Omit<Done, 'transfer'>,
  ): Promise<boolean> => (await bookCompletions(tx, [{ ...done, transfer }])).has(transfer.id);

  /**
   * Completions with nothing about them: under way, no refund, and receipts that are nobody's. The
   * caller has seen to that, and that each is there once.
   */
  const completePlain = async (tx: Tx, done: readonly PlainCompletion[]): Promise<void> => {
    const booked = await bookCompletions(
      tx,
      done.map(({ transfer, receipt }) => ({
        transfer,
        receipt,
        by: { kind: 'provider', rail: transfer.rail },
      })),
    );
    invariant(booked.size === done.length, 'what is locked under way can be completed');
    await deps.evidence.link(
      tx,
      done.map(({ transfer, proof }) => noteOf(transfer, proof)),
      clock.now(),
    );
  };

  /** Books a completion. Said twice, it is booked once. */
  const complete = async (tx: Tx, transfer: Transfer, done: Completed): Promise<void> => {
    const by = { kind: 'provider', rail: transfer.rail } as const;
    const receipt = mayComplete(transfer) ? await freed(tx, transfer, done.receipt) : done.receipt;
    const booked = await bookCompletion(tx, transfer, { by, receipt });
    await deps.evidence.link(tx, [noteOf(transfer, done.proof)], clock.now());
    if (!booked) return doubt(tx, transfer, done);
    if (isBack(transfer)) {
      await mismatch(tx, transfer, `completed after it was ${endWords(transfer)}`);
    }
  };

  /**
   * A receipt for its transfer: from another one that a person took it for, the provider's word
   * takes it away. Where a provider itself gave it to another one, our own id stands in.
   */
  const freed = async (tx: Tx, transfer: Transfer, receipt: string): Promise<string> => {
    const other = await store.lockByReceipt(tx, transfer.rail, receipt);
    if (other === undefined || other.id === transfer.id) return receipt;
    const { settledBy: name } = other;
    if (name === undefined) {
      await mismatch(tx, transfer, `its receipt ${receipt} is that of ${other.id} as well`);
      return transfer.ownId;
    }
    const by = { kind: 'provider', rail: transfer.rail } as const;
    const description = `Receipt ${receipt} is that of ${transfer.id}.`;
    const reason = 'receipt-of-another';
    // Its provider has said nothing of it: whoever settled it may speak of it again.
    await reverse(tx, other, { by, settledBy: name, code: reason, description, reason });
    await mismatch(tx, other, `its receipt ${receipt} is that of ${transfer.id}`);
    return receipt;
  };

  /**
   * What took the place of a transfer that was thought lost, and has not left yet, does not leave.
   * One that is being sent at this moment is past holding: a person is told of both.
   */
  const holdBackSuccessors = async (tx: Tx, transfer: Transfer, by: Actor): Promise<void> => {
    const description = `Transfer ${transfer.id} went through after all.`;
    await holdBack(tx, await store.lockUnsentBeside(tx, transfer), { description, by });
  };

  const holdBack = async (
    tx: Tx,
    unsent: readonly Transfer[],
    why: { readonly description: string; readonly by: Actor },
  ): Promise<void> => {
    for (const one of unsent) {
      await bookFailure(tx, one, { code: 'not-sent', reason: 'superseded', ...why });
    }
  };

  /** The payer has the money: what would give it back and has not left yet does not leave. */
  const holdBackRefunds = async (tx: Tx, payments: readonly PaymentId[]): Promise<void> => {
    const description = 'The provider took the payment back itself.';
    const by = { kind: 'engine', part: 'reconciliation' } as const;
    await holdBack(tx, await store.lockUnsentRefunds(tx, payments), { description, by });
  };

  /** Said twice is fine, said otherwise is not. Our own id stands in where there is no receipt. */
  const doubt = async (tx: Tx, transfer: Transfer, done: Completed): Promise<void> => {
    const { id, state, receipt, ownId } = transfer;
    if (state !== 'completed') {
      return mismatch(tx, transfer, `completed, and ${state} in the books`);
    }
    const fits = [receipt, ownId].includes(done.receipt) || receipt === ownId;
    if (transfer.settledBy !== undefined) {
      await store.confirm(tx, { id, receipt: await freed(tx, transfer, done.receipt) });
      return fits
        ? undefined
        : mismatch(tx, transfer, `the provider's receipt is ${done.receipt}, not ${receipt}`);
    }
    return fits
      ? undefined
      : mismatch(tx, transfer, `completed a second time, with receipt ${done.receipt}`);
  };

  const bookFailure = async (tx: Tx, transfer: Transfer, end: Failed & Word): Promise<boolean> => {
    const { code, description, reason } = end;
    const changed = await store.change(
      tx,
      { ...settledBy(end), id: transfer.id, to: 'failed', code, description, reason },
      clock.now(),
    );
    if (!changed) return false;
    if (isReserved(transfer)) {
      await ends.post(tx, 'transfer-released', [{ transfer, entries: released(transfer) }]);
    }
    const told = explain(transfer, code);
    const words = told === undefined ? {} : { meaning: told.meaning, advice: told.advice };
    await ends.announce(tx, [
      { transfer, state: 'failed', by: end.by, detail: reason, more: { code, ...words } },
    ]);
    await noLongerUnknown(tx, [transfer]);
    return true;
  };

  /** Gives the reservation back, and takes back what only a person said. */
  const fail = async (tx: Tx, transfer: Transfer, end: Failed): Promise<void> => {
    const by = { kind: 'provider', rail: transfer.rail } as const;
    noteCode(transfer, end);
    if (isBackAlready(transfer, end)) return giveToPerson(tx, transfer, end);
    // That this attempt did not do it says nothing of the one that did.
    if (transfer.state === 'unknown' && isBackAlready(transfer, transfer)) return;
    if (transfer.state === 'completed' && transfer.settledBy !== undefined) {
      await reverse(tx, transfer, { ...end, by });
      await mismatch(tx, transfer, `failed (${end.code}) after it was ${endWords(transfer)}`);
      return;
    }
    if (isBack(transfer)) return store.confirmFailure(tx, { ...end, id: transfer.id });
    await bookFailure(tx, transfer, { ...end, by });
  };

  /** Takes a completion by a person's word back, by entries that undo each of its own. */
  const reverse = async (tx: Tx, transfer: Transfer, end: Failed & Word): Promise<void> => {
    const { id, rail, feeMinor } = transfer;
    const { code, description, reason } = end;
    invariant(transfer.settledBy !== undefined, 'what a provider completed is not taken back');
    const changed = await store.change(
      tx,
      { ...settledBy(end), id, to: 'reversed', code, description, reason },
      clock.now(),
    );
    invariant(changed, 'a completed transfer can be taken back');
    const entries = [...moved(transfer, true), ...feeEntries(rail, feeMinor ?? 0n)].map(undone);
    await ends.post(tx, 'transfer-reversed', [{ transfer, entries }]);
    await ends.announce(tx, [{ transfer, state: 'reversed', by: end.by, detail: reason }]);
  };

  return {
    complete,
    completePlain,
    fail,
    mismatch,
    giveToPerson,
    holdBackRefunds,
    isBackAlready,
    explain,
    feeOf,
    /** A person's word, where no provider gives one. */
    byHand: { complete: bookCompletion, fail: bookFailure, reverse },
  };
}

export type Bookings = ReturnType<typeof createBookings>;

const settledBy = ({ settledBy: name }: Word) => (name === undefined ? {} : { settledBy: name });

const mayComplete = ({ state }: Transfer): boolean =>
  transferStatesBefore('completed').includes(state);

const endWords = ({ state, settledBy: name }: Transfer): string => {
  if (state === 'cancelled') return 'cancelled';
  return name === undefined ? 'reported as failed' : `settled as ${state} by hand`;
};

/** The reservation goes back into the wallet's account. */
export const released = ({ rail, amountMinor }: Transfer): readonly Entry[] => [
  debit(railCollection(rail), amountMinor),
  credit(transferInFlight(rail), amountMinor),
];

/** Whose money it was: the owner's, or that of whoever is paid back. */
const paidFrom = ({ rail, refund }: Transfer): Account => refund?.paidFrom ?? ownerDrawings(rail);

/** The working wallet is not in our books: what comes from there comes from the owner. */
const moved = (transfer: Transfer, fromWallet: boolean): readonly Entry[] => {
  const { rail, amountMinor } = transfer;
  if (transfer.kind === 'top-up') {
    return [debit(railCollection(rail), amountMinor), credit(ownerCapital(rail), amountMinor)];
  }
  const from = fromWallet ? railCollection(rail) : transferInFlight(rail);
  return [debit(paidFrom(transfer), amountMinor), credit(from, amountMinor)];
};

const feeEntries = (rail: RailId, feeMinor: bigint): readonly Entry[] =>
  feeMinor === 0n ? [] : [debit(fees(rail), feeMinor), credit(railCharges(rail), feeMinor)];

const undone = ({ account, amountMinor }: Entry): Entry => ({ account, amountMinor: -amountMinor });

const noteOf = (transfer: Transfer, proof: Proof): EvidenceNote => ({
  subject: transfer.id,
  ...proof,
});
