import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sql, type Database } from '#platform/db';
import { silentLog, type Log } from '#platform/log';

import { createTestFoundation, type TestFoundation } from '../../test/support/foundation.ts';
import { cycleKinds, slotLeaseMs } from './switch.ts';
import { startWorker, type EngineSteps, type Worker } from './worker.ts';

let base: TestFoundation;
let workers: Worker[] = [];
let lines: string[] = [];

beforeAll(async () => {
  base = await createTestFoundation();
});

afterAll(() => base.close());

beforeEach(async () => {
  await sql`delete from cycle_run`.execute(base.database.executor);
  lines = [];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
});

const log: Log = {
  ...silentLog,
  info: (_, text) => void lines.push(text),
  warn: (_, text) => void lines.push(text),
  error: (_, text) => void lines.push(text),
};

/** Steps that only count how often they ran, and cycles too. */
function countingSteps() {
  const counts: Record<string, number> = {};
  const waiting: (() => void)[] = [];
  const count = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
    for (const look of waiting) look();
  };
  const idle = (name: string) => async (): Promise<number> => {
    count(name);
    return 0;
  };
  const cycle = (name: string) => async () => {
    count(name);
    return { done: true };
  };
  const steps: EngineSteps = {
    sendPrompts: idle('prompts'),
    askAboutUnknowns: idle('inquiries'),
    workTransfers: idle('transfers'),
    replaySpool: idle('spool'),
    cycles: {
      revenue: cycle('revenue'),
      'transfer-check': cycle('transfer-check'),
      proof: cycle('proof'),
    },
  };
  const reached = (name: string, times: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if ((counts[name] ?? 0) >= times) resolve();
      };
      waiting.push(look);
      look();
    });
  return { steps, counts, count, reached };
}

function start(steps: EngineSteps, database: Database = base.database): Worker {
  const worker = startWorker({ ...base, database, log, steps });
  workers.push(worker);
  return worker;
}

/** Lets everything that waits for no clock and no database run. */
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** Moves the clock on until it is so: database calls take their own time. */
async function until(so: Promise<void>, stepMs = 1_000): Promise<void> {
  const waiting = new AbortController();
  const over = so.finally(() => waiting.abort());
  while (!waiting.signal.aborted) {
    await base.clock.advance(stepMs);
    await settle();
  }
  await over;
}

async function finishedSlots(): Promise<readonly (readonly [kind: string, isDone: boolean])[]> {
  const { rows } = await sql<{ kind: string; finished: boolean }>`
    select kind, finished_at is not null as finished from cycle_run order by kind, slot_at`.execute(
    base.database.executor,
  );
  return rows.map(({ kind, finished }) => [kind, finished] as const);
}

describe('cycles', () => {
  it('are run once per slot by two workers', async () => {
    const { steps, counts, reached } = countingSteps();
    const pair = [start(steps), start(steps, base.neighbour)];
    await Promise.all(cycleKinds.map((kind) => reached(kind, 1)));
    // The next look at the same slots finds them claimed.
    await until(reached('spool', 8));
    await Promise.all(pair.map((worker) => worker.stop()));
    expect(cycleKinds.map((kind) => counts[kind])).toEqual([1, 1, 1]);
    expect(await finishedSlots()).toEqual([
      ['proof', true],
      ['revenue', true],
      ['transfer-check', true],
    ]);
  });

  it('come again with the next slot', async () => {
    const { steps, counts, reached } = countingSteps();
    const worker = start(steps);
    await Promise.all(cycleKinds.map((kind) => reached(kind, 1)));
    await until(reached('revenue', 2), 60_000);
    await until(reached('revenue', 3), 60_000);
    await worker.stop();
    expect(counts['proof']).toBe(1);
  });

  it('that fail are tried again, and hold nothing up', async () => {
    const { steps, count, reached } = countingSteps();
    let fails = 2;
    const proof = async () => {
      count('proof');
      fails -= 1;
      if (fails >= 0) throw new Error('the disk is full');
      return {};
    };
    const worker = start({ ...steps, cycles: { ...steps.cycles, proof } });
    await Promise.all([reached('proof', 1), reached('revenue', 1), reached('transfer-check', 1)]);
    await until(reached('proof', 3), slotLeaseMs / 4);
    await worker.stop();
    expect(lines).toContain('a step failed; it is tried again');
    // The one slot of the night, not the next.
    const nights = (await finishedSlots()).filter(([kind]) => kind === 'proof');
    expect(nights).toEqual([['proof', true]]);
  });

  it('that take long hold up no other', async () => {
    const { steps, counts, count, reached } = countingSteps();
    const gate = Promise.withResolvers<void>();
    const proof = async () => {
      await gate.promise;
      count('proof');
      return {};
    };
    const worker = start({ ...steps, cycles: { ...steps.cycles, proof } });
    await reached('revenue', 1);
    await until(reached('revenue', 2), 60_000);
    expect(counts['proof']).toBeUndefined();
    gate.resolve();
    await worker.stop();
  });
});

describe('steps', () => {
  it('run again at once while there is work, and pause when there is none', async () => {
    const { steps, counts, count } = countingSteps();
    let work = 3;
    const sendPrompts = async () => {
      count('sent');
      work -= 1;
      return Math.max(work, 0);
    };
    start({ ...steps, sendPrompts });
    await settle();
    expect(counts['sent']).toBe(3);
    await base.clock.advance(999);
    await settle();
    expect(counts['sent']).toBe(3);
    await base.clock.advance(1);
    await settle();
    expect(counts['sent']).toBe(4);
  });

  it('that always find work still make way', async () => {
    const { steps, counts, count } = countingSteps();
    const sendPrompts = async () => {
      count('sent');
      return 20;
    };
    start({ ...steps, sendPrompts });
    await settle();
    expect(counts['sent']).toBe(50);
    expect(counts['inquiries']).toBe(1);
  });

  it.each(['throws', 'rejects'])(
    'that fail are tried again, and stop no other: %s',
    async (how) => {
      const { steps, counts, count } = countingSteps();
      const failing = () => {
        count('failing');
        if (how === 'throws') throw new Error('no such column');
        return Promise.reject(new Error('no such column'));
      };
      start({ ...steps, askAboutUnknowns: failing });
      await settle();
      for (let second = 0; second < 6; second += 1) {
        await base.clock.advance(1_000);
        await settle();
      }
      expect(counts['failing']).toBe(4);
      expect(counts['prompts']).toBe(7);
      expect(lines.filter((line) => line.startsWith('a step failed'))).toHaveLength(4);
    },
  );
});

describe('a nudge', () => {
  it.each(['prompts', 'transfers'] as const)('wakes the %s without the clock', async (step) => {
    const { steps, counts } = countingSteps();
    const worker = start(steps);
    await settle();
    worker.nudge(step);
    await settle();
    expect(counts[step]).toBe(2);
    expect(counts['inquiries']).toBe(1);
  });

  it('during a run is not lost', async () => {
    const { steps, counts, count } = countingSteps();
    const gate = Promise.withResolvers<void>();
    const sendPrompts = async () => {
      count('sent');
      await gate.promise;
      return 0;
    };
    const worker = start({ ...steps, sendPrompts });
    worker.nudge('prompts');
    gate.resolve();
    await settle();
    expect(counts['sent']).toBe(2);
  });

  it('has transfers checked beside the hour, and sent', async () => {
    const { steps, counts, reached } = countingSteps();
    const worker = start(steps);
    await reached('transfer-check', 1);
    const before = counts['transfers'] ?? 0;
    worker.nudge('transfer-check');
    await reached('transfer-check', 2);
    await reached('transfers', before + 1);
    await settle();
    expect(counts['transfer-check']).toBe(2);
  });

  it('for a check that fails is kept for the next try', async () => {
    const { steps, counts, count, reached } = countingSteps();
    let fails = 0;
    const check = async () => {
      count('check');
      fails -= 1;
      if (fails === 0) throw new Error('the provider is away');
      return {};
    };
    const worker = start({ ...steps, cycles: { ...steps.cycles, 'transfer-check': check } });
    await reached('check', 1);
    fails = 1;
    worker.nudge('transfer-check');
    await reached('check', 2);
    // Long before the next hour.
    for (let second = 0; second < 5; second += 1) {
      await base.clock.advance(1_000);
      await settle();
    }
    expect(counts['check']).toBe(3);
    expect(lines).toContain('a step failed; it is tried again');
  });
});

describe('a database that is away', () => {
  it('is named once, and its return once, when every step has it back', async () => {
    const { steps } = countingSteps();
    let away = { prompts: true, inquiries: true };
    const failWhile = (step: 'prompts' | 'inquiries') => async () => {
      if (away[step]) throw Object.assign(new Error('shut down'), { code: '57P01' });
      return 0;
    };
    start({
      ...steps,
      sendPrompts: failWhile('prompts'),
      askAboutUnknowns: failWhile('inquiries'),
    });
    const passTenSeconds = async (): Promise<readonly string[]> => {
      for (let second = 0; second < 10; second += 1) {
        await base.clock.advance(1_000);
        await settle();
      }
      return lines.filter((line) => line.includes('database'));
    };
    const leaving = 'the database is away; callbacks are spooled until it is back';
    expect(await passTenSeconds()).toEqual([leaving]);
    away = { prompts: false, inquiries: true };
    expect(await passTenSeconds()).toEqual([leaving]);
    away = { prompts: false, inquiries: false };
    expect(await passTenSeconds()).toEqual([leaving, 'the database is back']);
  });
});

describe('stopping', () => {
  it('lets running steps end, and starts none', async () => {
    const { steps, counts, count } = countingSteps();
    const gate = Promise.withResolvers<void>();
    let ended = false;
    const sendPrompts = async () => {
      count('sent');
      await gate.promise;
      ended = true;
      return 1;
    };
    const worker = start({ ...steps, sendPrompts });
    await settle();
    const stopped = worker.stop();
    await settle();
    expect(ended).toBe(false);
    gate.resolve();
    await stopped;
    expect([ended, counts['sent']]).toEqual([true, 1]);
    const before = { ...counts };
    await base.clock.advance(60_000);
    await settle();
    expect(counts).toEqual(before);
  });

  it('does not wait for ever', async () => {
    const { steps } = countingSteps();
    const worker = start({ ...steps, sendPrompts: () => new Promise(() => undefined) });
    await settle();
    await until(worker.stop(), 10_000);
    expect(lines).toContain('steps were still running when the worker stopped');
    workers = [];
  });
});
