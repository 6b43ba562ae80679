import type { BusinessId, Clock } from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import type { Database } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import { createEngineStore, type CycleRun } from './store.ts';
import type { EngineState } from './switch.ts';

/** The owner's switch for everything that goes out. */
export interface EngineSwitch {
  state(): Promise<EngineState>;
  isRunning(): Promise<boolean>;
  /** Answers false when it was in that position already. */
  turn(to: 'on' | 'off', by: Actor, reason: string): Promise<boolean>;
  lastRuns(): Promise<readonly CycleRun[]>;
}

export interface EngineDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly outbox: Outbox;
}

/** A new engine is on: starting it was the order to run. */
const atFirst: EngineState = {
  running: true,
  reason: 'first start',
  changedBy: 'engine:start',
  changedAt: 0,
};

export function createEngineSwitch(deps: EngineDeps): EngineSwitch {
  const { database, clock } = deps;
  const store = createEngineStore(deps.businessId);
  const state = async (): Promise<EngineState> => (await store.state(database.executor)) ?? atFirst;

  return {
    state,
    isRunning: async () => (await state()).running,

    turn: (to, by, reason) =>
      database.transaction(async (tx) => {
        const before = (await store.state(tx)) ?? atFirst;
        const running = to === 'on';
        if (before.running === running) return false;
        const changedAt = clock.now();
        const next = { running, reason, changedBy: formatActor(by), changedAt };
        if (!(await store.setState(tx, next))) return false;
        const action = running ? 'engine.started' : 'engine.stopped';
        await deps.audit.record(tx, {
          actor: by,
          action,
          subject: 'engine:switch',
          detail: { reason },
        });
        await deps.outbox.publish(tx, [{ topic: action, payload: { reason } }]);
        return true;
      }),

    lastRuns: () => store.lastRuns(database.executor),
  };
}
