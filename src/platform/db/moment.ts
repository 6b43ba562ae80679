import { invariant, secondOf, type EpochMs } from '#kernel';

/** `2026-11-23 07:49:00.123999+00` */
const form = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/;
const fractionAt = 20;
const offsetLength = 3;
const fractionDigits = 3;

/** An instant as the server writes it on connections that are set to UTC. */
export function momentOf(text: string): EpochMs {
  invariant(form.test(text), `an instant in UTC: ${text}`);
  const end = Math.min(text.length - offsetLength, fractionAt + fractionDigits);
  const digits = end - fractionAt;
  if (digits <= 0) return secondOf(text);
  return secondOf(text) + Number(text.slice(fractionAt, end)) * 10 ** (fractionDigits - digits);
}
