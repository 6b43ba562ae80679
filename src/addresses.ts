import type { RailId } from '#kernel';
import type { CallbackAddress } from '#cli';
import type { Config } from '#platform/config';
import type { CallbackChannel } from '#rails';
import { createCallbackTokens, deriveKeys } from '#security';

import { StartRefused } from './refusal.ts';
import type { CallbackUrlOf } from './wiring.ts';

interface Listening {
  readonly config: Config;
  readonly port: number;
}

/** Addresses that providers are given; they work as long as QMOI_MASTER_SECRET stays. */
export function callbackUrlsFor({ config, port }: Listening): CallbackUrlOf {
  const keys = deriveKeys(config.master.secret);
  if (!keys.ok) throw new StartRefused(`${keys.error.cause} ${keys.error.fix}`);
  const tokens = createCallbackTokens({ keys: keys.value });
  const base = config.simulators === undefined ? config.http.publicUrl : `http://127.0.0.1:${port}`;
  return (channel, subject) => `${base}/hooks/${channel}/${tokens.tokenFor({ channel, subject })}`;
}

/** What has to be registered with providers, by us or by the owner. */
export function addressesOf(config: Config): readonly CallbackAddress[] {
  const url = callbackUrlsFor({ config, port: config.http.port });
  const of = (rail: RailId, channel: CallbackChannel, purpose: string): CallbackAddress => ({
    rail,
    purpose,
    url: url(channel, 0n),
    registeredByEngine: rail === 'mpesa',
  });
  return [
    ...(config.mpesa === undefined
      ? []
      : [
          of('mpesa', 'paybill-confirmation', 'confirmation of paybill and till payments'),
          of('mpesa', 'paybill-validation', 'validation of paybill and till payments'),
        ]),
    ...(config.airtel === undefined ? [] : [of('airtel', 'airtel-result', 'results of payments')]),
  ];
}
