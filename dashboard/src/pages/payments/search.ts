import { parseAmountMinor, parseBusinessDate, parseMsisdn, railIds, type RailId } from '#kernel';

import type { PaymentView } from '#api/contract';

export type PaymentState = PaymentView['state'];
export const paymentStates = [
  'earned',
  'suspense',
  'credit',
  'refunding',
  'refunded',
  'reversed',
] as const satisfies readonly PaymentState[];

/** What the list is narrowed down to; it stands in the address, and goes to the engine as it is. */
export interface PaymentSearch {
  readonly rail?: RailId;
  readonly state?: PaymentState;
  readonly stream?: string;
  readonly from?: string;
  readonly to?: string;
  readonly phone?: string;
  readonly receipt?: string;
  readonly amountFrom?: string;
  readonly amountTo?: string;
}

export const searchNames = [
  'rail',
  'state',
  'stream',
  'from',
  'to',
  'phone',
  'receipt',
  'amountFrom',
  'amountTo',
] as const satisfies readonly (keyof PaymentSearch)[];

const textOf = (value: unknown): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= 60 ? text : undefined;
};

const dayOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text !== undefined && parseBusinessDate(text).ok ? text : undefined;
};

/** As the engine takes it: `300` or `300.50`, not below zero. */
export function amountOf(value: unknown): string | undefined {
  const text = textOf(value)?.replaceAll(/[,\s]/g, '');
  const minor = text === undefined ? undefined : parseAmountMinor(text);
  return minor?.ok === true && minor.value >= 0n && /^\d{1,10}(?:\.|$)/.test(text ?? '')
    ? text
    : undefined;
}

// A number in an address loses the nought it begins with.
const phoneOf = (value: unknown): string | undefined => {
  const phone = parseMsisdn(textOf(value) ?? '');
  return phone.ok ? `0${phone.value.slice(3)}` : undefined;
};

/** What somebody else wrote into the address is left out. */
export function readSearch(raw: Readonly<Record<string, unknown>>): PaymentSearch {
  const read = {
    rail: railIds.find((rail) => rail === raw['rail']),
    state: paymentStates.find((state) => state === raw['state']),
    stream: textOf(raw['stream'])?.slice(0, 40),
    from: dayOf(raw['from']),
    to: dayOf(raw['to']),
    phone: phoneOf(raw['phone']),
    receipt: textOf(raw['receipt']),
    amountFrom: amountOf(raw['amountFrom']),
    amountTo: amountOf(raw['amountTo']),
  };
  return withoutGaps(read);
}

type Gappy = { readonly [Name in keyof PaymentSearch]: PaymentSearch[Name] | undefined };

export const withoutGaps = (search: Gappy): PaymentSearch => ({
  ...(search.rail !== undefined && { rail: search.rail }),
  ...(search.state !== undefined && { state: search.state }),
  ...(search.stream !== undefined && { stream: search.stream }),
  ...(search.from !== undefined && { from: search.from }),
  ...(search.to !== undefined && { to: search.to }),
  ...(search.phone !== undefined && { phone: search.phone }),
  ...(search.receipt !== undefined && { receipt: search.receipt }),
  ...(search.amountFrom !== undefined && { amountFrom: search.amountFrom }),
  ...(search.amountTo !== undefined && { amountTo: search.amountTo }),
});

export const queryPartOf = (search: PaymentSearch): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(searchNames.map((name) => [name, search[name]]));

export const isSame = (one: PaymentSearch, other: PaymentSearch): boolean =>
  searchNames.every((name) => one[name] === other[name]);
export const countOf = (search: PaymentSearch): number =>
  searchNames.filter((name) => search[name] !== undefined).length;
