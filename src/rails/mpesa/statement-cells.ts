import {
  dayMs,
  err,
  ok,
  parseAmountMinor,
  parseBusinessDate,
  parseCompactNairobi,
  startOfBusinessDay,
  type EpochMs,
  type Result,
} from '#kernel';

/** Text as names are compared: spelling, dots, spaces and case do not count. */
export const nameOf = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

// A spreadsheet keeps an amount a text by a quote before it; exports quote both ends now and then.
const quotes = /^['"]+|['"]+$/g;
const groupedAmount = /^-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,2})?$/;

/** `1,234.50`, `-300.00`, `"20"`; an empty cell is an amount that is not there. */
export function amountCell(text: string): Result<bigint | undefined, 'not-an-amount'> {
  const plain = text.trim().replaceAll(quotes, '').trim().replace('\u2212', '-');
  if (plain === '') return ok(undefined);
  if (!groupedAmount.test(plain)) return err('not-an-amount');
  const amount = parseAmountMinor(plain.replaceAll(',', ''));
  return amount.ok ? amount : err('not-an-amount');
}

const dayFirst = /^(\d{2})([-.])(\d{2})\2(\d{4}) (\d{2}):(\d{2}):(\d{2})$/;
const yearFirst = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;

/** `23-11-2026 08:00:00`, `23.11.2026 08:00:00` or `2026-11-23 08:00:00`, East Africa Time. */
export function timeCell(text: string): EpochMs | undefined {
  const plain = text.trim().replaceAll(quotes, '').trim();
  const compact = plain.replace(dayFirst, '$4$3$1$5$6$7').replace(yearFirst, '$1$2$3$4$5$6');
  // What neither pattern fits is unchanged, and a compact time was never seen in a statement.
  if (compact === plain) return undefined;
  const parsed = parseCompactNairobi(compact);
  return parsed.ok ? parsed.value : undefined;
}

const bounds = /(?:\d{2}([-.])\d{2}\1\d{4}|\d{4}-\d{2}-\d{2})(?: \d{2}:\d{2}:\d{2})?/g;
const secondMs = 1_000;

function boundOf(text: string, side: 'from' | 'to'): EpochMs | undefined {
  const time = timeCell(text);
  if (time !== undefined) return time;
  const date = parseBusinessDate(text.replace(/^(\d{2})[-.](\d{2})[-.](\d{4})$/, '$3-$2-$1'));
  if (!date.ok) return undefined;
  const start = startOfBusinessDay(date.value);
  return side === 'from' ? start : start + dayMs - secondMs;
}

/** The two ends of a period, wherever they stand in a row; days without a time are whole days. */
export function periodIn(text: string): { fromAt: EpochMs; toAt: EpochMs } | undefined {
  const [first, second, ...others] = text.match(bounds) ?? [];
  if (first === undefined || second === undefined || others.length > 0) return undefined;
  const fromAt = boundOf(first, 'from');
  const toAt = boundOf(second, 'to');
  if (fromAt === undefined || toAt === undefined || fromAt > toAt) return undefined;
  return { fromAt, toAt };
}
