import { buffer } from 'node:stream/consumers';

import { expect, type Page } from '@playwright/test';
import { beforeAll, describe, it } from 'vitest';

import type { Json } from '../../test/support/engine-process.ts';
import { expectNoSidewaysScroll, expectNoViolations } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

describe('transactions', () => {
  const shop = useShop();
  const rows = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('link') });
  const receipts: string[] = [];

  beforeAll(async () => {
    for (let n = 1; n <= 30; n += 1) {
      const { receipt } = await shop.pay({ amount: n * 10, reference: n === 7 ? '=1+1' : 'AI' });
      receipts.unshift(String(receipt));
    }
  }, 60_000);

  it('are a list that opens one, and is found again as it was left', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/payments' });
    await expect(rows(page).first()).toContainText(receipts[0] ?? '');
    await expectNoViolations(page);
    await rows(page).nth(1).getByRole('link').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(receipts[1] ?? '');
    await expect(page.getByRole('row', { name: 'M-Pesa wallet' })).toContainText('KES 290');
    await expect(page.getByRole('row', { name: 'Earned: AI services' })).toContainText('KES 290');
    await expect(page.getByText('Balanced')).toBeVisible();
    await expectNoViolations(page);
    await page.goBack();
    await expect(rows(page).first()).toContainText(receipts[0] ?? '');
  });

  it('are found by what is typed, and stay so when the page is loaded again', async () => {
    const { page } = await shop.openScreen({ size: 'phone', theme: 'dark', path: '/payments' });
    const find = page.getByRole('searchbox');
    await find.fill('150');
    await page.keyboard.press('Enter');
    await expect(rows(page)).toHaveCount(1);
    await expect(page).toHaveURL(/amountFrom=/);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page)).toContainText('KES 150');
    await expectNoSidewaysScroll(page);
    await page.getByRole('button', { name: 'Remove KES 150' }).click();
    await expect(rows(page).nth(3)).toBeVisible();
    await find.fill('UKRN0THERE');
    await page.keyboard.press('Enter');
    await expect(page.getByText('No payment matches')).toBeVisible();
    await page.getByRole('button', { name: 'Clear all' }).last().click();
    await expect(rows(page).nth(3)).toBeVisible();
  });

  it('are narrowed down, kept under a name, removed and brought back', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/payments' });
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Amount from').fill('abc');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(page.getByText('Write an amount as 300 or 300.50.')).toBeVisible();
    await page.getByLabel('Amount from').fill('280');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(rows(page)).toHaveCount(3);
    await page.getByRole('button', { name: 'Keep this search' }).click();
    await page.getByLabel('Name').fill('Large ones');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByRole('button', { name: 'Large ones', exact: true }).click();
    await expect(rows(page)).toHaveCount(3);
    await page.getByRole('button', { name: 'Remove Large ones' }).click();
    await expect(page.getByRole('button', { name: 'Large ones', exact: true })).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('button', { name: 'Large ones', exact: true })).toBeVisible();
    await expectNoViolations(page);
  });

  it('come in on top without moving what is read', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/payments' });
    await expect(rows(page).first()).toBeVisible();
    const read = rows(page).filter({ hasText: receipts[9] ?? '' });
    await read.scrollIntoViewIfNeeded();
    await page.evaluate('scrollBy({ top: 500, behavior: "instant" })');
    const scrolled = (): Promise<number> => page.evaluate<number>('scrollY');
    await expect.poll(scrolled).toBeGreaterThan(100);
    const before = await scrolled();
    const { receipt } = await shop.pay({ amount: 777 });
    receipts.unshift(String(receipt));
    const pill = page.getByRole('button', { name: '1 new – show' });
    await expect(pill).toBeVisible();
    expect(await scrolled()).toBe(before);
    await pill.click();
    await expect(rows(page).first()).toContainText('KES 777');
    await expect(rows(page).first()).toBeInViewport();
  });

  it('are any number, of which no more are drawn than fit', async () => {
    const { items } = await shop.engine.get('/api/qmoi/revenue/transactions?limit=1');
    const [like] = items as Json[];
    const rowsRead = 3_000;
    const rowsOfPage = 100;
    const { page } = await shop.openScreen({
      size: 'phone',
      path: '/payments',
      prepare: async (before) => {
        await before.route('**/revenue/transactions?*', async (route) => {
          const from = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
          const made = Array.from({ length: rowsOfPage }, (_, n) => ({
            ...like,
            id: `pay_many${from + n}`,
            receipt: `MANY${from + n}`,
          }));
          await route.fulfill({ json: { items: made, nextCursor: String(from + rowsOfPage) } });
        });
      },
    });
    const table = page.getByRole('table', { name: 'Transactions' });
    await expect(table.getByText('MANY0', { exact: true })).toBeVisible();
    await expect(async () => {
      await page.keyboard.press('End');
      const index = await rows(page).last().getAttribute('aria-rowindex');
      expect(Number(index)).toBeGreaterThan(rowsRead);
    }).toPass({ intervals: [50], timeout: 30_000 });
    expect(await rows(page).count()).toBeLessThan(60);
    await page.keyboard.press('Home');
    await expect(table.getByText('MANY0', { exact: true })).toBeInViewport();
    await expectNoSidewaysScroll(page);
  });

  it.each(['csv', 'xlsx'])(
    'are exported as %s, all that match and nothing that calculates',
    async (kind) => {
      const { page } = await shop.openScreen({
        size: 'desktop',
        path: '/payments?amountFrom=60&amountTo=80',
      });
      await expect(rows(page)).toHaveCount(3);
      await page.getByRole('button', { name: 'Export' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: kind === 'csv' ? /^CSV/ : /^Excel/ }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/^transactions-\d{4}-\d\d-\d\d\.(csv|xlsx)$/);
      const bytes = await buffer(await file.createReadStream());
      if (kind === 'xlsx') {
        expect(bytes.subarray(0, 2).toString()).toBe('PK');
        return;
      }
      const lines = bytes.toString('utf8').trimEnd().split('\r\n');
      expect(lines).toHaveLength(4);
      expect(lines[2]).toContain(",'=1+1,");
      expect(bytes.toString('utf8')).not.toContain('254722000333');
    },
  );

  it('say what is wrong when the engine does not answer, and try again', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/' });
    await page.route('**/revenue/transactions?*', (route) => route.fulfill({ status: 502 }));
    await page.getByRole('link', { name: 'Payments' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Transactions' })).toBeVisible();
    await expect(page.getByRole('alert').first()).toBeVisible();
    await page.unroute('**/revenue/transactions?*');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await expect(rows(page).first()).toBeVisible();
  });
});
