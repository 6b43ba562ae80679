import type { EpochMs } from '#kernel';
import type { Evidence } from './rail.ts';

/** A file's rows as texts, whatever kind of file it was. */
export interface StatementTable {
  readonly rows: readonly StatementRow[];
}

export interface StatementRow {
  /** Counted from 1, as a person sees it in the file. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** `not-mine` where the table is no statement of this rail; problems name line and reason. */
export type StatementReading =
  | { readonly kind: 'statement'; readonly statement: Statement }
  | { readonly kind: 'not-mine' }
  | { readonly kind: 'damaged'; readonly problems: readonly StatementProblem[] };

export interface StatementProblem {
  /** Undefined where the whole file is meant. */
  readonly line: number | undefined;
  readonly why: string;
}

/** One wallet over a period, by the provider's word. */
export interface Statement {
  readonly shortCode: string | undefined;
  /** The wallet's name as the provider reports it. */
  readonly account: string;
  readonly fromAt: EpochMs | undefined;
  readonly toAt: EpochMs | undefined;
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
  /** As in the file. */
  readonly lines: readonly StatementLine[];
}

export const statementLineKinds = [
  'payment',
  'payout',
  'fee',
  'refund',
  'top-up',
  'settlement',
  'other',
] as const;
export type StatementLineKind = (typeof statementLineKinds)[number];

export interface StatementLine extends Evidence {
  readonly line: number;
  readonly kind: StatementLineKind;
  /** A fee carries the receipt of what it was charged for. */
  readonly receipt: string;
  readonly occurredAt: EpochMs;
  /** Only what is completed moved money. */
  readonly completed: boolean;
  /** Above zero into the wallet, below zero out of it. */
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint | undefined;
  readonly accountReference: string;
  /** Payer or payee as shown: whole, masked or absent. */
  readonly party: string | undefined;
  /** Of the transaction a refund or fee belongs to, where it is told. */
  readonly linkedReceipt: string | undefined;
  /** Our own id, where the rail carries it. */
  readonly ownId: string | undefined;
  readonly details: string;
}
