import { isDatabaseAway } from '#platform/db';
import type { Status } from '#api/contract';

import type { ApiDeps } from './deps.ts';
import { sharing } from './sharing.ts';
import { staleStatusOf, statusOf } from './status-view.ts';

export interface StatusBoard {
  /** The snapshot of now, or while the database is away the last one there was. */
  read(): Promise<Status>;
}

export type StatusBoardDeps = Pick<
  ApiDeps,
  | 'clock'
  | 'targets'
  | 'transfers'
  | 'engine'
  | 'collections'
  | 'intake'
  | 'weather'
  | 'mode'
  | 'businessName'
  | 'version'
  | 'startedAt'
  | 'simulators'
>;

export function createStatusBoard(deps: StatusBoardDeps): StatusBoard {
  let last: Status | undefined;

  const readNow = async (): Promise<Status> => {
    const [standing, outlook, engine, runs, openExceptions, weather] = await Promise.all([
      deps.targets.standing(),
      deps.transfers.outlook(),
      deps.engine.state(),
      deps.engine.lastRuns(),
      deps.collections.openExceptionCount(),
      deps.weather.report(),
    ]);
    const { queued, spooled, spoolNearlyFull } = deps.intake.health;
    const intake = { queued, spooled, spoolNearlyFull };
    const now = deps.clock.now();
    const facts = { now, standing, outlook, engine, runs, openExceptions, intake, weather };
    return statusOf(facts, deps);
  };

  const readOrRecall = async (): Promise<Status> => {
    try {
      last = await readNow();
      return last;
    } catch (error) {
      if (last === undefined || !isDatabaseAway(error)) throw error;
      const { queued, spooled, spoolNearlyFull } = deps.intake.health;
      return staleStatusOf(last, { queued, spooled, spoolNearlyFull });
    }
  };

  return { read: sharing(readOrRecall) };
}
