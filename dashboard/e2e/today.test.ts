import { expect } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoViolations, lineState } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

describe('today', () => {
  const shop = useShop();

  it('shows a first day with nothing on it', async () => {
    const { page } = await shop.openScreen({ size: 'phone' });
    await expect(page.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible();
    await expect(lineState(page)).toHaveText('Live');
    await expect(page.getByTestId('today-combined')).toHaveText('KES 0');
    await expectNoViolations(page);
  });

  it('shows payments on both rails when they are confirmed', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', theme: 'dark', language: 'sw' });
    await expect(page.getByRole('heading', { level: 1, name: 'Leo' })).toBeVisible();
    await shop.pay({ amount: 350 });
    await shop.payByAirtel({ amount: 1_200 });
    await expect(page.getByTestId('today-mpesa')).toContainText('KES 350');
    await expect(page.getByTestId('today-combined')).toHaveText('KES 1,550');
    await expectNoViolations(page);
  });

  it('is light to load, and compiled beside the page', async () => {
    const addresses = new Set<string>();
    const { page } = await shop.openScreen({
      size: 'phone',
      prepare: (before) => {
        before.on('response', (response) => {
          if (response.request().resourceType() === 'script') addresses.add(response.url());
        });
        return Promise.resolve();
      },
    });
    await expect(page.locator('canvas').first()).toBeVisible();
    const scripts = await Promise.all([...addresses].map(loadScript));
    expect(scripts.length).toBeGreaterThan(1);
    expect(scripts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(bytesMax);
    const hinted = scripts.filter(({ text }) => text.startsWith('//# allFunctionsCalledOnLoad\n'));
    expect(hinted).toHaveLength(1);
  });
});

/** Of all scripts of the first load together, as gzip makes them. */
const bytesMax = 180_000;

async function loadScript(address: string) {
  const answer = await fetch(address, { headers: { 'accept-encoding': 'gzip' } });
  const text = await answer.text();
  const bytes = Number(answer.headers.get('content-length'));
  if (!answer.ok || !(bytes > 0)) throw new Error(`${address} tells no length`);
  return { text, bytes };
}
