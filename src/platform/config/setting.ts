import { isIP } from 'node:net';

import { parseBusinessDate, parseMsisdn, Secret, shillings } from '#kernel';
import { z } from 'zod';

/** What the documentation says about a setting. */
export interface SettingNotes {
  readonly about: string;
  /** A value of the right form; for a secret only its form in words. */
  readonly example: string;
  /** What holds when the setting is absent, unless a plain default says so. */
  readonly otherwise?: string;
  readonly isSecret?: true;
}

export const notes = z.registry<SettingNotes>();

const textLengthMax = 4_096;
const listLengthMax = 64;

/** Each message completes the sentence “<NAME> …” and never repeats the value. */
export const text = (lengthMax = 200) =>
  z.string().trim().min(1, 'is empty').max(lengthMax, `has more than ${lengthMax} characters`);

export const secretText = () => text(textLengthMax).transform((value) => new Secret(value));

export const choice = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  z.enum(choices, { error: `is none of ${choices.join(', ')}` });

export const onOff = () => choice(['on', 'off']).transform((value) => value === 'on');

export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is not between ${min} and ${max}`);

const quietForm = /^([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)$/;

/** `22:00-06:00` as minutes of the Nairobi day. */
export const quietHours = () =>
  z.string().transform((value, context) => {
    const [, ...parts] = quietForm.exec(value.trim()) ?? [];
    const [fromHour = 0, fromPart = 0, toHour = 0, toPart = 0] = parts.map(Number);
    const hours = { fromMinute: fromHour * 60 + fromPart, toMinute: toHour * 60 + toPart };
    if (parts.length === 4 && hours.fromMinute !== hours.toMinute) return hours;
    context.addIssue('is not two different times of day such as 22:00-06:00');
    return z.NEVER;
  });

/** Whole shillings as written, minor units as kept. */
export const wholeShillings = () =>
  wholeNumber(0, 1_000_000_000).transform((value) => shillings(value));

export const decimal = (max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,6}(?:\.\d{1,4})?$/, 'is not a number such as 1.5')
    .transform(Number)
    .refine((value) => value <= max, `is more than ${max}`);

export const msisdn = () =>
  z.string().transform((value, context) => {
    const parsed = parseMsisdn(value);
    if (parsed.ok) return parsed.value;
    context.addIssue('is not a Kenyan mobile number');
    return z.NEVER;
  });

export const date = () =>
  z.string().transform((value, context) => {
    const parsed = parseBusinessDate(value.trim());
    if (parsed.ok) return parsed.value;
    context.addIssue('is not a date');
    return z.NEVER;
  });

/** An http(s) address without query or fragment, kept without its trailing slash. */
export const webAddress = () =>
  z.string().transform((value, context) => {
    const url = URL.parse(value.trim());
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
    if (url === null || !isWeb || url.search !== '' || url.hash !== '' || url.username !== '') {
      context.addIssue('is not a plain http or https address');
      return z.NEVER;
    }
    // The path as it was written: an upper-case host is for the checks to see, not to mend.
    return value.trim().replace(/\/+$/, '');
  });

/** The address of a provider, to which its own paths are added. */
export const hostAddress = () =>
  webAddress().refine(
    (value) => URL.parse(value)?.pathname === '/',
    'has a path, which it may not',
  );

export const databaseAddress = () =>
  z.string().transform((value, context) => {
    const url = URL.parse(value.trim());
    if (url !== null && /^postgres(?:ql)?:$/.test(url.protocol)) return new Secret(value.trim());
    context.addIssue('is not a postgres:// address');
    return z.NEVER;
  });

const isAddressOrRange = (entry: string): boolean => {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
  );
};

/** IP addresses and CIDR ranges, separated by commas. */
export const addressList = () =>
  z.string().transform((value, context) => {
    const entries = value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    if (entries.length <= listLengthMax && entries.every(isAddressOrRange)) return entries;
    context.addIssue('is not a list of IP addresses or ranges, separated by commas');
    return z.NEVER;
  });
