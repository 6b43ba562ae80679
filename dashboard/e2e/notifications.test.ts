import { createECDH, randomBytes } from 'node:crypto';

import { expect, type Page } from '@playwright/test';
import { describe, it } from 'vitest';

import { expectNoSidewaysScroll, expectNoViolations, shoot } from './support/screen.ts';
import { useShop } from './support/use-shop.ts';

const keys = () => ({
  p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
  auth: randomBytes(16).toString('base64url'),
});

interface Browser {
  readonly permission: 'default' | 'granted' | 'denied';
  /** What a person answers who is asked. */
  readonly answer: 'granted' | 'denied';
  readonly endpoint: string;
  readonly keys: ReturnType<typeof keys>;
  /** Some browsers have no push service of their own. */
  readonly fails: boolean;
}

/** Stands for the browser's maker, who is not reached from here; the engine is the real one. */
const playMaker = (browser: Browser): string => `(() => {
  const browser = ${JSON.stringify(browser)};
  const subscriptionOf = (endpoint) => ({
    endpoint,
    toJSON: () => ({ endpoint, keys: browser.keys }),
    unsubscribe: async () => sessionStorage.removeItem('test-push') ?? true,
  });
  Object.assign(PushManager.prototype, {
    getSubscription: async () => {
      const endpoint = sessionStorage.getItem('test-push');
      return endpoint === null ? null : subscriptionOf(endpoint);
    },
    subscribe: async () => {
      if (browser.fails) throw new DOMException('push service error', 'AbortError');
      sessionStorage.setItem('test-push', browser.endpoint);
      return subscriptionOf(browser.endpoint);
    },
  });
  const permission = () => sessionStorage.getItem('test-permission') ?? browser.permission;
  Object.defineProperty(Notification, 'permission', { get: permission });
  Notification.requestPermission = async () => {
    sessionStorage.setItem('test-permission', browser.answer);
    return browser.answer;
  };
})()`;

describe('notifications', () => {
  const shop = useShop();
  let names = 0;

  const open = async (
    change: Partial<Browser> = {},
    look: { readonly size?: 'phone' | 'desktop'; readonly language?: 'en' | 'sw' } = {},
  ): Promise<Page> => {
    names += 1;
    const endpoint = `https://fcm.googleapis.com/fcm/send/screen-${names}`;
    const browser: Browser = {
      permission: 'default',
      answer: 'granted',
      endpoint,
      keys: keys(),
      fails: false,
      ...change,
    };
    const { page } = await shop.openScreen({
      size: 'phone',
      ...look,
      serviceWorker: true,
      path: '/settings',
      prepare: async (_, context) => {
        await context.addInitScript(playMaker(browser));
      },
    });
    return page;
  };
  const cardOf = (page: Page) => page.getByRole('region', { name: /^(Notifications|Taarifa)$/ });

  it('are switched on, chosen, and switched off', async () => {
    const page = await open();
    const card = cardOf(page);
    await expect(card.getByText('Off', { exact: true })).toBeVisible();
    await expect(card.getByLabel('Payments')).toBeChecked();
    await expect(card.getByLabel('Minimum missed')).not.toBeChecked();
    await card.getByLabel('Minimum missed').check();
    await shoot(page, 'notifications-off');
    await card.getByRole('button', { name: 'Switch on here' }).click();
    await expect(card.getByText('On', { exact: true })).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page);
    await page.reload();
    await expect(card.getByText('On', { exact: true })).toBeVisible();
    await expect(card.getByLabel('Minimum missed')).toBeChecked();
    await expect(card.getByRole('button', { name: 'Save' })).toHaveCount(0);
    await card.getByLabel('Payments').uncheck();
    await card.getByRole('button', { name: 'Save' }).click();
    await expect(card.getByRole('button', { name: 'Save' })).toHaveCount(0);
    await page.reload();
    await expect(card.getByLabel('Payments')).not.toBeChecked();
    await card.getByRole('button', { name: 'Switch off here' }).click();
    await expect(card.getByText('Off', { exact: true })).toBeVisible();
    expect(await shop.engine.get('/api/qmoi/push')).toMatchObject({ devices: [] });
  });

  it('need one topic', async () => {
    const page = await open();
    const card = cardOf(page);
    await expect(card.getByLabel('Payments')).toBeChecked();
    for (const box of await card.getByRole('checkbox').all()) await box.uncheck();
    await expect(card.getByRole('button', { name: 'Switch on here' })).toBeDisabled();
    await expect(card.getByText('Choose at least one.')).toBeVisible();
  });

  it('are not switched on when the person refuses, and say how to allow them', async () => {
    const page = await open({ answer: 'denied' });
    const card = cardOf(page);
    await card.getByRole('button', { name: 'Switch on here' }).click();
    await expect(card.getByText('Blocked', { exact: true })).toBeVisible();
    await expect(card.getByText(/Allow them: tap the sign before the address/)).toBeVisible();
    await shoot(page, 'notifications-blocked');
    await expectNoViolations(page);
  });

  it('say what the browser said where it has no push service', async () => {
    const page = await open({ fails: true });
    const card = cardOf(page);
    await card.getByRole('button', { name: 'Switch on here' }).click();
    await expect(card.getByRole('alert')).toContainText('could not subscribe');
    await expect(card.getByRole('alert')).toContainText('push service error');
    await expect(card.getByText('Off', { exact: true })).toBeVisible();
  });

  it('show that a test was not taken, and the other devices, which are removed', async () => {
    const first = await open({}, { size: 'desktop' });
    await cardOf(first).getByRole('button', { name: 'Switch on here' }).click();
    await expect(cardOf(first).getByText('On', { exact: true })).toBeVisible();
    const page = await open({}, { language: 'sw' });
    const card = cardOf(page);
    await card.getByRole('button', { name: 'Washa hapa' }).click();
    await expect(card.getByText('Zimewashwa', { exact: true })).toBeVisible();
    // From here no push service can be reached.
    await card.getByRole('button', { name: 'Tuma jaribio' }).click();
    await expect(card.getByRole('alert')).toContainText('The note was not taken');
    await expect(card.getByText(/Taarifa ya mwisho haikupokelewa/)).toBeVisible();
    await shoot(page, 'notifications-failing-sw');
    await expectNoViolations(page);
    const others = card.getByRole('region', { name: 'Vifaa vingine vinavyoambiwa' });
    await expect(others.getByRole('listitem')).toHaveCount(1);
    await others.getByRole('button', { name: /^Ondoa Chrome kwenye/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Ondoa', exact: true }).click();
    await expect(others.getByText('Hakuna kifaa kingine kinachoambiwa.')).toBeVisible();
    await first.reload();
    await expect(cardOf(first).getByText('Off', { exact: true })).toBeVisible();
  });

  it('say that the notes still come in the other language', async () => {
    const page = await open();
    const card = cardOf(page);
    await card.getByRole('button', { name: 'Switch on here' }).click();
    await expect(card.getByText('On', { exact: true })).toBeVisible();
    await page.getByLabel('Language').selectOption('sw');
    await expect(card.getByText(/bado zinakuja kwa Kiingereza/)).toBeVisible();
    await card.getByRole('button', { name: 'Hifadhi' }).click();
    await expect(card.getByText(/bado zinakuja kwa Kiingereza/)).toHaveCount(0);
  });

  it('are not offered without a service worker', async () => {
    const { page } = await shop.openScreen({ size: 'phone', path: '/settings' });
    await expect(cardOf(page).getByText('Not possible here')).toBeVisible();
    await expect(cardOf(page).getByText(/offers no notifications/)).toBeVisible();
  });
});
