import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoSidewaysScroll, expectNoViolations } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const businessName = 'Mama Njeri Stores';

describe('support', () => {
  const shop = useShop({
    QMOI_BUSINESS_NAME: businessName,
    QMOI_SUPPORT_WHATSAPP: '0712345678',
    // Every request is a line of the log: there is something to redact.
    QMOI_LOG_LEVEL: 'debug',
  });

  it('finds a guide by its words, and keeps it in the address', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/support' });
    await page.getByLabel('Search the guides').fill('receipt message');
    const guide = page.getByRole('button', { name: 'A customer says she paid' });
    await expect(guide).toHaveAttribute('aria-expanded', 'true');
    await expect(page).toHaveURL('/support?q=receipt+message');
    await page.getByLabel('Search the guides').fill('');
    await page.getByRole('button', { name: 'I have lost the master key' }).click();
    await expect(page).toHaveURL('/support?guide=lost-key');
    await page.reload();
    await expect(page.getByText('--new-master-key')).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page);
    await page.getByLabel('Search the guides').fill('zebra');
    await expect(page.getByText('No guide speaks of “zebra”')).toBeVisible();
  });

  it('speaks Swahili', async () => {
    const { page } = await shop.openScreen({
      size: 'desktop',
      theme: 'dark',
      language: 'sw',
      path: '/support?guide=she-says-she-paid',
    });
    await expect(page.getByRole('button', { name: 'Mteja anasema amelipa' })).toBeVisible();
    await expect(page.getByText('Toa bidhaa skrini ikionyesha malipo, si kabla.')).toBeVisible();
    await expectNoViolations(page);
  });

  it('names whom to ask', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/support' });
    const way = page.getByRole('link', { name: 'Write on WhatsApp' });
    await expect(way).toHaveAttribute('href', /^https:\/\/wa\.me\/254712345678\?text=/);
    await expect(page.getByText('+254712345678')).toBeVisible();
    await expect(page.getByText('Write an e-mail')).toHaveCount(0);
  });

  it('makes a file, shows it, and saves what it has shown, without anybody’s secrets', async () => {
    const { receipt } = await shop.pay({ amount: 350 });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/support' });
    await page.getByRole('button', { name: 'Make the file' }).click();
    await expect(page.getByText('The file is ready')).toBeVisible();
    await page.getByText('See all of it').click();
    const shown = await page.getByLabel('The whole file, as it will be saved').textContent();
    await expectNoViolations(page);
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the file' }).click(),
    ]);
    expect(saved.suggestedFilename()).toMatch(/^qmoi-diagnostics-\d{4}-\d\d-\d\d\.json$/);
    const file = join(shop.installation.home, 'saved.json');
    await saved.saveAs(file);
    const text = await readFile(file, 'utf8');
    expect(text).toBe(shown);
    expect(JSON.parse(text).log.length).toBeGreaterThan(0);
    const secrets = Object.entries(shop.providers.settings)
      .filter(([name]) => /SECRET|KEY|PASSWORD|PIN|PHONE_NUMBER|CLIENT_ID/.test(name))
      .map(([, value]) => value)
      .filter(({ length }) => length >= 8);
    expect(secrets.length).toBeGreaterThan(5);
    for (const leak of [...secrets, receipt, businessName, '712345678'])
      expect(text).not.toContain(leak);
    expect(text).not.toContain(shop.installation.home);
    await page.goto('/audit?action=diagnostics.made');
    await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Diagnostics file made']);
  });
});
