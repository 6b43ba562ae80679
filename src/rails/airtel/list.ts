import type { Currency } from '#kernel';
import type { ListedPayment, PaymentList, PaymentPeriod } from '../rail.ts';
import type { AirtelClient } from './client.ts';
import { paths } from './requests.ts';
import { listedPaymentOf, listRowsOf, unknownBecause } from './translate.ts';

/** Neither page size nor window is documented; a server may give fewer rows than asked for. */
const pageRows = 100;
const pagesMax = 500;

/** Where an unreadable row stops the reading: a list with a hole would read as complete. */
function readRows(
  rows: readonly unknown[],
  currency: Currency,
): readonly ListedPayment[] | undefined {
  const read = rows.map((row) => listedPaymentOf(row, currency));
  if (read.includes('unreadable')) return undefined;
  return read.filter((payment) => typeof payment === 'object');
}

/** The transactions summary, page by page; `offset` is taken to count rows (assumed). */
export function createList(deps: {
  readonly client: AirtelClient;
  readonly currency: Currency;
}): (period: PaymentPeriod) => Promise<PaymentList> {
  return async (period) => {
    const payments = new Map<string, ListedPayment>();
    const seenRows = new Set<string>();
    const whole = (): PaymentList => ({ kind: 'listed', payments: [...payments.values()] });
    if (period.fromAt >= period.toAt) return whole();
    let offset = 0;
    for (let page = 0; page < pagesMax; page += 1) {
      const path = paths.list({ ...period, limit: pageRows, offset });
      const answer = listRowsOf(await deps.client.ask(path));
      if (answer.kind !== 'page') return answer;
      const { rows } = answer;
      // Only an empty page is the end: a short one may be the server's own idea of a page.
      if (rows.length === 0) return whole();
      const texts = rows.map((row) => JSON.stringify(row));
      if (texts.every((text) => seenRows.has(text))) {
        // The server turns no pages. If the first was not full there was only one.
        return rows.length < pageRows ? whole() : unknownBecause('the list turns no pages');
      }
      const read = readRows(rows, deps.currency);
      if (read === undefined) return unknownBecause('a row of the list cannot be read');
      for (const payment of read) payments.set(payment.receipt, payment);
      for (const text of texts) seenRows.add(text);
      offset += rows.length;
    }
    return unknownBecause(`more than ${pagesMax} pages: ask for a shorter period`);
  };
}
