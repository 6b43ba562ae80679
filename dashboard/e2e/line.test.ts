import { join } from 'node:path';

import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';

import { createWallClock, dayMs } from '#kernel';
import { createDatabaseServer } from '#platform/database-server';

import { pause } from '../../test/support/engine-process.ts';
import { keyField, lineState } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const clock = createWallClock();
const killEveryMs = 100;
const today = (page: Page) => page.getByTestId('today-combined');
const main = (page: Page) => page.getByRole('main');

/** Notes every state the line goes through, with whether good things were green meanwhile. */
const watchLine = `(() => {
  const root = document.documentElement;
  const look = () => {
    const state = document.querySelector('[data-testid=line-state]')?.textContent;
    if (state === undefined) return;
    const style = getComputedStyle(root);
    const isGreen = style.getPropertyValue('--good') !== style.getPropertyValue('--soft');
    const seen = state + (isGreen ? ', green' : ', grey');
    if (window.seen.at(-1) !== seen) window.seen.push(seen);
  };
  window.seen = [];
  new MutationObserver(look).observe(root, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
  look();
})()`;
/** The service worker has the screen's files, and this page. */
const untilKept = `new Promise((done) => {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller !== null) done(true);
  serviceWorker.addEventListener('controllerchange', () => done(true));
})`;
const seenOn = (page: Page): Promise<string[]> => page.evaluate<string[]>('window.seen');

describe('a screen and its line', () => {
  const shop = useShop();

  it('shows nothing as good before the engine is heard', async () => {
    const { page } = await shop.openScreen({
      size: 'phone',
      prepare: async (before) => {
        await before.route('**/events*', (route) => route.fulfill({ status: 502 }));
      },
    });
    await expect(lineState(page)).toHaveText('Connecting…');
    await page.evaluate(watchLine);
    await expect(today(page)).toBeVisible();
    expect(await seenOn(page)).toEqual(['Connecting…, grey']);
  });

  it('shows a payment when it is confirmed, without being asked', async () => {
    const { page } = await shop.openScreen({ size: 'phone' });
    await expect(lineState(page)).toHaveText('Live');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await shop.pay({ amount: 1_100 });
    await expect(today(page)).toHaveText('KES 1,100');
    await expect(main(page).getByRole('link', { name: /KES 1,100/ })).toBeVisible();
    // The figures come by the line itself; only the lists are read again.
    expect(asked).not.toContain('/api/qmoi/revenue/status');
  });

  it('says that figures are old while the engine is gone, and goes on by itself', async () => {
    const { page } = await shop.openScreen({ size: 'phone' });
    await expect(lineState(page)).toHaveText('Live');
    const before = await today(page).innerText();
    await page.evaluate(watchLine);
    await shop.engine.kill();
    await expect(lineState(page)).toHaveText('Reconnecting…');
    await expect(lineState(page)).toHaveText('Not live', { timeout: 20_000 });
    await expect(page.getByText('Not live. What you see is as of')).toBeVisible();
    await expect(today(page)).toHaveText(before);
    await shop.startEngine();
    await expect(lineState(page)).toHaveText('Live', { timeout: 20_000 });
    await expect(page.getByText('Not live.')).toHaveCount(0);
    await shop.pay({ amount: 60 });
    await expect(today(page)).not.toHaveText(before);
    await expect(async () => {
      expect(await seenOn(page)).toEqual([
        'Live, green',
        'Reconnecting…, grey',
        'Not live, grey',
        'Live, green',
      ]);
    }).toPass({ timeout: 5_000 });
  }, 60_000);

  it('says that the database is away, and since when figures are as they are', async () => {
    const { page } = await shop.openScreen({ size: 'phone' });
    await expect(lineState(page)).toHaveText('Live');
    const dataDir = join(shop.installation.home, 'data', 'sandbox', 'postgres');
    const server = createDatabaseServer({ dataDir, clock });
    const back = new AbortController();
    // The engine brings its server back: it is killed as often.
    const keptAway = (async () => {
      while (!back.signal.aborted) {
        const status = await server.status();
        if (status.state === 'running') process.kill(status.pid, 'SIGKILL');
        await pause(killEveryMs);
      }
    })();
    try {
      await shop.payUnseen({ amount: 75 });
      await expect(page.getByText('The database is away.')).toBeVisible({ timeout: 35_000 });
      await expect(lineState(page)).toHaveText('Not live');
    } finally {
      back.abort();
      await keptAway;
    }
    await expect(lineState(page)).toHaveText('Live', { timeout: 35_000 });
    await expect(page.getByText('The database is away.')).toHaveCount(0);
  }, 90_000);

  it.each([-dayMs, dayMs])('takes no time from a device that is %i ms off', async (offMs) => {
    await shop.pay({ amount: 20 });
    const straight = await shop.openScreen({ size: 'desktop' });
    const skewed = await shop.openScreen({
      size: 'desktop',
      prepare: (before) => before.clock.install({ time: clock.now() + offMs }),
    });
    for (const { page } of [straight, skewed]) {
      await expect(lineState(page)).toHaveText('Live');
      await expect(
        main(page)
          .getByRole('link', { name: /KES 20/ })
          .first(),
      ).toBeVisible();
      await expect(main(page).getByText('Loading…')).toHaveCount(0);
    }
    const shown = async ({ page }: typeof straight) =>
      // The pace goes on while the second one is opened: by how much, each has from another moment.
      (await main(page).innerText()).replaceAll(/KES [\d,]+ (?=(?:ahead|behind)\b)/g, '');
    await expect(async () => {
      expect(await shown(skewed)).toBe(await shown(straight));
    }).toPass({ timeout: 10_000 });
  });

  it('knows at once that the device lost its line', async () => {
    const { page, context } = await shop.openScreen({ size: 'phone' });
    await expect(lineState(page)).toHaveText('Live');
    await context.setOffline(true);
    await expect(lineState(page)).toHaveText('Not live');
    await expect(page.getByText('Not live. What you see is as of')).toBeVisible();
    await context.setOffline(false);
    await expect(lineState(page)).toHaveText('Live');
  });

  it('is there without an engine, with no figure on it', async () => {
    const { page } = await shop.openScreen({ size: 'phone', serviceWorker: true });
    await page.evaluate(untilKept);
    await shop.engine.kill();
    await page.goto('/payments');
    await expect(page.getByRole('heading', { name: 'The engine does not answer' })).toBeVisible();
    await expect(keyField(page)).toHaveCount(0);
    expect(await page.locator('body').innerText()).not.toMatch(/KES|Live/);
    await shop.startEngine();
    await expect(lineState(page)).toHaveText('Live', { timeout: 20_000 });
    await expect(page.getByRole('heading', { level: 1, name: 'Transactions' })).toBeVisible();
  });
});
