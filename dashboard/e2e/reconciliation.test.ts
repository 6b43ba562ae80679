import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';

import { pdfFile } from '../../test/support/sheet-files.ts';
import { expectNoSidewaysScroll, expectNoViolations, shoot, type Size } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const dayMs = 24 * 60 * 60 * 1_000;
const nairobiMs = 3 * 60 * 60 * 1_000;
/** Midnight in Nairobi, before this moment. */
const todayAt = (): number => Math.floor((Date.now() + nairobiMs) / dayMs) * dayMs - nairobiMs;

const fileInput = (page: Page) => page.locator('input[type="file"]');
const card = (page: Page, name: string) => page.getByRole('region', { name });

describe('reconciliation', () => {
  // Nothing is found by asking: only the statement tells.
  const shop = useShop({ MPESA_PULL_NUMBER: '' });

  const statement = async (account = 'utility'): Promise<string> => {
    const from = todayAt();
    const query = `account=${account}&format=csv&from=${from}&to=${from + dayMs}`;
    return (await fetch(`${shop.providers.mpesa.url}/sim/statement?${query}`)).text();
  };
  /** A customer pays, and the provider never tells. */
  const payUntold = async (amount: number): Promise<string> => {
    await shop.providers.mpesa.put('/sim/knobs', { dropCallbacks: 1 });
    const receipt = await shop.payUnseen({ amount });
    await shop.providers.mpesa.put('/sim/knobs', { dropCallbacks: 0 });
    return receipt;
  };
  const choose = (page: Page, name: string, text: string | Buffer): Promise<void> =>
    fileInput(page).setInputFiles({
      name,
      mimeType: 'text/csv',
      buffer: Buffer.isBuffer(text) ? text : Buffer.from(text),
    });
  const open = async (size: Size, more: object = {}): Promise<Page> => {
    const { page } = await shop.openScreen({ size, path: '/reconciliation', ...more });
    await expect(card(page, 'Import a statement')).toBeVisible();
    return page;
  };

  it('books exactly the payment whose news was lost, and the day agrees', async () => {
    await shop.pay({ amount: 350 });
    const receipt = await payUntold(475);
    const page = await open('desktop');
    await page.getByRole('button', { name: 'Today', exact: true }).click();
    await expect(page).toHaveURL(/date=\d{4}-\d{2}-\d{2}/);
    const day = page.getByRole('region', { name: 'M-Pesa', exact: true });
    await expect(day).toContainText('No statement yet');
    await expect(day.getByRole('row', { name: /^Payments/ })).toContainText('1 · KES 350');
    await choose(page, 'today.csv', await statement());
    const imports = card(page, 'Import a statement');
    await expect(imports.getByRole('row', { name: /^New payments/ })).toContainText('KES 475');
    await expect(imports.getByRole('row', { name: /^Known payments/ })).toContainText('KES 350');
    await expectNoViolations(page);
    await shoot(page, 'reconciliation-preview-desktop');
    // Nothing is booked before it is confirmed, however long one looks at it.
    const path = `/api/qmoi/revenue/transactions?receipt=${receipt}`;
    expect(await shop.engine.get(path)).toMatchObject({ items: [] });
    await imports.getByRole('button', { name: 'Import and book 1, KES 475' }).dblclick();
    await expect(imports.getByRole('heading', { name: 'Imported: today.csv' })).toBeFocused();
    await expect(imports).toContainText('1 payment booked, KES 475');
    await expect(day).toContainText('Only the statement told of it');
    await expect(day).toContainText(receipt);
    expect(await shop.engine.get(path)).toMatchObject({ items: [{ road: 'statement' }] });
    await expect(card(page, 'Imported statements').getByRole('listitem')).toHaveCount(1);
    await choose(page, 'today.csv', await statement());
    await expect(imports).toContainText('This very file is imported already');
    await shoot(page, 'reconciliation-desktop');
  });

  it('refuses a damaged file with line and reason, and takes the next one', async () => {
    await shop.pay({ amount: 611 });
    const page = await open('phone', { theme: 'dark' });
    const imports = card(page, 'Import a statement');
    await choose(page, 'damaged.csv', (await statement()).replaceAll('611.00', 'much'));
    await expect(imports.getByRole('alert')).toContainText('The statement is damaged');
    const bad = imports.getByRole('table', { name: 'Lines that could not be read' });
    await expect(bad.getByRole('row').nth(1)).toHaveText(/^\d+.*much/);
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
    await shoot(page, 'reconciliation-damaged-phone');
    await choose(page, 'whole.csv', await statement());
    await expect(
      imports.getByRole('heading', { name: 'What importing it would do' }),
    ).toBeVisible();
    await expect(imports.getByRole('alert')).toHaveCount(0);
    await imports.getByRole('button', { name: 'Do not import' }).click();
    await expect(fileInput(page)).toHaveCount(1);
  });

  it.each([
    { name: 'notes.csv', text: 'a,b\n1,2', title: 'The file is no account statement' },
    { name: 'empty.csv', text: '', title: 'The file is empty' },
    { name: 'broken.pdf', text: '%PDF-1.7 broken', title: 'The file cannot be read' },
  ])('says of $name what it is and what to do', async ({ name, text, title }) => {
    const page = await open('phone');
    await choose(page, name, text);
    await expect(card(page, 'Import a statement').getByRole('alert')).toContainText(title);
    await expect(page.getByText('Choose a file')).toBeVisible();
  });

  it('refuses the statement of another business', async () => {
    const page = await open('phone');
    await choose(page, 'other.csv', (await statement()).replaceAll('600123', '600999'));
    const alert = card(page, 'Import a statement').getByRole('alert');
    await expect(alert).toContainText('The statement is of another business');
    await expect(alert).toContainText('600999');
  });

  it('refuses a file that is too large before it is sent', async () => {
    const { page, failures } = await shop.openScreen({ size: 'phone', path: '/reconciliation' });
    await expect(fileInput(page)).toHaveCount(1);
    await choose(page, 'large.csv', Buffer.alloc(33 * 1024 * 1024, 65));
    await expect(page.getByRole('alert')).toContainText('The file is too large');
    expect(failures).toEqual([]);
  });

  it('asks for the password of a locked PDF until it opens', async () => {
    const page = await open('phone', { language: 'en' });
    const file = await pdfFile([['Any', 'thing']], { widths: [90, 90], above: 0, password: 'a%1' });
    await choose(page, 'locked.pdf', file);
    const field = page.getByLabel('Password of the PDF');
    await expect(field).toBeFocused();
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByText('It does not open with this one.')).toBeVisible();
    await expectNoViolations(page);
    await field.fill('a%1');
    await page.keyboard.press('Enter');
    // It opens; that it is no statement is another matter.
    await expect(page.getByRole('alert')).toContainText('The file is no account statement');
  });

  it('keeps day and rail in the address', async () => {
    const { page } = await shop.openScreen({
      size: 'desktop',
      path: '/reconciliation?date=2026-01-05&rail=airtel',
    });
    await expect(page.getByRole('heading', { name: 'Monday, 5 Jan 2026' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Airtel Money', exact: true })).toBeVisible();
    await expect(page.getByRole('region', { name: 'M-Pesa', exact: true })).toHaveCount(0);
    await page.getByRole('button', { name: 'The day before' }).click();
    await expect(page).toHaveURL(/date=2026-01-04&rail=airtel/);
    await page.goBack();
    await expect(page.getByLabel('Day', { exact: true })).toHaveValue('2026-01-05');
  });

  it('proves the books when asked, in words', async () => {
    const page = await open('phone', { language: 'en' });
    await page.getByRole('button', { name: 'Prove now' }).click();
    await expect(page.getByText('The books prove.')).toBeVisible();
    await expect(page.getByText('One receipt, one booking')).toBeVisible();
    await expectNoViolations(page);
  });

  it('is whole in Swahili at any size', async () => {
    for (const size of ['phone', 'desktop'] as const) {
      const { page } = await shop.openScreen({
        size,
        theme: 'dark',
        language: 'sw',
        path: '/reconciliation',
      });
      await expect(page.getByRole('heading', { name: 'Ingiza taarifa' })).toBeVisible();
      await expect(page.getByRole('heading', { name: 'Uthibitisho wa vitabu' })).toBeVisible();
      await expectNoViolations(page);
      await expectNoSidewaysScroll(page);
      await shoot(page, `reconciliation-sw-${size}`);
    }
  });
});
