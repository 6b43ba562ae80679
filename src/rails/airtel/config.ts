import type { Currency, Secret } from '#kernel';
import { contractProblems, type ContractTerms } from './tariffs.ts';

/**
 * How RSA pads. `oaep-sha256-mgf1-sha1` is what Java's `OAEPWithSHA-256AndMGF1Padding` means
 * unless told otherwise; which of the two OAEP forms Airtel uses is unknown.
 */
export const rsaPaddings = ['pkcs1', 'oaep-sha256', 'oaep-sha256-mgf1-sha1'] as const;
export type RsaPadding = (typeof rsaPaddings)[number];

/** The byte strings a callback's hash may have been made over; which one is not established. */
export const hashRenderings = [
  'raw-whole',
  'compact-whole',
  'pretty-whole',
  'raw-inner',
  'compact-inner',
] as const;
export type HashRendering = (typeof hashRenderings)[number];

export type AirtelPin =
  | { readonly kind: 'plain'; readonly pin: Secret<string> }
  /** Encrypted once by the owner, base64. */
  | { readonly kind: 'encrypted'; readonly ciphertext: Secret<string> };

/** One application at one operating company in one environment: nothing here carries over. */
export interface AirtelConfig {
  /** `https://openapi.airtelkenya.com`, its UAT host, or a simulator; without a path. */
  readonly baseUrl: string;
  readonly clientId: Secret<string>;
  readonly clientSecret: Secret<string>;
  /** ISO 3166 alpha-2. */
  readonly country: string;
  readonly currency: Currency;
  readonly collectionVersion: 'v1' | 'v2';
  readonly payoutVersion: 'v1' | 'v2' | 'v3';
  /** As the application's message signing is switched in the portal. */
  readonly signing: 'off' | 'on';
  /** Padding of `x-key`; a 1024-bit key has room for its 69 bytes under `pkcs1` only. */
  readonly keyPadding: RsaPadding;
  readonly pinPadding: RsaPadding;
  /** Without it nothing is paid out. */
  readonly pin?: AirtelPin | undefined;
  /** Base64 of a DER SubjectPublicKeyInfo as the portal shows it, or the key the API serves. */
  readonly pinPublicKey: 'from-endpoint' | { readonly base64Der: string };
  /** The “private key” string of callback authentication. Without it callbacks are only hints. */
  readonly callbackHashKey?: Secret<string> | undefined;
  /** Narrows the check to one rendering, once it is known. */
  readonly pinnedHashRendering?: HashRendering | undefined;
  readonly firstEnquiryDelayMs: number;
  /** Decimals that `amount` may carry; Kenya's number is unknown, so none. */
  readonly amountDecimals: 0 | 1 | 2;
  /** Digits of a national number, without country code or leading zero. */
  readonly nationalLength: number;
  readonly transactionMinMinor: bigint;
  readonly transactionMaxMinor: bigint;
  /** The most that may go to one phone on one business day. */
  readonly payoutDailyMaxMinor: bigint;
  /** What the business agreed with Airtel, in order of date; without it no fee is foretold. */
  readonly contract?: readonly ContractTerms[] | undefined;
}

/**
 * Kenya as published: 250,000 a transaction since February 2024, 500,000 a day since 15 August
 * 2023. Limits of business wallets are in the contract; the API's own minimum is undocumented.
 */
export const airtelKenya = {
  country: 'KE',
  currency: 'KES',
  collectionVersion: 'v1',
  payoutVersion: 'v2',
  signing: 'off',
  keyPadding: 'pkcs1',
  pinPadding: 'pkcs1',
  pinPublicKey: 'from-endpoint',
  firstEnquiryDelayMs: 180_000,
  amountDecimals: 0,
  nationalLength: 9,
  transactionMinMinor: 1_00n,
  transactionMaxMinor: 250_000_00n,
  payoutDailyMaxMinor: 500_000_00n,
} as const satisfies Partial<AirtelConfig>;

const isUrl = (text: string): boolean => URL.canParse(text) && /^https?:\/\//i.test(text);

// They travel in a JSON body, but a stray line break comes from a careless copy.
const isPrintable = (secret: Secret<string>): boolean => /^[\x21-\x7e]+$/.test(secret.reveal());

function pinProblems(pin: AirtelPin | undefined): readonly string[] {
  if (pin === undefined) return [];
  if (pin.kind === 'plain') {
    return /^\d{4}$/.test(pin.pin.reveal()) ? [] : ['the payout PIN is not four digits'];
  }
  const isBase64 = /^[A-Za-z0-9+/]{64,}={0,2}$/.test(pin.ciphertext.reveal());
  return isBase64 ? [] : ['the encrypted payout PIN is not base64'];
}

/** Everything that cannot work, at once, in words for whoever fills in the settings. */
export function airtelConfigProblems(config: AirtelConfig): readonly string[] {
  const { transactionMinMinor, transactionMaxMinor } = config;
  const rules: readonly (readonly [broken: boolean, problem: string])[] = [
    [!isUrl(config.baseUrl), 'the base URL is not an http(s) URL'],
    [config.baseUrl.endsWith('/'), 'the base URL ends with a slash'],
    [
      ![config.clientId, config.clientSecret].every(isPrintable),
      'client id and client secret must be printable ASCII without spaces',
    ],
    [!/^[A-Z]{2}$/.test(config.country), 'the country is not two capital letters'],
    [
      !Number.isInteger(config.nationalLength) || config.nationalLength < 1,
      'the national number length is not a count',
    ],
    [!(config.firstEnquiryDelayMs >= 1), 'the first enquiry must come after the prompt'],
    [
      transactionMinMinor <= 0n || transactionMaxMinor < transactionMinMinor,
      'the amount limits leave no amount',
    ],
    [config.payoutDailyMaxMinor <= 0n, 'the daily payout limit leaves no payout'],
    [config.callbackHashKey?.reveal() === '', 'the callback hash key is empty'],
    [
      config.pinnedHashRendering !== undefined && config.callbackHashKey === undefined,
      'a pinned hash rendering needs the callback hash key',
    ],
  ];
  const broken = rules.filter(([isBroken]) => isBroken).map(([, problem]) => problem);
  return [...broken, ...pinProblems(config.pin), ...contractProblems(config.contract ?? [])];
}
