import { chromium, type Browser } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';

import { openShop, type OpenShop, type Shop, type ShopPlan } from './shop.ts';

/**
 * A shop for the tests of one file, to be called where they are described: it opens before the
 * first test and is cleared away after the last. After each test its screens are closed, and none
 * of them may have complained in its console.
 */
export function useShop(
  settings: NonNullable<ShopPlan['settings']> = {},
  before?: ShopPlan['before'],
): Shop {
  const address = inject('browserAddress');
  let browser: Browser | undefined;
  let shop: OpenShop | undefined;
  const theShop = (): OpenShop => {
    if (shop === undefined) throw new Error('the shop opens before the first test, not earlier');
    return shop;
  };

  beforeAll(async () => {
    if (address === '') return;
    browser = await chromium.connect(address);
    shop = await openShop(browser, { settings, ...(before === undefined ? {} : { before }) });
  });
  beforeEach(({ skip }) => skip(address === '', 'there is no Chromium'));
  afterEach(async () => {
    const complaints = (await shop?.closeScreens()) ?? [];
    if (complaints.length > 0) throw new Error(`the screen complained: ${complaints.join('\n')}`);
  });
  afterAll(async () => {
    await shop?.close();
    await browser?.close();
  });

  return {
    get engine() {
      return theShop().engine;
    },
    get installation() {
      return theShop().installation;
    },
    get providers() {
      return theShop().providers;
    },
    get masterKey() {
      return theShop().masterKey;
    },
    openScreen: (options) => theShop().openScreen(options),
    closeScreens: () => theShop().closeScreens(),
    startEngine: () => theShop().startEngine(),
    pay: (order) => theShop().pay(order),
    payUnseen: (order) => theShop().payUnseen(order),
    payByAirtel: (order) => theShop().payByAirtel(order),
  };
}
