import { invariant, railIds, Secret, type BusinessDate, type Clock, type RailId } from '#kernel';
import type { AirtelPin, Config } from '#platform/config';
import type { HttpLine, Rail, TokenKeeper, WalletNames } from '#rails';
import {
  airtelConfigProblems,
  airtelKenya,
  createAirtelRail,
  type AirtelConfig,
} from '#rails/airtel';
import { createMpesaRail, mpesaConfigProblems, type MpesaConfig } from '#rails/mpesa';
import type { RandomBytes } from '#security';
import type { SweepSettings } from '#transfers';

import { StartRefused } from './refusal.ts';
import type { BusinessSettings, CallbackUrlOf } from './wiring.ts';

/** Where a rail is reached: the address of the configuration, or of its simulator. */
export interface ProviderAddresses {
  readonly mpesa:
    | { readonly baseUrl: string; readonly securityKeyPem: MpesaConfig['securityKeyPem'] }
    | undefined;
  readonly airtel: { readonly baseUrl: string } | undefined;
}

export interface RailDeps {
  readonly config: Config;
  readonly addresses: ProviderAddresses;
  readonly line: HttpLine;
  readonly tokens: TokenKeeper;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly pullCallbackUrl: string;
}

const refuse = (rail: string, problems: readonly string[]): void => {
  if (problems.length > 0) throw new StartRefused(`${rail}: ${problems.join('; ')}.`);
};

/** Without the provider's key its operator's password cannot be sent. */
const withoutOperator = {
  initiatorName: undefined,
  initiatorPassword: undefined,
  securityKeyPem: undefined,
};

/** The rails the configuration names; at least one. */
export function createRails(deps: RailDeps): ReadonlyMap<RailId, Rail> {
  const { config, addresses } = deps;
  const rails = new Map<RailId, Rail>();
  if (config.mpesa !== undefined && addresses.mpesa !== undefined) {
    const securityKeyPem = config.mpesa.securityKeyPem ?? addresses.mpesa.securityKeyPem;
    const settings: MpesaConfig = {
      ...config.mpesa,
      ...(securityKeyPem === undefined ? withoutOperator : { securityKeyPem }),
      baseUrl: addresses.mpesa.baseUrl,
      pullCallbackUrl: config.mpesa.nominatedNumber && deps.pullCallbackUrl,
    };
    refuse('M-Pesa', mpesaConfigProblems(settings));
    rails.set('mpesa', createMpesaRail({ ...deps, config: settings }));
  }
  if (config.airtel !== undefined && addresses.airtel !== undefined) {
    const { baseUrl } = addresses.airtel;
    const settings: AirtelConfig = { ...airtelKenya, ...config.airtel, baseUrl };
    refuse('Airtel Money', airtelConfigProblems(settings));
    rails.set('airtel', createAirtelRail({ ...deps, config: settings }));
  }
  invariant(rails.size > 0, 'a configuration names a rail');
  return rails;
}

/** The same rails with the line cut: for looking at books while no engine runs. */
export const rehearsedRails = (config: Config, clock: Clock): ReadonlyMap<RailId, Rail> =>
  createRails({
    config,
    addresses: {
      mpesa: { baseUrl: 'http://127.0.0.1:1', securityKeyPem: undefined },
      airtel: { baseUrl: 'http://127.0.0.1:1' },
    },
    line: { send: () => Promise.resolve({ kind: 'not-sent', cause: 'no engine runs' }) },
    tokens: {
      get: () => Promise.resolve({ kind: 'unknown', cause: 'no engine runs' }),
      drop: () => Promise.resolve(),
    },
    clock,
    random: () => Buffer.alloc(0),
    pullCallbackUrl: 'http://127.0.0.1:1/',
  });

/** What is paid to a till stays apart from what payouts are paid from (M-Pesa sheet §4.0). */
const paybillWallets: WalletNames = { collection: 'Utility Account', payout: 'Utility Account' };
const tillWallets: WalletNames = { collection: 'Merchant Account', payout: 'Utility Account' };

/** What the lines below need to know of configuration and providers. */
export function settingsOf(
  config: Config,
  deps: {
    readonly clock: Clock;
    readonly callbackUrl: CallbackUrlOf;
    readonly spoolFolder: string;
  },
): BusinessSettings {
  const { targets, mpesa } = config;
  const shortCodes = [mpesa?.shortCode, mpesa?.partyB].filter((code) => code !== undefined);
  return {
    goals: targets,
    sweeps: new Map(
      railIds.map((rail): [RailId, SweepSettings] => [rail, config.transfers.rails[rail]]),
    ),
    combinedDailyCapMinor: config.transfers.combinedDailyCapMinor,
    quietHours: config.transfers.quietHours,
    autoTopUps: new Set(config.transfers.autoTopUps),
    shortCodes: new Map([['mpesa', shortCodes]]),
    walletNames: new Map([
      ['mpesa', mpesa?.partyB === undefined ? paybillWallets : tillWallets],
      ['airtel', { collection: 'wallet', payout: 'wallet' }],
    ]),
    isListedSource: (rail, source) =>
      rail !== 'mpesa' ||
      mpesa?.enforceSourceAddresses !== true ||
      mpesa.sourceAddresses.includes(source),
    callbackUrl: deps.callbackUrl,
    spoolFolder: deps.spoolFolder,
    credentials: credentialsOf(config),
    passwordsSetOn: passwordsSetOnOf(config),
    pushContact: pushContactOf(config),
  };
}

/** The address of this engine says less than the owner's own. */
function pushContactOf({ http, master }: Config): string | undefined {
  if (http.publicUrl.startsWith('https:')) return http.publicUrl;
  return master.email === undefined ? undefined : `mailto:${master.email}`;
}

/** Everything a provider may refuse our operator over, one text a rail. */
function credentialsOf({ mpesa, airtel }: Config): ReadonlyMap<RailId, Secret<string>> {
  const texts: readonly (readonly [RailId, readonly (Secret<string> | string | undefined)[]])[] = [
    [
      'mpesa',
      mpesa === undefined
        ? []
        : [
            mpesa.consumerKey,
            mpesa.consumerSecret,
            mpesa.initiatorName,
            mpesa.initiatorPassword,
            mpesa.initiatorPasswordSetOn,
            mpesa.securityKeyPem,
            mpesa.shortCode,
          ],
    ],
    [
      'airtel',
      airtel === undefined ? [] : [airtel.clientId, airtel.clientSecret, pinOf(airtel.pin)],
    ],
  ];
  return new Map(texts.map(([rail, parts]) => [rail, new Secret(parts.map(plainOf).join('|'))]));
}

const pinOf = (pin: AirtelPin | undefined): Secret<string> | undefined =>
  pin?.kind === 'encrypted' ? pin.ciphertext : pin?.pin;

const plainOf = (part: Secret<string> | string | undefined): string =>
  part instanceof Secret ? part.reveal() : (part ?? '');

/** A simulator's operator keeps its password for ever. */
function passwordsSetOnOf({ mode, mpesa }: Config): ReadonlyMap<RailId, BusinessDate> {
  const setOn = mode === 'live' ? mpesa?.initiatorPasswordSetOn : undefined;
  return new Map(setOn === undefined ? [] : [['mpesa', setOn]]);
}
