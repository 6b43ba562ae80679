import { parseCompactNairobi, type Currency, type EpochMs } from '#kernel';
import { amountMinorOf, nairobiTimeOf } from './wire.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const clockForm = String.raw`(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?$`;
const dayFirst = new RegExp(
  String.raw`^(\d{1,2})[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ,]+(\d{4}|\d{2})${clockForm}`,
);
const yearFirst = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})${clockForm}`);

function monthOf(text: string): string {
  if (/^\d+$/.test(text)) return text.padStart(2, '0');
  return String(months.indexOf(text.slice(0, 3).toLowerCase()) + 1).padStart(2, '0');
}

/** `12:30 AM` is half an hour after midnight. */
function hourOf(text: string, half: string | undefined): string | undefined {
  if (half === undefined) return text.padStart(2, '0');
  const hour = Number(text);
  if (hour < 1 || hour > 12) return undefined;
  const isAfternoon = half.toLowerCase() === 'pm';
  return String((hour % 12) + (isAfternoon ? 12 : 0)).padStart(2, '0');
}

/** Digits of a day and, if it is there, the time of day. */
function partsOf(text: string): { readonly day: string; readonly clock?: string } | undefined {
  const later = dayFirst.exec(text);
  const sooner = later === null ? yearFirst.exec(text) : null;
  const found = later ?? sooner;
  if (found === null) return undefined;
  const [, first = '', month = '', last = '', hour, minute = '', second = '00', half] = found;
  const [year, dayOfMonth] = later === null ? [first, last] : [last, first];
  const day = `${year.padStart(4, '20')}${monthOf(month)}${dayOfMonth.padStart(2, '0')}`;
  if (hour === undefined) return { day };
  const hours = hourOf(hour, half);
  return hours === undefined ? undefined : { day, clock: `${hours}${minute}${second}` };
}

/** A moment in Nairobi; days come before months. Undefined without a time of day. */
export function momentOf(written: string): EpochMs | undefined {
  const text = written.trim().replace(/\s*\(?EAT\)?$/i, '');
  const plain = nairobiTimeOf(text);
  if (plain !== undefined) return plain;
  const parts = partsOf(text);
  if (parts?.clock === undefined) return undefined;
  const parsed = parseCompactNairobi(`${parts.day}${parts.clock}`);
  return parsed.ok ? parsed.value : undefined;
}

/** The midnight of a day that stands without a time. */
export function midnightOf(text: string): EpochMs | undefined {
  const parts = partsOf(text.trim());
  if (parts === undefined || parts.clock !== undefined) return undefined;
  const parsed = parseCompactNairobi(`${parts.day}000000`);
  return parsed.ok ? parsed.value : undefined;
}

/** Kenya writes its shilling in more than one way. */
export const isCurrency = (text: string, currency: Currency): boolean => {
  const word = text.toUpperCase();
  return word === currency || (currency === 'KES' && /^KSHS?$/.test(word));
};

export interface Figure {
  readonly magnitudeMinor: bigint;
  /** As written; undefined where there is none. */
  readonly sign: 1n | -1n | undefined;
  /** As written beside it. */
  readonly currency: string | undefined;
}

const figureForm = /^(\()?\s*([+-])?\s*(?:([A-Za-z]{3,4})\.?\s*)?([+-])?\s*([\d,.]+)\s*(\))?$/;

/** `1,000.00`, `-10`, `KES 1,000`, `(250.00)`; undefined where it is no exact amount. */
export function figureOf(text: string): Figure | undefined {
  const match = figureForm.exec(text.trim());
  if (match === null) return undefined;
  const [, opened, before, currency, after, digits, closed] = match;
  const signs = [before, after].filter((sign) => sign !== undefined);
  const isBracketed = opened !== undefined;
  if (isBracketed !== (closed !== undefined) || signs.length > 1) return undefined;
  if (isBracketed && signs.length > 0) return undefined;
  const magnitudeMinor = amountMinorOf(digits);
  if (magnitudeMinor === undefined) return undefined;
  const isMinus = isBracketed || signs[0] === '-';
  const plain = signs[0] === '+' ? 1n : undefined;
  return { magnitudeMinor, sign: isMinus ? -1n : plain, currency };
}
