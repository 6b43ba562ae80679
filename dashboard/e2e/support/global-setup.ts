import { chromium } from '@playwright/test';
import type { TestProject } from 'vitest/node';

import { silentLog } from '#platform/log';

import { buildScreen } from '../../../src/screen.ts';
import { chromiumFlags, chromiumMissing, findChromium } from './chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's browser listens; empty where there is none. */
    browserAddress: string;
  }
}

const buildMsMax = 120_000;

/** Builds the screen where its source has changed, and starts the one browser of the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    if (process.env['CI'] === 'true') throw new Error(chromiumMissing);
    process.stderr.write(`\n!!! ${chromiumMissing}\n\n`);
    project.provide('browserAddress', '');
    return () => Promise.resolve();
  }
  await buildScreen(silentLog, AbortSignal.timeout(buildMsMax));
  const server = await chromium.launchServer({
    executablePath,
    args: [...chromiumFlags],
    host: '127.0.0.1',
  });
  project.provide('browserAddress', server.wsEndpoint());
  return () => server.close();
}
