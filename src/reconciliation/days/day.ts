import type { BusinessDate, EpochMs, RailId } from '#kernel';

import { coversJoinMs, type Cover } from '../statements/statement.ts';

/** What is compared, of a day. */
export const figureNames = ['payments', 'payouts', 'fees', 'refunds', 'topUps'] as const;
export type FigureName = (typeof figureNames)[number];

export interface Figure {
  readonly count: number;
  /** Amounts, whichever way the money went. */
  readonly sumMinor: bigint;
}

export type Figures = Readonly<Record<FigureName, Figure>>;

export type DayState = 'agrees' | 'differs' | 'no-statement';

/** What was found by comparing; the order is that of urgency. */
export const differenceKinds = {
  'amount-differs': {
    weighs: true,
    advice: 'Ask the provider which amount is right; the books keep the first.',
  },
  'payment-not-booked': {
    weighs: true,
    advice: 'Import the statement again: what is on it and not booked is booked.',
  },
  'payment-not-on-statement': {
    weighs: true,
    advice: 'Import the statement of the whole day again; if it stays away, ask the provider.',
  },
  'outgoing-not-booked': {
    weighs: true,
    advice: 'Somebody moved money in the provider’s portal: find out who, and why.',
  },
  'payout-not-on-statement': {
    weighs: true,
    advice: 'Ask the provider for the payout by its receipt before anything is sent again.',
  },
  'fee-waits': {
    weighs: true,
    advice: 'It is booked as soon as the transfers under way have an end.',
  },
  'told-by-statement-only': {
    weighs: false,
    advice: 'Booked. If it happens often, see that the callback address is registered.',
  },
  'claim-not-vouched-for': {
    weighs: false,
    advice: 'Nothing is booked on a claim alone; the exceptions say how it ended.',
  },
  'wallet-moved-otherwise': {
    weighs: false,
    advice:
      'The wallet moved by another sum than the books: a payout around midnight does that, ' +
      'or a statement that is not whole.',
  },
} as const;
export type DifferenceKind = keyof typeof differenceKinds;

/** One difference, with which of the three has it. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly receipt: string | undefined;
  /** By the books where they have it, else by whoever tells of it; undefined where it is sealed. */
  readonly amountMinor: bigint | undefined;
  /** The other amount, where two differ. */
  readonly otherMinor: bigint | undefined;
  readonly occurredAt: EpochMs | undefined;
  readonly inBooks: boolean;
  readonly inEvents: boolean;
  readonly onStatement: boolean;
  /** What kind of line it is, where the statement has it. */
  readonly line: string | undefined;
  /** What the books call it: a payment's or transfer's id. */
  readonly subject: string | undefined;
}

export interface WalletFigures {
  readonly openingMinor: bigint | undefined;
  readonly closingMinor: bigint | undefined;
}

export interface ReportedBalance {
  readonly availableMinor: bigint;
  readonly reportedAt: EpochMs;
}

export interface ThreeWayDay {
  readonly rail: RailId;
  readonly businessDate: BusinessDate;
  readonly state: DayState;
  /** The wallet that customers pay into, by the provider's name for it. */
  readonly account: string;
  /** Of which time of the day statements tell; empty without one. */
  readonly covers: readonly Cover[];
  readonly isWhole: boolean;
  readonly books: Figures;
  readonly events: Figures;
  readonly statement: Figures | undefined;
  readonly balances: {
    readonly statement: WalletFigures;
    readonly books: WalletFigures;
    /** The provider's last word on the wallet that day. */
    readonly reported: ReportedBalance | undefined;
  };
  readonly differences: readonly Difference[];
  /** There are more than are named. */
  readonly hasMore: boolean;
}

export const differencesMax = 500;

export const noFigure: Figure = { count: 0, sumMinor: 0n };

export const weighs = ({ kind }: Difference): boolean => differenceKinds[kind].weighs;

/** The time of the day that statements tell of. */
export function coversOfDay(covers: readonly Cover[], day: Cover): readonly Cover[] {
  return covers
    .map(({ fromAt, toAt }) => ({
      fromAt: Math.max(fromAt, day.fromAt),
      toAt: Math.min(toAt, day.toAt),
    }))
    .filter(({ fromAt, toAt }) => fromAt <= toAt);
}

export const isWholeDay = (covers: readonly Cover[], day: Cover): boolean =>
  covers.some(
    ({ fromAt, toAt }) => fromAt <= day.fromAt + coversJoinMs && toAt >= day.toAt - coversJoinMs,
  );

/** In order of urgency, no more than are named. */
export function rank(differences: readonly Difference[]): readonly Difference[] {
  const order = Object.keys(differenceKinds);
  return differences
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .slice(0, differencesMax);
}

export const stateOf = (covers: readonly Cover[], differences: readonly Difference[]): DayState => {
  if (covers.length === 0) return 'no-statement';
  return differences.some(weighs) ? 'differs' : 'agrees';
};

/**
 * By how much the wallet moved more than the books account for. Fees leave some wallets at once,
 * and the books keep them in an account of their own.
 */
export function driftOf(facts: {
  readonly statement: WalletFigures;
  readonly books: WalletFigures;
  readonly feesOnWalletMinor: bigint;
}): bigint {
  const { statement, books, feesOnWalletMinor } = facts;
  const moved = ({ openingMinor, closingMinor }: WalletFigures): bigint | undefined =>
    openingMinor === undefined || closingMinor === undefined
      ? undefined
      : closingMinor - openingMinor;
  const told = moved(statement);
  const booked = moved(books);
  return told === undefined || booked === undefined ? 0n : told - feesOnWalletMinor - booked;
}
