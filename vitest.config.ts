import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'simulators/**/*.test.ts',
      'tools/**/*.test.ts',
      'bench/**/*.test.ts',
      'test/**/*.test.ts',
      'dashboard/src/**/*.test.ts',
      'dashboard/e2e/support/*.test.ts',
    ],
    isolate: false,
    // Vitest leaves a core to itself and needs little of it: on two cores it would use one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    globalSetup: ['test/support/global-setup.ts'],
  },
});
