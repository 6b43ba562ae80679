import type { BusinessId, Clock, EpochMs } from '#kernel';
import { isDatabaseAway, type Database } from '#platform/db';
import type { Log } from '#platform/log';
import type { JsonObject } from '#platform/outbox';

import { createEngineStore } from './store.ts';
import { cycleKinds, cyclePeriodsMs, slotOf, type CycleKind } from './switch.ts';

/** The steps of the engine, each safe to run twice and in every process at once. */
export interface EngineSteps {
  readonly sendPrompts: () => Promise<number>;
  readonly askAboutUnknowns: () => Promise<number>;
  readonly workTransfers: () => Promise<number>;
  readonly replaySpool: () => Promise<number>;
  /** Work of which one process does one piece per slot of time; without one it was asked for. */
  readonly cycles: Readonly<Record<CycleKind, (slotAt?: EpochMs) => Promise<JsonObject>>>;
}

export interface Worker {
  /** Something that a step is waiting for has just happened. */
  nudge(step: 'prompts' | 'transfers' | 'transfer-check'): void;
  /** Lets running steps end, at most for a while. */
  stop(): Promise<void>;
}

/** A step that is run again and again. */
interface Loop {
  wake(): void;
  readonly done: Promise<void>;
}

interface LoopStep {
  readonly name: string;
  readonly pauseMs: number;
  /** Answers how much there was to do. */
  readonly run: () => Promise<number>;
}

const pauseMs = { prompts: 1_000, inquiries: 1_000, transfers: 1_000, spool: 2_000, slots: 5_000 };
const failedPauseMs = 2_000;
const drainMsMax = 10_000;
const stepsInARowMax = 50;
/** Payments ask for a check of the transfers; in a rush one check serves all of a while. */
const wantedCheckGapMs = 2_000;

/** Runs the steps until stopped. A failing step is logged, tried again, and stops nothing else. */
export function startWorker(deps: {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly log: Log;
  readonly steps: EngineSteps;
  /** How often transfers are checked, unless something asks for it earlier. */
  readonly transferCheckEveryMs?: number;
  /** A process that only takes callbacks in has nothing to do but empty its own spool. */
  readonly spoolOnly?: boolean;
}): Worker {
  const { clock, database, log, steps } = deps;
  const store = createEngineStore(deps.businessId);
  const stopping = new AbortController();
  const { signal } = stopping;
  const ends = createEnds(log);

  /** Runs again at once while there is work, then pauses until woken. */
  const loop = ({ name, pauseMs: usualPauseMs, run }: LoopStep): Loop => {
    let waker = new AbortController();
    const runWhileBusy = async (): Promise<void> => {
      for (let n = 0; n < stepsInARowMax && !signal.aborted; n += 1) {
        if ((await run()) === 0) return;
      }
    };
    const go = async (): Promise<void> => {
      while (!signal.aborted) {
        waker = new AbortController();
        let pause = usualPauseMs;
        try {
          await runWhileBusy();
          ends.wentWell(name);
        } catch (error) {
          ends.failed(name, error);
          pause = failedPauseMs;
        }
        if (!signal.aborted) await clock.sleep(pause, waker.signal);
      }
    };
    const wake = (): void => waker.abort();
    signal.addEventListener('abort', wake);
    return { wake, done: go() };
  };

  const periodsMs = {
    ...cyclePeriodsMs,
    'transfer-check': deps.transferCheckEveryMs ?? cyclePeriodsMs['transfer-check'],
  };

  /** A slot whose work fails stays unfinished, and is claimed again later. */
  const runSlot = async (kind: CycleKind): Promise<number> => {
    const slotAt = slotOf(kind, clock.now(), periodsMs[kind]);
    const mine = await store.claimSlot(database.executor, { kind, slotAt, now: clock.now() });
    if (!mine) return 0;
    const outcome = await steps.cycles[kind](slotAt);
    log.info({ cycle: kind, outcome }, 'cycle done');
    await store.finishSlot(database.executor, { kind, slotAt, now: clock.now(), outcome });
    return 0;
  };

  let checkWanted = false;
  let checkFrom: EpochMs = 0;
  const runWantedCheck = async (): Promise<number> => {
    const waitMs = checkFrom - clock.now();
    if (!checkWanted) return 0;
    if (waitMs > 0) {
      clock.after(waitMs, () => loops.get('wanted-check')?.wake());
      return 0;
    }
    checkWanted = false;
    checkFrom = clock.now() + wantedCheckGapMs;
    try {
      await steps.cycles['transfer-check']();
    } catch (error) {
      checkWanted = true;
      throw error;
    }
    loops.get('transfers')?.wake();
    return 0;
  };

  const spool: LoopStep = { name: 'spool', pauseMs: pauseMs.spool, run: steps.replaySpool };
  const everything: readonly LoopStep[] = [
    { name: 'prompts', pauseMs: pauseMs.prompts, run: steps.sendPrompts },
    { name: 'transfers', pauseMs: pauseMs.transfers, run: steps.workTransfers },
    { name: 'wanted-check', pauseMs: pauseMs.slots, run: runWantedCheck },
    { name: 'inquiries', pauseMs: pauseMs.inquiries, run: steps.askAboutUnknowns },
    spool,
    // One loop each: a proof that takes minutes holds up no revenue cycle.
    ...cycleKinds.map((kind) => ({
      name: kind,
      pauseMs: pauseMs.slots,
      run: () => runSlot(kind),
    })),
  ];
  const loops = new Map(
    (deps.spoolOnly === true ? [spool] : everything).map((step) => [step.name, loop(step)]),
  );

  return {
    nudge: (step) => {
      if (step === 'transfer-check') checkWanted = true;
      loops.get(step === 'transfer-check' ? 'wanted-check' : step)?.wake();
    },
    stop: async () => {
      stopping.abort();
      const drained = Promise.all([...loops.values()].map(({ done }) => done)).then(() => true);
      const late = clock.sleep(drainMsMax).then(() => false);
      if (!(await Promise.race([drained, late]))) {
        log.warn({ afterMs: drainMsMax }, 'steps were still running when the worker stopped');
      }
    },
  };
}

/** Says once that the database is away, and once that every step has it back. */
function createEnds(log: Log) {
  const without = new Set<string>();
  return {
    failed: (name: string, error: unknown): void => {
      if (!isDatabaseAway(error)) {
        log.error({ err: error, step: name }, 'a step failed; it is tried again');
        return;
      }
      if (without.size === 0) {
        log.error({ err: error }, 'the database is away; callbacks are spooled until it is back');
      }
      without.add(name);
    },
    wentWell: (name: string): void => {
      if (without.delete(name) && without.size === 0) log.info({}, 'the database is back');
    },
  };
}
