import type { StatementLineKind, StatementRow } from '../statement.ts';

/**
 * Airtel publishes no form of its statements. Everything here is assumed: the fields of the
 * transactions summary, and the words that portals' exports use for them. Columns are found by
 * name, in any order; the first name of a column that is there is taken, and no cell twice.
 */
const columnNames = [
  [
    'receipt',
    [
      'airtel money id',
      'airtel money transaction id',
      'airtel transaction id',
      'transaction id',
      'txn id',
      'transfer id',
    ],
  ],
  // Where Airtel's own id has a column, “transaction id” is ours, as in the summary.
  [
    'ownId',
    [
      'external id',
      'external transaction id',
      'partner transaction id',
      'merchant transaction id',
      'transaction id',
    ],
  ],
  [
    'date',
    [
      'transaction date time',
      'transaction date and time',
      'date time',
      'date and time',
      'transaction date',
      'created at',
      'created on',
      'timestamp',
      'date',
      'transaction time',
    ],
  ],
  ['time', ['transaction time', 'time']],
  ['type', ['transaction type', 'service type', 'txn type', 'type', 'service']],
  ['status', ['transaction status', 'txn status', 'status']],
  ['amount', ['transaction amount', 'txn amount', 'amount']],
  ['direction', ['direction', 'credit debit', 'cr dr', 'dr cr', 'debit credit']],
  ['credit', ['credit', 'credit amount', 'paid in', 'money in', 'cr']],
  ['debit', ['debit', 'debit amount', 'paid out', 'money out', 'withdrawn', 'dr']],
  [
    'charge',
    ['service charge', 'service charges', 'charges', 'charge', 'transaction charge', 'fee'],
  ],
  ['balance', ['balance', 'wallet balance', 'running balance', 'balance after', 'closing balance']],
  ['currency', ['currency']],
  ['sender', ['sender msisdn', 'payer msisdn', 'sender', 'payer', 'from msisdn']],
  ['receiver', ['receiver msisdn', 'payee msisdn', 'receiver', 'payee', 'to msisdn']],
  ['party', ['customer msisdn', 'msisdn', 'mobile number', 'customer', 'phone number']],
  ['reference', ['reference number', 'reference no', 'reference id', 'reference']],
  [
    'original',
    [
      'original airtel money id',
      'original transaction id',
      'linked transaction id',
      'reversed transaction id',
    ],
  ],
  ['details', ['details', 'description', 'narration', 'remarks', 'message']],
] as const;
export type Column = (typeof columnNames)[number][0];

/** Lines above and below the table that say something of the whole. */
const noteNames = [
  ['from', ['from', 'from date', 'start date', 'period from', 'statement from']],
  ['to', ['to', 'to date', 'end date', 'period to', 'statement to']],
  ['currency', ['currency']],
  ['shortCode', ['short code', 'merchant code', 'till number', 'biller code']],
  ['opening', ['opening balance', 'balance brought forward']],
  ['closing', ['closing balance', 'balance carried forward']],
  ['total', ['total', 'totals', 'grand total', 'end of statement', 'end of report']],
] as const;
export type Note = (typeof noteNames)[number][0];

/** `MERCHPAY` and `CASHIN` are documented for the summary; the others are assumed. First fit. */
const kindForms: readonly (readonly [RegExp, StatementLineKind])[] = [
  [/REFUND|REVERS|ROLLBACK|CHARGEBACK/, 'refund'],
  [/CHARGE|COMMISSION|FEE|EXCISE|TAX|LEVY/, 'fee'],
  [/SETTLE|WITHDRAW|CASHOUT|WALLETTOBANK|W2B/, 'settlement'],
  [/B2C|B2B|DISBURS|PAYOUT|BULKPAY|SALARY/, 'payout'],
  [/CASHIN|TOPUP|FLOAT|DEPOSIT|BANKTOWALLET/, 'top-up'],
  [/MERCHPAY|MERCHANTPAY|COLLECTION|C2B|BILLPAY|PAYBILL|USSDPUSH|^PAYMENT/, 'payment'],
];

export type StatementState = 'settled' | 'failed' | 'open' | 'reversed';

/** `TS` to `TE` as in enquiries; the words beside them are assumed. */
const stateForms: readonly (readonly [RegExp, StatementState])[] = [
  [/^(?:TS|(?:TRANSACTION)?SUCCESS(?:FUL)?|SUCCEEDED|COMPLETED?|SETTLED|PAID)$/, 'settled'],
  [/^(?:T[FE]|(?:TRANSACTION)?FAIL(?:ED|URE)?|DECLINED|REJECTED|CANCELLED|EXPIRED)$/, 'failed'],
  [/^(?:TIP|TA|PENDING|INPROGRESS|INITIATED|PROCESSING|AMBIGUOUS)$/, 'open'],
  [/^(?:TR|REVERSED)$/, 'reversed'],
];

const letters = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

export const kindOf = (type: string): StatementLineKind =>
  kindForms.find(([form]) => form.test(letters(type)))?.[1] ?? 'other';

export const stateOf = (status: string): StatementState | undefined =>
  stateForms.find(([form]) => form.test(letters(status)))?.[1];

/** `Amount (KES)` is the amount, in KES; `Date (EAT)` is the date. */
const inBrackets = /\(\s*(?:in\s+)?([A-Za-z]{1,8})\s*\)\s*$/;
const moneyColumns: readonly Column[] = ['amount', 'credit', 'debit', 'charge', 'balance'];

const nameOf = (text: string): string =>
  text
    .replace(inBrackets, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();

export interface Header {
  readonly line: number;
  readonly cells: readonly string[];
  /** Where each column that was found stands. */
  readonly places: ReadonlyMap<Column, number>;
  /** Currencies that the names mention. */
  readonly currencies: readonly string[];
  /** Names that stand over two columns, so that neither can be told from the other. */
  readonly twice: readonly string[];
}

function columnsOf({ line, cells }: StatementRow): Header {
  const names = cells.map(nameOf);
  const places = new Map<Column, number>();
  const taken = new Set<number>();
  for (const [column, known] of columnNames) {
    const name = known.find((one) => names.some((cell, at) => cell === one && !taken.has(at)));
    if (name === undefined) continue;
    const at = names.indexOf(name);
    places.set(column, at);
    taken.add(at);
  }
  const used = [...places.values()].map((at) => names[at] ?? '');
  return {
    line,
    cells,
    places,
    currencies: moneyColumns.flatMap((column) => {
      const at = places.get(column);
      return at === undefined ? [] : (inBrackets.exec(cells[at] ?? '')?.[1] ?? []);
    }),
    twice: used.filter((name) => names.indexOf(name) !== names.lastIndexOf(name)),
  };
}

/** A table is a statement of ours where all of these can be told. */
function isHeader({ places }: Header): boolean {
  const has = (column: Column): boolean => places.has(column);
  const hasAmount = has('amount') || (has('credit') && has('debit'));
  const hasOutcome = has('status') || has('balance');
  return has('receipt') && has('date') && has('type') && hasAmount && hasOutcome;
}

/** The header comes after a few lines about the account, if any. */
const linesBeforeMax = 60;

export const findHeader = (rows: readonly StatementRow[]): Header | undefined =>
  rows
    .slice(0, linesBeforeMax)
    .map(columnsOf)
    .find((header) => isHeader(header));

/** `Closing Balance,1000.00` or `Closing Balance: 1000.00`; undefined where it is no such line. */
export function noteOf(
  cells: readonly string[],
): { readonly note: Note; readonly value: string } | undefined {
  const [first = '', ...rest] = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const [, label = first, inline = ''] = /^([^:]{1,40}):(.*)$/.exec(first) ?? [];
  const found = noteNames.find(([, names]) => names.some((name) => name === nameOf(label)));
  if (found === undefined) return undefined;
  return { note: found[0], value: inline.trim() === '' ? (rest.at(-1) ?? '') : inline.trim() };
}
