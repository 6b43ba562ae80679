import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';

export const sizes = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1440, height: 900 },
} as const;
export type Size = keyof typeof sizes;

export interface ScreenOptions {
  readonly size: Size;
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en' | 'sw';
  /** Where it is opened; Today unless said. */
  readonly path?: string;
  /**
   * `kept`: with the session that the file's first screen got by logging in through the page.
   * `own`: logs in through the page for a session of its own. `none`: stays before the login.
   */
  readonly session?: 'kept' | 'own' | 'none';
  /** Lets the page have its service worker, for what happens without a line. */
  readonly serviceWorker?: boolean;
  /** What must be in place before the page is loaded: a device clock, a proxy that fails. */
  readonly prepare?: (page: Page, context: BrowserContext) => Promise<void>;
}

export interface Screen {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page wrote to its console as error or warning, and what it threw. */
  readonly complaints: readonly string[];
  /** Answers of the engine with a status of 400 or more, and requests without one. */
  readonly failures: readonly string[];
  close(): Promise<void>;
}

/** The cookies of the session that later screens are opened with. */
export interface KeptSession {
  cookies: Awaited<ReturnType<BrowserContext['cookies']>> | undefined;
}

interface ScreenWorld {
  readonly browser: Browser;
  readonly url: string;
  readonly masterKey: string;
  readonly kept: KeptSession;
}

/** Far from Nairobi on purpose: times must come out right wherever the device thinks it is. */
const farAway = 'Pacific/Honolulu';
/** Said of every answer above 400, which is noted as a failure; and of what we switched off. */
const expected = /^Failed to load resource|^Service Worker registration blocked by Playwright/;

export async function openScreenIn(world: ScreenWorld, options: ScreenOptions): Promise<Screen> {
  const { size, theme = 'light', language = 'en', path = '/', session = 'kept' } = options;
  const context = await world.browser.newContext({
    baseURL: world.url,
    viewport: sizes[size],
    hasTouch: size === 'phone',
    colorScheme: theme,
    locale: `${language}-KE`,
    timezoneId: farAway,
    reducedMotion: 'reduce',
    serviceWorkers: options.serviceWorker === true ? 'allow' : 'block',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  if (session === 'kept' && world.kept.cookies !== undefined)
    await context.addCookies(world.kept.cookies);
  const page = await context.newPage();
  const { complaints, failures } = listen(page);
  await options.prepare?.(page, context);
  await page.goto(path);
  const needsLogin = session === 'own' || (session === 'kept' && world.kept.cookies === undefined);
  if (needsLogin) {
    await logIn(page, world.masterKey);
    await expect(keyField(page)).toHaveCount(0);
    // Being refused before the login is no failure of the page.
    failures.length = 0;
  }
  if (session !== 'none') await page.getByTestId('line-state').waitFor();
  if (session === 'kept') world.kept.cookies ??= await context.cookies();
  return { page, context, complaints, failures, close: () => context.close() };
}

function listen(page: Page): { complaints: string[]; failures: string[] } {
  const complaints: string[] = [];
  const failures: string[] = [];
  page.on('console', (message) => {
    const isBad = message.type() === 'error' || message.type() === 'warning';
    if (isBad && !expected.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('response', (response) => {
    if (response.status() < 400) return;
    failures.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // Whoever leaves a page no longer wants its answers.
    if (why !== 'net::ERR_ABORTED') failures.push(`${why} ${new URL(request.url()).pathname}`);
  });
  return { complaints, failures };
}

export const keyField = (page: Page) => page.getByLabel(/Master key|Ufunguo mkuu/);

/** Through the page, as a person does. */
export async function logIn(page: Page, key: string): Promise<void> {
  await keyField(page).fill(key);
  await keyField(page).press('Enter');
}

/** `Live`, `Reconnecting…`: what the screen says about itself. */
export const lineState = (page: Page) => page.getByTestId('line-state');

/** A page is there as a whole: it has its heading, nothing is on its way, nothing was refused. */
export async function expectWhole(page: Page): Promise<void> {
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(main.getByRole('heading', { level: 1 })).toHaveText(/\S/);
  await expect(main.getByText(/^(Loading|Inapakia)…$/)).toHaveCount(0);
  await expect(main.getByRole('alert')).toHaveCount(0);
}

const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Nothing that a machine can find is against WCAG 2.2, level A and AA. */
export async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(standard)
    .setLegacyMode()
    .analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    where: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary ?? ''}`),
  }));
  expect(found).toEqual([]);
}

/** Nothing hangs over the edge of the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate<number>(wide)).toBeLessThanOrEqual(0);
}

const shelf = join(import.meta.dirname, '..', '..', 'shots');

/** What is out of sight is left undrawn until it is scrolled to; a picture has all in sight. */
const drawAll = `
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { content-visibility: visible !important }');
  document.adoptedStyleSheets = [sheet];
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));`;

/** A picture for people, in the folder `dashboard/shots`, which is not kept. */
export async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(shelf, { recursive: true });
  await page.evaluate(drawAll);
  await page.screenshot({ path: join(shelf, `${name}.png`), fullPage: true });
}
