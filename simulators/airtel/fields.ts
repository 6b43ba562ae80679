import { err, ok, parseAmountMinor, type Result } from '#kernel';

import { fieldsOf, type Fields } from './checks.ts';
import { kenya } from './profile.ts';

/** A JSON number, positive and with few decimals; texts are refused (observed, sheet §10.6). */
export function amountFrom(value: unknown): bigint | undefined {
  if (typeof value !== 'number') return undefined;
  const amount = parseAmountMinor(value);
  const decimals = String(value).split('.')[1] ?? '';
  const fits = decimals.length <= kenya.amountDecimalsMax;
  return amount.ok && amount.value > 0n && fits ? amount.value : undefined;
}

export type NationalProblem = 'length' | 'leading-zero';

/** The national number, nine digits; some clients send it as a JSON number (sheet §6.1). */
export function nationalNumberFrom(value: unknown): Result<string, NationalProblem> {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d+$/.test(text)) return err('length');
  if (text.length !== kenya.nationalLength) return err('length');
  return text.startsWith('0') ? err('leading-zero') : ok(text);
}

/** Zambia: alphanumeric, 5 to 80; Congo-Brazzaville: at most 64 (sheet §6.1): the narrower. */
const strictId = /^[A-Za-z0-9]{5,64}$/;
const looseId = /^[A-Za-z0-9-]{5,80}$/;

export function ownIdFrom(value: unknown, strict: boolean): string | undefined {
  const form = strict ? strictId : looseId;
  return typeof value === 'string' && form.test(value) ? value : undefined;
}

export const member = (fields: Fields, name: string): Fields => fieldsOf(fields[name]) ?? {};

/** Optional, and if it is there it must say so: another country would be cross-border (§6.1). */
export const isAbsentOr = (value: unknown, expected: string): boolean =>
  value === undefined || value === expected;
