import { isoOf, type BusinessId, type EpochMs, type RailId } from '#kernel';
import { sql, type Executor } from '#platform/db';

import type { Lane } from '../operation.ts';
import type { Breaker } from './breaker.ts';

interface BreakerRow extends Omit<Breaker, 'untilAt'> {
  readonly untilAt: EpochMs | null;
}

/** Which breaker; the rest of its row is what it says. */
export interface BreakerKey {
  readonly rail: RailId;
  readonly lane: Lane;
}

const columns = sql`
  rail, lane, state, cause, code, opened_at as "openedAt", until_at as "untilAt", trips,
  credentials_mark as "credentialsMark"`;

const breakerOf = (row: BreakerRow): Breaker => ({ ...row, untilAt: row.untilAt ?? undefined });

export function createBreakerStore(businessId: BusinessId) {
  const select = async (
    executor: Executor,
    rest: ReturnType<typeof sql>,
  ): Promise<readonly Breaker[]> => {
    const { rows } = await sql<BreakerRow>`
      select ${columns} from rail_breaker
      where business_id = ${businessId} ${rest}`.execute(executor);
    return rows.map(breakerOf);
  };

  return {
    all: (executor: Executor): Promise<readonly Breaker[]> =>
      select(executor, sql`order by rail, lane`),

    /** All of one rail, locked: a person and a probe do not close the same one twice. */
    lockOf: (executor: Executor, rail: RailId): Promise<readonly Breaker[]> =>
      select(executor, sql`and rail = ${rail} order by lane for update`),

    /** Takes the one try that is due; answers whether it is ours. A try that never ended is due. */
    claimProbe: async (
      executor: Executor,
      key: BreakerKey,
      times: { readonly now: EpochMs; readonly until: EpochMs },
    ): Promise<boolean> => {
      const { rows } = await sql`
        update rail_breaker set state = 'half-open', until_at = ${isoOf(times.until)}
        where business_id = ${businessId} and rail = ${key.rail} and lane = ${key.lane}
          and cause = 'failing' and until_at <= ${isoOf(times.now)}
        returning rail`.execute(executor);
      return rows.length > 0;
    },

    /**
     * Opens a breaker unless it is open for the same reason already; answers whether that is news.
     * Refused credentials outweigh mere failing, and other credentials those that were refused.
     */
    open: async (executor: Executor, breaker: Breaker): Promise<boolean> => {
      const { untilAt } = breaker;
      const { rows } = await sql`
        insert into rail_breaker (
          business_id, rail, lane, state, cause, code, opened_at, until_at, trips,
          credentials_mark
        ) values (
          ${businessId}, ${breaker.rail}, ${breaker.lane}, ${breaker.state}, ${breaker.cause},
          ${breaker.code}, ${isoOf(breaker.openedAt)},
          ${untilAt === undefined ? null : isoOf(untilAt)}, ${breaker.trips},
          ${breaker.credentialsMark}
        )
        on conflict (business_id, rail, lane) do update set
          state = excluded.state, cause = excluded.cause, code = excluded.code,
          opened_at = excluded.opened_at, until_at = excluded.until_at, trips = excluded.trips,
          credentials_mark = excluded.credentials_mark
        where excluded.cause = 'locked-out' and (rail_breaker.cause = 'failing'
          or rail_breaker.credentials_mark <> excluded.credentials_mark)
        returning rail`.execute(executor);
      return rows.length > 0;
    },

    /** The call that tried went wrong as well: open again, for longer. */
    reopen: async (
      executor: Executor,
      breaker: Breaker,
      again: { readonly code: string; readonly untilAt: EpochMs },
    ): Promise<void> => {
      await sql`
        update rail_breaker set state = 'open', code = ${again.code},
          until_at = ${isoOf(again.untilAt)}, trips = trips + 1
        where business_id = ${businessId} and rail = ${breaker.rail} and lane = ${breaker.lane}
          and state = 'half-open'`.execute(executor);
    },

    /** The call that tried went well. */
    closeProved: async (executor: Executor, key: BreakerKey): Promise<boolean> => {
      const { rows } = await sql`
        delete from rail_breaker
        where business_id = ${businessId} and rail = ${key.rail} and lane = ${key.lane}
          and state = 'half-open' returning rail`.execute(executor);
      return rows.length > 0;
    },

    close: async (executor: Executor, { rail, lane }: BreakerKey): Promise<void> => {
      await sql`
        delete from rail_breaker
        where business_id = ${businessId} and rail = ${rail} and lane = ${lane}`.execute(executor);
    },
  };
}

export type BreakerStore = ReturnType<typeof createBreakerStore>;
