import { createPrng, invariant, Secret } from '#kernel';
import { airtelKenya, createAirtelRail } from '#rails/airtel';

import { createAirtelSimulator, openStore, parseConfig } from '../../simulators/airtel/index.ts';
import { railContract } from '../../src/rails/test-kit.ts';
import { openProviderWorld } from '../support/provider-world.ts';

const clientId = 'contract-client';
const clientSecret = 'contract-secret';
const pin = '4321';
const hashKey = 'a4f48f692d2b4df9acbad7dff60a32a6';

const variants = [
  { signing: 'off', collectionVersion: 'v1', payoutVersion: 'v1', newTokenKillsOld: false },
  { signing: 'on', collectionVersion: 'v2', payoutVersion: 'v2', newTokenKillsOld: true },
  { signing: 'on', collectionVersion: 'v1', payoutVersion: 'v3', newTokenKillsOld: false },
] as const;

for (const { newTokenKillsOld, ...variant } of variants) {
  railContract({
    name: `Airtel Money, ${JSON.stringify({ ...variant, newTokenKillsOld })}`,
    openWorld: () =>
      openProviderWorld({
        phonePrefix: '254733',
        settleMs: 240_000,
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
            signing: variant.signing === 'on' ? 'required' : 'off',
            knobs: { newTokenKillsOld },
          });
          invariant(config.ok, 'the simulator takes its settings');
          return Promise.resolve(
            createAirtelSimulator({
              config: config.value,
              clock,
              prng: createPrng(7),
              store: openStore(stateDir),
              post: ({ url, body }) => {
                receive(url, body);
                return Promise.resolve(200);
              },
            }),
          );
        },
      }),
    createRail: (deps) =>
      createAirtelRail({
        ...deps,
        config: {
          ...airtelKenya,
          ...variant,
          baseUrl: 'http://127.0.0.1:1',
          clientId: new Secret(clientId),
          clientSecret: new Secret(clientSecret),
          pin: { kind: 'plain', pin: new Secret(pin) },
          callbackHashKey: new Secret(hashKey),
        },
      }),
  });
}
