import { expect, type Locator, type Page } from '@playwright/test';
import { describe, it } from 'vitest';

import { eventually, type Json } from '../../test/support/engine-process.ts';
import { expectNoSidewaysScroll, expectNoViolations, keyField, logIn } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const list = '/api/qmoi/revenue/transfers';
const order = '/api/qmoi/revenue/transfer';
const tabsMax = 80;

/** As somebody without a mouse: until what is wanted has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let n = 0; n < tabsMax; n += 1) {
    if ((await wanted.and(page.locator(':focus')).count()) === 1) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('it cannot be reached by the keyboard');
}

const busy = {
  status: 409,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    type: 'urn:qmoi:problem:request-in-progress',
    title: 'The same request is under way',
    status: 409,
    detail: 'The first request with this Idempotency-Key has not been answered yet.',
    instance: 'request-0816',
  }),
};
const forbiddenByProxy = { status: 403, contentType: 'text/html', body: '<h1>Forbidden</h1>' };

describe('money by hand', () => {
  // Nothing leaves by itself: what is counted is what was ordered here.
  const shop = useShop({ QMOI_AUTO_TRANSFER_MPESA: '0', QMOI_AUTO_TRANSFER_AIRTEL: '0' });
  const all = async (amount: number): Promise<readonly Json[]> => {
    const { items } = await shop.engine.get(`${list}?limit=50`);
    return (items as Json[]).filter((one) => one['amount'] === amount);
  };
  const amountField = (page: Page) => page.getByRole('textbox', { name: 'Amount' });
  const standing = (page: Page) => page.getByTestId('transfer-standing');
  const fill = async (page: Page, amount: number, reason = ''): Promise<void> => {
    await amountField(page).fill(String(amount));
    await page.getByRole('textbox', { name: 'Why' }).fill(reason);
    await expect(page.getByText('In the wallet afterwards')).toBeVisible();
    await page.getByRole('button', { name: 'Go on' }).click();
  };

  it('explains an empty wallet and refuses before anything is ordered', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/transfers?order=send' });
    await amountField(page).fill('500');
    await expect(page.getByText('It would be refused now', { exact: true })).toBeVisible();
    await expect(page.getByText(/wallet can spare KES 0/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Go on' })).toBeDisabled();
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
  });

  it('goes out once, however often it is pressed, and is followed to its end', async () => {
    await shop.pay({ amount: 20_000 });
    const { page } = await shop.openScreen({ size: 'phone', path: '/transfers?order=send' });
    await fill(page, 510, 'Rent');
    await expect(page.getByTestId('confirm-order')).toHaveText(/KES 510 to 2547•+001/);
    await expect(page.getByText('Fee', { exact: true })).toBeVisible();
    await expectNoViolations(page);
    // Two presses before the button could be drawn as busy, and then some more.
    await page
      .getByRole('button', { name: 'Send KES 510 now' })
      .evaluate((button: { click(): void }) => {
        for (let n = 0; n < 5; n += 1) button.click();
      });
    await expect(standing(page)).toHaveText(/confirmed that it arrived/, { timeout: 15_000 });
    expect(await all(510)).toHaveLength(1);
    await expect(page.getByRole('row', { name: 'Sent to the owner, M-Pesa' })).toContainText('510');
    await expect(page.getByText('M-Pesa’s message about the transfer')).toBeVisible();
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
  });

  it('can be ordered without a mouse', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/transfers' });
    await tabTo(page, page.getByRole('link', { name: 'Send money' }));
    await page.keyboard.press('Enter');
    await expect(amountField(page)).toBeFocused();
    await page.keyboard.type('520');
    await expect(page.getByText('In the wallet afterwards')).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('confirm-order')).toContainText('KES 520');
    await tabTo(page, page.getByRole('button', { name: 'Send KES 520 now' }));
    await page.keyboard.press('Enter');
    await expect(standing(page)).toHaveText(/confirmed that it arrived/, { timeout: 15_000 });
    expect(await all(520)).toHaveLength(1);
  });

  it('keeps the form when the order is refused', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/transfers?order=send' });
    await fill(page, 530, 'Electricity');
    await expect(page.getByTestId('confirm-order')).toContainText('KES 530');
    await shop.engine.post('/api/qmoi/revenue/stop', {});
    await page.getByRole('button', { name: 'Send KES 530 now' }).click();
    await expect(page.getByRole('alert')).toContainText('The engine is stopped');
    await page.getByRole('button', { name: 'Change it' }).click();
    await expect(amountField(page)).toHaveValue('530');
    await expect(page.getByRole('textbox', { name: 'Why' })).toHaveValue('Electricity');
    await shop.engine.post('/api/qmoi/revenue/start', {});
    expect(await all(530)).toHaveLength(0);
  });

  it('says so when an answer is lost, and finds the first order again', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/transfers?order=send' });
    await fill(page, 540);
    await page.route(`**${order}`, async (route) => {
      await route.fetch();
      await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad</h1>' });
    });
    await page.getByRole('button', { name: 'Send KES 540 now' }).click();
    await expect(page.getByRole('alert')).toContainText('Nobody knows yet');
    await page.unroute(`**${order}`);
    await page.getByRole('button', { name: 'Ask what became of it' }).click();
    await expect(standing(page)).toBeVisible();
    expect(await all(540)).toHaveLength(1);
  });

  it.each([
    ['says that it is still at it', 545, busy],
    ['cannot be told from who stands before it', 546, forbiddenByProxy],
  ])('keeps its key while the engine %s', async (_, amount, answer) => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/transfers?order=send' });
    await fill(page, amount);
    let heard = 0;
    await page.route(`**${order}`, async (route) => {
      heard += 1;
      if (heard === 1) await route.fetch();
      await (heard === 3 ? route.continue() : route.fulfill(answer));
    });
    await page.getByRole('button', { name: `Send KES ${amount} now` }).click();
    for (let time = 2; time <= 3; time += 1) {
      await expect(page.getByRole('alert')).toContainText('Nobody knows yet');
      await expect(page.getByRole('button', { name: 'Change it' })).toHaveCount(0);
      await page.getByRole('button', { name: 'Ask what became of it' }).click();
      await expect.poll(() => heard).toBe(time);
    }
    await expect(standing(page)).toBeVisible();
    expect(await all(amount)).toHaveLength(1);
  });

  it('keeps what was typed when the session ends', async () => {
    const { page, context } = await shop.openScreen({
      size: 'phone',
      session: 'own',
      path: '/transfers?order=send',
    });
    await amountField(page).fill('550');
    await expect(page.getByText('In the wallet afterwards')).toBeVisible();
    await context.clearCookies();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Send KES 550 now' }).click();
    await expect(keyField(page)).toBeVisible();
    await logIn(page, shop.masterKey);
    await expect(page.getByTestId('confirm-order')).toContainText('KES 550');
    expect(await all(550)).toHaveLength(0);
  });

  it('sends all that can go after its amount is typed, and nothing before', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/transfers?order=emergency' });
    const most = page.getByTestId('emergency-most');
    await expect(most).toHaveText(/KES [\d,]+ can go now/);
    const amount = Number((await most.textContent())?.replaceAll(/\D/g, ''));
    const field = page.getByRole('textbox', { name: /to confirm/ });
    await expect(page.getByRole('button', { name: /^Send KES/ })).toHaveCount(0);
    await field.fill(String(amount + 1));
    await expect(page.getByRole('alert')).toContainText('That is not');
    await field.fill(String(amount));
    await expectNoViolations(page);
    await page.getByRole('button', { name: /^Send KES/ }).click();
    await expect(standing(page)).toHaveText(/confirmed that it arrived/, { timeout: 15_000 });
    expect(await all(amount)).toHaveLength(1);
  });
});

describe('a transfer that has not left', () => {
  const shop = useShop({ QMOI_AUTO_TRANSFER_MPESA: '0', QMOI_AUTO_TRANSFER_AIRTEL: '0' });

  it('is cancelled, and never leaves', async () => {
    await shop.pay({ amount: 5_000 });
    // Nobody hears the first try: it waits for the next one.
    await shop.providers.mpesa.kill();
    await shop.engine.post(order, { type: 'mpesa', amount: 700 });
    await eventually('the first try is over', async () => {
      const { items } = await shop.engine.get(list);
      const [made] = items as Json[];
      const { state, sentAt } = made ?? {};
      return state === 'approved' && sentAt !== null ? state : undefined;
    });
    const { page } = await shop.openScreen({ size: 'phone', path: '/transfers' });
    await page.getByRole('link', { name: /KES 700/ }).click();
    await expect(page.getByTestId('transfer-standing')).toContainText('waits to leave');
    await page.getByRole('button', { name: 'Cancel the transfer' }).click();
    await page.getByRole('textbox', { name: 'Why' }).fill('the wrong amount');
    await expectNoViolations(page);
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await expect(page.getByTestId('transfer-standing')).toContainText('cancelled before it left');
    await expect(page.getByText('Set free again')).toBeVisible();
    await expect(page.getByText('the wrong amount')).toBeVisible();
    await shop.providers.mpesa.start();
    await page.goto('/transfers?state=cancelled');
    await expect(page.getByRole('link', { name: /KES 700/ })).toContainText('Cancelled');
  });
});

describe('a transfer that nobody speaks of', () => {
  const shop = useShop({ QMOI_AUTO_TRANSFER_MPESA: '0', QMOI_AUTO_TRANSFER_AIRTEL: '0' });

  it('is settled by the word of a person, and is never shown as the provider’s', async () => {
    await shop.pay({ amount: 5_000 });
    await shop.providers.mpesa.put('/sim/knobs', { dropCallbacks: 1 });
    const ordered = await shop.engine.post(order, { type: 'mpesa', amount: 810 });
    const { id } = (await ordered.json()) as Json;
    const { page } = await shop.openScreen({ size: 'phone', path: `/transfers/${String(id)}` });
    await expect(page.getByTestId('transfer-standing')).toContainText('has not said yet');
    await page.getByRole('button', { name: 'Settle it by hand' }).click();
    await page.getByRole('button', { name: 'Book it so' }).click();
    await expect(page.getByText('Type the receipt you have seen.')).toBeVisible();
    await expect(page.getByText('Say why: it is kept for ever.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Its receipt' }).fill('UKR810SEEN');
    await page.getByRole('textbox', { name: 'Why' }).fill('seen on the phone');
    await page.getByRole('button', { name: 'Book it so' }).click();
    // Its provider may still speak: nobody's word is taken before.
    await expect(page.getByRole('alert')).toContainText('still');
    await expect(page.getByRole('textbox', { name: 'Why' })).toHaveValue('seen on the phone');
    await expectNoViolations(page);
    await page.getByRole('textbox', { name: /line that proves it/ }).fill('UKR810SEEN');
    await page.getByRole('button', { name: 'Book it so' }).click();
    await expect(page.getByTestId('transfer-standing')).toContainText('by that word');
    await expect(page.getByText(/no provider has spoken yet/)).toBeVisible();
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
    await page.goto('/transfers');
    await expect(page.getByRole('link', { name: /KES 810/ })).toContainText('Arrived, by word');
    const { items } = await shop.engine.get(list);
    expect(items).toMatchObject([{ amount: 810, settledBy: expect.stringMatching(/^master:/) }]);
  });
});

describe('the payout wallet', () => {
  const shop = useShop(
    { QMOI_AUTO_TRANSFER_MPESA: '0', QMOI_AUTO_TRANSFER_AIRTEL: '0' },
    // Before the engine asks for its wallets, at its start and then every few minutes.
    ({ mpesa }) => mpesa.post('/sim/org/deposit', { amount: 9_000, account: 'working' }),
  );

  it('is topped up from the working one, and not sent away by it', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/transfers?order=top-up' });
    await page.getByRole('textbox', { name: 'Amount' }).fill('2500');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect(page.getByTestId('confirm-order')).toContainText('KES 2,500');
    await page.getByRole('button', { name: 'Move KES 2,500 now' }).click();
    await expect(page.getByTestId('transfer-standing')).toContainText('confirmed', {
      timeout: 15_000,
    });
    await expectNoViolations(page);
    const { items } = await shop.engine.get(list);
    expect(items).toMatchObject([{ kind: 'top-up', amount: 2_500, state: 'completed' }]);
  });
});

describe('the numbers', () => {
  const shop = useShop();

  it('are added, and tell what is still to be done', async () => {
    const { page } = await shop.openScreen({
      size: 'phone',
      language: 'en',
      path: '/transfers?tab=numbers',
    });
    await page.getByRole('button', { name: 'Add the number' }).click();
    await expect(page.getByText('Type the number, as 0712345678.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Phone number' }).fill('12');
    await page.getByRole('textbox', { name: 'What you call it' }).fill('Shop phone');
    await page.getByRole('button', { name: 'Add the number' }).click();
    await expect(page.getByRole('alert')).toContainText('Not a Kenyan mobile number');
    await expect(page.getByRole('textbox', { name: 'What you call it' })).toHaveValue('Shop phone');
    await page.getByRole('textbox', { name: 'Phone number' }).fill('0712 345 678');
    await page.getByRole('button', { name: 'Add the number' }).click();
    const payee = page.getByRole('article', { name: /Shop phone 2547•+678/ });
    await expect(payee).toContainText('Not confirmed');
    await payee.getByRole('button', { name: 'Send KES 10' }).click();
    await expect(payee.getByRole('alert')).toContainText('The wallet cannot spare the amount');
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
  });

  it('are confirmed by the receipt that came to the phone', async () => {
    await shop.pay({ amount: 3_000 });
    const phone = '254712345679';
    await shop.providers.mpesa.post('/sim/phones', { msisdn: phone, name: 'COUNTER', balance: 0 });
    const { page } = await shop.openScreen({ size: 'phone', path: '/transfers?tab=numbers' });
    await page.getByRole('textbox', { name: 'Phone number' }).fill('0712345679');
    await page.getByRole('textbox', { name: 'What you call it' }).fill('Counter');
    await page.getByRole('button', { name: 'Add the number' }).click();
    const payee = page.getByRole('article', { name: /Counter 2547•+679/ });
    await payee.getByRole('button', { name: 'Send KES 10' }).click();
    const receipt = await eventually('the phone has its ten shillings', async () => {
      const { transactions } = await shop.providers.mpesa.get('/sim/truth?limit=200');
      const arrived = (transactions as Json[]).find((one) => one['msisdn'] === phone);
      return arrived?.['receipt'];
    });
    const field = payee.getByRole('textbox', { name: 'Receipt in the message on that phone' });
    await field.fill('UKR0000000');
    await payee.getByRole('button', { name: 'Confirm the number' }).click();
    await expect(payee.getByRole('alert')).toBeVisible();
    await expectNoViolations(page);
    await field.fill(String(receipt));
    await payee.getByRole('button', { name: 'Confirm the number' }).click();
    await expect(payee).toContainText('confirmed by');
    await expect(field).toHaveCount(0);
    await expect(payee.getByText('Confirmed', { exact: true })).toBeVisible();
  });
});
