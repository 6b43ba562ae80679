import type { Statement, StatementProblem, StatementRow } from '../statement.ts';
import { shown } from '../statement-texts.ts';
import { amountCell, nameOf, periodIn } from './statement-cells.ts';

/** What stands above the table, each fact under one of several labels (assumed). */
const labels = [
  [
    'shortCode',
    ['shortcode', 'businessshortcode', 'organizationshortcode', 'organisationshortcode'],
  ],
  ['account', ['account', 'accounttype', 'accountname']],
  ['period', ['timeperiod', 'period', 'statementperiod']],
  ['opening', ['openingbalance']],
  ['closing', ['closingbalance']],
  ['currency', ['currency']],
] as const;
type Label = (typeof labels)[number][0];

const labelByName = new Map(
  labels.flatMap(([label, names]) => names.map((name): readonly [string, Label] => [name, label])),
);

/** The wallets under the names by which balances report them, so that both can be compared. */
const wallets: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/utility/i, 'Utility Account'],
  [/charges? paid/i, 'Charges Paid Account'],
  [/working|\bmmf\b/i, 'Working Account'],
  [/organi[sz]ation settlement/i, 'Organization Settlement Account'],
  [/merchant/i, 'Merchant Account'],
  [/float/i, 'Float Account'],
];
const walletNameOf = (text: string): string | undefined =>
  wallets.find(([pattern]) => pattern.test(text))?.[1];

interface Entry {
  readonly label: Label;
  readonly value: string;
  readonly line: number;
  /** The whole row: a period spreads over several cells. */
  readonly rowText: string;
}

/** `Short Code:` beside its value, or both in one cell. */
function entriesOf(row: StatementRow): readonly Entry[] {
  const filled = row.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return filled.flatMap((cell, n) => {
    const [name = '', ...rest] = cell.split(':');
    const label = labelByName.get(nameOf(name));
    if (label === undefined) return [];
    const inline = rest.join(':').trim();
    const value = inline === '' ? (filled[n + 1] ?? '') : inline;
    return [{ label, value, line: row.line, rowText: filled.join(' ') }];
  });
}

type Facts = Omit<Statement, 'account' | 'lines'> & { readonly account: string | undefined };

export interface Preamble {
  readonly facts: Facts;
  readonly problems: readonly StatementProblem[];
}

export function preambleOf(rows: readonly StatementRow[]): Preamble {
  const entries = rows.flatMap(entriesOf);
  const first = (label: Label): Entry | undefined =>
    entries.find((entry) => entry.label === label && entry.value !== '');
  const problems: StatementProblem[] = [];
  const complain = (entry: Entry, why: string): void => {
    problems.push({ line: entry.line, why: `${why}: ${shown(entry.value)}` });
  };

  const balanceOf = (label: 'opening' | 'closing'): bigint | undefined => {
    const entry = first(label);
    const amount = amountCell((entry?.value ?? '').replace(/^kes\s*/i, ''));
    if (entry !== undefined && !amount.ok) complain(entry, `the ${label} balance is no amount`);
    return amount.ok ? amount.value : undefined;
  };

  const periodEntry = first('period');
  const period = periodEntry === undefined ? undefined : periodIn(periodEntry.rowText);
  if (periodEntry !== undefined && period === undefined) {
    complain(periodEntry, 'the period does not run from one time to another');
  }
  const currency = first('currency');
  if (currency !== undefined && !/^(?:kes|ksh|kenyan? shillings?)\b/i.test(currency.value)) {
    complain(currency, 'the currency is not KES');
  }
  const shortCodeEntry = first('shortCode');
  const shortCode = /^\d{5,7}\b/.exec(shortCodeEntry?.value ?? '')?.[0];
  if (shortCodeEntry !== undefined && shortCode === undefined) {
    complain(shortCodeEntry, 'the short code is not 5 to 7 digits');
  }
  const accounts = entries.filter(({ label, value }) => label === 'account' && value !== '');
  const account =
    accounts.map(({ value }) => walletNameOf(value)).find((name) => name !== undefined) ??
    accounts[0]?.value;
  if (account === undefined) {
    problems.push({ line: undefined, why: 'nothing above the table says which account it is of' });
  }
  return {
    facts: {
      shortCode,
      account,
      fromAt: period?.fromAt,
      toAt: period?.toAt,
      openingMinor: balanceOf('opening'),
      closingMinor: balanceOf('closing'),
    },
    problems,
  };
}
