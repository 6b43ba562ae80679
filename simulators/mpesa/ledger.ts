import { type EpochMs, invariant } from '#kernel';
import { numberIn, type Store, textIn, totalIn } from './store.ts';

/**
 * The provider's own books. M-Pesa moves whole shillings, so amounts are whole numbers of them.
 * A positive balance is money the account holds; the two accounts outside mirror the rest, so that
 * everything always adds up to zero.
 */
export const orgAccounts = {
  utility: 'org:utility',
  merchant: 'org:merchant',
  working: 'org:working',
  float: 'org:float',
  /** Fees are booked apart and stay negative until settlement (documented). */
  chargesPaid: 'org:charges-paid',
  settlement: 'org:settlement',
} as const;
export const outsideAccounts = { deposits: 'outside:deposits', fees: 'outside:fees' } as const;

type OrgAccount = (typeof orgAccounts)[keyof typeof orgAccounts];
type OutsideAccount = (typeof outsideAccounts)[keyof typeof outsideAccounts];
export type CustomerAccount = `customer:${string}`;
export type AccountName = OrgAccount | OutsideAccount | CustomerAccount;

export const customerAccount = (msisdn: string): CustomerAccount => `customer:${msisdn}`;

const mayBeNegative = (account: AccountName): boolean =>
  account === orgAccounts.chargesPaid || account.startsWith('outside:');

export interface Posting {
  readonly account: AccountName;
  readonly amountKes: number;
}

export interface Entry {
  readonly kind: string;
  readonly receipt: string | null;
  readonly postings: readonly Posting[];
}

export interface Conservation {
  readonly ok: boolean;
  /** Of all balances, in shillings: zero unless the simulator is broken. */
  readonly sum: number;
  readonly problems: readonly string[];
}

export interface Ledger {
  balanceKes(account: AccountName): number;
  post(entry: Entry): void;
  conservation(): Conservation;
}

export function createLedger({ store, now }: { store: Store; now: () => EpochMs }): Ledger {
  const balanceKes = (account: AccountName): number => {
    const row = store.first('select balance_kes from accounts where name = ?', account);
    return row === undefined ? 0 : numberIn(row, 'balance_kes');
  };
  const move = (entryId: number, { account, amountKes }: Posting): void => {
    invariant(Number.isSafeInteger(amountKes), 'M-Pesa moves whole shillings');
    store.run(
      `insert into accounts (name, balance_kes) values (?, ?)
       on conflict (name) do update set balance_kes = balance_kes + excluded.balance_kes`,
      account,
      amountKes,
    );
    store.run(
      'insert into postings (entry_id, account, amount_kes) values (?, ?, ?)',
      entryId,
      account,
      amountKes,
    );
    const isCovered = mayBeNegative(account) || balanceKes(account) >= 0;
    invariant(isCovered, `${account} cannot be overdrawn`);
  };
  return {
    balanceKes,
    post: ({ kind, receipt, postings }) =>
      store.transaction(() => {
        const sum = postings.reduce((total, posting) => total + posting.amountKes, 0);
        invariant(sum === 0, 'an entry adds up to zero');
        const id = store.next('entry');
        store.run(
          'insert into entries (id, kind, receipt, booked_at) values (?, ?, ?, ?)',
          id,
          kind,
          receipt,
          now(),
        );
        for (const posting of postings) if (posting.amountKes !== 0) move(id, posting);
      }),
    conservation: () => conservationOf(store),
  };
}

function conservationOf(store: Store): Conservation {
  const sum = totalIn(store.first('select coalesce(sum(balance_kes), 0) as total from accounts'));
  const overdrawn = store.all(
    `select name from accounts
     where balance_kes < 0 and name not like 'outside:%' and name <> ?`,
    orgAccounts.chargesPaid,
  );
  const adrift = store.all(
    `select name from accounts a where balance_kes <>
       (select coalesce(sum(amount_kes), 0) from postings p where p.account = a.name)`,
  );
  const lopsided = store.all(
    'select entry_id from postings group by entry_id having sum(amount_kes) <> 0',
  );
  const problems = [
    ...overdrawn.map((row) => `${textIn(row, 'name')} is overdrawn`),
    ...adrift.map((row) => `${textIn(row, 'name')} differs from its postings`),
    ...lopsided.map((row) => `entry ${numberIn(row, 'entry_id')} does not add up to zero`),
  ];
  return { ok: sum === 0 && problems.length === 0, sum, problems };
}
