import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createPrng, invariant, Secret } from '#kernel';
import type { Rail } from '#rails';
import { createMpesaRail, type MpesaConfig } from '#rails/mpesa';

import { createMpesaSimulator, openStore, parseConfig } from '../../simulators/mpesa/index.ts';
import type { RailDeps } from '#rails/test-kit';
import { openProviderWorld, type ProviderWorld } from '../support/provider-world.ts';

export const shortCode = '600123';
const consumerKey = 'contract-key';
const consumerSecret = 'contract-secret';
const passkey = 'contract-passkey';
const initiatorName = 'contractapi';
const initiatorPassword = 'Contract#2026';

export interface MpesaWorld extends ProviderWorld {
  /** What stands in for Safaricom's certificate. */
  readonly securityKeyPem: string;
}

/** The most that M-Pesa carries at once. */
const fundsShillings = 250_000;

/** A short code in production, funded by a rich payer. */
export async function openMpesaWorld(
  knobs: Readonly<Record<string, unknown>> = {},
): Promise<MpesaWorld> {
  let securityKeyPem = '';
  const world = await openProviderWorld({
    phonePrefix: '254722',
    settleMs: 180_000,
    withoutPrompt: { shortCode },
    fund: async (admin) => {
      const msisdn = '254722999999';
      await admin('POST', '/phones', { msisdn, name: 'RICH PAYER', balance: fundsShillings });
      const payment = { shortCode, accountReference: 'FUNDS', amount: fundsShillings };
      await admin('POST', `/phones/${msisdn}/pay`, payment);
    },
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
        knobs,
      });
      invariant(config.ok, 'the simulator takes its settings');
      const simulator = createMpesaSimulator({
        config: config.value,
        clock,
        prng: createPrng(7),
        store: openStore(stateDir),
        post: ({ url, body }) => {
          const answer = receive(url, body);
          return Promise.resolve({ status: answer.statusCode, body: answer.body });
        },
      });
      simulator.start();
      securityKeyPem = readFileSync(join(stateDir, 'certificate.pem'), 'utf8');
      return Promise.resolve(simulator);
    },
  });
  return { ...world, securityKeyPem };
}

/** Own money for top-ups to draw on. */
export async function fillWorkingAccount(world: MpesaWorld, amountMinor: bigint): Promise<void> {
  const amount = Number(amountMinor / 100n);
  await world.admin('POST', '/org/deposit', { amount, account: 'working' });
}

export const createStagedMpesaRail = (
  deps: RailDeps,
  world: MpesaWorld,
  variant: Partial<MpesaConfig> = {},
): Rail =>
  createMpesaRail({
    ...deps,
    config: {
      baseUrl: 'http://127.0.0.1:1',
      consumerKey: new Secret(consumerKey),
      consumerSecret: new Secret(consumerSecret),
      shortCode,
      transactionType: 'CustomerPayBillOnline',
      passkey: new Secret(passkey),
      initiatorName,
      initiatorPassword: new Secret(initiatorPassword),
      securityKeyPem: world.securityKeyPem,
      payoutVersion: 'v3',
      payoutCommand: 'BusinessPayment',
      notificationVersion: 'v2',
      responseType: 'Completed',
      nominatedNumber: '254722000000',
      pullCallbackUrl: 'http://127.0.0.1:8750/hooks/paybill-confirmation',
      ...variant,
    },
  });
