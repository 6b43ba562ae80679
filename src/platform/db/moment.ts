import { invariant } from '#kernel';

const year = 4;
/** `2026-11-23 07:49:00.123999+00` */
const form = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00$/;
const zero = 48;

/**
 * An instant as the server writes it on connections that are set to UTC, in epoch milliseconds.
 * Rows by the thousand carry several each: read digit by digit, they cost a tenth of what a general
 * parser takes.
 */
export function momentOf(text: string): number {
  invariant(form.test(text), `an instant in UTC: ${text}`);
  const digit = (at: number): number => text.charCodeAt(at) - zero;
  const two = (at: number): number => digit(at) * 10 + digit(at + 1);
  let fractionMs = 0;
  // Three digits after the point, and the offset behind them.
  for (let place = 100, at = 20; place >= 1 && at < text.length - 3; place /= 10, at += 1) {
    fractionMs += digit(at) * place;
  }
  const seconds = Date.UTC(
    Number(text.slice(0, year)),
    two(5) - 1,
    two(8),
    two(11),
    two(14),
    two(17),
  );
  return seconds + Math.trunc(fractionMs);
}
