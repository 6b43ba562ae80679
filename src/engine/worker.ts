import type { BusinessId, Clock } from '#kernel';
import { isDatabaseAway, type Database } from '#platform/db';
import type { Log } from '#platform/log';
import type { JsonObject } from '#platform/outbox';

import { createEngineStore } from './store.ts';
import { slotOf, type CycleKind } from './switch.ts';

/** The steps of the engine, each safe to run twice and in every process at once. */
export interface EngineSteps {
  readonly sendPrompts: () => Promise<number>;
  readonly askAboutUnknowns: () => Promise<number>;
  readonly workTransfers: () => Promise<number>;
  readonly replaySpool: () => Promise<number>;
  /** Work of which one process does one piece per slot of time. */
  readonly cycles: Readonly<Record<CycleKind, () => Promise<JsonObject>>>;
}

export interface Worker {
  /** Something that a step is waiting for has just happened. */
  nudge(step: 'prompts' | 'transfers' | 'transfer-check'): void;
  /** Lets running steps end, at most for a while. */
  stop(): Promise<void>;
}

interface Loop {
  wake(): void;
  readonly done: Promise<void>;
}

const pauseMs = { prompts: 1_000, inquiries: 1_000, transfers: 1_000, spool: 2_000, slots: 5_000 };
const awayPauseMs = 2_000;
const drainMsMax = 10_000;
const stepsInARowMax = 50;

/** Runs the steps until stopped. A failing step is logged and tried again; it stops nothing else. */
export function startWorker(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly log: Log;
  readonly steps: EngineSteps;
}): Worker {
  const { clock, database, log, steps } = deps;
  const store = createEngineStore(deps.businessId);
  const stopping = new AbortController();
  let isAway = false;

  const noteFailure = (name: string, error: unknown): void => {
    if (!isDatabaseAway(error)) {
      log.error({ err: error, step: name }, 'a step failed; it is tried again');
    } else if (!isAway) {
      isAway = true;
      log.error({ err: error }, 'the database is away; callbacks are spooled until it is back');
    }
  };

  const noteSuccess = (): void => {
    if (!isAway) return;
    isAway = false;
    log.info({}, 'the database is back');
  };

  /** Runs again at once while there is work, then pauses until woken. */
  const loop = (name: string, options: { pauseMs: number; run: () => Promise<number> }): Loop => {
    let waker = new AbortController();
    const runOnce = async (): Promise<number> => {
      let count = 0;
      for (let n = 0; n < stepsInARowMax && !stopping.signal.aborted; n += 1) {
        const done = await options.run();
        count += done;
        if (done === 0) break;
      }
      return count;
    };
    const go = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        waker = new AbortController();
        let pause = options.pauseMs;
        try {
          await runOnce();
          noteSuccess();
        } catch (error) {
          noteFailure(name, error);
          pause = awayPauseMs;
        }
        await clock.sleep(pause, AbortSignal.any([waker.signal, stopping.signal]));
      }
    };
    const done = go();
    return { wake: () => waker.abort(), done };
  };

  const runSlot = async (kind: CycleKind): Promise<void> => {
    const slotAt = slotOf(kind, clock.now());
    const mine = await store.claimSlot(database.executor, { kind, slotAt, now: clock.now() });
    if (!mine) return;
    const outcome = await steps.cycles[kind]();
    log.info({ cycle: kind, outcome }, 'cycle done');
    await store.finishSlot(database.executor, { kind, slotAt, now: clock.now(), outcome });
  };

  const runSlots = async (): Promise<number> => {
    await runSlot('revenue');
    await runSlot('transfer-check');
    await runSlot('proof');
    return 0;
  };

  const prompts = loop('prompts', { pauseMs: pauseMs.prompts, run: steps.sendPrompts });
  const inquiries = loop('inquiries', { pauseMs: pauseMs.inquiries, run: steps.askAboutUnknowns });
  const transfers = loop('transfers', { pauseMs: pauseMs.transfers, run: steps.workTransfers });
  const spool = loop('spool', { pauseMs: pauseMs.spool, run: steps.replaySpool });
  const slots = loop('cycles', { pauseMs: pauseMs.slots, run: runSlots });
  let checkWanted = false;
  const checks = loop('transfer-check', {
    pauseMs: pauseMs.slots,
    run: async () => {
      if (!checkWanted) return 0;
      checkWanted = false;
      await steps.cycles['transfer-check']();
      transfers.wake();
      return 0;
    },
  });

  return {
    nudge: (step) => {
      if (step === 'prompts') prompts.wake();
      else if (step === 'transfers') transfers.wake();
      else {
        checkWanted = true;
        checks.wake();
      }
    },
    stop: async () => {
      stopping.abort();
      const loops = [prompts, inquiries, transfers, spool, slots, checks];
      const ended = Promise.all(loops.map(({ done }) => done));
      await Promise.race([ended, clock.sleep(drainMsMax)]);
    },
  };
}
