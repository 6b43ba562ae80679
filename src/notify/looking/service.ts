import { dayMs, type BusinessId, type Clock, type RailId } from '#kernel';
import type { Database, Tx } from '#platform/db';
import type { DailyTargets } from '#targets';
import type { Weather } from '#weather';

import type { DeviceStore } from '../devices/store.ts';
import { notesFor } from '../notes/note.ts';
import type { NoteStore } from '../notes/store.ts';
import { calmOf, lastDayOf, missedOf, reachedOf, stormOn, stormsOf, type Sight } from './look.ts';
import { createToldStore } from './store.ts';

/** A rail that comes and goes is told of twice an hour at most. */
const stormEveryMs = 30 * 60 * 1000;
const toldKeptMs = 40 * dayMs;

export interface LookerDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly devices: DeviceStore;
  readonly notes: NoteStore;
  readonly targets: Pick<DailyTargets, 'standing' | 'earnedOn'>;
  readonly weather: Pick<Weather, 'report'>;
  readonly rails: ReadonlyMap<RailId, unknown>;
}

/** Looks at what no event tells: targets, days that ended, storms. */
export function createLooker(deps: LookerDeps) {
  const { database, clock, devices, notes, targets, weather } = deps;
  const told = createToldStore(deps.businessId);
  const rails = [...deps.rails.keys()];

  /** Told once, in the transaction that notes that it was. */
  const tell = async (tx: Tx, { what, happening }: Sight): Promise<void> => {
    const now = clock.now();
    if (!(await told.claim(tx, what, now))) return;
    const listeners = await devices.all(tx);
    await notes.add(
      tx,
      listeners.flatMap((device) => notesFor(device, [happening], now)),
    );
  };

  const lookBack = async (goals: Awaited<ReturnType<DailyTargets['standing']>>['goals']) => {
    const day = lastDayOf(clock.now());
    await database.transaction(async (tx) => {
      const what = `minimum:${day.date}`;
      const mpesa = await targets.earnedOn(tx, 'mpesa', day.date);
      const airtel = await targets.earnedOn(tx, 'airtel', day.date);
      const earned = { mpesa, airtel, combined: mpesa + airtel };
      const happening = missedOf(day, { earned, goals, rails });
      if (happening !== undefined) await tell(tx, { what, happening });
    });
  };

  return {
    look: async (): Promise<void> => {
      if ((await devices.count(database.executor)) === 0) return;
      const standing = await targets.standing();
      const reports = await weather.report();
      const now = clock.now();
      for (const sight of [...reachedOf(standing, rails), ...stormsOf(reports, now)]) {
        await database.transaction((tx) => tell(tx, sight));
      }
      for (const rail of calmOf(reports)) {
        await told.release(database.executor, stormOn(rail), now - stormEveryMs);
      }
      await lookBack(standing.goals);
      await told.forgetBefore(database.executor, now - toldKeptMs);
    },
  };
}
