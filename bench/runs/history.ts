import { Client } from 'pg';

import { differingSizes, sizeTable, type SizesEach } from '../figures/sizes.ts';
import { mixOf } from '../product/drawing.ts';
import { openHistory } from '../product/history.ts';
import { readSizes } from '../product/sizes.ts';
import type { Stage } from './stage.ts';

/** Callbacks that came one by one, whose rows are what those of the past are compared to. */
const sampleCallbacks = 40_000;
const sampleBlock = 5_000;
const whenDoneMsMax = 3_600_000;

/** Books with a past, put in by the set. */
export interface SeededPast {
  /** Goes on until so many callbacks are past; answers how many are. */
  growTo(callbacks: number): Promise<number>;
  /** Callbacks that came one by one for the comparison. */
  readonly sampled: number;
}

export interface PastFound {
  /** Sizes beside those of rows that came one by one, when it was biggest. */
  readonly table: string;
  /** Where they differ, whenever it had grown. */
  readonly faults: readonly string[];
}

/**
 * Works on books with a past: on a stage that has had no callbacks, for some that were made ready
 * and never sent would count. What is found is good to read afterwards.
 */
export async function withPast(
  stage: Stage,
  total: number,
  work: (past: SeededPast) => Promise<void>,
): Promise<PastFound> {
  const sample = await takeSample(stage);
  const database = await stage.database();
  const history = await openHistory(
    { connectionString: database.connectionString(), secrets: stage.product.secrets },
    { total, mix: mixOf(stage.pace.promptShare) },
  );
  const faults: string[] = [];
  let table = '';
  try {
    await work({
      sampled: sampleCallbacks,
      growTo: async (callbacks) => {
        await history.growTo(callbacks, stage.tell);
        const seeded = await sizesOf(stage);
        table = sizeTable(sample, seeded);
        faults.push(...differingSizes(sample, seeded));
        return history.callbacks;
      },
    });
  } finally {
    await history.close();
  }
  return { table, faults };
}

/** In small blocks: what updates leave behind is cleared away between them, as it is in life. */
async function takeSample(stage: Stage): Promise<SizesEach> {
  stage.tell(`${sampleCallbacks.toLocaleString('en')} callbacks to compare the past with`);
  for (let done = 0; done < sampleCallbacks; done += sampleBlock) {
    await stage.run({ callbacks: sampleBlock, measureMs: whenDoneMsMax });
    await sizesOf(stage);
  }
  return sizesOf(stage);
}

async function sizesOf(stage: Stage): Promise<SizesEach> {
  const database = await stage.database();
  const client = new Client({ connectionString: database.connectionString() });
  await client.connect();
  try {
    // What an update leaves behind is cleared away sooner or later: here at once, on both sides.
    await client.query('vacuum');
    return await readSizes(client);
  } finally {
    await client.end();
  }
}
