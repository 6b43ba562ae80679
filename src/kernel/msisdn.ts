import type { Brand } from './brand.ts';
import type { RailId } from './rail-id.ts';
import { err, ok, type Result } from './result.ts';

/** A Kenyan mobile number, `254` and nine digits. */
export type Msisdn = Brand<string, 'Msisdn'>;

export type MsisdnRefusal = { readonly kind: 'not-a-kenyan-mobile-number' };

// libphonenumber's metadata for Kenya (libphonenumber-js 1.13.16), with the 118, 119, 14x and 18x
// blocks that Safaricom opened in August 2026.
const nationalMobile = /^(?:1(?:0\d|1\d|[348]\d|2[014])|7\d\d)\d{6}$/;

/** Accepts `07…`, `01…`, `7…`, `1…`, `+254…`, `254…`, with spaces and dashes. */
export function parseMsisdn(text: string): Result<Msisdn, MsisdnRefusal> {
  const digits = text.replaceAll(/[\s\-().]/g, '');
  // A plus is followed by a country code: `+712…` is a number somewhere else, if it is one.
  const national = /^\+?254\d{9}$/.test(digits)
    ? digits.slice(-9)
    : digits.replace(/^0(?=\d{9}$)/, '');
  return nationalMobile.test(national)
    ? ok(`254${national}` as Msisdn)
    : err({ kind: 'not-a-kenyan-mobile-number' });
}

/** Nine digits without country code or leading zero, as Airtel writes numbers. */
export const nationalOf = (msisdn: Msisdn): string => msisdn.slice(3);

/** `2547•••••149`: the only form in which a number is shown or logged. */
export const maskMsisdn = (msisdn: Msisdn): string =>
  `${msisdn.slice(0, 4)}•••••${msisdn.slice(-3)}`;

const airtelRange = /^(?:7(?:3\d|5[0-6]|6[12]|8\d)|10[0-8])/;
const safaricomRange = /^(?:7(?:[0129]\d|4[0-35689]|5[7-9]|6[89])|11\d|14[0-3]|18[0-2])/;

/**
 * The wallet a number most likely belongs to by its range. A hint only: numbers can be ported, so
 * nothing is refused on it.
 */
export function railHintOf(msisdn: Msisdn): RailId | undefined {
  const national = nationalOf(msisdn);
  if (safaricomRange.test(national)) return 'mpesa';
  return airtelRange.test(national) ? 'airtel' : undefined;
}
