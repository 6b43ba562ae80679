import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { crashOn } from '../../bench/runs/crash.ts';
import { outageOn } from '../../bench/runs/outage.ts';
import { openStage, type ProductPlan, type Stage } from '../../bench/runs/stage.ts';

const perSecond = 300;
const kills = 3;
const outageSeconds = 8;
/** A run ends earlier when all of it was answered. */
const patienceMs = 30_000;
const timing = {
  warmUpMs: 0,
  measureMs: 1_000,
  settleMs: 0,
  connections: 32,
  promptShare: 0.7,
  attemptsMax: 1,
};

/** The short form of `npm run bench -- crash` and `-- outage`: the same load, the same checks. */
describe('an engine under the load of the bench', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(timing, () => undefined);
  }, 90_000);
  afterAll(() => stage.close(), 90_000);

  it('loses and doubles nothing when it, PostgreSQL and both are killed', async () => {
    const { findings, faults } = await crashOn(stage, { times: kills }, perSecond);
    expect(faults).toEqual([]);
    expect(findings.map(({ id, values }) => [id, values])).toEqual([
      ['P13-lost', [0]],
      ['P13-doubled', [0]],
      ['P13-unbalanced', [0]],
      ['P13-audit', [0]],
    ]);
  }, 120_000);

  it('books once what comes again among what is new, and sets nothing aside', async () => {
    const old = Array.from({ length: perSecond }, (_, record) => record);
    const run = (callbacks: ProductPlan['callbacks'], records: readonly number[]) =>
      stage.run({ callbacks, order: () => Uint32Array.from(records), measureMs: patienceMs });
    const first = await run(2 * perSecond, old);
    // Else a redelivery is known by the engine's memory, and the database is not asked.
    await stage.product.stop();
    await stage.product.start();
    const mixed = old.flatMap((record) => [record, record + perSecond]);
    const again = await run(first.set, mixed);
    expect(again.fate.length).toBe(mixed.length);
    expect([first.bad, again.bad]).toEqual([0, 0]);
    expect(stage.faults).toEqual([]);
    const log = readFileSync(join(stage.product.home, 'logs', 'revenue_engine.log'), 'utf8');
    expect(log.includes('the engine is ready')).toBe(true);
    const complaints = log.split('\n').filter((line) => line.includes('could not be booked'));
    expect(complaints.length).toBe(0);
  }, 60_000);

  it('books once what it took while there was no database', async () => {
    const { faults, tables } = await outageOn(stage, { seconds: outageSeconds, rate: perSecond });
    expect(faults).toEqual([]);
    expect(tables.join('\n')).toContain('caught up');
  }, 120_000);
});
