import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoSidewaysScroll, expectNoViolations } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const target = '/api/qmoi/revenue/target';

describe('targets', () => {
  const shop = useShop();
  const field = (page: Page, name: string) =>
    page.getByRole('textbox', { name: `Target, ${name}`, exact: true });
  const save = (page: Page) => page.getByRole('button', { name: 'Save the targets' });
  const daily = async () => {
    const { targets } = await shop.engine.get('/api/qmoi/revenue/status');
    return (targets as { daily: object }).daily;
  };

  it('refuse what lies below the minimum, before it is sent', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/targets' });
    await field(page, 'M-Pesa').fill('7000');
    await expect(page.getByRole('alert')).toContainText('Below the minimum of KES 8,000');
    await expect(save(page)).toBeDisabled();
    await field(page, 'M-Pesa').fill('a lot');
    await expect(page.getByRole('alert')).toContainText('Whole shillings');
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
  });

  it('explain that they do not agree, mend it at a press, are saved, and taken back', async () => {
    await shop.pay({ amount: 900 });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/targets' });
    await field(page, 'M-Pesa').fill('12,000');
    await expect(page.getByTestId('after-mpesa')).toContainText('KES 11,100 to go');
    await expect(page.getByText('The three do not agree')).toBeVisible();
    await expect(
      page.getByText(/together aim at KES 22,000.*together is KES 20,000/),
    ).toBeVisible();
    await expectNoViolations(page);
    await page.getByRole('button', { name: 'Make both together KES 22,000' }).click();
    await expect(page.getByText('The three do not agree')).toHaveCount(0);
    await save(page).click();
    await expect(page.getByText('M-Pesa: KES 10,000 → KES 12,000')).toBeVisible();
    expect(await daily()).toEqual({ mpesa: 12_000, airtel: 10_000, combined: 22_000 });
    await page.getByRole('button', { name: 'Undo' }).click();
    // One after the other: the first shows before the last is saved.
    await expect(field(page, 'Together')).toHaveValue('20000');
    await expect.poll(daily).toEqual({ mpesa: 10_000, airtel: 10_000, combined: 20_000 });
  });

  it('tell when only a part was saved, and save the rest', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/targets' });
    await field(page, 'M-Pesa').fill('11000');
    await field(page, 'Together').fill('21000');
    await page.route(`**${target}`, (route) =>
      route.request().postData()?.includes('combined') === true
        ? route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad</h1>' })
        : route.continue(),
    );
    await save(page).click();
    await expect(page.getByText('Not all of them were saved')).toBeVisible();
    await expect(page.getByText('Saved: M-Pesa.')).toBeVisible();
    await expect(field(page, 'Together')).toHaveValue('21000');
    await page.unroute(`**${target}`);
    await page.getByRole('button', { name: 'Save the rest again' }).click();
    await expect(page.getByText('The targets are saved')).toBeVisible();
    expect(await daily()).toEqual({ mpesa: 11_000, airtel: 10_000, combined: 21_000 });
  });

  it('start the counters anew after a question, and leave the books', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', theme: 'dark', path: '/targets' });
    await page.getByRole('button', { name: 'Start anew' }).click();
    await expect(page.getByText(/The counters have KES 900 now/)).toBeVisible();
    await expectNoViolations(page);
    await page.getByRole('button', { name: 'Yes, start at zero' }).click();
    await expect(page.getByText('KES 0 today').first()).toBeVisible();
    await page.getByText('As a table').click();
    await expect(page.getByRole('cell', { name: 'KES 900' }).first()).toBeVisible();
  });
});

describe('streams', () => {
  const shop = useShop();

  it('show what each took, where it lies, and what a payer types', async () => {
    await shop.pay({ amount: 640, reference: 'CONSULT' });
    const { page } = await shop.openScreen({ size: 'phone', path: '/streams' });
    const consultation = page.getByRole('article', { name: 'Consultation' });
    await expect(consultation).toContainText('KES 640');
    await expect(consultation).toContainText('1 payment');
    await expect(consultation.getByRole('button', { name: /CONSULT/ })).toBeVisible();
    await expect(page.getByRole('article')).toHaveCount(10);
    await shop.pay({ amount: 60, reference: 'CONSULT' });
    await expect(consultation).toContainText('KES 700');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('name');
    await expect(page.getByRole('article').first()).toHaveAccessibleName('AI services');
    expect(new URL(page.url()).search).toBe('?sort=name');
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
  });

  it('speak Swahili in the dark', async () => {
    const { page } = await shop.openScreen({
      size: 'desktop',
      theme: 'dark',
      language: 'sw',
      path: '/streams',
    });
    await expect(page.getByRole('heading', { level: 1, name: 'Mikondo' })).toBeVisible();
    await expect(page.getByText(/Mzunguko ni saa 3/)).toBeVisible();
    await expectNoViolations(page);
  });
});
