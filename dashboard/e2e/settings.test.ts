import { expect } from '@playwright/test';
import { describe, it } from 'vitest';

import {
  expectNoSidewaysScroll,
  expectNoViolations,
  keyField,
  lineState,
} from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

describe('settings', () => {
  const shop = useShop({ QMOI_SUPPORT_EMAIL: 'msaada@example.co.ke' });

  it('keeps language and appearance on this device', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/settings' });
    const html = page.locator('html');
    await expect(html).toHaveAttribute('data-theme', 'light');
    await page.getByLabel('Appearance').selectOption('dark');
    await expect(html).toHaveAttribute('data-theme', 'dark');
    await page.getByLabel('Language').selectOption('sw');
    await expect(page.getByRole('heading', { level: 1, name: 'Mipangilio' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: 'Mipangilio' })).toBeVisible();
    await expect(html).toHaveAttribute('data-theme', 'dark');
    await expect(html).toHaveAttribute('lang', 'sw');
    await expect(page.getByLabel('Mwonekano')).toHaveValue('dark');
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page);
  });

  it('says how the business is set up, and what changes it', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/settings' });
    const business = page.getByRole('region', { name: 'The business' });
    await expect(business).toContainText('Sandbox: no real money');
    await expect(business).toContainText('msaada@example.co.ke');
    await expect(business).toContainText('MPESA_PHONE_NUMBER');
    await expect(business).toContainText('2547•••••001');
    await expect(page.getByText('Comes later')).toBeVisible();
    await expectNoViolations(page);
  });

  it('ends the session of another device, which is logged out at once', async () => {
    const other = await shop.openScreen({ size: 'phone', session: 'own', path: '/settings' });
    await other.page.getByLabel('Lock the screen').selectOption('15');
    const { page } = await shop.openScreen({ size: 'desktop', path: '/settings' });
    const sessions = page.getByRole('region', { name: 'Who is logged in' });
    await expect(sessions.getByText('This device')).toHaveCount(1);
    await sessions
      .getByRole('button', { name: /^End the session of/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await expect(page.getByText('The session has ended')).toBeVisible();
    await expect(keyField(other.page)).toBeVisible();
    await expect(other.page.getByText('Your session has ended.')).toBeVisible();
    await expect(lineState(page)).toHaveText('Live');
  });

  it('ends all others together', async () => {
    const others = [
      await shop.openScreen({ size: 'phone', session: 'own' }),
      await shop.openScreen({ size: 'phone', session: 'own' }),
    ];
    const { page } = await shop.openScreen({ size: 'desktop', path: '/settings' });
    await page.getByRole('button', { name: 'End all others' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'End all others' }).click();
    await expect(page.getByText('Nobody else is logged in.')).toBeVisible();
    for (const other of others) await expect(keyField(other.page)).toBeVisible();
  });

  it('leaves the dialog open, with the reason, when ending a session is refused', async () => {
    await shop.openScreen({ size: 'phone', session: 'own' });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/settings' });
    await page.route('**/api/qmoi/master/sessions', (route) =>
      route.request().method() === 'DELETE'
        ? route.fulfill({ status: 502, body: 'Bad gateway' })
        : route.continue(),
    );
    await page.getByRole('button', { name: 'End all others' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'End all others' }).click();
    await expect(dialog.getByRole('alert')).toContainText('502');
  });

  it('logs out', async () => {
    const { page } = await shop.openScreen({ size: 'phone', session: 'own', path: '/settings' });
    await page.getByRole('button', { name: 'Log out' }).click();
    await expect(keyField(page)).toBeVisible();
    await page.reload();
    await expect(keyField(page)).toBeVisible();
  });
});
