import { type BusinessDate, type Currency, type Msisdn, type RailId, Secret } from '#kernel';

import type { ConfigProblem } from './problem.ts';

export const modes = ['sandbox', 'live'] as const;
/** Sandbox and live money never share a database, a credential or a provider host. */
export type Mode = (typeof modes)[number];

/** Everything that can be set, parsed and checked against itself. */
export interface Config {
  readonly mode: Mode;
  /** The folder that holds `.env`, the targets file, `data/` and `logs/`. */
  readonly home: string;
  readonly businessName: string;
  readonly database: DatabaseSettings;
  readonly http: HttpSettings;
  readonly log: { readonly file: string; readonly level: LogLevel };
  readonly master: MasterSettings;
  readonly targets: Targets;
  readonly transfers: TransferSettings;
  /** Undefined where the business does not use the rail. At least one is present. */
  readonly mpesa: MpesaSettings | undefined;
  readonly airtel: AirtelSettings | undefined;
  readonly simulators: SimulatorSettings | undefined;
  readonly support: SupportSettings;
  /** Names of the settings that were given a value; the others stand at their defaults. */
  readonly given: readonly string[];
  /** What a person should know although the engine can start. */
  readonly warnings: readonly ConfigProblem[];
}

export type DatabaseSettings =
  | {
      readonly kind: 'embedded';
      /** One folder per mode. */
      readonly dataFolder: string;
      /** The unprivileged user that owns the server when the engine runs as root. */
      readonly osUser: string | undefined;
    }
  | { readonly kind: 'server'; readonly url: Secret<string> };

/** Whom the owner asks for help. */
export interface SupportSettings {
  readonly whatsapp: Msisdn | undefined;
  readonly email: string | undefined;
}

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  /** Where providers and browsers reach the engine: no trailing slash. */
  readonly publicUrl: string;
  /** Addresses and CIDR ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface MasterSettings {
  /** A plain key works but should be replaced by its hash. */
  readonly key:
    | { readonly kind: 'hash'; readonly hash: string }
    | { readonly kind: 'plain'; readonly plain: Secret<string> };
  /** Every key that encrypts, seals or signs is derived from it. */
  readonly secret: Secret<string>;
  readonly phone: Msisdn | undefined;
  readonly email: string | undefined;
}

export interface DailyTarget {
  readonly targetMinor: bigint;
  readonly minimumMinor: bigint;
  /** A plan line, never a ratchet: 2,000 basis points are 20 % a day. */
  readonly growthBasisPoints: number;
}

export interface Targets {
  readonly mpesa: DailyTarget;
  readonly airtel: DailyTarget;
  readonly combined: DailyTarget;
}

export interface TransferSettings {
  readonly rails: Readonly<Record<RailId, RailTransferSettings>>;
  /** The most both rails together may send to the owner on one business day. */
  readonly combinedDailyCapMinor: bigint;
  /** When nothing is sent automatically, in minutes of the Nairobi day. */
  readonly quietHours: { readonly fromMinute: number; readonly toMinute: number } | undefined;
  /** Rails whose payout wallet is filled without being asked for. */
  readonly autoTopUps: readonly RailId[];
}

export interface RailTransferSettings {
  /** The most this rail may send to the owner on one business day; zero switches it off. */
  readonly dailyCapMinor: bigint;
  /** Confirmed revenue of the day from which transfers start. */
  readonly triggerMinor: bigint;
  /** What stays in the wallet. */
  readonly reserveMinor: bigint;
  readonly checkEveryMs: number;
  /** The owner's phone on this rail; without it nothing is sent. */
  readonly payoutNumber: Msisdn | undefined;
}

export const transactionTypes = ['CustomerPayBillOnline', 'CustomerBuyGoodsOnline'] as const;
/** Safaricom's names read the wrong way round: under *business bouquet* the payer pays all. */
export const paybillPlans = ['business-bouquet', 'customer-bouquet', 'mgao'] as const;
export const payoutCommands = ['BusinessPayment', 'SalaryPayment', 'PromotionPayment'] as const;

/** Fits `MpesaConfig` of the rail, but for what is only known once a simulator listens. */
export interface MpesaSettings {
  readonly environment: 'sandbox' | 'production';
  /** Undefined: the simulator, whose address is known once it listens. */
  readonly baseUrl: string | undefined;
  readonly consumerKey: Secret<string>;
  readonly consumerSecret: Secret<string>;
  /** The paybill, or for a till the head-office short code. */
  readonly shortCode: string;
  /** The till, where customers pay to one. */
  readonly partyB: string | undefined;
  readonly transactionType: (typeof transactionTypes)[number];
  readonly passkey: Secret<string>;
  /** The API operator. Undefined: payouts, status queries, balances and reversals are off. */
  readonly initiatorName: string | undefined;
  readonly initiatorPassword: Secret<string> | undefined;
  /** Safaricom's passwords live 90 days. */
  readonly initiatorPasswordSetOn: BusinessDate | undefined;
  /** Safaricom's certificate or bare key, PEM. Undefined: the simulator's, once it listens. */
  readonly securityKeyPem: string | undefined;
  readonly payoutVersion: 'v1' | 'v3';
  readonly payoutCommand: (typeof payoutCommands)[number];
  readonly notificationVersion: 'v1' | 'v2';
  /** What M-Pesa does with a payment whose validation gets no answer. */
  readonly responseType: 'Completed' | 'Cancelled';
  readonly sourceAddresses: readonly string[];
  readonly enforceSourceAddresses: boolean;
  /** The number nominated for the pull API; undefined: payments are not pulled. */
  readonly nominatedNumber: Msisdn | undefined;
  /** Who bears the paybill's fee by contract. Undefined: the fee on a payment is not known. */
  readonly paybillPlan: (typeof paybillPlans)[number] | undefined;
}

export const rsaPaddings = ['pkcs1', 'oaep-sha256', 'oaep-sha256-mgf1-sha1'] as const;
export type RsaPadding = (typeof rsaPaddings)[number];

export const hashRenderings = [
  'raw-whole',
  'compact-whole',
  'pretty-whole',
  'raw-inner',
  'compact-inner',
] as const;
/** The five byte strings that Airtel's callback hash may have been made over. */
export type HashRendering = (typeof hashRenderings)[number];

/** Fits `AirtelConfig` of the rail, over its own figures for Kenya. */
export interface AirtelSettings {
  /** Undefined: the simulator, whose address is known once it listens. */
  readonly baseUrl: string | undefined;
  readonly clientId: Secret<string>;
  readonly clientSecret: Secret<string>;
  readonly country: string;
  readonly currency: Currency;
  readonly collectionVersion: 'v1' | 'v2';
  readonly payoutVersion: 'v1' | 'v2' | 'v3';
  readonly signing: 'off' | 'on';
  readonly keyPadding: RsaPadding;
  readonly pinPadding: RsaPadding;
  /** Undefined: payouts are off. */
  readonly pin: AirtelPin | undefined;
  /** As the portal shows it, base64 of a DER SubjectPublicKeyInfo, or the key the API serves. */
  readonly pinPublicKey: 'from-endpoint' | { readonly base64Der: string };
  /** Undefined: callbacks are unauthenticated and only ever trigger an enquiry. */
  readonly callbackHashKey: Secret<string> | undefined;
  /** Undefined: any of the five is accepted. */
  readonly pinnedHashRendering: HashRendering | undefined;
  readonly firstEnquiryDelayMs: number;
  readonly transactionMinMinor: bigint;
  readonly transactionMaxMinor: bigint;
  /** Undefined: no fee is foretold. */
  readonly contract: readonly FeeContract[] | undefined;
}

/** What a business agreed to pay its provider from one business day on. */
export interface FeeContract {
  readonly effectiveFrom: BusinessDate;
  readonly collection: FeeTerms;
  readonly payout: FeeTerms;
}

/** A fixed part, a share of the amount, and bounds on their sum. */
export interface FeeTerms {
  readonly fixedMinor: bigint;
  readonly basisPoints: bigint;
  readonly leastMinor: bigint | undefined;
  readonly mostMinor: bigint | undefined;
}

export type AirtelPin =
  | { readonly kind: 'plain'; readonly pin: Secret<string> }
  /** Encrypted once by the owner, base64. */
  | { readonly kind: 'encrypted'; readonly ciphertext: Secret<string> };

/** Port 0 lets the operating system choose. A rail with a base URL of its own has no simulator. */
export interface SimulatorSettings {
  readonly mpesa: { readonly port: number } | undefined;
  readonly airtel: { readonly port: number } | undefined;
  readonly seed: number;
  /** 1 is the town's usual appetite, 0 is silence. */
  readonly demandFactor: number;
}

/** Every secret in the configuration, for the log to hide wherever it turns up. */
export function secretsOf(part: unknown): readonly Secret<string>[] {
  if (part instanceof Secret) return [new Secret(String(part.reveal()))];
  if (typeof part !== 'object' || part === null) return [];
  return Object.values(part).flatMap((inner: unknown) => secretsOf(inner));
}
