import type { Clock, EpochMs, RailId } from '#kernel';
import type { Database } from '#platform/db';
import type { Log } from '#platform/log';
import type { ListedPayment, Rail } from '#rails';

import type { ListBooker } from './service.ts';

export interface ListReaderDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly bookListed: ListBooker;
}

/** M-Pesa keeps its list for 48 hours (Daraja, Pull Transactions); a little less is asked for. */
const reachBackMs = 47 * 60 * 60 * 1000;
/** Read again each time: a provider may list a payment late. */
const overlapMs = 30 * 60 * 1000;
/** A callback on its way gets this long to come first. */
const settlingMs = 2 * 60 * 1000;
const groupMax = 200;
/** A list that could not be read is asked for again before its next turn, so often at most. */
const againAfterMs = 45 * 1000;
const againMax = 3;

/**
 * Reads the providers' own lists for payments whose notice never came: a machine that was off, or a
 * callback that was lost. What is in the books already is left as it is.
 */
export function createListReader(deps: ListReaderDeps) {
  const { clock, database } = deps;
  const readUntil = new Map<RailId, EpochMs>();

  const takeGroup = async (rail: RailId, group: readonly ListedPayment[]): Promise<number> => {
    const listed = { rail, road: 'list', payments: group } as const;
    const outcome = await database.transaction((tx) => deps.bookListed(tx, listed));
    return outcome.booked.length;
  };

  let turn = 0;

  /** In its own time: whoever reads all lists does not wait for one that is not there. */
  const readAgain = (rail: Rail, of: { readonly turn: number; readonly tries: number }): void => {
    if (of.tries > againMax) return;
    clock.after(againAfterMs, () => {
      if (of.turn !== turn) return;
      readRail(rail, of).catch((error: unknown) => {
        deps.log.debug({ err: error, rail: rail.id }, 'the list of payments was not booked');
      });
    });
  };

  const readRail = async (
    rail: Rail,
    of: { readonly turn: number; readonly tries: number },
  ): Promise<number> => {
    const toAt = clock.now() - settlingMs;
    const since = readUntil.get(rail.id);
    const fromAt = since === undefined ? toAt - reachBackMs : since - overlapMs;
    const list = await rail.listPayments({ fromAt, toAt });
    if (list.kind !== 'listed') {
      deps.log.debug({ rail: rail.id, answer: list.kind }, 'the list of payments was not read');
      readAgain(rail, { ...of, tries: of.tries + 1 });
      return 0;
    }
    const settled = list.payments.filter(({ occurredAt }) => occurredAt <= toAt);
    let found = 0;
    for (let from = 0; from < settled.length; from += groupMax) {
      found += await takeGroup(rail.id, settled.slice(from, from + groupMax));
    }
    readUntil.set(rail.id, toAt);
    if (found > 0) {
      deps.log.warn({ rail: rail.id, found }, 'payments were found that nobody had told us of');
    }
    return found;
  };

  return {
    /** Answers how many payments were found that the books did not have. */
    sweep: async (): Promise<number> => {
      turn += 1;
      let found = 0;
      for (const rail of deps.rails.values()) found += await readRail(rail, { turn, tries: 0 });
      return found;
    },
  };
}
