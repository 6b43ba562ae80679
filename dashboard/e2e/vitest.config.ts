import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

/** `npm run test:screen`: every file, and each page in every size and theme. */
const isWhole = process.env['QMOI_SCREEN'] === 'whole';
/** What the gate has time for: money that goes out, line, login, notes, and every page once. */
const inTheGate = ['line', 'notifications', 'pages', 'session', 'today', 'transfers'];

/** The screen in a real browser: a stage of its own, because it needs one. See README.md. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    include: isWhole
      ? ['dashboard/e2e/*.test.ts']
      : inTheGate.map((name) => `dashboard/e2e/${name}.test.ts`),
    // Each file has an engine and a database of its own: two at a time fill two cores.
    isolate: true,
    maxWorkers: 2,
    testTimeout: 40_000,
    hookTimeout: 90_000,
    globalSetup: ['dashboard/e2e/support/global-setup.ts'],
  },
});
