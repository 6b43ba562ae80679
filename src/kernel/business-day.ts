import type { Brand } from './brand.ts';
import type { EpochMs } from './clock.ts';
import { err, ok, type Result } from './result.ts';

/**
 * A calendar day in Africa/Nairobi, `YYYY-MM-DD`. Kenya has kept UTC+3 without daylight saving
 * since 1960, and every provider time is written in it without a zone.
 */
export type BusinessDate = Brand<string, 'BusinessDate'>;

const hourMs = 60 * 60 * 1000;
const nairobiOffsetMs = 3 * hourMs;
export const dayMs = 24 * hourMs;

const writeDay = (day: number): BusinessDate =>
  new Date(day * dayMs).toISOString().slice(0, 10) as BusinessDate;
// Asked for every payment, and nearly always for the same day as the one before.
let lastDay = 0;
let lastDate = writeDay(lastDay);

export function businessDateOf(at: EpochMs): BusinessDate {
  const day = Math.floor((at + nairobiOffsetMs) / dayMs);
  if (day !== lastDay) {
    lastDate = writeDay(day);
    lastDay = day;
  }
  return lastDate;
}

export function parseBusinessDate(text: string): Result<BusinessDate, 'not-a-date'> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return err('not-a-date');
  const at = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text)
    return err('not-a-date');
  return ok(text as BusinessDate);
}

/** Days since 1970-01-01. */
export const dayNumberOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;

/** The first millisecond of the business day. */
export const startOfBusinessDay = (date: BusinessDate): EpochMs =>
  Date.parse(`${date}T00:00:00Z`) - nairobiOffsetMs;

export const nextBusinessDate = (date: BusinessDate): BusinessDate =>
  businessDateOf(startOfBusinessDay(date) + dayMs);

/** How far into its business day an instant lies: 0 at midnight, just under 1 before the next. */
export const businessDayFraction = (at: EpochMs): number =>
  (at - startOfBusinessDay(businessDateOf(at))) / dayMs;

/** The wall-clock hour in Nairobi, 0–23. */
export const nairobiHourOf = (at: EpochMs): number => {
  const sinceEpoch = at + nairobiOffsetMs;
  return Math.floor((sinceEpoch - Math.floor(sinceEpoch / dayMs) * dayMs) / hourMs);
};

const compactStamp = /^\d{14}$/;

/** `20260102030405`, East Africa Time, as Daraja writes it. */
export const compactNairobi = (at: EpochMs): string =>
  new Date(at + nairobiOffsetMs).toISOString().replaceAll(/\D/g, '').slice(0, 14);

/** Reads `20260102030405` East Africa Time; every payment carries one. */
export function parseCompactNairobi(text: string): Result<EpochMs, 'not-a-time'> {
  if (!compactStamp.test(text)) return err('not-a-time');
  const stamp = Number(text);
  const two = (below: number): number => Math.floor(stamp / below) % 100;
  const [year, month, day] = [Math.floor(stamp / 1e10), two(1e8), two(1e6)];
  const [hour, minute, second] = [two(1e4), two(1e2), two(1)];
  const local = new Date(Date.UTC(year, month - 1, day));
  // 31 February is read as 3 March; a day that does not read back as itself is no day.
  const isDay =
    local.getUTCFullYear() === year &&
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59) return err('not-a-time');
  const sinceMidnight = ((hour * 60 + minute) * 60 + second) * 1_000;
  return ok(local.getTime() + sinceMidnight - nairobiOffsetMs);
}
