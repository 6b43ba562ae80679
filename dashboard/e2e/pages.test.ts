import { expect, type Page } from '@playwright/test';
import { beforeAll, describe, it } from 'vitest';

import { eventually, type Json } from '../../test/support/engine-process.ts';
import { details, pages } from './support/pages.ts';
import {
  expectNoSidewaysScroll,
  expectNoViolations,
  expectWhole,
  lineState,
} from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

/** Where the focus is: of the three ways around a page. */
const focusedPart = `(() => {
  const here = document.activeElement;
  if (here.getAttribute('href') === '#main') return 'skip';
  return here.closest('nav, main')?.localName ?? 'outside';
})()`;
/** In the gate each size has one look; `npm run test:screen` has them all, and more. */
const isWhole = process.env['QMOI_SCREEN'] === 'whole';
const looks: readonly { size: 'phone' | 'desktop'; themes: readonly ('light' | 'dark')[] }[] =
  isWhole
    ? [
        { size: 'phone', themes: ['light', 'dark'] },
        { size: 'desktop', themes: ['light', 'dark'] },
      ]
    : [
        { size: 'phone', themes: ['dark'] },
        { size: 'desktop', themes: ['light'] },
      ];
/** Names that pages read, with what none of them knows, and one that none reads. */
const odd =
  '?rail=mtn&state=odd&kind=odd&sort=up&order=odd&tab=odd&from=never&to=1&date=never&actor=nobody' +
  '&phone=12&amountFrom=x&one=ex&charge=ch&further=1';
/** More than the navigation has, by far. */
const tabsMax = 40;

/** The parts of the page in the order in which the tabulator key reaches them, from the top. */
async function partsByKeyboard(page: Page, count: number): Promise<readonly string[]> {
  // A page may have put the focus into a field of its own.
  await page.getByRole('link', { name: 'Skip to the content' }).focus();
  const parts = [await page.evaluate<string>(focusedPart)];
  for (let n = 0; n < tabsMax && parts.length < count; n += 1) {
    await page.keyboard.press('Tab');
    const part = await page.evaluate<string>(focusedPart);
    if (part !== parts.at(-1)) parts.push(part);
  }
  return parts;
}

describe('every page', () => {
  const shop = useShop({
    QMOI_TRANSFER_TRIGGER_AIRTEL: '5000',
    QMOI_AUTO_TRANSFER_MPESA: '0',
  });

  it('is in the navigation, on a desktop and on a phone', async () => {
    const desktop = await shop.openScreen({ size: 'desktop' });
    const pathsIn = (page: Page, role: 'navigation' | 'dialog'): Promise<(string | null)[]> =>
      page
        .getByRole(role)
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    await expect(desktop.page.getByRole('navigation')).toBeVisible();
    expect(await pathsIn(desktop.page, 'navigation')).toEqual(pages);
    const { page } = await shop.openScreen({ size: 'phone' });
    const near = await pathsIn(page, 'navigation');
    await page.getByRole('button', { name: 'More' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    const far = await pathsIn(page, 'dialog');
    expect(new Set([...near, ...far])).toEqual(new Set<string | null>(pages));
  });

  it.each(isWhole ? pages : pages.slice(0, 2))(
    '%s says what there is on an empty first day',
    async (path) => {
      const { page, failures } = await shop.openScreen({ size: 'phone', path });
      await expectWhole(page);
      await expectNoViolations(page);
      await expectNoSidewaysScroll(page);
      expect(failures).toEqual([]);
    },
  );

  describe('with books', () => {
    const addresses: string[] = [...pages];

    beforeAll(async () => {
      await shop.pay({ amount: 450 });
      await shop.pay({ amount: 80, reference: 'WRONG' });
      await shop.payByAirtel({ amount: 6_000 });
      for (const { path, list } of details) {
        const first = await eventually(`${list} has something`, async () => {
          const { items } = (await shop.engine.get(list)) as { items: Json[] };
          return items[0];
        });
        addresses.push(`${path}/${String(first['id'])}`);
      }
    });

    const everywhere = [...pages, ...details.map(({ path }) => `${path}/…`)];
    it.each(everywhere.map((name, at) => ({ name, at })))(
      '$name is in order at both sizes, light and dark',
      async ({ at }) => {
        const path = addresses[at] ?? '';
        for (const { size, themes } of looks) {
          const screen = await shop.openScreen({ size, path });
          for (const colorScheme of themes) {
            await screen.page.emulateMedia({ colorScheme });
            // What is out of sight may keep the looks of before until it is drawn.
            if (colorScheme === 'dark') await screen.page.reload();
            await expectWhole(screen.page);
            await expect(screen.page.locator(`html[data-theme=${colorScheme}]`)).toHaveCount(1);
            await expectNoSidewaysScroll(screen.page);
            await expectNoViolations(screen.page);
          }
          expect(screen.failures).toEqual([]);
        }
      },
    );

    const further = isWhole ? pages : pages.slice(0, 2);
    it.each(further)('%s speaks Swahili without running over', async (path) => {
      const { page } = await shop.openScreen({ size: 'phone', path, language: 'sw' });
      await expectWhole(page);
      await expectNoSidewaysScroll(page);
      await expect(page.locator('html')).toHaveAttribute('lang', 'sw');
      await expect(lineState(page)).toHaveText('Moja kwa moja');
    });

    it.each(further)('%s leaves out what it does not know in its address', async (path) => {
      const { page, failures } = await shop.openScreen({ size: 'phone', path: `${path}${odd}` });
      await expectWhole(page);
      expect(failures).toEqual([]);
    });

    it.each(further)('%s can be gone through with the keyboard', async (path) => {
      const { page } = await shop.openScreen({ size: 'desktop', path });
      await expectWhole(page);
      expect(await partsByKeyboard(page, 3)).toEqual(['skip', 'nav', 'main']);
      await page.getByRole('link', { name: 'Skip to the content' }).focus();
      await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeInViewport();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('main')).toBeFocused();
    });
  });
});
