import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  businessDateOf,
  businessDayFraction,
  compactNairobi,
  dayMs,
  nairobiHourOf,
  nextBusinessDate,
  parseBusinessDate,
  parseCompactNairobi,
  startOfBusinessDay,
} from './business-day.ts';
import { invariant } from './invariant.ts';

const at = (iso: string): number => Date.parse(iso);

function dateOf(text: string) {
  const parsed = parseBusinessDate(text);
  invariant(parsed.ok, `${text} is a date`);
  return parsed.value;
}

describe('the business day', () => {
  it.each([
    ['2026-11-22T20:59:59.999Z', '2026-11-22', 23],
    ['2026-11-22T21:00:00.000Z', '2026-11-23', 0],
    ['2026-11-22T21:59:59.999Z', '2026-11-23', 0],
    ['2026-11-23T04:00:00.000Z', '2026-11-23', 7],
    ['2026-11-23T17:59:59.999Z', '2026-11-23', 20],
    ['2026-12-31T21:00:00.000Z', '2027-01-01', 0],
    ['2028-02-28T22:30:00.000Z', '2028-02-29', 1],
  ])('%s is %s, hour %d', (iso, date, hour) => {
    expect(businessDateOf(at(iso))).toBe(date);
    expect(nairobiHourOf(at(iso))).toBe(hour);
  });

  it('begins at midnight in Nairobi and ends before the next', () => {
    const start = startOfBusinessDay(dateOf('2026-11-23'));
    expect(start).toBe(at('2026-11-22T21:00:00Z'));
    expect(businessDayFraction(start)).toBe(0);
    expect(businessDayFraction(start + dayMs / 4)).toBe(0.25);
    expect(businessDayFraction(start + dayMs - 1)).toBeLessThan(1);
  });

  it.each([
    ['2026-11-30', '2026-12-01'],
    ['2026-12-31', '2027-01-01'],
    ['2028-02-28', '2028-02-29'],
    ['2027-02-28', '2027-03-01'],
  ])('after %s comes %s', (date, next) => {
    expect(nextBusinessDate(dateOf(date))).toBe(next);
  });

  it.each([
    '2026-02-30',
    '2027-02-29',
    '2026-13-01',
    '2026-00-10',
    '26-01-01',
    '2026-1-1',
    '',
    'x',
  ])('%j is no date', (text) =>
    expect(parseBusinessDate(text)).toEqual({ ok: false, error: 'not-a-date' }),
  );
});

describe('a compact time', () => {
  it('is East Africa Time', () => {
    expect(compactNairobi(at('2026-01-02T00:04:05Z'))).toBe('20260102030405');
    expect(parseCompactNairobi('20260102030405')).toEqual({
      ok: true,
      value: at('2026-01-02T00:04:05Z'),
    });
  });

  it('comes back, to the second', () => {
    const seconds = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(seconds, (second) => {
        const time = second * 1_000;
        expect(parseCompactNairobi(compactNairobi(time + 999))).toEqual({ ok: true, value: time });
      }),
    );
  });

  it.each([
    '20260231120000',
    '20260001120000',
    '20261301120000',
    '20260100120000',
    '20260132120000',
    '00260101120000',
    '20260101250000',
    '20260101240000',
    '20260101126000',
    '20260101120060',
    '2026010112000',
    '202601011200000',
    '2026-01-01 12:00',
    '',
  ])('%j is no time', (text) => {
    expect(parseCompactNairobi(text)).toEqual({ ok: false, error: 'not-a-time' });
  });
});
