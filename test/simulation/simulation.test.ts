import { rm } from 'node:fs/promises';

import { createDatabase, migrate } from '#platform/db';
import { describe, expect, it } from 'vitest';

import { createTestDatabases } from '../support/postgres.ts';
import { createScratch } from '../support/scratch.ts';
import type { Rule } from './auditor/violation.ts';
import type { PlantName } from './plants.ts';
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

/** For a machine that has other things to do; alone each of these takes seconds. */
const timeoutMs = 600_000;
/** Several days' trade and faults in one afternoon. */
const crowded = { days: 1, density: 4, aftermathHours: 2 } as const;

describe('a crowded day', () => {
  it.each([
    { seed: 1, fromHour: 9, careRate: 0.1 },
    { seed: 2, fromHour: 22, days: 2, density: 2, careRate: 0.1 },
  ])(
    'ends with the books right: %o',
    async (place) => {
      const outcome = await run({ ...crowded, ...place });
      expect(outcome.violations).toEqual([]);
      expect(outcome.payments).toBeGreaterThan(40);
      expect(outcome.payouts).toBeGreaterThan(1);
      expect(outcome.kills).toBeGreaterThan(2);
      expect(outcome.callbacks['forged']).toBeGreaterThan(10);
      expect(outcome.events['reversed by care']).toBeGreaterThan(0);
      expect(outcome.events['cancelled in the race']).toBeGreaterThan(0);
      expect(outcome.events['past cancelling later']).toBeGreaterThan(0);
    },
    timeoutMs,
  );

  it(
    'is the same day again with the same seed, and another one with another',
    async () => {
      const evening = { ...crowded, fromHour: 21, careRate: 0.3 };
      const first = await run({ ...evening, seed: 3 });
      expect(await run({ ...evening, seed: 3 })).toEqual(first);
      expect((await run({ ...evening, seed: 4 })).steps).not.toBe(first.steps);
    },
    timeoutMs,
  );
});

describe('a planted bug', () => {
  const found: readonly {
    readonly plant: Exclude<PlantName, 'none'>;
    /** Which of these shows first is for the seed to say. */
    readonly rules: readonly Rule[];
    readonly weather?: Partial<RunOptions>;
  }[] = [
    { plant: 'count-without-evidence', rules: ['money-without-truth'] },
    { plant: 'resend-unknown', rules: ['payout-without-transfer'], weather: { lossRate: 0.7 } },
    { plant: 'skip-dedupe', rules: ['money-without-truth'] },
    { plant: 'accept-forged-amount', rules: ['money-without-truth'] },
    { plant: 'trust-enquiry-without-receipt', rules: ['money-without-truth'] },
    { plant: 'ignore-refusal', rules: ['refused-is-refused'] },
    { plant: 'prompt-twice', rules: ['one-prompt-at-a-time'] },
    { plant: 'answer-and-forget', rules: ['callback-lost'] },
    { plant: 'read-no-list', rules: ['booked-in-time'] },
    { plant: 'believe-silence', rules: ['one-sweep-a-day', 'payout-known-in-time'] },
    { plant: 'send-cancelled', rules: ['cancelled-never-leaves', 'cancelled-stays-so'] },
    { plant: 'forget-cancelling', rules: ['cancelled-never-leaves', 'cancelled-stays-so'] },
    { plant: 'keep-reservation', rules: ['cancelled-holds-nothing'] },
    {
      plant: 'forget-reversal',
      rules: ['reversed-is-not-earned'],
      weather: { careRate: 0.2 },
    },
    { plant: 'reverse-another', rules: ['reversal-without-truth'], weather: { careRate: 0.2 } },
  ];

  it.each(found)(
    'is found: $plant',
    async ({ plant, rules, weather }) => {
      const place = { seed: 1, fromHour: 8, stopAtFirst: true, ...weather };
      const { violations } = await run({ ...crowded, ...place, plant });
      expect(rules).toContain(violations[0]?.rule);
    },
    timeoutMs,
  );
});
