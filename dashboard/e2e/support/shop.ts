import type { Browser } from '@playwright/test';

import {
  freePort,
  makeInstallation,
  type Installation,
  type RunningInstallation,
} from '../../../test/support/engine-process.ts';
import { openProviders, type Providers } from '../../../test/support/simulator-process.ts';
import { createPayers, type Payers } from './payers.ts';
import { openScreenIn, type KeptSession, type Screen, type ScreenOptions } from './screen.ts';

/** Everything within some hundred milliseconds; the providers' own pace would be seconds. */
const quick = {
  mpesa: {
    timings: {
      promptDelayMs: { min: 20, max: 80 },
      settleDelayMs: { min: 20, max: 80 },
      resultDelayMs: { min: 50, max: 150 },
      callbackLagMs: { min: 10, max: 50 },
      confirmationLagMs: { min: 10, max: 50 },
    },
  },
};

/** An engine with a database, both providers, and phones that pay. */
export interface Shop extends Payers {
  readonly engine: RunningInstallation;
  readonly installation: Installation;
  readonly providers: Providers;
  readonly masterKey: string;
  /** A browser of its own, as if on another device. */
  openScreen(options: ScreenOptions): Promise<Screen>;
  /** Closes what was opened since the last time; answers what those screens complained of. */
  closeScreens(): Promise<readonly string[]>;
  /** Starts the engine again after it was stopped or killed. */
  startEngine(): Promise<void>;
}

export interface OpenShop extends Shop {
  close(): Promise<void>;
}

type Settings = Readonly<Record<string, string>>;

export interface ShopPlan {
  readonly settings?: Settings;
  /** What is so at the providers before the engine asks them for the first time. */
  readonly before?: (providers: Providers) => Promise<unknown>;
}

/** Nobody buys anything by themselves. */
export async function openShop(
  browser: Browser,
  { settings = {}, before }: ShopPlan = {},
): Promise<OpenShop> {
  const port = await freePort();
  const providers = await openProviders(port, quick);
  await before?.(providers);
  const installation = await makeInstallation({
    ...providers.settings,
    QMOI_PORT: String(port),
    ...settings,
  });
  const close = async (): Promise<void> => {
    await installation.remove();
    await providers.stop();
  };
  try {
    const engine = await installation.start();
    return shopOf({ browser, installation, providers, engine, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly browser: Browser;
  readonly installation: Installation;
  readonly providers: Providers;
  readonly engine: RunningInstallation;
  readonly close: () => Promise<void>;
}

function shopOf(parts: Parts): OpenShop {
  const { browser, installation, providers } = parts;
  const masterKey = providers.settings['QMOI_MASTER_API_KEY'] ?? '';
  const kept: KeptSession = { cookies: undefined };
  let open: Screen[] = [];
  let { engine } = parts;

  const closeScreens = async (): Promise<readonly string[]> => {
    const closing = open;
    open = [];
    // What a page says when it is closed under its hands is no complaint.
    const complaints = closing.flatMap((screen) => screen.complaints);
    for (const screen of closing) await screen.close();
    return complaints;
  };

  const payers = createPayers({ engine: () => engine, providers });
  return {
    ...payers,
    get engine() {
      return engine;
    },
    installation,
    providers,
    masterKey,
    openScreen: async (options) => {
      const screen = await openScreenIn({ browser, url: engine.url, masterKey, kept }, options);
      open.push(screen);
      return screen;
    },
    closeScreens,
    startEngine: async () => {
      engine = await installation.start();
    },
    close: async () => {
      await closeScreens();
      await parts.close();
    },
  };
}
