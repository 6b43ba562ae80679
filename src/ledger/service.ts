import { hash } from 'node:crypto';

import {
  businessDateOf,
  err,
  invariant,
  numberFromId,
  ok,
  type BusinessId,
  type Clock,
  type Result,
} from '#kernel';
import {
  alongside,
  keepIf,
  lastly,
  together,
  type Database,
  type Executor,
  type Tx,
} from '#platform/db';

import type { Account } from './account.ts';
import type { LedgerRefusal } from './errors.ts';
import { checkBooks, type ProofCheck } from './proof.ts';
import {
  createLedgerStore,
  type AccountBalance,
  type BalanceChange,
  type EntryRow,
  type HashedPosting,
  type LedgerEntryView,
} from './store.ts';
import { assertBalanced, canonicalInput, type Posting } from './transaction.ts';

/** The only door through which the books change. */
export interface Ledger {
  /** Opens the accounts that do not exist yet; posting to any other account is a defect. */
  openAccounts(accounts: readonly Account[]): Promise<void>;
  /**
   * Books all postings within the caller's transaction, or none. Repeats of a key with the same
   * input are answered as booked before. Answers the postings that are new.
   */
  post(tx: Tx, postings: readonly Posting[]): Promise<Result<readonly Posting[], LedgerRefusal>>;
  balances(executor?: Executor): Promise<readonly AccountBalance[]>;
  /** Books postings that are all new: one that is not is a defect, and ends the transaction. */
  postNew(tx: Tx, postings: readonly Posting[]): Promise<void>;
  /** The entries booked for a payment or transfer, oldest first. */
  entriesOf(subject: string, executor?: Executor): Promise<readonly LedgerEntryView[]>;
  /** Trial balance, kept balances, declared entries. */
  checks(executor?: Executor): Promise<readonly ProofCheck[]>;
}

const postingsMax = 1_000;

const hashOf = (posting: Posting): Buffer => hash('sha256', canonicalInput(posting), 'buffer');

const hashedOf = (posting: Posting): HashedPosting => ({
  id: posting.id,
  kind: posting.kind,
  idempotencyKey: posting.idempotencyKey,
  inputHash: hashOf(posting),
  entryCount: posting.entries.length,
  occurredAt: posting.occurredAt,
  businessDate: businessDateOf(posting.occurredAt),
  subject: posting.subject,
});

export function createLedger(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
}): Ledger {
  const { database, clock } = deps;
  const store = createLedgerStore(deps.businessId);
  let numbers: ReadonlyMap<string, number> = new Map();

  const numberOf = (account: Account): number => {
    const number = numbers.get(`${account.name} ${account.currency}`);
    invariant(number !== undefined, `account ${account.name} is open`);
    return number;
  };

  const rowsOf = (posting: Posting): readonly EntryRow[] =>
    posting.entries.map((entry, position) => ({
      transactionId: posting.id,
      accountId: numberOf(entry.account),
      position,
      amountMinor: entry.amountMinor,
    }));

  const firstContradiction = async (
    tx: Tx,
    repeats: readonly Posting[],
  ): Promise<LedgerRefusal | undefined> => {
    if (repeats.length === 0) return undefined;
    const keys = repeats.map((p) => p.idempotencyKey);
    const hashes = await store.hashesByKey(tx, keys);
    const other = repeats.find((p) => hashes.get(p.idempotencyKey)?.equals(hashOf(p)) !== true);
    if (other === undefined) return undefined;
    return { kind: 'key-used-for-other-input', idempotencyKey: other.idempotencyKey };
  };

  const check = (postings: readonly Posting[]): void => {
    invariant(postings.length <= postingsMax, `at most ${postingsMax} postings at once`);
    for (const posting of postings) assertBalanced(posting);
  };

  const enter = async (tx: Tx, fresh: readonly Posting[]): Promise<void> => {
    const rows = fresh.flatMap(rowsOf);
    // From here on the books change; the database checks the sums once more.
    await alongside(tx, store.insertEntries(tx, rows));
    await lastly(tx, () => store.changeBalances(tx, balanceChanges(rows)));
  };

  /** Answers the postings that are new, or takes all of them back. */
  const claim = async (
    tx: Tx,
    postings: readonly Posting[],
  ): Promise<Result<readonly Posting[], LedgerRefusal>> => {
    let fresh: readonly Posting[] = [];
    let refusal: LedgerRefusal | undefined;
    // The caller may go on with its transaction after a refusal: nothing of the group may stay.
    await keepIf(tx, async () => {
      const inserted = await store.insertTransactions(tx, postings.map(hashedOf), clock.now());
      const isNew = (p: Posting): boolean => inserted.has(numberFromId(p.id));
      fresh = postings.filter(isNew);
      refusal = await firstContradiction(
        tx,
        postings.filter((p) => !isNew(p)),
      );
      return refusal === undefined;
    });
    return refusal === undefined ? ok(fresh) : err(refusal);
  };

  return {
    openAccounts: async (accounts) => {
      numbers = await database.transaction((tx) => store.openAccounts(tx, accounts, clock.now()));
    },

    post: async (tx, postings) => {
      check(postings);
      if (postings.length === 0) return ok([]);
      const claimed = await claim(tx, postings);
      if (!claimed.ok) return claimed;
      const fresh = claimed.value;
      if (fresh.length > 0) await enter(tx, fresh);
      return ok(fresh);
    },

    postNew: async (tx, postings) => {
      check(postings);
      if (postings.length === 0) return;
      const insert = async (): Promise<void> => {
        const inserted = await store.insertTransactions(tx, postings.map(hashedOf), clock.now());
        invariant(inserted.size === postings.length, 'a new posting has a new key');
      };
      await together(tx, insert, () => enter(tx, postings));
    },

    balances: (executor = database.executor) => store.balances(executor),
    entriesOf: (subject, executor = database.executor) => store.entriesOf(executor, subject),
    checks: (executor = database.executor) => checkBooks(store, executor),
  };
}

/** Sums rows per account, in account order. */
function balanceChanges(rows: readonly EntryRow[]): readonly BalanceChange[] {
  const byAccount = new Map<number, BalanceChange>();
  for (const { accountId, amountMinor } of rows) {
    const so = byAccount.get(accountId);
    byAccount.set(accountId, {
      accountId,
      debitsMinor: (so?.debitsMinor ?? 0n) + (amountMinor > 0n ? amountMinor : 0n),
      creditsMinor: (so?.creditsMinor ?? 0n) - (amountMinor < 0n ? amountMinor : 0n),
      entryCount: (so?.entryCount ?? 0) + 1,
    });
  }
  return [...byAccount.values()].toSorted((a, b) => a.accountId - b.accountId);
}
