import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoViolations, keyField, lineState, logIn } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const today = (page: Page) => page.getByTestId('today-combined');
const idle = 6 * 60_000;

/** What the field holds, and how much of it is selected. */
const selectionOf = (page: Page): Promise<string> =>
  keyField(page).evaluate(
    (field: { selectionStart: number; selectionEnd: number; value: string }) =>
      field.value.slice(field.selectionStart, field.selectionEnd),
  );

/** The session is ended, and the page is not told. */
const revoke = `(async () => {
  const { items } = await (await fetch('/api/qmoi/master/sessions')).json();
  const { id } = items.find(({ current }) => current);
  return (await fetch('/api/qmoi/master/sessions/' + id, { method: 'DELETE' })).status;
})()`;

describe('the login', () => {
  const shop = useShop();

  it.each(['light', 'dark'] as const)('is in order, %s', async (theme) => {
    for (const size of ['phone', 'desktop'] as const) {
      const { page, failures } = await shop.openScreen({ size, theme, session: 'none' });
      await expect(page.getByRole('heading', { level: 1, name: 'Log in' })).toBeVisible();
      await expect(keyField(page)).toBeFocused();
      await expectNoViolations(page);
      // Nothing but whether there is a session is asked before there is one.
      expect(new Set(failures)).toEqual(new Set(['401 /api/qmoi/revenue/status']));
    }
  });

  it('leads to where somebody wanted to go', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/payments', session: 'own' });
    await expect(page).toHaveURL(/\/payments$/);
    await expect(page.getByRole('heading', { level: 1, name: 'Transactions' })).toBeVisible();
  });

  it('keeps a session over a reload, and no key', async () => {
    const { page } = await shop.openScreen({ size: 'phone', session: 'own' });
    await page.reload();
    await expect(today(page)).toBeVisible();
    const kept = 'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie';
    const text = await page.evaluate<string>(kept);
    expect(text).not.toContain(shop.masterKey);
    expect(text).not.toContain('qmoi_session');
  });

  it('says that a key is wrong, and selects it', async () => {
    const { page } = await shop.openScreen({ size: 'phone', session: 'none' });
    await logIn(page, 'not-the-key');
    await expect(page.getByRole('alert')).toContainText('Check the master key and try again.');
    await expect(keyField(page)).toBeFocused();
    expect(await selectionOf(page)).toBe('not-the-key');
    await logIn(page, shop.masterKey);
    await expect(today(page)).toBeVisible();
  });

  it('comes in front of a form when the session ends, and loses nothing typed', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', session: 'own' });
    await page.getByRole('button', { name: 'Stop' }).click();
    const why = page.getByRole('dialog').getByRole('textbox');
    await why.fill('Stocktaking until noon');
    expect(await page.evaluate<number>(revoke)).toBe(204);
    // Its stream ends with it, so nobody has to press anything to learn of it.
    await expect(page.getByText('Your session has ended.')).toBeVisible();
    await keyField(page).click();
    await page.keyboard.press('Escape');
    await expectNoViolations(page);
    await logIn(page, shop.masterKey);
    await expect(keyField(page)).toHaveCount(0);
    await expect(why).toHaveValue('Stocktaking until noon');
    await page.getByRole('dialog').getByRole('button', { name: /^Stop/ }).click();
    await expect(page.getByText('Stocktaking until noon')).toBeVisible();
    await expect(why).toHaveCount(0);
    await page.getByRole('button', { name: /^Start/ }).click();
  });

  it('covers a screen that nobody has touched, and gives it back as it was', async () => {
    const { page } = await shop.openScreen({
      size: 'phone',
      session: 'own',
      prepare: (before) => before.clock.install(),
    });
    await page.getByRole('button', { name: 'Stop' }).click();
    const field = page.getByRole('dialog').getByRole('textbox');
    await field.fill('Lunch');
    await page.clock.fastForward(idle);
    await expect(page.getByText('Locked because nobody touched it')).toBeVisible();
    await expect(keyField(page)).toBeFocused();
    await logIn(page, shop.masterKey);
    await expect(keyField(page)).toHaveCount(0);
    await expect(field).toHaveValue('Lunch');
    await expect(field).toBeFocused();
    await expect(lineState(page)).toHaveText('Live');
  });

  it('stays covered in a page that is loaded again, and in one that is opened', async () => {
    const { page, context } = await shop.openScreen({
      size: 'phone',
      session: 'own',
      prepare: (_, all) => all.clock.install(),
    });
    await page.clock.fastForward(idle);
    const covered = 'Locked because nobody touched it';
    await expect(page.getByText(covered)).toBeVisible();
    // Whoever tries is no owner.
    await logIn(page, 'guess');
    await page.reload();
    await expect(page.getByText(covered)).toBeVisible();
    const second = await context.newPage();
    await second.goto('/payments');
    await expect(second.getByText(covered)).toBeVisible();
    await expectNoViolations(second);
    await logIn(page, shop.masterKey);
    await expect(keyField(page)).toHaveCount(0);
    await page.reload();
    await expect(today(page)).toBeVisible();
    await expect(keyField(page)).toHaveCount(0);
  });

  it('is not covered while another tab is touched', async () => {
    const { page, context } = await shop.openScreen({
      size: 'desktop',
      session: 'own',
      prepare: (_, all) => all.clock.install(),
    });
    const second = await context.newPage();
    await second.goto('/');
    await expect(lineState(second)).toHaveText('Live');
    for (let minute = 0; minute < 8; minute += 1) {
      await second.keyboard.press('Shift');
      await context.clock.fastForward(60_000);
    }
    await expect(lineState(page)).toHaveText('Live');
    await expect(keyField(page)).toHaveCount(0);
    await context.clock.fastForward(idle);
    for (const tab of [page, second]) await expect(keyField(tab)).toBeVisible();
  });

  it('is one for all tabs of a browser', async () => {
    const { page, context } = await shop.openScreen({ size: 'desktop', session: 'own' });
    const second = await context.newPage();
    await second.goto('/');
    for (const tab of [page, second]) await expect(lineState(tab)).toHaveText('Live');
    const before = await today(page).innerText();
    await shop.pay({ amount: 130 });
    await expect(today(page)).not.toHaveText(before);
    await expect(today(second)).toHaveText(await today(page).innerText());
    expect(await page.evaluate<number>(revoke)).toBe(204);
    // News of it makes both ask, and they are refused.
    await shop.pay({ amount: 40 });
    for (const tab of [page, second]) await expect(keyField(tab)).toBeVisible();
  });

  it('slows down whoever guesses, and says so', async () => {
    const { page } = await shop.openScreen({ size: 'phone', session: 'none' });
    const alert = page.getByRole('alert');
    await expect(async () => {
      await logIn(page, 'guess');
      await expect(alert).toContainText('Too many attempts.', { timeout: 1_000 });
    }).toPass({ intervals: [100], timeout: 20_000 });
    // The first wait is a second, and longer for whoever goes on meanwhile.
    await expect(async () => {
      await logIn(page, shop.masterKey);
      await expect(today(page)).toBeVisible({ timeout: 2_000 });
    }).toPass({ intervals: [1_000, 2_000, 4_000], timeout: 30_000 });
  }, 60_000);
});
