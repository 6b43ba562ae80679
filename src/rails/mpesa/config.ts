import type { Secret } from '#kernel';
import type { PaybillPlan } from './tariffs.ts';

/** A key, or how to get it when something is signed first: a simulator makes its own. */
export type KeyPem = string | (() => string);

export interface MpesaConfig {
  /** `https://api.safaricom.co.ke`, the sandbox, or a simulator; without a path. */
  readonly baseUrl: string;
  readonly consumerKey: Secret<string>;
  readonly consumerSecret: Secret<string>;
  /** Paybill; for a till the head office or store code given at go-live. */
  readonly shortCode: string;
  /** The till number, for buy goods. */
  readonly partyB?: string | undefined;
  readonly transactionType: 'CustomerPayBillOnline' | 'CustomerBuyGoodsOnline';
  readonly passkey: Secret<string>;
  /** The API operator. Without it nothing is paid out and no status or balance is asked. */
  readonly initiatorName?: string | undefined;
  readonly initiatorPassword?: Secret<string> | undefined;
  /** Safaricom's X.509 certificate or bare SPKI key, PEM, of the environment in `baseUrl`. */
  readonly securityKeyPem?: KeyPem | undefined;
  /** `v1` only for short codes that v3 refuses: it has no id of ours and so no repeat guard. */
  readonly payoutVersion: 'v3' | 'v1';
  readonly payoutCommand: 'BusinessPayment' | 'SalaryPayment' | 'PromotionPayment';
  /** v2 masks the payer's number, v1 hashes it. */
  readonly notificationVersion: 'v2' | 'v1';
  /** What M-Pesa does with a payment whose validation gets no answer in about 8 s. */
  readonly responseType: 'Completed' | 'Cancelled';
  /** The KYC-nominated number. Without it the provider's list of payments is not read. */
  readonly nominatedNumber?: string | undefined;
  /** Needed to enrol for the list; absent where the short code was enrolled before. */
  readonly pullCallbackUrl?: string | undefined;
  /** Who bears the paybill's fee by contract. Without it the fee on a payment is not known. */
  readonly paybillPlan?: PaybillPlan | undefined;
}

export interface Operator {
  readonly name: string;
  readonly password: Secret<string>;
  readonly securityKeyPem: KeyPem;
}

/** The API operator, where the settings name a whole one. */
export function operatorOf(config: MpesaConfig): Operator | undefined {
  const { initiatorName: name, initiatorPassword: password, securityKeyPem } = config;
  if (name === undefined || password === undefined || securityKeyPem === undefined)
    return undefined;
  return { name, password, securityKeyPem };
}

// They travel in base64 of one byte a character.
const isAscii = (secret: Secret<string>): boolean => /^[\x21-\x7e]+$/.test(secret.reveal());

const isUrl = (text: string): boolean => URL.canParse(text) && /^https?:\/\//i.test(text);

/** Everything that cannot work, at once, in words for whoever fills in the settings. */
export function mpesaConfigProblems(config: MpesaConfig): readonly string[] {
  const operatorParts = [config.initiatorName, config.initiatorPassword, config.securityKeyPem];
  const namedParts = operatorParts.filter((part) => part !== undefined).length;
  const rules: readonly (readonly [broken: boolean, problem: string])[] = [
    [!isUrl(config.baseUrl), 'the base URL is not an http(s) URL'],
    [!/^\d{5,7}$/.test(config.shortCode), 'the short code is not 5 to 7 digits'],
    [
      ![config.consumerKey, config.consumerSecret, config.passkey].every(isAscii),
      'consumer key, consumer secret and passkey must be printable ASCII without spaces',
    ],
    [
      config.transactionType === 'CustomerBuyGoodsOnline' && config.partyB === undefined,
      'buy goods needs the till number beside the store code',
    ],
    [
      namedParts !== 0 && namedParts !== operatorParts.length,
      'the API operator needs all of name, password and security key',
    ],
    [
      // Daraja 3.0 refuses parentheses in operator passwords.
      /[()]/.test(config.initiatorPassword?.reveal() ?? ''),
      'the operator password must not contain parentheses',
    ],
    [
      config.pullCallbackUrl !== undefined && !isUrl(config.pullCallbackUrl),
      'the pull callback URL is not an http(s) URL',
    ],
    [
      config.pullCallbackUrl !== undefined && config.nominatedNumber === undefined,
      'a pull callback URL needs the nominated number',
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, problem]) => problem);
}
