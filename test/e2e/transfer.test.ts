import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPrng } from '#kernel';

import {
  eventually,
  freePort,
  makeInstallation,
  pause,
  type Installation,
  type RunningInstallation,
} from '../support/engine-process.ts';
import {
  openProviders,
  ownersPhones,
  shortCode,
  type Providers,
} from '../support/simulator-process.ts';

const seed = 4_711;
const sweep = 2_000;
/** A transfer whose engine was killed while it sent is taken over after this long. */
const claimMs = 180_000;

/** The daily sweep while engine and simulators die around it: once a rail and day, never twice. */
describe(`the daily transfer (seed ${seed})`, () => {
  const prng = createPrng(seed);
  let installation: Installation;
  let providers: Providers;
  let engine: RunningInstallation;

  beforeAll(async () => {
    const port = await freePort();
    providers = await openProviders(port, {
      mpesa: {
        timings: {
          confirmationLagMs: { min: 20, max: 200 },
          resultDelayMs: { min: 300, max: 1_500 },
          callbackLagMs: { min: 20, max: 200 },
        },
      },
    });
    installation = await makeInstallation({
      ...providers.settings,
      QMOI_PORT: String(port),
      QMOI_TRANSFER_TRIGGER_MPESA: '5000',
      QMOI_TRANSFER_TRIGGER_AIRTEL: '5000',
    });
    engine = await installation.start();
  }, 90_000);

  afterAll(async () => {
    await installation.remove();
    await providers.stop();
  }, 90_000);

  const walletOf = async (rail: 'mpesa' | 'airtel'): Promise<number> => {
    const { balance } = await providers[rail].get(`/sim/phones/${ownersPhones[rail]}`);
    return Number(balance);
  };

  const restart = async (): Promise<void> => {
    await engine.kill();
    await pause(prng.between(0, 300));
    engine = await installation.start();
  };

  it('is held back until the day has earned its trigger', async () => {
    const status = (await engine.get('/api/qmoi/revenue/status')) as {
      transfers: Record<string, { next: unknown }>;
    };
    expect(status.transfers['mpesa']?.next).toEqual({ kind: 'hold', why: 'trigger-not-reached' });
    expect(await walletOf('mpesa')).toBe(0);
  });

  it('goes out once, however often engine and simulators are killed', async () => {
    const payer = { name: 'PAYER', balance: 100_000 };
    await providers.mpesa.post('/sim/phones', { msisdn: '254722000111', ...payer });
    await providers.airtel.post('/sim/phones', {
      msisdn: '254733000111',
      ...payer,
      script: { onPrompt: 'approve', afterMs: 100 },
    });
    await engine.post('/api/qmoi/charges', {
      stream: 'airtime',
      amount: 6_000,
      phone: '254733000111',
      consent: { basis: 'payer-act' },
    });
    await eventually('the Airtel payment is confirmed', async () => {
      const { today } = (await engine.get('/api/qmoi/revenue/status')) as {
        today: Record<string, number>;
      };
      return today['airtel'] === 6_000;
    });
    const pay = { shortCode, accountReference: 'TRADING', amount: 6_000 };
    await providers.mpesa.post('/sim/phones/254722000111/pay', pay);
    for (let n = 0; n < 6; n += 1) {
      await pause(prng.between(50, 900));
      if (n === 2) {
        await providers.mpesa.kill();
        await providers.mpesa.start();
      }
      await restart();
    }
    await eventually(
      'a sweep has arrived',
      async () => (await walletOf('airtel')) + (await walletOf('mpesa')) > 0,
    );
    await pause(5_000);
    expect([0, sweep]).toContain(await walletOf('airtel'));
    expect([0, sweep]).toContain(await walletOf('mpesa'));
  }, 180_000);

  it('is in wallet, books and status alike, or openly unknown', async () => {
    const ended = await eventually(
      'both transfers have ended or are asked about',
      async () => {
        const { items } = (await engine.get('/api/qmoi/revenue/transfers')) as {
          items: { type: string; state: string; amount: number }[];
        };
        const settled = items.filter(({ state }) => ['completed', 'unknown'].includes(state));
        return settled.length === 2 && settled;
      },
      claimMs + 60_000,
    );
    for (const { type, state } of ended) {
      const expected = state === 'completed' ? [sweep] : [0, sweep];
      expect(expected).toContain(await walletOf(type === 'mpesa' ? 'mpesa' : 'airtel'));
    }
    // Killed between its intent and its first byte, a transfer waits for a person; two will not.
    expect(ended.some(({ state }) => state === 'completed')).toBe(true);
    const { checks } = (await engine.get('/api/qmoi/proof')) as { checks: { ok: boolean }[] };
    expect(checks.filter((check) => !check.ok)).toEqual([]);
  }, 300_000);
});
