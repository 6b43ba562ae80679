import type { Currency } from '#kernel';
import type { ListedPayment, NotKnown, PaymentList, PaymentPeriod } from '../rail.ts';
import { unknownBecause } from '../words.ts';
import type { AirtelClient } from './client.ts';
import { paths } from './requests.ts';
import { listedPaymentOf, listRowsOf } from './translate.ts';

/** Neither page size nor window is documented; a server may give fewer rows than asked for. */
const pageRows = 100;
const pagesMax = 500;

export type Summary = { readonly kind: 'rows'; readonly rows: readonly unknown[] } | NotKnown;

/** The transactions summary, page by page; `offset` is taken to count rows (assumed). */
export async function readSummary(client: AirtelClient, period: PaymentPeriod): Promise<Summary> {
  const rows = new Map<string, unknown>();
  const whole = (): Summary => ({ kind: 'rows', rows: [...rows.values()] });
  if (period.fromAt >= period.toAt) return whole();
  let offset = 0;
  for (let page = 0; page < pagesMax; page += 1) {
    const path = paths.list({ ...period, limit: pageRows, offset });
    const answer = listRowsOf(await client.ask(path));
    if (answer.kind !== 'page') return answer;
    const { rows: found } = answer;
    // Only an empty page is the end: a short one may be the server's own idea of a page.
    if (found.length === 0) return whole();
    const texts = found.map((row) => JSON.stringify(row));
    if (texts.every((text) => rows.has(text))) {
      // The server turns no pages. If the first was not full there was only one.
      return found.length < pageRows ? whole() : unknownBecause('the list turns no pages');
    }
    for (const [n, text] of texts.entries()) rows.set(text, found[n]);
    offset += found.length;
  }
  return unknownBecause(`more than ${pagesMax} pages: ask for a shorter period`);
}

/** Settled income on the summary. */
export function createList(deps: {
  readonly client: AirtelClient;
  readonly currency: Currency;
}): (period: PaymentPeriod) => Promise<PaymentList> {
  return async (period) => {
    const summary = await readSummary(deps.client, period);
    if (summary.kind !== 'rows') return summary;
    const payments = new Map<string, ListedPayment>();
    for (const row of summary.rows) {
      const payment = listedPaymentOf(row, deps.currency);
      // An unreadable row stops the reading: a list with a hole would read as complete.
      if (payment === 'unreadable') return unknownBecause('a row of the list cannot be read');
      if (payment !== 'elsewhere') payments.set(payment.receipt, payment);
    }
    return { kind: 'listed', payments: [...payments.values()] };
  };
}
