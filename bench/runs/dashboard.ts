import { chromium, type BrowserContext, type Page } from '@playwright/test';

import { silentLog } from '#platform/log';

import {
  chromiumFlags,
  chromiumMissing,
  findChromium,
} from '../../dashboard/e2e/support/chromium.ts';
import { lineState, sizes } from '../../dashboard/e2e/support/screen.ts';
import { openShop, type OpenShop } from '../../dashboard/e2e/support/shop.ts';
import { buildScreen } from '../../src/screen.ts';
import { tableOf } from '../figures/table.ts';
import { openBareBrowser, type BareBrowser, type Cookie } from '../machine/bare-browser.ts';
import { remember } from '../machine/undo.ts';
import type { Options } from '../options.ts';
import type { Report } from './report.ts';

/** A phone of the kind that is sold most is some four times slower than this machine. */
const throttling = 4;
const paymentsPerRound = 20;
const buildMsMax = 120_000;
const drawnMs = 4_000;
const kilobyte = 1_000;

/** What the owner's screen weighs, how soon it is there, and how soon a payment is on it. */
export async function dashboard(
  { rounds }: Pick<Options, 'rounds'>,
  tell: (text: string) => void,
): Promise<Report> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(chromiumMissing);
  await buildScreen(silentLog, AbortSignal.timeout(buildMsMax));
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  const closeBrowser = remember(() => browser.close());
  const bare = await openBareBrowser(executablePath, chromiumFlags);
  const closeBare = remember(bare.close);
  try {
    const shop = await openShop(browser);
    const closeShop = remember(() => shop.close());
    try {
      return await measure(shop, { bare, rounds, tell });
    } finally {
      await closeShop();
    }
  } finally {
    await closeBare();
    await closeBrowser();
  }
}

interface Measuring {
  readonly bare: BareBrowser;
  readonly rounds: number;
  readonly tell: (text: string) => void;
}

async function measure(shop: OpenShop, { bare, rounds, tell }: Measuring): Promise<Report> {
  await shop.pay({ amount: 1_250 });
  await shop.payByAirtel({ amount: 640 });
  tell('what the first load weighs');
  const scripts = await weighScripts(shop);
  const fresh = { bare, url: shop.engine.url, cookies: await sessionOf(shop) };
  const paints: number[] = [];
  const rows: number[] = [];
  const delays: number[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    tell(`first loads, round ${n} of ${rounds}`);
    paints.push(await firstLookMs(fresh, largestPaint));
    rows.push(await firstLookMs(fresh, firstRows));
  }
  for (let n = 1; n <= rounds; n += 1) {
    tell(`${paymentsPerRound} payments, round ${n} of ${rounds}`);
    delays.push(await slowestNewsMs(shop));
  }
  const sum = scripts.reduce((bytes, script) => bytes + script.bytes, 0);
  return {
    tables: [
      tableOf([
        ['script of the first load', 'kB, gzip'],
        ...scripts.map(({ name, bytes }) => [name, (bytes / kilobyte).toFixed(1)]),
      ]),
    ],
    findings: [
      { id: 'D1', values: [sum / kilobyte] },
      { id: 'D2', values: paints },
      { id: 'P9-first', values: rows, note: 'transactions, books of a few payments' },
      { id: 'D3', values: delays },
    ],
  };
}

/** A browser that has nothing of the screen yet, but a session. */
const openToday = (
  shop: OpenShop,
  prepare?: (page: Page, context: BrowserContext) => Promise<void>,
) => shop.openScreen({ size: 'phone', ...(prepare === undefined ? {} : { prepare }) });

async function untilWhole(page: Page): Promise<void> {
  await page.getByTestId('today-combined').waitFor();
  await page.locator('canvas').first().waitFor();
  await lineState(page).filter({ hasText: 'Live' }).waitFor();
}

interface Script {
  readonly name: string;
  readonly bytes: number;
}

/** Everything of JavaScript that a browser loads for Today, each file as gzip makes it. */
async function weighScripts(shop: OpenShop): Promise<readonly Script[]> {
  const addresses = new Set<string>();
  const { page, close } = await openToday(shop, (before) => {
    before.on('response', (response) => {
      if (response.request().resourceType() === 'script') addresses.add(response.url());
    });
    return Promise.resolve();
  });
  await untilWhole(page);
  await close();
  return Promise.all([...addresses].map(weigh));
}

async function weigh(address: string): Promise<Script> {
  const answer = await fetch(address, { headers: { 'accept-encoding': 'gzip' } });
  await answer.arrayBuffer();
  const bytes = Number(answer.headers.get('content-length'));
  if (!answer.ok || !(bytes > 0)) throw new Error(`${address} tells no length`);
  return { name: new URL(address).pathname, bytes };
}

const watchPaints = `(() => {
  window.largestPaintMs = 0;
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) window.largestPaintMs = startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
})()`;

const watchRows = `(() => {
  new MutationObserver(() => {
    const row = document.querySelector('main [role=row] a');
    if (row !== null) window.rowsMs ??= performance.now();
  }).observe(document, { subtree: true, childList: true });
})()`;

interface FirstLook {
  readonly path: string;
  readonly watch: string;
  readonly measured: string;
  readonly slower: number;
}

const largestPaint: FirstLook = {
  path: '/',
  watch: watchPaints,
  measured: `document.querySelector('[data-testid=today-combined]') && window.largestPaintMs`,
  slower: throttling,
};
const firstRows: FirstLook = {
  path: '/payments',
  watch: watchRows,
  measured: 'window.rowsMs',
  slower: 1,
};

/** On a device of its own, which has a session and nothing else of the screen. */
const firstLookMs = (
  { bare, url, cookies }: { bare: BareBrowser; url: string; cookies: readonly Cookie[] },
  { path, ...measured }: FirstLook,
): Promise<number> =>
  bare.look({
    ...measured,
    url: `${url}${path}`,
    cookies,
    viewport: sizes.phone,
    // Later and larger paints would come by then.
    aloneMs: drawnMs,
  });

async function sessionOf(shop: OpenShop): Promise<readonly Cookie[]> {
  const { context, close } = await openToday(shop);
  const cookies = await context.cookies();
  await close();
  return cookies.map(({ name, value, domain, path, httpOnly, secure }) => ({
    name,
    value,
    domain,
    path,
    httpOnly,
    secure,
  }));
}

/** Notes when the figure of today becomes another one, by the clock that the engine has too. */
const watchFigure = `(() => {
  const figure = document.querySelector('[data-testid=today-combined]');
  const changedAt = [];
  let tell = () => undefined;
  new MutationObserver(() => {
    changedAt.push(Date.now());
    tell();
  }).observe(figure, { subtree: true, childList: true, characterData: true });
  window.changeOf = async (n) => {
    while (changedAt.length <= n) await new Promise((done) => (tell = done));
    return changedAt[n];
  };
})()`;

/** From the time in the books to the figure on the screen: the p95 of a round's payments. */
async function slowestNewsMs(shop: OpenShop): Promise<number> {
  const { page, close } = await openToday(shop);
  await untilWhole(page);
  await page.evaluate(watchFigure);
  const delays: number[] = [];
  for (let n = 0; n < paymentsPerRound; n += 1) {
    const { bookedAt } = await shop.pay({ amount: 10 + n });
    const changedAt = await page.evaluate<number>(`window.changeOf(${n})`);
    delays.push(changedAt - Temporal.Instant.from(String(bookedAt)).epochMilliseconds);
  }
  await close();
  delays.sort((one, other) => one - other);
  return delays[Math.ceil(delays.length * 0.95) - 1] ?? Number.NaN;
}
