import { invariant } from '#kernel';

import type { JsonValue } from './canonical-json.ts';

/** Amounts and ids go in as bigint and are kept as decimal text. */
export type DetailValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly DetailValue[]
  | { readonly [name: string]: DetailValue };
export type Detail = Readonly<Record<string, DetailValue>>;

const depthMax = 8;

// A whole number as people and providers write it: 254…, +254…, 0…, in one piece or in groups. Not
// inside a longer run of letters and digits: receipts and ids may hold any digits.
const writtenMsisdn = /(?<!\w)(?:\+?254|0)[ -]?[17]\d{2}[ -]?\d{3}[ -]?\d{3}(?!\w)/;
// Airtel writes nine digits without country code or zero.
const nationalMsisdn = /(?<![\w.-])[17]\d{8}(?![\w.-])/;
const numericMsisdn = /^254[17]\d{8}$/;

const secretName =
  /(?:secret|password|passkey|credential|token|(?:master|api)_?key)$|^(?:otp|pin)$/i;

/** For texts that are no more than a pointer: `payment:pay_…`, a provider's numeric id. */
export const looksLikeMsisdn = (text: string): boolean => writtenMsisdn.test(text);

/**
 * What may be kept for ever. A phone number or a secret here is a mistake in the code that records:
 * the log cannot forget, so nothing is written. Bigints are taken for amounts and ids unseen.
 */
export function cleanDetail(detail: Detail): { readonly [name: string]: JsonValue } {
  invariant(isPlain(detail), 'audit detail is a plain object');
  return cleanMembers(detail, 0);
}

function cleanMembers(
  members: { readonly [name: string]: DetailValue },
  depth: number,
): { readonly [name: string]: JsonValue } {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => {
      invariant(!secretName.test(name), `audit detail holds no secret (${name})`);
      refuseMsisdn(name, 'a name');
      return [name, clean(value, name, depth + 1)];
    }),
  );
}

function clean(value: DetailValue, name: string, depth: number): JsonValue {
  invariant(depth <= depthMax, `audit detail is at most ${depthMax} levels deep`);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    invariant(!numericMsisdn.test(String(value)), `audit detail holds no phone number (${name})`);
    return value;
  }
  if (typeof value === 'string') {
    refuseMsisdn(value, name);
    // PostgreSQL's jsonb cannot hold it.
    invariant(!value.includes('\u0000'), `audit detail holds no null character (${name})`);
    return value;
  }
  if (typeof value === 'boolean' || value === null) return value;
  if (isList(value)) return value.map((item) => clean(item, name, depth + 1));
  invariant(isPlain(value), `audit detail holds plain values only (${name})`);
  return cleanMembers(value, depth);
}

/** The message never repeats the text: it may hold the number. */
function refuseMsisdn(text: string, name: string): void {
  invariant(
    !writtenMsisdn.test(text) && !nationalMsisdn.test(text),
    `audit detail holds no phone number (${name})`,
  );
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: unknown): value is readonly DetailValue[] => Array.isArray(value);

const isPlain = (value: unknown): value is { readonly [name: string]: DetailValue } =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));
