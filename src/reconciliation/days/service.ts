import { nextBusinessDate, startOfBusinessDay, type BusinessDate, type RailId } from '#kernel';
import type { Database, Executor } from '#platform/db';
import type { WalletNames } from '#rails';

import type { DifferenceStore } from '../differences/store.ts';
import { innerCovers, joinCovers } from '../statements/statement.ts';
import type { StatementStore } from '../statements/store.ts';
import {
  coversOfDay,
  differencesMax,
  driftOf,
  isWholeDay,
  noFigure,
  rank,
  stateOf,
  weighs,
  type Difference,
  type Figures,
  type ThreeWayDay,
} from './day.ts';
import type { DayOf, DayStore, FiguresByKind } from './store.ts';

export interface DayComparerDeps {
  readonly database: Database;
  readonly statements: StatementStore;
  readonly store: DayStore;
  readonly differences: DifferenceStore;
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
}

/** Compares what the books, the providers' events and the statements say of a day. */
export function createDayComparer(deps: DayComparerDeps) {
  const { store, differences } = deps;

  const compare = async (executor: Executor, of: DayOf): Promise<ThreeWayDay> => {
    const { rail, account, payoutAccount, day } = of;
    const isOneWallet = account === payoutAccount;
    const told = await deps.statements.covers(executor, { rail, account }, day);
    const toldOfPayouts = isOneWallet
      ? told
      : await deps.statements.covers(executor, { rail, account: payoutAccount }, day);
    const covers = coversOfDay(joinCovers(told), day);
    const limit = differencesMax + 1;
    const facts = {
      covers: coversOfDay(innerCovers(told), day),
      payoutCovers: coversOfDay(innerCovers(toldOfPayouts), day),
      limit,
    };
    const lines = await store.statement(executor, of);
    const { feesMinor, ...onStatement } = await store.statementBalances(executor, of);
    const books = await store.bookBalances(executor, of);
    const found: Difference[] = [
      ...(await differences.payments(executor, of, facts)),
      ...(await differences.outgoing(executor, of, facts)),
      ...(await differences.waiting(executor, of, limit)),
    ];
    const isWhole = isWholeDay(covers, day);
    // The books keep a rail's money in one account: one of two wallets moves otherwise by nature.
    const isComparable = isWhole && isOneWallet;
    const driftMinor = isComparable
      ? driftOf({ statement: onStatement, books, feesOnWalletMinor: feesMinor })
      : 0n;
    if (driftMinor !== 0n && !found.some(weighs)) found.push(drift(driftMinor));
    return {
      rail,
      businessDate: of.date,
      state: stateOf(covers, found),
      account,
      covers,
      isWhole,
      books: figuresOf(await store.books(executor, of)),
      events: figuresOf(await store.events(executor, of)),
      statement: covers.length === 0 && lines.size === 0 ? undefined : figuresOf(lines),
      balances: {
        statement: onStatement,
        books,
        reported: await store.reported(executor, of),
      },
      differences: rank(found),
      hasMore: found.length > differencesMax,
    };
  };

  return (rail: RailId, date: BusinessDate): Promise<ThreeWayDay> => {
    const toAt = startOfBusinessDay(nextBusinessDate(date)) - 1;
    const day = { fromAt: startOfBusinessDay(date), toAt };
    const names = deps.walletNames.get(rail);
    const account = names?.collection ?? 'wallet';
    const payoutAccount = names?.payout ?? account;
    const of = { rail, date, day, account, payoutAccount };
    return deps.database.snapshot((tx) => compare(tx, of));
  };
}

const drift = (amountMinor: bigint): Difference => ({
  kind: 'wallet-moved-otherwise',
  receipt: undefined,
  amountMinor,
  otherMinor: undefined,
  occurredAt: undefined,
  inBooks: false,
  inEvents: false,
  onStatement: true,
  line: undefined,
  subject: undefined,
});

/** Books and events are counted by the kinds of line that they make. */
const figuresOf = (figures: FiguresByKind): Figures => ({
  payments: figures.get('payment') ?? noFigure,
  payouts: figures.get('payout') ?? noFigure,
  fees: figures.get('fee') ?? noFigure,
  refunds: figures.get('refund') ?? noFigure,
  topUps: figures.get('top-up') ?? noFigure,
});
