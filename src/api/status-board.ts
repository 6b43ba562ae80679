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
  | 'mode'
  | 'businessName'
  | 'version'
  | 'startedAt'
  | 'simulators'
>;

export function createStatusBoard(deps: StatusBoardDeps): StatusBoard {
  let last: Status | undefined;

  const readNow = async (): Promise<Status> => {
    const [standing, outlook, engine, runs, openExceptions] = await Promise.all([
      deps.targets.standing(),
      deps.transfers.outlook(),
      deps.engine.state(),
      deps.engine.lastRuns(),
      deps.collections.openExceptionCount(),
    ]);
    const { queued, spooled, spoolNearlyFull } = deps.intake.health;
    const intake = { queued, spooled, spoolNearlyFull };
    const now = deps.clock.now();
    return statusOf({ now, standing, outlook, engine, runs, openExceptions, intake }, deps);
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
