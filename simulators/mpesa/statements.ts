import {
  type Clock,
  compactNairobi,
  decimalOf,
  type EpochMs,
  err,
  ok,
  type Result,
  shillings,
  unreachable,
} from '#kernel';
import type { SimulatorConfig } from './config.ts';
import { type AccountName, orgAccounts } from './ledger.ts';
import type { Phones } from './phones.ts';
import { reasonTypes } from './status.ts';
import { numberIn, optionalTextIn, type Row, type Store, textIn, totalIn } from './store.ts';
import type { Transaction, Transactions } from './transactions.ts';

/**
 * What the organisation portal exports, written from the postings themselves. No public document
 * shows the file: columns, order and words are assumed from descriptions of it.
 */
export const statementAccounts = ['utility', 'working', 'charges', 'merchant'] as const;
export type StatementAccount = (typeof statementAccounts)[number];

const accounts = {
  utility: { account: orgAccounts.utility, name: 'Utility Account' },
  working: { account: orgAccounts.working, name: 'Working Account' },
  charges: { account: orgAccounts.chargesPaid, name: 'Charges Paid Account' },
  merchant: { account: orgAccounts.merchant, name: 'Merchant Account' },
} as const satisfies Record<StatementAccount, { account: AccountName; name: string }>;

export interface StatementPeriod {
  readonly account: StatementAccount;
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
}

export interface Statements {
  csv(period: StatementPeriod): Result<string, string>;
}

interface StatementDeps {
  readonly clock: Clock;
  readonly config: SimulatorConfig;
  readonly store: Store;
  readonly phones: Phones;
  readonly transactions: Transactions;
}

const rowsMax = 50_000;

/** As the organisation portal exports them (docs/providers/mpesa-daraja.md, 4.14; assumed). */
export const statementColumns = [
  'Receipt No.',
  'Completion Time',
  'Initiation Time',
  'Details',
  'Transaction Status',
  'Paid In',
  'Withdrawn',
  'Balance',
  'Balance Confirmed',
  'Reason Type',
  'Other Party Info',
  'Linked Transaction ID',
  'A/C No.',
] as const;

const quoted = (cell: string): string =>
  /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** `1,234.00`, as people read it. */
const money = (kes: number): string =>
  decimalOf(shillings(kes)).replaceAll(/\B(?=(?:\d{3})+\.)/g, ',');

/** `23-11-2026 08:00:00`, East Africa Time. */
const dashed = (at: EpochMs): string =>
  compactNairobi(at).replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$3-$2-$1 $4:$5:$6');

interface Posting {
  readonly kind: string;
  readonly receipt: string;
  readonly amountKes: number;
  readonly bookedAt: EpochMs;
}

const postingFrom = (row: Row): Posting => ({
  kind: textIn(row, 'kind'),
  // Entries from before deposits had receipts.
  receipt: optionalTextIn(row, 'receipt') ?? `DEP${String(numberIn(row, 'id')).padStart(7, '0')}`,
  amountKes: numberIn(row, 'amount_kes'),
  bookedAt: numberIn(row, 'booked_at'),
});

interface Words {
  readonly details: string;
  readonly reason: string;
  readonly party: string;
}

const masked = (msisdn: string): string => `${msisdn.slice(0, 4)}****${msisdn.slice(-3)}`;

const chargeNames = {
  stk: 'Pay Bill Charge',
  c2b: 'Pay Bill Charge',
  b2c: 'Business Payment to Customer Charge',
  b2b: 'Business Transfer Charge',
  reversal: 'Transaction Reversal Charge',
} as const satisfies Record<Transaction['kind'], string>;

/** Payers are masked as in confirmations, payees are known to whoever paid them (assumed). */
function wordsOf(
  it: Transaction,
  { config, phones }: Pick<StatementDeps, 'config' | 'phones'>,
): Words {
  const name = phones.find(it.msisdn)?.name ?? '';
  const reason = reasonTypes[it.kind];
  const payer = `${masked(it.msisdn)} - ${name}`;
  const payee = `${it.msisdn} - ${name}`;
  const own = `${config.shortCode} - ${config.organisationName}`;
  switch (it.kind) {
    case 'stk':
    case 'c2b': {
      const isTill = it.shortCode === config.tillNumber;
      const label = isTill ? 'Merchant Payment' : 'Pay Bill';
      const details = `${label} from ${payer} Acc. ${it.accountReference}`;
      return { details, reason: isTill ? 'Buy Goods' : reason, party: payer };
    }
    case 'b2c':
      return { details: `Business Payment to Customer via API to ${payee}`, reason, party: payee };
    case 'reversal': {
      const details = `Transaction Reversal of ${it.originalReceipt}`;
      const isOurs = it.conversationId !== undefined;
      return { details, reason: isOurs ? reason : 'Transaction Reversal', party: payer };
    }
    case 'b2b':
      return { details: `Business Transfer From MMF To Utility by ${own}`, reason, party: own };
    default:
      return unreachable(it.kind, 'kind of a transaction');
  }
}

const depositWords: Words = {
  details: 'Deposit of Funds at Bank',
  reason: 'Organization Deposit of Funds',
  party: '',
};

export function createStatements(deps: StatementDeps): Statements {
  const { store, transactions, config } = deps;
  const sumBefore = (account: AccountName, at: EpochMs): number =>
    totalIn(
      store.first(
        `select coalesce(sum(p.amount_kes), 0) as total
         from postings p join entries e on e.id = p.entry_id
         where p.account = ? and e.booked_at < ?`,
        account,
        at,
      ),
    );
  const postingsIn = (account: AccountName, { fromAt, toAt }: StatementPeriod) =>
    store
      .all(
        `select e.id, e.kind, e.receipt, e.booked_at, p.amount_kes
         from postings p join entries e on e.id = p.entry_id
         where p.account = ? and e.booked_at between ? and ?
         order by e.id limit ?`,
        account,
        fromAt,
        toAt,
        rowsMax + 1,
      )
      .map(postingFrom);
  const rowOf = (posting: Posting, balanceKes: number, isCharge: boolean): readonly string[] => {
    const it = transactions.byReceipt(posting.receipt);
    const words = it === undefined ? depositWords : wordsOf(it, deps);
    const charge = isCharge && it !== undefined ? chargeNames[it.kind] : undefined;
    const { amountKes } = posting;
    return [
      posting.receipt,
      dashed(posting.bookedAt),
      dashed(it?.initiatedAt ?? posting.bookedAt),
      charge ?? words.details,
      'Completed',
      amountKes > 0 ? money(amountKes) : '',
      amountKes < 0 ? money(amountKes) : '',
      money(balanceKes),
      'true',
      charge ?? words.reason,
      words.party,
      it?.originalReceipt ?? '',
      it?.accountReference ?? '',
    ];
  };
  return {
    csv: (period) => {
      const { account, name } = accounts[period.account];
      const postings = postingsIn(account, period);
      if (postings.length > rowsMax) return err(`more than ${rowsMax} rows: ask for less`);
      const openingKes = sumBefore(account, period.fromAt);
      let balanceKes = openingKes;
      const rows = postings.map((posting) => {
        balanceKes += posting.amountKes;
        return rowOf(posting, balanceKes, period.account === 'charges');
      });
      const head = [
        ['Account Holder:', config.organisationName],
        ['Short Code:', config.shortCode],
        ['Account:', name],
        ['Time Period:', `From ${dashed(period.fromAt)} To ${dashed(period.toAt)}`],
        ['Opening Balance:', money(openingKes)],
        ['Closing Balance:', money(balanceKes)],
        [],
      ];
      const lines = [...head, statementColumns, ...rows].map((cells) =>
        cells.map(quoted).join(','),
      );
      return ok(`${lines.join('\r\n')}\r\n`);
    },
  };
}
