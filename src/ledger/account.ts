import type { Currency, RailId } from '#kernel';

export type AccountKind = 'asset' | 'liability' | 'equity' | 'income' | 'expense';

/** One line of the chart of accounts. Names are made here and nowhere else. */
export interface Account {
  readonly name: string;
  readonly kind: AccountKind;
  readonly currency: Currency;
}

const inKes = (name: string, kind: AccountKind): Account => ({ name, kind, currency: 'KES' });

/**
 * The wallet in which the provider keeps what payers paid (M-Pesa Utility, Airtel collection);
 * of a till as well, where that is two: Merchant for what was paid, Utility for what is paid out.
 */
export const railCollection = (rail: RailId): Account => inKes(`rail:${rail}:collection`, 'asset');

/** What the provider has taken in fees and settles later (M-Pesa Charges Paid); below zero. */
export const railCharges = (rail: RailId): Account => inKes(`rail:${rail}:charges`, 'asset');

export const revenue = (streamId: string): Account => inKes(`revenue:${streamId}`, 'income');

export const fees = (rail: RailId): Account => inKes(`fees:${rail}`, 'expense');

/** Received and not yet known whose it is: owed to somebody until then. */
export const suspense = (rail: RailId): Account => inKes(`suspense:${rail}`, 'liability');

/** Set aside for a transfer whose end is not known yet. */
export const transferInFlight = (rail: RailId): Account =>
  inKes(`transfer:in_flight:${rail}`, 'asset');

export const ownerDrawings = (rail: RailId): Account => inKes(`owner:drawings:${rail}`, 'equity');

/** Held for a customer who is known: owed until it pays something or goes back. */
export const customerCredit = (rail: RailId): Account => inKes(`credit:${rail}`, 'liability');

/** What the owner has put into the business from outside. */
export const ownerCapital = (rail: RailId): Account => inKes(`owner:capital:${rail}`, 'equity');
