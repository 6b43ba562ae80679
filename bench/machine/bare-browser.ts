import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { devtoolsUrlIn, openDevtools, type Devtools } from './devtools.ts';

/**
 * A browser that nobody listens to while it loads a page. Whoever drives one for tests has it tell
 * of every request, and puts programs of their own into each page.
 */
export interface BareBrowser {
  /** What `measured` is in the page, as soon as it is a number above zero. */
  look(visit: Visit): Promise<number>;
  close(): Promise<void>;
}

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
}

/** By a device of its own that has these cookies, and nothing else that was ever loaded. */
export interface Visit {
  readonly url: string;
  readonly cookies: readonly Cookie[];
  readonly viewport: { readonly width: number; readonly height: number };
  /** How many times slower than this machine its processor is. */
  readonly slower: number;
  /** Runs in the page before anything of it, and leaves what it measured in `window`. */
  readonly watch: string;
  readonly measured: string;
  /** For so long it is left alone. */
  readonly aloneMs: number;
}

const startMsMax = 20_000;
const lookEveryMs = 250;
const looksMax = 60;

const parseText = (answer: unknown, field: string): string =>
  String((answer as Readonly<Record<string, unknown>>)[field]);
const parseNumber = (answer: unknown): number =>
  Number((answer as { readonly result: { readonly value?: unknown } }).result.value);

export async function openBareBrowser(
  executablePath: string,
  flags: readonly string[],
): Promise<BareBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'qmoi-browser-'));
  const child = spawn(
    executablePath,
    [
      ...flags,
      '--headless=new',
      '--no-default-browser-check',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  const clearAway = async (): Promise<void> => {
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const devtools = await openDevtools(await addressOf(child.stderr));
    return {
      look: (visit) => look(devtools, visit),
      close: async () => {
        // Its helpers end with it only where it ends by itself.
        await devtools.call('Browser.close');
        devtools.close();
        await clearAway();
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    await clearAway();
    throw error;
  }
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('the browser did not start')), startMsMax);
  let said = '';
  output.on('data', (piece: Buffer) => {
    said += piece.toString();
    const url = devtoolsUrlIn(said);
    if (url !== undefined) resolve(url);
  });
  output.on('end', () => reject(new Error(`the browser ended: ${said}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function look({ call }: Devtools, visit: Visit): Promise<number> {
  const device = parseText(await call('Target.createBrowserContext'), 'browserContextId');
  try {
    await call('Storage.setCookies', { cookies: visit.cookies, browserContextId: device });
    const made = await call('Target.createTarget', {
      url: 'about:blank',
      browserContextId: device,
    });
    const target = { targetId: parseText(made, 'targetId'), flatten: true };
    const page = parseText(await call('Target.attachToTarget', target), 'sessionId');
    const metrics = { ...visit.viewport, deviceScaleFactor: 1, mobile: false };
    await call('Emulation.setDeviceMetricsOverride', metrics, page);
    await call('Page.enable', {}, page);
    await call('Page.addScriptToEvaluateOnNewDocument', { source: visit.watch }, page);
    await call('Emulation.setCPUThrottlingRate', { rate: visit.slower }, page);
    await call('Page.navigate', { url: visit.url }, page);
    await sleep(visit.aloneMs);
    for (let n = 0; n < looksMax; n += 1) {
      const found = parseNumber(
        await call('Runtime.evaluate', { expression: visit.measured }, page),
      );
      if (found > 0) return found;
      await sleep(lookEveryMs);
    }
    throw new Error(`${visit.url} does not come to be measured`);
  } finally {
    await call('Target.disposeBrowserContext', { browserContextId: device });
  }
}
