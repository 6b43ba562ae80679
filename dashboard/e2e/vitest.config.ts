import { join } from 'node:path';

import { defineConfig } from 'vitest/config';

/** The screen in a real browser: a stage of its own, because it needs one. See README.md. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    include: ['dashboard/e2e/*.test.ts'],
    // Each file has an engine and a database of its own: two at a time fill two cores.
    isolate: true,
    maxWorkers: 2,
    testTimeout: 40_000,
    hookTimeout: 90_000,
    globalSetup: ['dashboard/e2e/support/global-setup.ts'],
  },
});
