import type { EpochMs } from '#kernel';
import { sql, type Database } from '#platform/db';

/** What the books have to do next, seen once for all loops of all processes. */
export interface Look {
  readonly promptsAt: EpochMs;
  readonly inquiriesAt: EpochMs;
  readonly transfersAt: EpochMs;
  /** What the relay would have told: topics of the events since the look before. */
  readonly topics: ReadonlySet<string>;
}

export interface Lookout {
  /** Something has been written since: nothing may be skipped on an old look. */
  noteWrite(): void;
  readonly isStale: boolean;
  readonly latest: Look;
  refresh(): Promise<Look>;
}

const nothing: Look = {
  promptsAt: 0,
  inquiriesAt: 0,
  transfersAt: 0,
  topics: new Set(),
};

const orNever = (at: EpochMs | null | undefined): EpochMs => at ?? Infinity;

/**
 * The worker's loops ask the database every second whether there is anything to do. Over a month of
 * virtual time that is most of the work, so here they are asked only when there is.
 */
export function createLookout(observer: Database): Lookout {
  let isStale = true;
  let latest = nothing;
  let newest = 0n;
  return {
    noteWrite: () => {
      isStale = true;
    },
    get isStale() {
      return isStale;
    },
    get latest() {
      return latest;
    },
    refresh: async () => {
      const { rows } = await sql<{
        promptsAt: EpochMs | null;
        promptQueryAt: EpochMs | null;
        claimAt: EpochMs | null;
        transfersAt: EpochMs | null;
        newest: bigint | null;
        topics: string[] | null;
      }>`select
        (select min(prompt_after) from charge where prompt_after is not null) as "promptsAt",
        (select min(next_query_at) from prompt_due) as "promptQueryAt",
        (select min(next_at) from verification where state = 'open') as "claimAt",
        (select min(next_step_at) from transfer where next_step_at is not null)
          as "transfersAt",
        (select max(id) from event) as newest,
        (select array_agg(distinct topic) from event where id > ${newest}) as topics
      `.execute(observer.executor);
      const [row] = rows;
      newest = row?.newest ?? newest;
      latest = {
        promptsAt: orNever(row?.promptsAt),
        inquiriesAt: Math.min(orNever(row?.promptQueryAt), orNever(row?.claimAt)),
        transfersAt: orNever(row?.transfersAt),
        topics: new Set(row?.topics ?? []),
      };
      isStale = false;
      return latest;
    },
  };
}
