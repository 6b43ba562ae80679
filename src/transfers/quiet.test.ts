import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dayMs, startOfBusinessDay, type BusinessDate } from '#kernel';

import { quietUntil } from './quiet.ts';

const midnightAt = startOfBusinessDay('2026-11-25' as BusinessDate);
const at = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return midnightAt + (hour * 60 + minute) * 60_000;
};
const hours = (from: string, to: string) => ({
  fromMinute: (at(from) - midnightAt) / 60_000,
  toMinute: (at(to) - midnightAt) / 60_000,
});
const night = hours('22:00', '06:00');
const lunch = hours('12:30', '13:15');

describe('quiet hours', () => {
  it.each([
    ['over midnight, before', night, '21:59', undefined],
    ['over midnight, at their start', night, '22:00', at('06:00') + dayMs],
    ['over midnight, after it', night, '00:00', at('06:00')],
    ['over midnight, just before their end', night, '05:59', at('06:00')],
    ['over midnight, at their end', night, '06:00', undefined],
    ['by day, before', lunch, '12:29', undefined],
    ['by day, within', lunch, '12:30', at('13:15')],
    ['by day, at their end', lunch, '13:15', undefined],
    ['to midnight', hours('20:00', '00:00'), '23:00', at('00:00') + dayMs],
    ['from midnight', hours('00:00', '05:00'), '00:00', at('05:00')],
    ['none', undefined, '03:00', undefined],
  ])('%s', (...[, some, time, until]) => {
    expect(quietUntil(some, at(time))).toBe(until);
  });

  it('end within a day, and are over when they say so', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    fc.assert(
      fc.property(minute, minute, fc.nat(3 * dayMs), (fromMinute, toMinute, later) => {
        fc.pre(fromMinute !== toMinute);
        const some = { fromMinute, toMinute };
        const until = quietUntil(some, midnightAt + later);
        fc.pre(until !== undefined);
        expect(until).toBeGreaterThan(midnightAt + later);
        expect(until - midnightAt - later).toBeLessThanOrEqual(dayMs);
        expect(quietUntil(some, until)).toBeUndefined();
        expect(quietUntil(some, until - 1)).toBe(until);
      }),
    );
  });
});
