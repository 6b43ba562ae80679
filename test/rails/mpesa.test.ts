import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createPrng, invariant, Secret } from '#kernel';
import { createMpesaRail } from '#rails/mpesa';

import { createMpesaSimulator, openStore, parseConfig } from '../../simulators/mpesa/index.ts';
import { railContract, type RailWorld } from '../../src/rails/test-kit.ts';
import { openProviderWorld } from '../support/provider-world.ts';

const shortCode = '600123';
const consumerKey = 'contract-key';
const consumerSecret = 'contract-secret';
const passkey = 'contract-passkey';
const initiatorName = 'contractapi';
const initiatorPassword = 'Contract#2026';

interface MpesaWorld extends RailWorld {
  readonly securityKeyPem: string;
}

const variants = [
  { payoutVersion: 'v3', notificationVersion: 'v2', newTokenKillsOld: false },
  { payoutVersion: 'v3', notificationVersion: 'v1', newTokenKillsOld: true },
] as const;

for (const { newTokenKillsOld, ...variant } of variants) {
  railContract<MpesaWorld>({
    name: `M-Pesa, ${JSON.stringify({ ...variant, newTokenKillsOld })}`,
    openWorld: async () => {
      let securityKeyPem = '';
      const world = await openProviderWorld({
        phonePrefix: '254722',
        settleMs: 180_000,
        withoutPrompt: { shortCode },
        start: ({ clock, stateDir, receive }) => {
          const config = parseConfig({
            port: 0,
            stateDir,
            seed: 7,
            consumerKey,
            consumerSecret,
            shortCode,
            passkey,
            initiatorName,
            initiatorPassword,
            profile: 'production',
            knobs: { newTokenKillsOld },
          });
          invariant(config.ok, 'the simulator takes its settings');
          const simulator = createMpesaSimulator({
            config: config.value,
            clock,
            prng: createPrng(7),
            store: openStore(stateDir),
            post: ({ url, body }) => {
              receive(url, body);
              return Promise.resolve({ status: 200, body: '' });
            },
          });
          simulator.start();
          securityKeyPem = readFileSync(join(stateDir, 'certificate.pem'), 'utf8');
          return Promise.resolve(simulator);
        },
      });
      return { ...world, securityKeyPem };
    },
    createRail: (deps, world) =>
      createMpesaRail({
        ...deps,
        config: {
          ...variant,
          baseUrl: 'http://127.0.0.1:1',
          consumerKey: new Secret(consumerKey),
          consumerSecret: new Secret(consumerSecret),
          shortCode,
          transactionType: 'CustomerPayBillOnline',
          passkey: new Secret(passkey),
          initiatorName,
          initiatorPassword: new Secret(initiatorPassword),
          securityKeyPem: world.securityKeyPem,
          payoutCommand: 'BusinessPayment',
          responseType: 'Completed',
          nominatedNumber: '254722000000',
          pullCallbackUrl: 'http://127.0.0.1:8750/hooks/paybill-confirmation',
        },
      }),
  });
}
