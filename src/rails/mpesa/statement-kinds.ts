import type { StatementLineKind } from '../statement.ts';

/**
 * The words of a statement are documented nowhere. `Reason Type` repeats those of status results
 * (“Business Payment to Customer via API”, documented); the labels of charges were seen in many
 * customers' statements (“Pay Bill Charge”, “Pay Merchant Charge”); the rest is assumed. Whatever
 * fits no row is `other`: it counts in the balance and is shown to a person.
 */
interface KindRow {
  readonly kind: StatementLineKind;
  /** On words in lower case with single spaces. */
  readonly pattern: RegExp;
  /** Which way money of this kind moves; a row against its direction is not of the kind. */
  readonly direction: 'in' | 'out' | 'either';
}

const takenBack = /\brevers(?:als?|ed)\b|\brefund(?:s|ed)?\b/;

const kindRows: readonly KindRow[] = [
  // Fees run up below zero in Charges Paid until they are settled: that is no fee again.
  { kind: 'settlement', pattern: /\bsettlement of\b|\bcharges? settlement\b/, direction: 'either' },
  // A payout whose withdrawal we bear is named “… Withdrawal Charge Paid”: no charge of its own.
  { kind: 'fee', pattern: /\b(?:charges?(?! paid)|fees?)\b/, direction: 'either' },
  { kind: 'refund', pattern: takenBack, direction: 'out' },
  {
    kind: 'top-up',
    pattern: /\bmmf (?:account )?to utility\b|\bworking (?:account )?to utility\b/,
    direction: 'either',
  },
  {
    kind: 'settlement',
    pattern: /\bsettlement\b|\bwithdrawal of funds\b|\borgani[sz]ation withdrawal\b|\bto bank\b/,
    direction: 'either',
  },
  // What we paid comes back under the name of what it was: “Business Pay Bill Reversal”.
  { kind: 'other', pattern: takenBack, direction: 'in' },
  {
    kind: 'payout',
    pattern: /\b(?:business|salary|promotion) payment\b|\bb2c\b|\bpayment to customer\b/,
    direction: 'out',
  },
  {
    kind: 'payment',
    pattern: /\bpay ?(?:bill|utility|merchant)\b|\bbuy goods\b|\b(?:merchant|customer) payment\b/,
    direction: 'in',
  },
];

const fits = (row: KindRow, words: string, amountMinor: bigint): boolean => {
  const isAgainst =
    (row.direction === 'in' && amountMinor < 0n) || (row.direction === 'out' && amountMinor > 0n);
  return !isAgainst && row.pattern.test(words);
};

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim();

/**
 * What the provider wrote of the details, without the party and without the account number: those
 * a payer chooses, and nobody may name a payment a charge.
 */
const labelOf = (details: string): string =>
  wordsOf(details.replace(/\s(?:from|by|via|acc\.?)\s.*|\s-\s.*|\s\S*\d{5}.*/is, ''));

const chargeLabel = /\bcharges?$|\bfees?$/;

/** `Reason Type` decides; the details only where it says nothing, and for charges taken from us. */
export function kindOf({
  reason,
  details,
  amountMinor,
}: {
  readonly reason: string;
  readonly details: string;
  readonly amountMinor: bigint;
}): StatementLineKind {
  const label = labelOf(details);
  // A charge stands under the reason of what it was taken for; only money that leaves is one.
  if (amountMinor < 0n && chargeLabel.test(label)) return 'fee';
  const byReason = kindRows.find((row) => fits(row, wordsOf(reason), amountMinor));
  const byDetails = kindRows.find((row) => fits(row, label, amountMinor));
  return (byReason ?? byDetails)?.kind ?? 'other';
}
