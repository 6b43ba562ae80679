import {
  dayMs,
  formatMoney,
  parseAmountMinor,
  parseBusinessDate,
  parseIso,
  shillings,
  startOfBusinessDay,
  type EpochMs,
} from '#kernel';

import { clockOf, dayOf, minuteOf, weekdayOf } from './dates.ts';
import { localeOf, useLanguage, type Language } from './language.ts';

/** Whole shillings, as figures of progress come: `KES 1,240`. */
export const kes = (amount: number): string => formatMoney(shillings(amount));

/** Exact money, as it comes from the books: `KES 1,240.50`. */
export function money(decimal: string): string {
  const minor = parseAmountMinor(decimal);
  return minor.ok ? formatMoney(minor.value) : decimal;
}

/** The same, to be added up. */
export const minorOf = (decimal: string): bigint => {
  const amount = parseAmountMinor(decimal);
  return amount.ok ? amount.value : 0n;
};

export interface Formats {
  /** `14:05:09` */
  clock(at: EpochMs): string;
  /** `14:05` */
  minute(at: EpochMs): string;
  /** `26 Nov 2026, 14:05` */
  moment(at: EpochMs): string;
  /** `26 Nov 2026`, of a moment or of a business day. */
  day(at: EpochMs | string): string;
  /** `Thursday` */
  weekday(at: EpochMs | string): string;
  count(value: number): string;
  /** 0.073 → `7.3%` */
  share(value: number): string;
  /** `3 min ago`, `2 days ago` */
  ago(at: EpochMs, now: EpochMs): string;
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Noon of a business day, so that no zone makes another day of it. */
const epochOf = (at: EpochMs | string): EpochMs => {
  if (typeof at === 'number') return at;
  const day = parseBusinessDate(at);
  return day.ok ? startOfBusinessDay(day.value) + dayMs / 2 : timeOf(at);
};

/** Made with the first use: a phone takes some ten milliseconds for each. */
function later<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

function formatsOf(language: Language): Formats {
  const locale = localeOf(language);
  const count = later(() => new Intl.NumberFormat(locale));
  const share = later(
    () => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }),
  );
  const relative = later(
    () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }),
  );
  return {
    clock: clockOf,
    minute: minuteOf,
    moment: (at) => `${dayOf(at, language)}, ${minuteOf(at)}`,
    day: (at) => dayOf(epochOf(at), language),
    weekday: (at) => weekdayOf(epochOf(at), language),
    count: (value) => count().format(value),
    share: (value) => share().format(value),
    ago: (at, now) => {
      const seconds = Math.round((at - now) / 1000);
      const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
      return relative().format(Math.trunc(seconds / size), unit);
    },
  };
}

const formats: Readonly<Record<Language, Formats>> = { en: formatsOf('en'), sw: formatsOf('sw') };
export const useFormats = (): Formats => formats[useLanguage()];

/** `2026-11-26T11:05:09.000Z` as a number; a time that cannot be read is the beginning of time. */
export const timeOf = (iso: string): EpochMs => parseIso(iso) ?? 0;
