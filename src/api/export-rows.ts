import { decimalOf, railNames } from '#kernel';
import { payerForPeople, type Payment } from '#collections';
import type { Cell, Columns, RowGroups } from '#platform/sheets';
import { findStream } from '#streams';

import { earnedOf } from './show.ts';

const text = (value: string | undefined): Cell => ({ kind: 'text', text: value ?? '' });
const money = (amountMinor: bigint): Cell => ({ kind: 'money', decimal: decimalOf(amountMinor) });

/** What a file for people and their accountants has of a payment; phones masked, as everywhere. */
const columns: readonly (readonly [title: string, of: (payment: Payment) => Cell])[] = [
  ['Receipt', ({ receipt }) => text(receipt)],
  ['Rail', ({ rail }) => text(railNames[rail])],
  ['Amount (KES)', ({ amountMinor }) => money(amountMinor)],
  ['Earned (KES)', (payment) => money(earnedOf(payment))],
  ['State', ({ state }) => text(state)],
  ['Stream', ({ earnedBy }) => text(earnedBy === undefined ? '' : findStream(earnedBy)?.name)],
  ['Account number', ({ accountReference }) => text(accountReference)],
  ['Payer', ({ payer }) => text(payerForPeople(payer))],
  ['Name', ({ payerName }) => text(payerName)],
  ['Paid at (Nairobi)', ({ occurredAt }) => ({ kind: 'time', at: occurredAt })],
  ['Booked at (Nairobi)', ({ bookedAt }) => ({ kind: 'time', at: bookedAt })],
  ['Business day', ({ businessDate }) => text(businessDate)],
  ['Heard by', ({ road }) => text(road)],
  ['Charge', ({ chargeId }) => text(chargeId)],
  ['Payment', ({ id }) => text(id)],
];

export const exportColumns: Columns = {
  name: 'Transactions',
  titles: columns.map(([title]) => title),
};

export async function* exportRows(pages: AsyncIterable<readonly Payment[]>): RowGroups {
  for await (const page of pages) {
    yield page.map((payment) => columns.map(([, of]) => of(payment)));
  }
}
