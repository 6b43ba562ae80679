import {
  invariant,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type LedgerTransactionId,
} from '#kernel';
import {
  byteas,
  dates,
  insertedOf,
  int2s,
  int4s,
  int8s,
  moments,
  sql,
  texts,
  type Executor,
  unlessAllOf,
  unlessKnown,
  type InsertedRow,
} from '#platform/db';

import type { Account, AccountKind } from './account.ts';

export interface HashedPosting {
  readonly id: LedgerTransactionId;
  readonly kind: string;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
  readonly entryCount: number;
  readonly occurredAt: EpochMs;
  readonly businessDate: string;
  readonly subject: string;
}

export interface EntryRow {
  readonly transactionId: LedgerTransactionId;
  readonly accountId: number;
  readonly position: number;
  readonly amountMinor: bigint;
}

export interface BalanceChange {
  readonly accountId: number;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
  readonly entryCount: number;
}

export interface AccountBalance {
  readonly name: string;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
  /** Debits less credits. */
  readonly balanceMinor: bigint;
}

export interface LedgerEntryView {
  readonly transactionId: bigint;
  readonly kind: string;
  readonly account: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly occurredAt: EpochMs;
  readonly postedAt: EpochMs;
}

/** SQL of the books; every function works within the caller's transaction or on its own. */
export function createLedgerStore(businessId: BusinessId) {
  return {
    /** Opens what is missing of the given accounts and answers the number of every one. */
    openAccounts: async (
      executor: Executor,
      accounts: readonly Account[],
      openedAt: EpochMs,
    ): Promise<ReadonlyMap<string, number>> => {
      await sql`
        select pg_advisory_xact_lock(
          hashtextextended('ledger_account', ${businessId})
        )`.execute(executor);
      await sql`
        insert into ledger_account (business_id, id, name, kind, currency, opened_at)
        select ${businessId},
          coalesce((select max(id) from ledger_account where business_id = ${businessId}), 0)
            + row_number() over (order by wanted.name),
          wanted.name, wanted.kind, wanted.currency, ${isoOf(openedAt)}
        from unnest(
          ${accounts.map((a) => a.name)}::text[], ${accounts.map((a) => a.kind)}::text[],
          ${accounts.map((a) => a.currency)}::text[]
        ) as wanted (name, kind, currency)
        where not exists (
          select from ledger_account a
          where a.business_id = ${businessId}
            and a.name = wanted.name collate "C" and a.currency = wanted.currency
        )`.execute(executor);
      const { rows } = await sql<{ id: number; name: string; kind: string; currency: string }>`
        select id, name, kind, currency from ledger_account
        where business_id = ${businessId}`.execute(executor);
      const byName = new Map(rows.map((row) => [`${row.name} ${row.currency}`, row]));
      for (const { name, kind, currency } of accounts) {
        const opened = byName.get(`${name} ${currency}`);
        invariant(opened?.kind === kind, `account ${name} is open as ${kind}`);
      }
      return new Map([...byName].map(([key, { id }]) => [key, id]));
    },

    /** Inserts what is new and answers its ids; repeats of a key are left out. */
    insertTransactions: async (
      executor: Executor,
      postings: readonly HashedPosting[],
      postedAt: EpochMs,
    ): Promise<ReadonlySet<bigint>> => {
      const ids = postings.map((p) => numberFromId(p.id));
      const { rows } = await sql<InsertedRow>`
        with inserted as (
          insert into ledger_transaction (
            business_id, id, kind, idempotency_key, input_hash, entry_count, occurred_at, posted_at,
            business_date, subject
          )
          select ${businessId}, t.id, t.kind, t.key, t.hash, t.entries, t.occurred_at,
            ${isoOf(postedAt)}, t.business_date, t.subject
          from unnest(
            ${int8s(ids)}::bigint[],
            ${texts(postings.map((p) => p.kind))}::text[],
            ${texts(postings.map((p) => p.idempotencyKey))}::text[],
            ${byteas(postings.map((p) => p.inputHash))}::bytea[],
            ${int2s(postings.map((p) => p.entryCount))}::smallint[],
            ${moments(postings.map((p) => p.occurredAt))}::timestamptz[],
            ${dates(postings.map((p) => p.businessDate))}::date[],
            ${texts(postings.map((p) => p.subject))}::text[]
          ) as t (id, kind, key, hash, entries, occurred_at, business_date, subject)
          ${unlessKnown(executor, sql`(business_id, idempotency_key)`)}
          returning id
        ) ${unlessAllOf(ids.length)}`.execute(executor);
      return insertedOf(ids, rows);
    },

    hashesByKey: async (
      executor: Executor,
      keys: readonly string[],
    ): Promise<ReadonlyMap<string, Buffer>> => {
      const { rows } = await sql<{ key: string; hash: Buffer }>`
        select idempotency_key as key, input_hash as hash from ledger_transaction
        where business_id = ${businessId} and idempotency_key = any(${keys}::text[])`.execute(
        executor,
      );
      return new Map(rows.map((row) => [row.key, row.hash]));
    },

    insertEntries: async (executor: Executor, entries: readonly EntryRow[]): Promise<void> => {
      await sql`
        insert into ledger_entry (amount_minor, transaction_id, business_id, account_id, position)
        select e.amount, e.transaction_id, ${businessId}, e.account_id, e.position
        from unnest(
          ${int8s(entries.map((e) => e.amountMinor))}::bigint[],
          ${int8s(entries.map((e) => numberFromId(e.transactionId)))}::bigint[],
          ${int4s(entries.map((e) => e.accountId))}::int[],
          ${int2s(entries.map((e) => e.position))}::smallint[]
        ) as e (amount, transaction_id, account_id, position)`.execute(executor);
    },

    /** One update per account; `changes` come sorted by account, so that groups cannot deadlock. */
    changeBalances: async (
      executor: Executor,
      changes: readonly BalanceChange[],
    ): Promise<void> => {
      await sql`
        insert into ledger_balance as b (
          business_id, account_id, debits_minor, credits_minor, entry_count
        )
        select ${businessId}, c.account_id, c.debits, c.credits, c.entries
        from unnest(
          ${int4s(changes.map((c) => c.accountId))}::int[],
          ${int8s(changes.map((c) => c.debitsMinor))}::bigint[],
          ${int8s(changes.map((c) => c.creditsMinor))}::bigint[],
          ${int4s(changes.map((c) => c.entryCount))}::int[]
        ) as c (account_id, debits, credits, entries)
        on conflict (business_id, account_id) do update set
          debits_minor = b.debits_minor + excluded.debits_minor,
          credits_minor = b.credits_minor + excluded.credits_minor,
          entry_count = b.entry_count + excluded.entry_count`.execute(executor);
    },

    balances: async (executor: Executor): Promise<readonly AccountBalance[]> => {
      const { rows } = await sql<AccountBalance>`
        select a.name, a.kind, a.currency,
          coalesce(b.debits_minor, 0) as "debitsMinor",
          coalesce(b.credits_minor, 0) as "creditsMinor",
          coalesce(b.debits_minor - b.credits_minor, 0) as "balanceMinor"
        from ledger_account a
        left join ledger_balance b on b.business_id = a.business_id and b.account_id = a.id
        where a.business_id = ${businessId}
        order by a.name, a.currency`.execute(executor);
      return rows;
    },

    entriesOf: async (executor: Executor, subject: string): Promise<readonly LedgerEntryView[]> => {
      const { rows } = await sql<LedgerEntryView>`
        select t.id as "transactionId", t.kind, a.name as account, a.currency,
          e.amount_minor as "amountMinor", t.occurred_at as "occurredAt",
          t.posted_at as "postedAt"
        from ledger_transaction t
        join ledger_entry e on e.business_id = t.business_id and e.transaction_id = t.id
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where t.business_id = ${businessId} and t.subject = ${subject}
        order by t.id, e.position limit 200`.execute(executor);
      return rows;
    },

    /** Sums per currency that are not zero: there must be none. */
    unbalancedCurrencies: async (executor: Executor) => {
      const { rows } = await sql<{ currency: string; sumMinor: bigint }>`
        select a.currency, sum(e.amount_minor)::bigint as "sumMinor"
        from ledger_entry e
        join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
        where e.business_id = ${businessId}
        group by a.currency having sum(e.amount_minor) <> 0`.execute(executor);
      return rows;
    },

    /** Transactions whose entries do not sum to zero or are not as many as declared. */
    brokenTransactions: async (executor: Executor) => {
      const { rows } = await sql<{ id: bigint }>`
        with part as (
          select e.transaction_id, count(*) as entries, sum(e.amount_minor) as amount
          from ledger_entry e
          join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
          where e.business_id = ${businessId} group by e.transaction_id, a.currency
        )
        select t.id from ledger_transaction t left join part p on p.transaction_id = t.id
        where t.business_id = ${businessId}
        group by t.id, t.entry_count
        having coalesce(sum(p.entries), 0) <> t.entry_count or bool_or(p.amount <> 0)
        order by t.id limit 20`.execute(executor);
      return rows;
    },

    /** Accounts whose kept balance differs from the sum of their entries. */
    driftedAccounts: async (executor: Executor) => {
      const { rows } = await sql<{ name: string; keptMinor: bigint; summedMinor: bigint }>`
        with summed as (
          select account_id,
            coalesce(sum(amount_minor) filter (where amount_minor > 0), 0) as debits,
            coalesce(-sum(amount_minor) filter (where amount_minor < 0), 0) as credits,
            count(*) as entries
          from ledger_entry where business_id = ${businessId} group by account_id
        )
        select a.name,
          coalesce(b.debits_minor - b.credits_minor, 0) as "keptMinor",
          coalesce(s.debits - s.credits, 0)::bigint as "summedMinor"
        from ledger_account a
        left join ledger_balance b on b.business_id = a.business_id and b.account_id = a.id
        left join summed s on s.account_id = a.id
        where a.business_id = ${businessId}
          and (coalesce(b.debits_minor, 0) <> coalesce(s.debits, 0)
            or coalesce(b.credits_minor, 0) <> coalesce(s.credits, 0)
            or coalesce(b.entry_count, 0) <> coalesce(s.entries, 0))
        order by a.name limit 20`.execute(executor);
      return rows;
    },
  };
}

export type LedgerStore = ReturnType<typeof createLedgerStore>;
