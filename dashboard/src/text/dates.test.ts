import { expect, it } from 'vitest';

import { clockOf, dayOf, minuteOf, weekdayOf } from './dates.ts';

const at = (iso: string): number => Date.parse(iso);

it('writes the day it is in Nairobi', () => {
  expect(dayOf(at('2026-11-25T20:59:59Z'), 'en')).toBe('25 Nov 2026');
  expect(dayOf(at('2026-11-25T21:00:00Z'), 'en')).toBe('26 Nov 2026');
  expect(weekdayOf(at('2026-11-25T20:59:59Z'), 'en')).toBe('Wednesday');
  expect(weekdayOf(at('2026-11-25T21:00:00Z'), 'sw')).toBe('Alhamisi');
  expect(dayOf(at('2028-02-29T12:00:00Z'), 'sw')).toBe('29 Feb 2028');
});

it('writes the time it is in Nairobi, with all its noughts', () => {
  expect(minuteOf(at('2026-01-01T21:00:00Z'))).toBe('00:00');
  expect(clockOf(at('2026-01-01T06:05:09.999Z'))).toBe('09:05:09');
});

it.each([
  ['en', 'en-KE'],
  ['sw', 'sw-KE'],
] as const)('writes months and weekdays as the platform does, %s', (language, locale) => {
  const written = (options: Intl.DateTimeFormatOptions, time: number): string =>
    new Intl.DateTimeFormat(locale, { timeZone: 'Africa/Nairobi', ...options }).format(time);
  const start = at('1969-12-28T09:00:00Z');
  for (let n = 0; n < 800; n += 1) {
    const time = start + n * 86_400_000 * 11;
    const parts = { day: 'numeric', month: 'short', year: 'numeric' } as const;
    expect(dayOf(time, language)).toBe(written(parts, time));
    expect(weekdayOf(time, language)).toBe(written({ weekday: 'long' }, time));
  }
});
