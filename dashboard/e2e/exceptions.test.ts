import { expect, type Page } from '@playwright/test';
import { beforeEach, describe, it } from 'vitest';

import type { Json } from '../../test/support/engine-process.ts';
import { expectNoSidewaysScroll, expectNoViolations, shoot } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const rows = (page: Page) =>
  page.getByRole('list', { name: /^(Exceptions|Mambo ya kuangalia)$/ }).getByRole('listitem');
const row = (page: Page, typed: string) => rows(page).filter({ hasText: typed });
/** What is said in passing calls itself a dialog too. */
const dialog = (page: Page) => page.locator('[role="dialog"]:not([aria-modal="false"])');
const toast = (page: Page, text: string | RegExp) => page.getByText(text).first();

describe('exceptions', () => {
  const shop = useShop();

  /** What a customer owes. */
  const charge = async (amount: number): Promise<Json> => {
    const answer = await shop.engine.post('/api/qmoi/charges', {
      stream: 'consultation',
      amount,
      phone: '0722000333',
    });
    return (await answer.json()) as Json;
  };
  const openOnes = async (): Promise<readonly Json[]> =>
    ((await shop.engine.get('/api/qmoi/exceptions?state=open')) as { items: Json[] }).items;
  const paymentOf = async (receipt: unknown): Promise<Json> =>
    (await shop.engine.get(`/api/qmoi/revenue/transactions/${String(receipt)}`))['payment'] as Json;
  /** What a test before has left open. */
  const clear = async (): Promise<void> => {
    for (const { id } of await openOnes()) {
      await shop.engine.post(`/api/qmoi/exceptions/${String(id)}/fix`, {
        fix: { kind: 'keep' },
        reason: 'Tidied for the next test',
      });
    }
  };

  beforeEach(clear);

  it('says that nothing needs anybody on a first day', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/exceptions' });
    await expect(page.getByText('Nothing needs you.')).toBeVisible();
    await expectNoViolations(page);
  });

  it('come live, are fixed by keyboard alone, and Today changes', async () => {
    const { page } = await shop.openScreen({ size: 'desktop', path: '/exceptions' });
    await expect(page.getByText('Nothing needs you.')).toBeVisible();
    const { reference } = await charge(740);
    const payment = await shop.pay({ amount: 740, reference: 'RENT' });
    const other = await shop.pay({ amount: 55, reference: 'ELSE' });
    await expect(rows(page)).toHaveCount(2);
    await expect(row(page, 'RENT')).toContainText('KES 740');
    await page.keyboard.press('j');
    await expect(row(page, 'ELSE').getByRole('link')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(row(page, 'RENT').getByRole('link')).toBeFocused();
    await page.keyboard.press('f');
    await expect(dialog(page)).toContainText(`KES 740 pays charge ${String(reference)}`);
    await expect(dialog(page).getByRole('button', { name: 'Pay the charge' })).toBeFocused();
    await expectNoViolations(page);
    await page.keyboard.press('Enter');
    await expect(dialog(page)).toBeHidden();
    await expect(rows(page)).toHaveCount(1);
    // The keyboard is on what took its place.
    await expect(row(page, 'ELSE').getByRole('link')).toBeFocused();
    await expect(page.getByRole('status').filter({ hasText: '1 left.' })).toHaveCount(1);
    expect(await paymentOf(payment['receipt'])).toMatchObject({
      state: 'earned',
      stream: 'consultation',
    });
    await page.getByRole('link', { name: 'Today', exact: true }).click();
    await expect(page.getByTestId('today-combined')).toHaveText('KES 740');
    expect(await paymentOf(other['receipt'])).toMatchObject({ state: 'suspense' });
  });

  it('are undone by a key, with a reason, and open again', async () => {
    await shop.pay({ amount: 120, reference: 'SHOES' });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/exceptions' });
    await row(page, 'SHOES')
      .getByRole('button', { name: /^More fixes/ })
      .click();
    await dialog(page)
      .getByRole('button', { name: /Assign to a stream/ })
      .click();
    // Nothing is sent before it is whole.
    await dialog(page).getByRole('button', { name: 'Assign to the stream' }).click();
    await expect(dialog(page).getByRole('alert')).toHaveText('Choose a stream');
    await dialog(page).getByLabel('Stream').selectOption('trading');
    await expect(dialog(page)).toContainText('KES 120 is earned by Trading');
    await dialog(page).getByLabel('Reason').fill('She told me at the stall');
    await dialog(page).getByRole('button', { name: 'Assign to the stream' }).click();
    await expect(page.getByText('Nothing needs you.')).toBeVisible();
    await expect(toast(page, 'Done: Assign to a stream')).toBeVisible();
    await page.keyboard.press('u');
    await expect(dialog(page).getByRole('button', { name: 'Undo it' })).toBeFocused();
    await dialog(page).getByLabel('Reason').fill('');
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByRole('alert')).toHaveText('Say why.');
    await dialog(page).getByLabel('Reason').fill('The wrong stream');
    await page.keyboard.press('Enter');
    await expect(row(page, 'SHOES')).toBeVisible();
    const aside = page.getByRole('complementary');
    await expect(aside).toContainText('She told me at the stall');
    await expect(aside).toContainText('The wrong stream');
  });

  it('are undone from what is said in passing, also on another page', async () => {
    await shop.pay({ amount: 130, reference: 'BAGS' });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/exceptions' });
    await row(page, 'BAGS')
      .getByRole('button', { name: /^More fixes/ })
      .click();
    await dialog(page)
      .getByRole('button', { name: /Leave it as it is/ })
      .click();
    await dialog(page).getByRole('button', { name: 'Leave it', exact: true }).click();
    await expect(page.getByText('Nothing needs you.')).toBeVisible();
    await page.getByRole('link', { name: 'Today', exact: true }).click();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect(dialog(page)).toContainText('Undo the last fix?');
    await dialog(page).getByRole('button', { name: 'Undo it' }).click();
    await expect(page.getByText('Undone. It is open again.')).toBeVisible();
    await expect(page).toHaveURL(/\/exceptions\/ex_/);
  });

  it('keep the form when the engine refuses, and mark the field', async () => {
    await shop.pay({ amount: 90, reference: 'HATS' });
    const { page } = await shop.openScreen({ size: 'phone', path: '/exceptions' });
    await row(page, 'HATS')
      .getByRole('button', { name: /^More fixes/ })
      .click();
    await dialog(page)
      .getByRole('button', { name: /Hold for a customer/ })
      .click();
    await dialog(page).getByLabel('Phone of the customer').fill('0722000999');
    await dialog(page).getByLabel('Reason').fill('call 0712 345 678');
    await dialog(page).getByRole('button', { name: 'Hold it' }).click();
    await expect(dialog(page).getByLabel('Reason')).toHaveAttribute('aria-invalid', 'true');
    await expect(dialog(page)).toContainText('Leave phone numbers out of it');
    await expect(dialog(page).getByLabel('Phone of the customer')).toHaveValue('0722000999');
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
    await dialog(page).getByLabel('Reason').fill('She called');
    await dialog(page).getByRole('button', { name: 'Hold it' }).click();
    await expect(page.getByText('Nothing needs you.')).toBeVisible();
  });

  it('pay several charges, and hold what is left', async () => {
    const [first, second] = [await charge(300), await charge(401)];
    const payment = await shop.pay({ amount: 800, reference: 'BOTH' });
    const { page } = await shop.openScreen({ size: 'phone', path: '/exceptions' });
    await row(page, 'BOTH')
      .getByRole('button', { name: /^More fixes/ })
      .click();
    await dialog(page)
      .getByRole('button', { name: /Match to charges/ })
      .click();
    await dialog(page).getByLabel('Find a charge').fill(String(first['reference']));
    await dialog(page)
      .getByRole('button', { name: `Add: ${String(first['reference'])}` })
      .click();
    await dialog(page).getByLabel('Find a charge').fill('0722 000 333');
    await dialog(page)
      .getByRole('button', { name: `Add: ${String(second['reference'])}` })
      .click();
    await expect(dialog(page)).toContainText('KES 99 of KES 800 is left.');
    const amount = dialog(page).getByLabel(String(second['reference']), { exact: true });
    await amount.fill('500');
    await expect(dialog(page)).toContainText('A charge is paid in full.');
    await amount.fill('401');
    await dialog(page).getByLabel('What is left').selectOption('credit');
    await dialog(page).getByLabel('Phone of the customer').fill('0722000333');
    await shoot(page, 'exceptions-match-phone');
    await dialog(page).getByRole('button', { name: 'Pay the charge' }).click();
    await expect(page.getByText('Nothing needs you.')).toBeVisible();
    expect(await paymentOf(payment['receipt'])).toMatchObject({
      earnedDecimal: '701.00',
      state: 'credit',
    });
  });

  it('that another tab has dealt with meanwhile are told so, and gone on with', async () => {
    const payment = await shop.pay({ amount: 210, reference: 'TWICE' });
    const here = await shop.openScreen({ size: 'phone', path: '/exceptions' });
    const [{ id } = { id: '' }] = await openOnes();
    const { page } = here;
    await row(page, 'TWICE')
      .getByRole('button', { name: /^More fixes/ })
      .click();
    await dialog(page)
      .getByRole('button', { name: /Assign to a stream/ })
      .click();
    await dialog(page).getByLabel('Stream').selectOption('trading');
    const there = await shop.openScreen({ size: 'desktop', path: `/exceptions/${String(id)}` });
    await there.page.getByRole('button', { name: 'More', exact: true }).click();
    await dialog(there.page)
      .getByRole('button', { name: /Hold for a customer/ })
      .click();
    await dialog(there.page).getByLabel('Phone of the customer').fill('0722000333');
    await dialog(there.page).getByRole('button', { name: 'Hold it' }).click();
    await expect(there.page.getByRole('heading', { name: 'Dealt with' })).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Assign to the stream' }).click();
    await expect(dialog(page)).toContainText('Somebody was faster');
    await expect(dialog(page)).toContainText('“Hold for a customer”');
    await dialog(page).getByRole('button', { name: 'Do mine after it' }).click();
    await expect(dialog(page)).toBeHidden();
    expect(await paymentOf(payment['receipt'])).toMatchObject({
      state: 'earned',
      stream: 'trading',
    });
  });

  it('that another tab deals with leave an open list, without losing the keyboard', async () => {
    await shop.pay({ amount: 31, reference: 'FIRST' });
    await shop.pay({ amount: 32, reference: 'SECOND' });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/exceptions' });
    await expect(rows(page)).toHaveCount(2);
    await page.keyboard.press('j');
    await expect(row(page, 'SECOND').getByRole('link')).toBeFocused();
    const [{ id } = { id: '' }] = await openOnes();
    await shop.engine.post(`/api/qmoi/exceptions/${String(id)}/fix`, {
      fix: { kind: 'keep' },
      reason: 'Elsewhere',
    });
    await expect(rows(page)).toHaveCount(1);
    await expect(row(page, 'FIRST').getByRole('link')).toBeFocused();
  });

  it('do not take keys from somebody who types', async () => {
    await shop.pay({ amount: 33, reference: 'KEYS' });
    const { page } = await shop.openScreen({ size: 'desktop', path: '/exceptions' });
    await page.keyboard.press('?');
    await expect(dialog(page)).toContainText('Keys on this page');
    await expectNoViolations(page);
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();
    await expect(rows(page)).toHaveCount(1);
    await page.keyboard.press('j');
    await page.keyboard.press('m');
    await dialog(page)
      .getByRole('button', { name: /Match to charges/ })
      .click();
    const search = dialog(page).getByLabel('Find a charge');
    await search.pressSequentially('jfu?1');
    await expect(search).toHaveValue('jfu?1');
    await expect(dialog(page)).toHaveCount(1);
    await page.keyboard.press('Escape');
  });

  it('are dealt with, listed and in Swahili, at any size', async () => {
    await shop.pay({ amount: 35, reference: 'ZAMANI' });
    await clear();
    await shop.pay({ amount: 34, reference: 'PICHA' });
    const { reference } = await charge(1_000);
    await shop.pay({ amount: 960, reference: String(reference) });
    const why = `Malipo yametaja ankara ${String(reference)}; KES 40 itasamehewa.`;
    for (const size of ['phone', 'desktop'] as const) {
      const { page } = await shop.openScreen({
        size,
        theme: 'dark',
        language: 'sw',
        path: '/exceptions?state=all',
      });
      await expect(page.getByText('PICHA').first()).toBeVisible();
      await expect(page.getByText('Limeshughulikiwa').first()).toBeVisible();
      await expectNoViolations(page);
      await expectNoSidewaysScroll(page);
      await shoot(page, `exceptions-all-${size}`);
      await row(page, String(reference)).getByRole('button', { name: 'Kubali pungufu' }).click();
      await expect(dialog(page)).toContainText(why);
      await dialog(page).getByRole('button', { name: 'Suluhisho lingine' }).click();
      await expect(dialog(page)).toContainText(why);
      await expect(dialog(page).locator('[lang="en"]')).toHaveCount(0);
      await expect(dialog(page)).not.toContainText('would be waived');
      await page.keyboard.press('Escape');
      await expect(dialog(page)).toBeHidden();
      await row(page, String(reference)).getByRole('link').click();
      const todo = page.getByRole('list').filter({ hasText: 'Kubali pungufu' }).last();
      await expect(todo).toContainText(why);
      await expect(todo.locator('[lang="en"]')).toHaveCount(0);
    }
  });
});
