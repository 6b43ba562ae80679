import { expect, type Page, type Request } from '@playwright/test';
import { describe, it } from 'vitest';

import { pages } from './support/pages.ts';
import { expectNoViolations } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

/** All but the status: without that the screen does not open, which is a case of its own. */
const data = /\/api\/qmoi\/(?!master\/login|revenue\/status)/;
const status = /\/api\/qmoi\/revenue\/status/;

/** What a proxy in front of the engine answers when it does not reach it. */
const badGateway = {
  status: 502,
  contentType: 'text/html',
  body: '<html><h1>502 Bad Gateway</h1></html>',
};
const mistake = {
  type: 'urn:qmoi:problem:engine-fault',
  title: 'The engine made a mistake',
  status: 500,
  detail: 'It was written down. Try again, and ask for help if it stays.',
  instance: 'request-0815',
};
const problem = {
  status: 500,
  contentType: 'application/problem+json',
  body: JSON.stringify(mistake),
};

/** No address is like it. */
const nothing = /^$/;

const main = (page: Page) => page.getByRole('main');
const retryButton = (page: Page) => main(page).getByRole('button', { name: 'Try again' });

/** A page that asks nothing by itself is asked something. */
async function askOn(page: Page, path: string): Promise<void> {
  if (path !== '/counter') return;
  await main(page).getByRole('textbox').first().fill('SJK7RT61SV');
  await page.keyboard.press('Enter');
}

/** Each part of a page that was refused is asked for again by itself. */
async function retryAll(page: Page): Promise<void> {
  await expect(async () => {
    const button = retryButton(page).first();
    if (await button.isVisible()) await button.click();
    await expect(retryButton(page)).toHaveCount(0, { timeout: 500 });
  }).toPass({ timeout: 15_000 });
}

describe('a page that gets no answer', () => {
  const shop = useShop();

  it.each(pages)('%s says why, and comes back at a press', async (path) => {
    const { page } = await shop.openScreen({
      size: 'phone',
      path,
      prepare: async (before) => {
        await before.route(data, (route) => route.fulfill(badGateway));
      },
    });
    await askOn(page, path);
    await expect(main(page).getByRole('alert').first()).toContainText('502');
    await expect(retryButton(page).first()).toBeVisible();
    await expectNoViolations(page);
    await page.unroute(data);
    await retryAll(page);
    await expect(main(page).getByRole('alert')).toHaveCount(0);
    await expect(main(page).getByRole('heading', { level: 1 })).toHaveText(/\S/);
  });

  it('waits before the screen while nobody answers at all', async () => {
    const { page } = await shop.openScreen({ size: 'phone' });
    await page.route(status, (route) => route.fulfill(badGateway));
    await page.reload();
    await expect(page.getByRole('heading', { name: 'The engine does not answer' })).toBeVisible();
    await expectNoViolations(page);
    await page.unroute(status);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByTestId('today-combined')).toBeVisible();
  });

  it('shows what the engine itself says of a mistake', async () => {
    const { page } = await shop.openScreen({
      size: 'desktop',
      prepare: async (before) => {
        await before.route(data, (route) => route.fulfill(problem));
      },
    });
    const alert = main(page).getByRole('alert').first();
    await expect(alert).toContainText('The engine made a mistake');
    await expect(alert).toContainText('It was written down.');
    await expect(alert).toContainText('request-0815');
  });

  it('says in Swahili what mends a problem, and leaves the particulars to the engine', async () => {
    const { page } = await shop.openScreen({
      size: 'phone',
      language: 'sw',
      prepare: async (before) => {
        await before.route(data, (route) => route.fulfill(problem));
      },
    });
    const alert = main(page).getByRole('alert').first();
    await expect(alert).toContainText('Injini imekosea');
    await expect(alert).toContainText('Jaribu tena. Ikiendelea, omba msaada');
    await expect(alert.locator('[lang=en]')).toHaveText([/^It was written down\./]);
    await expect(alert).toContainText('request-0815');
    await expectNoViolations(page);
  });

  it.each([
    ['has no Swahili words for', { ...mistake, type: 'urn:qmoi:problem:of-tomorrow' }, nothing],
    ['cannot load the Swahili words for', mistake, /\/swahili-problem-/],
  ] as const)("keeps the engine's words for a mistake that it %s", async (_, body, lost) => {
    let asked: Promise<Request> | undefined;
    const { page } = await shop.openScreen({
      size: 'desktop',
      language: 'sw',
      prepare: async (before) => {
        asked = before.waitForRequest(/\/swahili-problem-/);
        await before.route(lost, (route) => route.abort());
        await before.route(data, (route) =>
          route.fulfill({ ...problem, body: JSON.stringify(body) }),
        );
      },
    });
    await expect(main(page).getByRole('alert').first()).toContainText('request-0815');
    await (await asked)?.response();
    // On the next page nothing is waited for any more: what is seen there is what stays.
    await page.getByRole('link', { name: 'Malengo' }).first().click();
    await expect(main(page).getByRole('heading', { level: 1 })).toHaveText('Malengo');
    const said = main(page).getByRole('alert').first().locator('[lang=en]');
    await expect(said).toHaveText(['The engine made a mistake', /^It was written down\./]);
  });

  it('keeps what it had when asking again fails', async () => {
    await shop.pay({ amount: 210 });
    const { page } = await shop.openScreen({ size: 'phone' });
    await expect(page.getByTestId('today-combined')).toHaveText('KES 210');
    await expect(main(page).getByRole('link', { name: /KES 210/ })).toBeVisible();
    await page.route(data, (route) => route.fulfill(badGateway));
    await shop.pay({ amount: 90 });
    await expect(main(page).getByRole('alert').first()).toContainText('502');
    await expect(main(page).getByRole('link', { name: /KES 210/ })).toBeVisible();
  });

  it('tells of an address that leads nowhere', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/no-such-page' });
    await expect(main(page).getByRole('heading', { level: 1 })).toHaveText('There is no such page');
    await page.getByRole('link', { name: 'Today' }).click();
    await expect(page.getByTestId('today-combined')).toBeVisible();
  });
});
