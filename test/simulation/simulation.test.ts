import { rm } from 'node:fs/promises';

import { createDatabase, migrate } from '#platform/db';
import { describe, expect, it } from 'vitest';

import { createTestDatabases } from '../support/postgres.ts';
import { createScratch } from '../support/scratch.ts';
import { plantNames, plants, type PlantName } from './plants.ts';
import { simulate, type Outcome, type RunOptions } from './run.ts';

async function run(options: Omit<RunOptions, 'connectionString' | 'folder'>): Promise<Outcome> {
  const databases = await createTestDatabases();
  await databases.template('migrated', async (connectionString) => {
    const database = createDatabase({ connectionString });
    await migrate(database);
    await database.close();
  });
  const own = await databases.createDatabase({ template: 'migrated' });
  const scratch = await createScratch();
  try {
    const { connectionString } = own;
    return await simulate({ ...options, connectionString, folder: scratch.path });
  } finally {
    await own.drop();
    await rm(scratch.path, { recursive: true, force: true });
  }
}

const timeoutMs = 600_000;

describe('a day of four', () => {
  it.each([1, 2])(
    'ends with the books right, on seed %i',
    async (seed) => {
      const outcome = await run({ seed, days: 1, density: 4, fromHour: 6 });
      expect(outcome.violations).toEqual([]);
      expect(outcome.payments).toBeGreaterThan(50);
      expect(outcome.payouts).toBeGreaterThan(1);
      expect(outcome.kills).toBeGreaterThan(2);
      expect(outcome.callbacks['forged']).toBeGreaterThan(10);
    },
    timeoutMs,
  );
});

describe('a planted bug', () => {
  /** A seed and an hour from which the bug shows soon; any would do, given time. */
  const places: Readonly<Record<Exclude<PlantName, 'none'>, { readonly seed: number }>> = {
    'count-without-evidence': { seed: 1 },
    'resend-unknown': { seed: 1 },
    'skip-dedupe': { seed: 1 },
    'accept-forged-amount': { seed: 1 },
    'trust-enquiry-without-receipt': { seed: 1 },
    'ignore-refusal': { seed: 1 },
    'prompt-twice': { seed: 1 },
    'answer-and-forget': { seed: 1 },
    'read-no-list': { seed: 1 },
    'believe-silence': { seed: 1 },
  };

  it.each(Object.entries(places))(
    'is found: %s',
    async (name, { seed }) => {
      const plant = plantNames.find((known) => known === name);
      const options = { seed, days: 1, density: 4, fromHour: 8, stopAtFirst: true };
      const { violations } = await run({ ...options, ...(plant === undefined ? {} : { plant }) });
      const expected = Object.entries(plants).find(([known]) => known === name)?.[1];
      expect(violations[0]?.rule).toBe(
        expected !== undefined && 'breaks' in expected && expected.breaks,
      );
    },
    timeoutMs,
  );
});
