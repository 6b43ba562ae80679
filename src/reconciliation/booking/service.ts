import { businessDateOf, decimalOf, invariant, isoOf, railNames, type RailId } from '#kernel';
import type { Collections, NewException } from '#collections';
import type { Tx } from '#platform/db';
import type { ListedPayment, WalletNames } from '#rails';
import type { ListedPayout, ListedPayoutOutcome, Transfers } from '#transfers';

import type { FeeStore } from '../fees/store.ts';
import { innerCovers, type CheckedLine, type StatementFile } from '../statements/statement.ts';
import type { KeptLine, StatementStore } from '../statements/store.ts';
import type { BookedChange, BookingStore, MissingPayment, TakenBackPayment } from './store.ts';

export interface GroupBookerDeps {
  readonly statements: StatementStore;
  readonly bookings: BookingStore;
  readonly fees: FeeStore;
  readonly collections: Pick<
    Collections,
    'bookListed' | 'bookReversals' | 'openExceptions' | 'resolveExceptions'
  >;
  readonly transfers: Pick<Transfers, 'settleListed' | 'holdBackRefunds'>;
  /** The names under which providers report their wallets. */
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
}

/** Exceptions opened for one statement; beyond that it is a statement of another shop. */
export const missingMax = 5_000;
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

  /**
   * Payments that the provider gave back without us, known by the receipt that the line links to;
   * answers the receipts of the lines. A payment may be booked after the line that takes it back,
   * by this statement or by whoever told of it since: the newest come first on some statements.
   */
  const tellTakenBack = async (
    tx: Tx,
    rail: RailId,
    { lines, paid }: { readonly lines: readonly KeptLine[]; readonly paid: readonly string[] },
  ): Promise<ReadonlySet<string>> => {
    const linked = lines.flatMap(({ line }) => takenBackBy(line) ?? []);
    const receipts = new Set(lines.map(({ line }) => line.receipt));
    const late = new Set(paid);
    const found = await bookings.takenBack(tx, rail, [...linked, ...paid]);
    const known = await bookings.toldOf(
      tx,
      found.map(({ id }) => id),
    );
    const told = found.filter(
      ({ id, receipt, reversal }) =>
        receipts.has(reversal) || (late.has(receipt) && !known.has(id)),
    );
    await collections.openExceptions(
      tx,
      told.map((one) => takenBackOf(rail, one)),
    );
    const payments = told.map(({ id }) => id);
    await transfers.holdBackRefunds(tx, payments);
    await collections.bookReversals(tx, payments);
    const subjects = told.map(({ lineId }) => lineId);
    await collections.resolveExceptions(tx, { kind: 'unmatched-payout', subjects });
    return new Set(told.map(({ reversal }) => reversal));
  };

  const settlePayouts = async (tx: Tx, rail: RailId, lines: readonly KeptLine[]) => {
    const paid = lines
      .filter(({ line }) => line.kind === 'payment')
      .map(({ line }) => line.receipt);
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
    const strange = outgoing.flatMap((kept, n) => {
      const outcome = outcomes[n];
      return outcome?.kind === 'unmatched' ? [{ kept, outcome }] : [];
    });
    const takenBack = await tellTakenBack(tx, rail, {
      lines: strange.map(({ kept }) => kept),
      paid,
    });
    const doubts = strange
      .filter(({ kept }) => !takenBack.has(kept.line.receipt))
      .map(({ kept, outcome }) => unmatched(rail, kept, outcome));
    const returned = left
      .filter(({ line }) => line.amountMinor > 0n)
      .map((kept) => unmatched(rail, kept, { kind: 'unmatched', candidates: [] }));
    await collections.openExceptions(tx, [...doubts, ...returned]);
    const contradicted = outcomes.filter(({ kind }) => kind === 'contradicted').length;
    const exceptions = takenBack.size + doubts.length + returned.length + contradicted;
    return { settled: settled.length, exceptions };
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

    /** Payments that were booked after the lines that take them back. */
    takeBackLate: async (tx: Tx, rail: RailId, paid: readonly string[]): Promise<void> => {
      await tellTakenBack(tx, rail, { lines: [], paid });
    },

    /**
     * Payments in the books that a statement should have told of; once all its lines are stored.
     * Answers how many.
     */
    findMissing: async (tx: Tx, file: StatementFile): Promise<number> => {
      const { rail, account, cover } = file;
      if (cover === undefined || account !== deps.walletNames.get(rail)?.collection) return 0;
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

/** The receipt of the payment that a line gives back. */
export const takenBackBy = ({ kind, linkedReceipt }: CheckedLine): string | undefined =>
  kind === 'refund' ? linkedReceipt : undefined;

const listedPayout = (line: CheckedLine): ListedPayout => ({
  receipt: line.receipt,
  ownId: line.ownId,
  linkedReceipt: takenBackBy(line),
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

const takenBackOf = (rail: RailId, payment: TakenBackPayment): NewException => ({
  kind: 'reversed-by-provider',
  rail,
  subject: payment.id,
  amountMinor: payment.amountMinor,
  detail: {
    receipt: payment.reversal,
    line: 'refund',
    linkedReceipt: payment.receipt,
    statementLine: payment.lineId,
    occurredAt: isoOf(payment.occurredAt),
    amount: decimalOf(payment.amountMinor),
    booked: decimalOf(payment.bookedMinor),
    advice: `Ask ${railNames[rail]} why it gave the money back, and settle with the payer.`,
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
