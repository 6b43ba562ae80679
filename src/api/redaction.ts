import { constants } from 'node:os';

/** What JSON holds. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

export interface Redaction {
  text(text: string): string;
  /** Every text in it, names of members included. */
  plain(value: unknown): Json;
  /** A line of the log: what stands under a name that sounds personal is hidden as well. */
  line(line: string): { readonly [name: string]: Json };
}

export const hidden = '[hidden]';

// Receipts stand in a log so that its owner can find a payment; nobody else needs them.
const mpesaReceipt = /\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{10}\b/g;
const airtelReceipt = /\b[A-Z]{1,3}\d{6}\.\d{4}\.[A-Z]?\d{4,7}\b/g;
const email = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
/** As the log has masked them already, and as nine digits in a row. */
const phone = /\+?\d{0,6}•+\d{0,4}|(?<![\w.-])(?:\+?254|0)?[17]\d{8}(?![\w-])/g;

const capitalised = /\b[A-Z][a-z'’]{1,30}(?:[ -][A-Z][a-z'’]{1,30})+\b/g;
const loud = /(?<![\w[-])[A-Z]{3,30}(?![\w\]-])/g;
const technicalWords =
  'GET POST PUT PATCH DELETE HEAD OPTIONS HTTP HTTPS TLS TCP DNS URL API JSON SQL UTC EAT KES ' +
  'PIN STK CSV PDF RSA ENOTFOUND FATAL ERROR WARNING LOG HINT DETAIL TTL CIDR PEM';
/** Words that are written loud or with a capital and are nobody's name. */
const technical: ReadonlySet<string> = new Set([
  ...Object.keys(constants.errno),
  ...Object.keys(constants.signals),
  ...technicalWords.split(' '),
]);
/** Pairs of capitalised words that name a thing. */
const things = /^(?:Airtel Money|M-Pesa|Safaricom Daraja|Daraja Sandbox)$/;

const personalName =
  /(?:name|payer|customer|phone|msisdn|receipt|reference|holder|email|number|subject|party)$/i;

const ownId = /^[a-z]{2,3}_[0-9A-HJKMNP-TV-Z]{13}$/;
const depthMax = 12;

/**
 * What leaves the house goes through this a second time, after the log's own mask. It would rather
 * hide a harmless word than show whose it is.
 */
export function createRedaction(hide: (text: string) => string): Redaction {
  const text = (given: string): string => {
    if (ownId.test(given)) return given;
    return hide(given)
      .replaceAll(email, '[e-mail]')
      .replaceAll(airtelReceipt, '[receipt]')
      .replaceAll(mpesaReceipt, '[receipt]')
      .replaceAll(phone, '[phone]')
      .replaceAll(capitalised, (words) => (things.test(words) ? words : '[name]'))
      .replaceAll(loud, (word) => (technical.has(word) ? word : '[name]'));
  };

  const clean = (value: unknown, { byName, depth }: Walk): Json => {
    if (depth > depthMax) return hidden;
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return cleanNumber(value, text);
    if (typeof value === 'boolean' || value === null) return value;
    const inner = { byName, depth: depth + 1 };
    if (Array.isArray(value)) return value.map((one: unknown) => clean(one, inner));
    if (typeof value !== 'object') return hidden;
    return members(value, inner);
  };

  const members = (value: object, walk: Walk): { readonly [name: string]: Json } =>
    Object.fromEntries(
      Object.entries(value).map(([name, one]: [string, unknown]) => {
        const isPersonal = walk.byName && personalName.test(name) && !isOwnId(one);
        return [text(name), isPersonal ? hidden : clean(one, walk)];
      }),
    );

  return {
    text,
    plain: (value) => clean(value, { byName: false, depth: 0 }),
    line: (line) => {
      const read = readLine(line);
      return read === undefined ? { msg: text(line) } : members(read, { byName: true, depth: 0 });
    },
  };
}

interface Walk {
  /** Whether a name alone may hide what stands under it. */
  readonly byName: boolean;
  readonly depth: number;
}

const isOwnId = (value: unknown): boolean => typeof value === 'string' && ownId.test(value);

/** A number that reads like a phone is one; all others are quantities. */
const cleanNumber = (value: number, text: (given: string) => string): Json => {
  const told = text(String(value));
  return told === String(value) ? value : told;
};

function readLine(line: string): object | undefined {
  try {
    const read: unknown = JSON.parse(line);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : undefined;
  } catch {
    // Cut off, or not written by us.
    return undefined;
  }
}
