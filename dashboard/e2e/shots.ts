/**
 * `npm run shots`: a picture of every page, at both sizes, light and dark; with `-- --docs` those
 * in `docs/screen` as well.
 */
import { join } from 'node:path';
import { argv } from 'node:process';

import { chromium, expect, type Page } from '@playwright/test';

import { silentLog } from '#platform/log';

import { buildScreen } from '../../src/screen.ts';
import { type Json } from '../../test/support/engine-process.ts';
import { chromiumFlags, chromiumMissing, findChromium } from './support/chromium.ts';
import { details, pages } from './support/pages.ts';
import { expectWhole, keyField, lineState, shoot } from './support/screen.ts';
import { openShop, type OpenShop } from './support/shop.ts';

const buildMsMax = 120_000;
const themes = ['light', 'dark'] as const;
const sizeNames = ['phone', 'desktop'] as const;
const amounts = [250, 1_200, 480, 75, 3_150, 640, 90, 1_875] as const;

/** A day with something of everything. */
async function trade(shop: OpenShop): Promise<readonly string[]> {
  for (const amount of amounts) {
    await shop.pay({ amount, reference: amount > 1_000 ? 'AI' : 'TRADING' });
  }
  await shop.pay({ amount: 130, reference: 'WRONG' });
  await shop.payByAirtel({ amount: 6_000 });
  await shop.payByAirtel({ amount: 350, stream: 'data-packages' });
  const found: string[] = [];
  for (const { path, list } of details) {
    const { items } = (await shop.engine.get(list)) as { items: Json[] };
    if (items[0] !== undefined) found.push(`${path}/${String(items[0]['id'])}`);
  }
  return found;
}

const nameOf = (path: string): string =>
  path === '/' ? 'today' : path.slice(1).replace(/\/.*/, '-one');

async function shootAll(shop: OpenShop, paths: readonly string[]): Promise<void> {
  for (const size of sizeNames) {
    for (const theme of themes) {
      const login = await shop.openScreen({ size, theme, session: 'none' });
      await keyField(login.page).waitFor();
      await login.page.waitForLoadState('networkidle');
      await shoot(login.page, `login-${size}-${theme}`);
      const { page } = await shop.openScreen({ size, theme });
      for (const path of paths) {
        await page.goto(path);
        await expect(lineState(page)).toHaveText('Live');
        await expectWhole(page);
        await shoot(page, `${nameOf(path)}-${size}-${theme}`);
      }
      await checkAtCounter(page, shop);
      await shoot(page, `counter-paid-${size}-${theme}`);
      await shop.closeScreens();
    }
  }
}

/** The newest receipt, asked about as a cashier would. */
async function checkAtCounter(page: Page, shop: OpenShop): Promise<void> {
  const { receipt } = await shop.pay({ amount: 1_250, reference: 'TRADING' });
  await page.goto('/counter');
  const field = page.getByLabel('Receipt, phone number or amount');
  await expect(field).toBeFocused();
  await field.fill(String(receipt));
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('verdict')).toHaveAttribute('data-verdict', 'paid');
}

const docsFolder = join(import.meta.dirname, '..', '..', 'docs', 'screen');
const deskInDocs = { width: 1_180, height: 760 };

/** What fits on the screen at once. */
async function shootForDocs(shop: OpenShop): Promise<void> {
  const save = (page: Page, name: string) => page.screenshot({ path: join(docsFolder, name) });
  const desk = await shop.openScreen({ size: 'desktop' });
  await desk.page.setViewportSize(deskInDocs);
  const phone = await shop.openScreen({ size: 'phone' });
  for (const { page } of [desk, phone]) {
    await expect(lineState(page)).toHaveText('Live');
    await expectWhole(page);
    await page.waitForLoadState('networkidle');
  }
  await save(desk.page, 'today.png');
  await save(phone.page, 'today-phone.png');
  const counter = await shop.openScreen({ size: 'phone', theme: 'dark' });
  await checkAtCounter(counter.page, shop);
  await save(counter.page, 'counter-phone.png');
  await shop.closeScreens();
}

const executablePath = findChromium();
if (executablePath === undefined) throw new Error(chromiumMissing);
await buildScreen(silentLog, AbortSignal.timeout(buildMsMax));
const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
try {
  const shop = await openShop(browser, { settings: { QMOI_TRANSFER_TRIGGER_AIRTEL: '5000' } });
  try {
    const paths = [...pages, ...(await trade(shop))];
    if (argv.includes('--docs')) await shootForDocs(shop);
    await shootAll(shop, paths);
  } finally {
    await shop.close();
  }
} finally {
  await browser.close();
}
