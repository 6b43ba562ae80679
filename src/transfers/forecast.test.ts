import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shillings } from '#kernel';

import { forecastFloat, type HourlyTakings } from './floats/forecast.ts';

/** 12:30 in Nairobi. */
const now = Date.parse('2026-11-25T09:30:00Z');
const hourMs = 3_600_000;

const takings = (perDay: Readonly<Record<number, number>>, days = 10): HourlyTakings => ({
  days,
  byHourMinor: Array.from({ length: 24 }, (_, hour) => shillings((perDay[hour] ?? 0) * days)),
});
const forecast = (shortfall: number, usual: HourlyTakings) =>
  forecastFloat({ shortfallMinor: shillings(shortfall), now, takings: usual });

describe('when the wallet will hold enough', () => {
  it.each<[string, number, HourlyTakings, string | undefined]>([
    ['within this hour', 250, takings({ 12: 1_000 }), '2026-11-25T09:45:00Z'],
    ['with the rest of this hour', 500, takings({ 12: 1_000 }), '2026-11-25T10:00:00Z'],
    ['in the next hour', 600, takings({ 12: 1_000, 13: 600 }), '2026-11-25T10:10:00Z'],
    ['tomorrow', 900, takings({ 9: 600, 12: 1_000 }), '2026-11-26T06:40:00Z'],
    ['days away', 2_600, takings({ 12: 1_000 }), '2026-11-28T09:06:00Z'],
    ['not in a week', 9_000, takings({ 12: 1_000 }), undefined],
    ['without takings', 1, takings({}), undefined],
    ['without history', 1, takings({ 12: 1_000 }, 0), undefined],
    ['when nothing is missing', 0, takings({ 12: 1_000 }), undefined],
  ])('%s', (...[, shortfall, usual, at]) => {
    const expected = at === undefined ? undefined : { at: Date.parse(at), basisDays: usual.days };
    expect(forecast(shortfall, usual)).toEqual(expected);
  });

  it('is never later for less, and the takings until then cover it', () => {
    const hourly = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(
        hourly,
        fc.integer({ min: 1, max: 50_000 }),
        fc.nat(50_000),
        (some, less, more) => {
          const usual = { days: 1, byHourMinor: some.map((one) => shillings(one)) };
          const [first, second] = [forecast(less, usual), forecast(less + more, usual)];
          fc.pre(first !== undefined);
          expect(first.at).toBeLessThanOrEqual(second?.at ?? Infinity);
          expect(takenUntil(first.at, some)).toBeGreaterThanOrEqual(less - 0.01);
        },
      ),
    );
  });
});

/** The same sum, minute by minute. */
function takenUntil(until: number, hourly: readonly number[]): number {
  let sum = 0;
  for (let at = now; at < until; at += 60_000) {
    const hour = new Date(at + 3 * hourMs).getUTCHours();
    sum += (hourly[hour] ?? 0) / 60;
  }
  return sum;
}
