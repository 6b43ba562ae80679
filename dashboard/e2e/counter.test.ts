import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoSidewaysScroll, expectNoViolations } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

describe('the counter', () => {
  const shop = useShop();
  const field = (page: Page) => page.getByLabel('Receipt, phone number or amount');
  const verdict = (page: Page) => page.getByTestId('verdict');
  const check = async (page: Page, text: string): Promise<void> => {
    await page.keyboard.press('Escape');
    await field(page).fill(text);
    await page.keyboard.press('Enter');
  };

  it('says what it takes for what, and is ready at once', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/counter' });
    await expect(field(page)).toBeFocused();
    await page.keyboard.type('07123');
    await expect(page.getByText('Go on typing…')).toBeVisible();
    await page.keyboard.type('45678');
    await expect(page.getByText('Phone number 2547•••••678')).toBeVisible();
    await field(page).fill('1,500');
    await expect(page.getByText('Amount KES 1,500')).toBeVisible();
    await field(page).fill('ukr4xq81zb Confirmed. Ksh5.00 sent to DUKA LA MAMA');
    await expect(page.getByText('Receipt UKR4XQ81ZB')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(field(page)).toHaveValue('');
    await expectNoViolations(page);
  });

  it('says paid once, and that a message was shown before', async () => {
    const { receipt } = await shop.pay({ amount: 350 });
    const { page } = await shop.openScreen({ size: 'phone', theme: 'dark', path: '/counter' });
    await check(page, String(receipt).toLowerCase());
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'paid');
    await expect(verdict(page).getByRole('heading', { name: 'Paid' })).toBeInViewport();
    await expect(verdict(page)).toContainText('KES 350');
    await expect(verdict(page)).not.toContainText('254722000333');
    await expect(verdict(page).locator('[data-shape=tick]')).toBeVisible();
    await expect(field(page)).toBeFocused();
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page);
    await page.evaluate(() => {
      const shown: [string, number][] = JSON.parse(localStorage['qmoi.shown-receipts']);
      localStorage['qmoi.shown-receipts'] = JSON.stringify(
        shown.map(([known, at]) => [known, at - 600_000]),
      );
    });
    await check(page, String(receipt));
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'again');
    await expect(verdict(page).locator('[data-shape=tick]')).toHaveCount(0);
    await expect(verdict(page)).toContainText('already');
  });

  it('warns of a message from earlier', async () => {
    const { receipt } = await shop.pay({ amount: 360 });
    const { page } = await shop.openScreen({
      size: 'desktop',
      path: '/counter',
      prepare: (screen) =>
        screen.clock.install({ time: Temporal.Now.instant().epochMilliseconds + 3_600_000 }),
    });
    await check(page, String(receipt));
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'old');
    await expect(verdict(page)).toContainText('second time');
  });

  it('turns by itself when the payment comes', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/counter' });
    await check(page, '975');
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'waiting');
    await shop.pay({ amount: 975 });
    const matches = page.getByTestId('matches').getByRole('button');
    await expect(matches).toHaveCount(1);
    await matches.click();
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'paid');
  });

  it('knows money that is not assigned, and says so of what it does not know', async () => {
    const { receipt } = await shop.pay({ amount: 410, reference: 'WHATEVER' });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/counter', language: 'sw' });
    const swField = page.getByLabel('Risiti, nambari ya simu au kiasi');
    await swField.fill(String(receipt));
    await page.keyboard.press('Enter');
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'paid');
    await expect(verdict(page)).toContainText('Pesa ziko hapa');
    await swField.fill('UKR4XQ81ZB');
    await page.keyboard.press('Enter');
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'waiting');
    await expect(verdict(page)).toContainText('Bado haijalipwa');
    await expectNoViolations(page);
  });

  it('shows whose number may be meant where the provider hides a part of it', async () => {
    const { receipt } = await shop.pay({ amount: 430 });
    await shop.payByAirtel({ amount: 440, stream: 'airtime' });
    const { page } = await shop.openScreen({ size: 'phone', path: '/counter' });
    await check(page, '0722000333');
    const matches = page.getByTestId('matches').getByRole('button');
    await expect(matches.first()).toContainText(String(receipt));
    await expect(matches.first()).toContainText('Number partly hidden');
    // Both phones end alike: the one whose whole number is known comes first, and unmarked.
    await check(page, '0733000333');
    await expect(matches.first()).toContainText('KES 440');
    await expect(matches.first()).not.toContainText('Number partly hidden');
    await check(page, '0733000334');
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'waiting');
  });

  it('asks for money, shows where to pay, and watches until it is paid', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/counter' });
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.getByRole('button', { name: 'Ask for it' }).last().click();
    await expect(page.getByText('Write whole shillings, as 300.')).toBeVisible();
    await page.getByLabel('Amount').fill('620');
    await page.getByRole('button', { name: 'Ask for it' }).last().click();
    const place = page.getByTestId('pay-to');
    await expect(place).toContainText('Paybill');
    await expect(place).toContainText('KES 620');
    await expectNoViolations(page);
    const reference = await place.locator('dd').nth(1).innerText();
    await page.reload();
    await expect(place).toContainText(reference);
    await shop.payUnseen({ amount: 620, reference });
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'paid');
    await expect(verdict(page)).toContainText('KES 620');
  });

  it.each([
    ['refunding', 'goingBack'],
    ['reversed', 'goneBack'],
  ])('shows no tick for a paid charge whose money is %s', async (state, shown) => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/counter' });
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.getByLabel('Amount').fill('640');
    await page.getByRole('button', { name: 'Ask for it' }).last().click();
    const reference = await page.getByTestId('pay-to').locator('dd').nth(1).innerText();
    await shop.payUnseen({ amount: 640, reference });
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'paid');
    // Its provider takes it back, which only a statement would tell.
    await page.route('**/api/qmoi/charges/*/pay', async (route) => {
      const answer = await route.fetch();
      const { payment, ...view } = await answer.json();
      await route.fulfill({ json: { ...view, payment: { ...payment, state } } });
    });
    await page.reload();
    await expect(verdict(page)).toHaveAttribute('data-verdict', shown);
    await expect(verdict(page)).toContainText('Do not hand over');
    await expect(verdict(page).locator('[data-shape=tick]')).toHaveCount(0);
    await expectNoViolations(page);
  });

  it('prompts nobody who has not asked for it, and says why a prompt was declined', async () => {
    await shop.providers.mpesa.post('/sim/phones', {
      msisdn: '254722000444',
      name: 'AKINYI',
      balance: 1_000,
      script: { onPrompt: 'cancel', afterMs: 20 },
    });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/counter' });
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.getByLabel('Amount').fill('130');
    await page.getByLabel('Phone (for a prompt)').fill('0722000444');
    await page.getByLabel('For', { exact: true }).selectOption('airtime');
    await page.getByRole('button', { name: 'Prompt the phone' }).click();
    await expect(page.getByText('Tick the box above')).toBeVisible();
    await page.getByLabel('The customer stands here and asked for it').check();
    await page.getByRole('button', { name: 'Prompt the phone' }).click();
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'declined');
    await expect(verdict(page)).toContainText('cancelled on the phone');
  });

  it('is not sure of anything while the engine is away', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/counter' });
    await check(page, '4321');
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'waiting');
    await page.context().setOffline(true);
    await expect(verdict(page)).toHaveAttribute('data-verdict', 'not-live');
    await page.context().setOffline(false);
  });
});
