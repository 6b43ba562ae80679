import { expect } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoSidewaysScroll, expectNoViolations, lineState } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

describe('audit', () => {
  const shop = useShop();

  it('tells in words who did what, with a way to the thing itself', async () => {
    const payment = await shop.pay({ amount: 350 });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/audit' });
    const row = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'Payment booked · KES 350' }) });
    await expect(row).toContainText('The engine · about payment');
    await row.getByText('Details').click();
    await expect(row.getByText('Hash kept with it')).toBeVisible();
    await expect(row.getByText('Digest of all receipts and amounts')).toBeVisible();
    await expectNoViolations(page);
    await row.getByRole('link', { name: 'payment' }).click();
    await expect(page).toHaveURL(`/payments/${String(payment['id'])}`);
  });

  it('keeps its filters in the address, where back and reload find them', async () => {
    await shop.engine.post('/api/qmoi/revenue/stop', { reason: 'Stock-taking' });
    await shop.engine.post('/api/qmoi/revenue/start', {});
    const { page } = await shop.openScreen({ size: 'desktop', path: '/audit' });
    await page.getByLabel('Who').selectOption('cli');
    await expect(page).toHaveURL('/audit?actor=cli');
    await page.getByLabel('What was done').selectOption('engine.stopped');
    await expect(page).toHaveURL('/audit?actor=cli&action=engine.stopped');
    const records = page.getByRole('heading', { level: 3 });
    await expect(records).toHaveText(['Engine stopped']);
    await expect(page.getByText('“Stock-taking”')).toBeVisible();
    await page.reload();
    await expect(page.getByLabel('What was done')).toHaveValue('engine.stopped');
    await expect(records).toHaveText(['Engine stopped']);
    await page.goBack();
    await expect(page).toHaveURL('/audit?actor=cli');
    await expect(records.filter({ hasText: 'Engine started' })).toHaveCount(1);
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await expect(page).toHaveURL('/audit');
  });

  it('finds what an id on its own is about, and says so when nothing fits', async () => {
    const payment = await shop.pay({ amount: 410 });
    const { page } = await shop.openScreen({ size: 'phone', path: '/audit' });
    await page.getByRole('button', { name: 'Open: Filters' }).click();
    await page.getByLabel('About (an id, or kind:id)').fill(String(payment['id']));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Payment booked · KES 410']);
    await page.goto('/audit?subject=payment:nothing&action=target.changed&from=never');
    await expect(page.getByText('No record fits these filters')).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page);
  });

  it('proves the books when asked, and names every check', async () => {
    const { page } = await shop.openScreen({ size: 'phone', theme: 'dark', path: '/audit' });
    await page.getByRole('button', { name: 'Prove now' }).click();
    await expect(page.getByText('No receipt is booked twice')).toBeVisible();
    await expect(page.getByText(/^All \d+ checks held\.$/).last()).toBeVisible();
    await expect(page.getByText('Does not hold')).toHaveCount(0);
    await expectNoViolations(page);
  });

  it('says that more has happened, and does not move the list by itself', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', language: 'sw', path: '/audit' });
    await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
    await expect(lineState(page)).toHaveText('Moja kwa moja');
    await shop.pay({ amount: 275 });
    const newest = page.getByRole('button', { name: 'Onyesha ya karibuni' });
    await newest.click();
    await expect(page.getByRole('heading', { level: 3 }).first()).toHaveText(
      'Malipo yameandikwa · KES 275',
    );
    await expect(newest).toHaveCount(0);
  });

  it('keeps what was read when the engine goes, and offers to try again', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/audit' });
    await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
    await page.route('**/api/qmoi/audit**', (route) =>
      route.fulfill({ status: 502, body: 'Bad gateway' }),
    );
    await page.getByLabel('Who').selectOption('payer');
    await expect(page.getByRole('alert')).toContainText('502');
    await page.unroute('**/api/qmoi/audit**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});
