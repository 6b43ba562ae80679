import { createPrng, invariant, Secret } from '#kernel';
import type { Rail } from '#rails';
import { airtelKenya, createAirtelRail, type AirtelConfig } from '#rails/airtel';

import { createAirtelSimulator, openStore, parseConfig } from '../../simulators/airtel/index.ts';
import type { RailDeps } from '#rails/test-kit';
import { openProviderWorld, type ProviderWorld } from '../support/provider-world.ts';

const clientId = 'contract-client';
const clientSecret = 'contract-secret';
const pin = '4321';
const hashKey = 'a4f48f692d2b4df9acbad7dff60a32a6';

export interface AirtelStage {
  readonly signing?: 'off' | 'optional' | 'required';
  readonly keyBits?: 1024 | 2048;
  readonly keyPadding?: AirtelConfig['keyPadding'];
  readonly knobs?: Readonly<Record<string, unknown>>;
  readonly collectionFeeBasisPoints?: number;
  readonly disbursementFeeShillings?: number;
}

/** An application that was approved for everything, with a float. */
export const openAirtelWorld = (stage: AirtelStage = {}): Promise<ProviderWorld> =>
  openProviderWorld({
    phonePrefix: '254733',
    settleMs: 240_000,
    fund: async (admin) => void (await admin('POST', '/org/float', { amount: 250_000 })),
    start: ({ clock, stateDir, receive }) => {
      const config = parseConfig({
        port: 0,
        stateDir,
        seed: 7,
        clientId,
        clientSecret,
        pin,
        callbackUrl: 'http://127.0.0.1:8750/hooks/airtel-result',
        callbackHashKey: hashKey,
        ...stage,
      });
      invariant(config.ok, 'the simulator takes its settings');
      return Promise.resolve(
        createAirtelSimulator({
          config: config.value,
          clock,
          prng: createPrng(7),
          store: openStore(stateDir),
          post: ({ url, body }) => Promise.resolve(receive(url, body).statusCode),
        }),
      );
    },
  });

export const createStagedAirtelRail = (
  deps: RailDeps & Pick<Parameters<typeof createAirtelRail>[0], 'onHashRendering'>,
  variant: Partial<AirtelConfig> = {},
): Rail =>
  createAirtelRail({
    ...deps,
    config: {
      ...airtelKenya,
      baseUrl: 'http://127.0.0.1:1',
      clientId: new Secret(clientId),
      clientSecret: new Secret(clientSecret),
      pin: { kind: 'plain', pin: new Secret(pin) },
      callbackHashKey: new Secret(hashKey),
      ...variant,
    },
  });
