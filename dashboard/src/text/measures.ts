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

/** `5 minutes`, `24 hours`. */
export function useSpan(): (ms: number) => string {
  const locale = localeOf(useLanguage());
  return (ms) => {
    const isHours = ms >= hourMs && ms % hourMs === 0;
    return new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: isHours ? 'hour' : 'minute',
      unitDisplay: 'long',
    }).format(ms / (isHours ? hourMs : minuteMs));
  };
}
