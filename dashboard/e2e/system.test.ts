import { expect } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoSidewaysScroll, expectNoViolations } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

describe('system', () => {
  const shop = useShop();

  it.each([
    { size: 'phone', theme: 'light', language: 'en', title: 'Everything is well', ok: 'OK' },
    { size: 'desktop', theme: 'dark', language: 'sw', title: 'Kila kitu ni sawa', ok: 'Sawa' },
  ] as const)('says in words that all is well ($language)', async ({ title, ok, ...look }) => {
    const { page } = await shop.openScreen({ ...look, path: '/system' });
    await expect(page.getByText(title)).toBeVisible();
    const line = page.getByRole('listitem').filter({ hasText: 'PostgreSQL' });
    await expect(line).toContainText(/PostgreSQL \d+\.\d+, \D*\d+/);
    await expect(line).toContainText(ok);
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page);
  });

  it('names no folder by its place on the machine', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/system' });
    await expect(page.getByText('logs/revenue_engine.log')).toBeVisible();
    const text = await page.locator('main').textContent();
    expect(text).not.toContain(shop.installation.home);
  });

  it('puts what wants a look first, and says what to do', async () => {
    await shop.engine.post('/api/qmoi/revenue/stop', { reason: 'test' });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/system' });
    await expect(page.getByText('Something wants a look')).toBeVisible();
    const first = page.getByRole('region', { name: 'Health' }).getByRole('listitem').first();
    await expect(first).toContainText('Engine');
    await expect(first).toContainText('Wants a look');
    await expect(first).toContainText('Start it on the Today page.');
    await shop.engine.post('/api/qmoi/revenue/start', {});
    await expect(page.getByText('Everything is well')).toBeVisible();
  });
});

describe('a provider that refuses the operator', () => {
  const shop = useShop({ MPESA_INITIATOR_PASSWORD: 'Not-this-one-1' });

  it('is held back until a person lets it go', async () => {
    await shop.pay({ amount: 900 });
    await shop.engine.post('/api/qmoi/revenue/transfer', { type: 'mpesa', amount: 100 });
    const { page } = await shop.openScreen({ size: 'phone', path: '/system' });
    await expect(page.getByText('Calls are held back', { exact: true })).toBeVisible({
      timeout: 30_000,
    });
    await expect(page.getByText("refused the operator's password").first()).toBeVisible();
    await page.getByRole('button', { name: 'Let them go again' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('locks the operator for longer');
    const go = dialog.getByRole('button', { name: 'Let them go again' });
    await expect(go).toBeDisabled();
    await expectNoViolations(page);
    await dialog.getByRole('textbox').fill('unlocked in the portal');
    await go.click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText(/Calls go out again \([1-9]\)/)).toBeVisible();
    const { items } = await shop.engine.get('/api/qmoi/audit?limit=50');
    expect(items).toContainEqual(
      expect.objectContaining({ action: expect.stringMatching(/breaker/) }),
    );
  });
});
