import { businessDateOf, decimalOf, invariant, isoOf, railNames, type RailId } from '#kernel';
import type { Collections, NewException } from '#collections';
import type { Tx } from '#platform/db';
import type { ListedPayment } from '#rails';
import type { ListedPayout, ListedPayoutOutcome, Transfers } from '#transfers';

import type { FeeStore } from '../fees/store.ts';
import { innerCovers, type CheckedLine, type StatementFile } from '../statements/statement.ts';
import type { KeptLine, StatementStore } from '../statements/store.ts';
import type { BookedChange, BookingStore, MissingPayment } from './store.ts';

export interface GroupBookerDeps {
  readonly statements: StatementStore;
  readonly bookings: BookingStore;
  readonly fees: FeeStore;
  readonly collections: Pick<Collections, 'bookListed' | 'openExceptions' | 'resolveExceptions'>;
  readonly transfers: Pick<Transfers, 'settleListed'>;
  /** The names under which providers report the wallets that customers pay into. */
  readonly walletNames: ReadonlyMap<RailId, string>;
}

/** Exceptions opened for one statement; beyond that it is a statement of another shop. */
const missingMax = 5_000;
const missingPage = 500;

/** What a group of lines does to the books, within the caller's transaction. */
export function createGroupBooker(deps: GroupBookerDeps) {
  const { statements, bookings, fees, collections, transfers } = deps;

  const bookPayments = async (tx: Tx, rail: RailId, lines: readonly KeptLine[]) => {
    const paid = lines.filter(({ line }) => line.kind === 'payment').map(({ line }) => line);
    if (paid.length === 0) return { booked: [], known: 0, contradicted: 0 };
    const payments = paid.map(listedPayment);
    const outcome = await collections.bookListed(tx, { rail, road: 'statement', payments });
    const receipts = paid.map(({ receipt }) => receipt);
    // A later statement has what an earlier one lacked.
    const found = await bookings.paymentsOf(tx, rail, receipts);
    const subjects = found.map(({ id }) => id);
    await collections.resolveExceptions(tx, { kind: 'missing-on-statement', subjects });
    return outcome;
  };

  const settlePayouts = async (tx: Tx, rail: RailId, lines: readonly KeptLine[]) => {
    const left = lines.filter(({ line }) => line.kind === 'payout' || line.kind === 'refund');
    const outgoing = left.filter(({ line }) => line.amountMinor < 0n);
    const outcomes = await transfers.settleListed(
      tx,
      rail,
      outgoing.map(({ line }) => listedPayout(line)),
    );
    invariant(outcomes.length === outgoing.length, 'every payout has an outcome');
    const settled = outcomes.flatMap((one) => (one.kind === 'settled' ? [one.transferId] : []));
    await collections.resolveExceptions(tx, { kind: 'unknown-transfer', subjects: settled });
    const doubts = outgoing.flatMap((kept, n) => {
      const outcome = outcomes[n];
      return outcome?.kind === 'unmatched' ? [unmatched(rail, kept, outcome)] : [];
    });
    const returned = left
      .filter(({ line }) => line.amountMinor > 0n)
      .map((kept) => unmatched(rail, kept, { kind: 'unmatched', candidates: [] }));
    await collections.openExceptions(tx, [...doubts, ...returned]);
    const contradicted = outcomes.filter(({ kind }) => kind === 'contradicted').length;
    return { settled: settled.length, exceptions: doubts.length + returned.length + contradicted };
  };

  return {
    /** Stores what is new of the lines and books it; answers how far that brings the statement. */
    bookGroup: async (
      tx: Tx,
      file: StatementFile,
      lines: readonly CheckedLine[],
    ): Promise<BookedChange> => {
      const { rail } = file;
      const fresh = await statements.addLines(tx, file, lines);
      const payments = await bookPayments(tx, rail, fresh);
      const payouts = await settlePayouts(tx, rail, fresh);
      await fees.open(
        tx,
        rail,
        fresh.filter(({ line }) => line.kind === 'fee').map(({ id }) => id),
      );
      return {
        linesDone: lines.length,
        linesNew: fresh.length,
        paymentsBooked: payments.booked.length,
        bookedMinor: payments.booked.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
        paymentsKnown: payments.known,
        transfersSettled: payouts.settled,
        exceptionsOpened: payouts.exceptions + payments.contradicted,
      };
    },

    /**
     * Payments in the books that a statement should have told of; once all its lines are stored.
     * Answers how many.
     */
    findMissing: async (tx: Tx, file: StatementFile): Promise<number> => {
      const { rail, account, cover } = file;
      if (cover === undefined || account !== deps.walletNames.get(rail)) return 0;
      // Where two statements meet, neither has an end.
      const covers = await statements.covers(tx, { rail, account }, cover);
      let count = 0;
      for (const inner of innerCovers(covers)) {
        let after = 0n;
        const dates = { from: businessDateOf(inner.fromAt), to: businessDateOf(inner.toAt) };
        for (let n = 0; n < missingMax / missingPage; n += 1) {
          const page = { rail, cover: inner, dates, after, limit: missingPage };
          const missing = await bookings.missing(tx, page);
          await collections.openExceptions(
            tx,
            missing.map((one) => missingOf(rail, one)),
          );
          count += missing.length;
          if (missing.length < missingPage) break;
          after = missing.at(-1)?.number ?? after;
        }
      }
      return count;
    },
  };
}

export type GroupBooker = ReturnType<typeof createGroupBooker>;

const listedPayment = (line: CheckedLine): ListedPayment => ({
  receipt: line.receipt,
  amountMinor: line.amountMinor,
  occurredAt: line.occurredAt,
  accountReference: line.accountReference,
  ownId: line.ownId,
  payer: line.party,
  raw: line.raw,
});

const listedPayout = (line: CheckedLine): ListedPayout => ({
  receipt: line.receipt,
  ownId: line.ownId,
  amountMinor: -line.amountMinor,
  occurredAt: line.occurredAt,
  raw: line.raw,
});

const unmatched = (
  rail: RailId,
  { id, line }: KeptLine,
  { candidates }: Extract<ListedPayoutOutcome, { kind: 'unmatched' }>,
): NewException => ({
  kind: 'unmatched-payout',
  rail,
  subject: id,
  amountMinor: line.amountMinor,
  detail: {
    receipt: line.receipt,
    line: line.kind,
    occurredAt: isoOf(line.occurredAt),
    linkedReceipt: line.linkedReceipt ?? null,
    candidates: [...candidates],
    advice:
      line.amountMinor > 0n
        ? 'Money came back into the wallet: find out which payout it belongs to.'
        : `Find out who sent it from the ${railNames[rail]} portal, and why.`,
  },
});

const missingOf = (rail: RailId, payment: MissingPayment): NewException => ({
  kind: 'missing-on-statement',
  rail,
  subject: payment.id,
  amountMinor: payment.amountMinor,
  detail: {
    receipt: payment.receipt,
    occurredAt: isoOf(payment.occurredAt),
    booked: decimalOf(payment.amountMinor),
    advice: 'Import the statement of the whole day again; if it stays away, ask the provider.',
  },
});
