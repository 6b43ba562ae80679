import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sql } from '#platform/db';

import { createTestFoundation, type TestFoundation } from '../../test/support/foundation.ts';
import { createEngineSwitch, type EngineSwitch } from './service.ts';
import { createEngineStore } from './store.ts';
import { slotLeaseMs, slotOf } from './switch.ts';

let base: TestFoundation;
let engine: EngineSwitch;
const by = { kind: 'cli' } as const;

beforeAll(async () => {
  base = await createTestFoundation();
});

afterAll(() => base.close());

beforeEach(async () => {
  for (const table of ['engine_state', 'cycle_run', 'event'])
    await sql`delete from ${sql.table(table)}`.execute(base.database.executor);
  engine = createEngineSwitch(base);
});

const topics = async () => (await base.outbox.after(undefined, 10)).map(({ topic }) => topic);
const lastAudit = async () => (await base.audit.list(base.database.executor, { limit: 1 }))[0];

describe('the switch', () => {
  it('is on at first: starting the engine was the order to run', async () => {
    expect(await engine.isRunning()).toBe(true);
    expect(await engine.state()).toMatchObject({ changedBy: 'engine:start' });
    expect(await engine.turn('on', by, 'again')).toBe(false);
    expect(await topics()).toEqual([]);
  });

  it('says who turned it, when and why, to the audit log and the news', async () => {
    expect(await engine.turn('off', by, 'stock-taking')).toBe(true);
    expect(await engine.isRunning()).toBe(false);
    expect(await engine.state()).toEqual({
      running: false,
      reason: 'stock-taking',
      changedBy: 'cli',
      changedAt: base.clock.now(),
    });
    expect(await lastAudit()).toMatchObject({
      actor: by,
      action: 'engine.stopped',
      subject: 'engine:switch',
      detail: { reason: 'stock-taking' },
    });
    expect(await engine.turn('off', by, 'once more')).toBe(false);
    expect((await engine.state()).reason).toBe('stock-taking');
    expect(await engine.turn('on', by, 'open again')).toBe(true);
    expect(await lastAudit()).toMatchObject({ action: 'engine.started' });
    expect(await topics()).toEqual(['engine.stopped', 'engine.started']);
  });

  it('turned by two at once is turned by one', async () => {
    await engine.turn('off', by, 'first');
    const neighbour = createEngineSwitch({ ...base, database: base.neighbour });
    const turned = await Promise.all([
      engine.turn('on', by, 'one'),
      neighbour.turn('on', by, 'other'),
    ]);
    expect(turned.toSorted()).toEqual([false, true]);
    expect(await topics()).toEqual(['engine.stopped', 'engine.started']);
  });
});

describe('a slot', () => {
  const store = createEngineStore(1 as never);
  const claim = (from = base.database, now = base.clock.now()) =>
    store.claimSlot(from.executor, { kind: 'proof', slotAt: slotOf('proof', now), now });

  it('is claimed by one of many', async () => {
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, n) => claim(n % 2 === 0 ? base.database : base.neighbour)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('that never ended is claimed again after a while, by one', async () => {
    const now = base.clock.now();
    expect(await claim()).toBe(true);
    expect(await claim(base.neighbour, now + slotLeaseMs - 1)).toBe(false);
    const claims = await Promise.all(
      [base.database, base.neighbour].map((from) => claim(from, now + slotLeaseMs)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await claim(base.database, now + slotLeaseMs + 1)).toBe(false);
  });

  it('that ended is never claimed again, and tells its outcome', async () => {
    const now = base.clock.now();
    await claim();
    const slotAt = slotOf('proof', now);
    const outcome = { checks: 9, failed: [] };
    await store.finishSlot(base.database.executor, { kind: 'proof', slotAt, now, outcome });
    expect(await claim(base.neighbour, now + 2 * slotLeaseMs)).toBe(false);
    expect(await engine.lastRuns()).toEqual([
      { kind: 'proof', slotAt, startedAt: now, finishedAt: now, outcome },
    ]);
  });

  it('is listed, the last of each kind', async () => {
    const now = base.clock.now();
    for (const back of [0, 1, 2]) {
      const slotAt = slotOf('revenue', now) - back * 300_000;
      await store.claimSlot(base.database.executor, { kind: 'revenue', slotAt, now });
    }
    await claim();
    expect(await engine.lastRuns()).toMatchObject([
      { kind: 'proof', finishedAt: undefined, outcome: undefined },
      { kind: 'revenue', slotAt: slotOf('revenue', now) },
    ]);
  });
});
