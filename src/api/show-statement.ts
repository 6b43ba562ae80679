import { decimalOf, isoOf, type Id } from '#kernel';
import {
  differenceKinds,
  weighs,
  type Cover,
  type Difference,
  type Figure,
  type Figures,
  type ImportedStatement,
  type StatementPreview,
  type Tally,
  type ThreeWayDay,
} from '#reconciliation';
import type { ReconciledDayView, StatementPreviewView, StatementView } from '#api/contract';

/** Statements and days as the contract writes them. */

const decimalOrNull = (amountMinor: bigint | undefined): string | null =>
  amountMinor === undefined ? null : decimalOf(amountMinor);

const showTally = ({ count, sumMinor }: Tally | Figure) => ({
  count,
  sumDecimal: decimalOf(sumMinor),
});

const showCover = ({ fromAt, toAt }: Cover) => ({ from: isoOf(fromAt), to: isoOf(toAt) });

const showFacts = (facts: StatementPreview | ImportedStatement) => ({
  id: facts.id,
  name: facts.name,
  kind: facts.kind,
  rail: facts.rail,
  account: facts.account,
  shortCode: facts.shortCode ?? null,
  cover: facts.cover === undefined ? null : showCover(facts.cover),
  openingDecimal: decimalOrNull(facts.openingMinor),
  closingDecimal: decimalOrNull(facts.closingMinor),
  lineCount: facts.lineCount,
});

export const showPreview = (preview: StatementPreview): StatementPreviewView => ({
  ...showFacts(preview),
  imported: preview.isImported,
  repeatedCount: preview.repeatedCount,
  incompleteCount: preview.incompleteCount,
  newPayments: showTally(preview.newPayments),
  knownPayments: showTally(preview.knownPayments),
  otherPayments: showTally(preview.otherPayments),
  knownPayouts: showTally(preview.knownPayouts),
  settlingPayouts: showTally(preview.settlingPayouts),
  reversedPayments: showTally(preview.reversedPayments),
  unmatchedPayouts: showTally(preview.unmatchedPayouts),
  missingPayments: showTally(preview.missingPayments),
  fees: showTally(preview.fees),
  topUps: showTally(preview.topUps),
  others: showTally(preview.others),
  remarks: [...preview.remarks],
});

export const showStatement = (statement: ImportedStatement): StatementView => {
  const { bookedMinor, ...booked } = statement.booked;
  return {
    ...showFacts(statement),
    ...booked,
    bookedDecimal: decimalOf(bookedMinor),
    importedBy: statement.importedBy,
    importedAt: isoOf(statement.importedAt),
  };
};

const showFigures = (figures: Figures) => ({
  payments: showTally(figures.payments),
  payouts: showTally(figures.payouts),
  fees: showTally(figures.fees),
  refunds: showTally(figures.refunds),
  topUps: showTally(figures.topUps),
});

const showDifference = (difference: Difference, exceptions: ExceptionsAbout) => ({
  kind: difference.kind,
  weighs: weighs(difference),
  advice: differenceKinds[difference.kind].advice,
  receipt: difference.receipt ?? null,
  amountDecimal: decimalOrNull(difference.amountMinor),
  otherDecimal: decimalOrNull(difference.otherMinor),
  occurredAt: difference.occurredAt === undefined ? null : isoOf(difference.occurredAt),
  inBooks: difference.inBooks,
  inEvents: difference.inEvents,
  onStatement: difference.onStatement,
  line: difference.line ?? null,
  subject: difference.subject ?? null,
  exceptionId: exceptions.get(difference.subject ?? '') ?? null,
});

type ExceptionsAbout = ReadonlyMap<string, Id<'exception'>>;

export const showDay = (day: ThreeWayDay, exceptions: ExceptionsAbout): ReconciledDayView => {
  const { statement, books, reported } = day.balances;
  const showWallet = (wallet: typeof books) => ({
    openingDecimal: decimalOrNull(wallet.openingMinor),
    closingDecimal: decimalOrNull(wallet.closingMinor),
  });
  return {
    rail: day.rail,
    businessDate: day.businessDate,
    state: day.state,
    account: day.account,
    covers: day.covers.map(showCover),
    whole: day.isWhole,
    books: showFigures(day.books),
    events: showFigures(day.events),
    statement: day.statement === undefined ? null : showFigures(day.statement),
    balances: {
      statement: showWallet(statement),
      books: showWallet(books),
      reported:
        reported === undefined
          ? null
          : {
              availableDecimal: decimalOf(reported.availableMinor),
              reportedAt: isoOf(reported.reportedAt),
            },
    },
    differences: day.differences.map((one) => showDifference(one, exceptions)),
    more: day.hasMore,
  };
};
