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
});
