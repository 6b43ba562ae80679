import { localeOf, useLanguage } from './language.ts';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const step = 1024;

/** `1.4 GB`; nobody needs the bytes themselves. */
export function useBytes(): (bytes: number) => string {
  const locale = localeOf(useLanguage());
  return (bytes) => {
    const place = bytes < 1 ? 0 : Math.floor(Math.log(bytes) / Math.log(step));
    const at = Math.min(place, units.length - 1);
    const value = bytes / step ** at;
    return new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: units[at] ?? 'byte',
      unitDisplay: 'short',
      maximumFractionDigits: value < 10 && at > 1 ? 1 : 0,
    }).format(value);
  };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const spans = [
  { unit: 'day', ms: 24 * hourMs },
  { unit: 'hour', ms: hourMs },
  { unit: 'minute', ms: minuteMs },
] as const;

/** `5 minutes`, `6 hours`, `1 day`: in the largest unit of which it is a whole number. */
export function useSpan(): (ms: number) => string {
  const locale = localeOf(useLanguage());
  return (ms) => {
    const whole = spans.find((span) => ms >= span.ms && ms % span.ms === 0);
    const { unit, ms: unitMs } = whole ?? spans[2];
    const format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
    return format.format(ms / unitMs);
  };
}
