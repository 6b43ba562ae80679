import { isoOf, railNames, type BusinessId, type Clock, type EpochMs, type RailId } from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import { afterCommit, isDatabaseAway, type Database, type Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { Outbox } from '#platform/outbox';

import type { Lane } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import {
  isFailing,
  passageBy,
  pauseAfter,
  probeLeaseMs,
  reactionTo,
  withCall,
  type Breaker,
  type Passage,
  type WindowCall,
} from './breaker.ts';
import { createBreakerStore, type BreakerKey } from './store.ts';

/** Something a person should look at, in the words of whoever keeps such things. */
export interface Trouble {
  readonly kind: 'rail-locked' | 'operator-password';
  readonly rail: RailId;
  readonly subject: string;
  readonly amountMinor: undefined;
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface Troubles {
  open(tx: Tx, troubles: readonly Trouble[]): Promise<void>;
  resolve(tx: Tx, kind: Trouble['kind'], subjects: readonly string[]): Promise<void>;
}

export interface BreakersDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Audit;
  readonly outbox: Outbox;
  /** Spreads the pauses. */
  readonly random: (byteCount: number) => Buffer;
  readonly troubles: Troubles;
  /** Keyed digests of each rail's credentials. */
  readonly credentialsMarks: ReadonlyMap<RailId, string>;
}

/** How long what other processes did to a breaker may go unnoticed. */
const rememberedMs = 2_000;

const nameOf = ({ rail, lane }: BreakerKey): string => `${rail}:${lane}`;
const troubleSubject = ({ rail, lane, openedAt }: Breaker): string =>
  `${rail}:${lane}:${isoOf(openedAt)}`;

/** Holds calls back that would not be heard, or would lock our operator; in every process. */
export function createBreakers(deps: BreakersDeps) {
  const { database, clock, log } = deps;
  const store = createBreakerStore(deps.businessId);
  const windows = new Map<string, readonly WindowCall[]>();
  let known: { readonly at: EpochMs; readonly breakers: Promise<readonly Breaker[]> } | undefined;
  /** Lock-outs that could not be written yet hold in this process all the same. */
  const unwritten = new Map<string, Breaker>();
  /** What was read last stands in while the database is away. */
  let last: readonly Breaker[] = [];

  const markOf = (rail: RailId): string => deps.credentialsMarks.get(rail) ?? '';
  const forget = (): void => {
    known = undefined;
  };

  const readNow = async (): Promise<readonly Breaker[]> => {
    try {
      last = await store.all(database.executor);
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
    return last;
  };

  const read = (): Promise<readonly Breaker[]> => {
    const now = clock.now();
    if (known === undefined || now - known.at >= rememberedMs) {
      const reading = { at: now, breakers: readNow() };
      known = reading;
      // A defect is not remembered.
      reading.breakers.catch(forget);
    }
    return known.breakers;
  };

  const passageOf = (rail: RailId, breaker: Breaker | undefined): Passage =>
    passageBy(breaker, { now: clock.now(), mark: markOf(rail) });

  const look = async (key: BreakerKey): Promise<Passage> => {
    const held = unwritten.get(nameOf(key));
    if (held !== undefined) return passageOf(key.rail, held);
    const breaker = (await read()).find(({ rail, lane }) => rail === key.rail && lane === key.lane);
    return passageOf(key.rail, breaker);
  };

  const announce = (tx: Tx, breaker: Breaker, state: 'opened' | 'closed'): Promise<void> => {
    const { rail, lane, cause, code, untilAt } = breaker;
    const until = untilAt === undefined ? null : isoOf(untilAt);
    const payload = { rail, lane, state, cause, code, until };
    return deps.outbox.publish(tx, [{ topic: 'rail.breaker', payload }]);
  };

  const newBreaker = (
    key: BreakerKey,
    why: { readonly cause: Breaker['cause']; readonly code: string },
  ): Breaker => {
    const now = clock.now();
    const untilAt = why.cause === 'failing' ? now + pauseAfter(1, chance()) : undefined;
    const credentialsMark = markOf(key.rail);
    return { ...key, ...why, state: 'open', openedAt: now, untilAt, trips: 1, credentialsMark };
  };

  const chance = (): number => (deps.random(1)[0] ?? 0) / 255;

  const open = async (tx: Tx, breaker: Breaker): Promise<void> => {
    if (!(await store.open(tx, breaker))) return;
    await announce(tx, breaker, 'opened');
    const { rail, lane, cause, code } = breaker;
    log.warn({ rail, lane, cause, code }, 'calls to the provider are held back');
    if (cause === 'failing') return;
    const subject = troubleSubject(breaker);
    const detail = { lane, code, fix: lockedOutFix(rail) };
    await deps.troubles.open(tx, [
      { kind: 'rail-locked', rail, subject, amountMinor: undefined, detail },
    ]);
  };

  const openNow = async (breaker: Breaker): Promise<void> => {
    await database.transaction((tx) => open(tx, breaker));
    windows.delete(nameOf(breaker));
    forget();
  };

  const writeHeld = async (): Promise<void> => {
    for (const [name, breaker] of unwritten) {
      await openNow(breaker);
      unwritten.delete(name);
    }
  };

  const noteProbe = async (key: BreakerKey, outcome: Outcome): Promise<void> => {
    const now = clock.now();
    const breaker = (await store.all(database.executor)).find(
      ({ rail, lane }) => rail === key.rail && lane === key.lane,
    );
    forget();
    if (breaker === undefined) return;
    if (reactionTo(outcome, key.lane) !== 'none') {
      const untilAt = now + pauseAfter(breaker.trips + 1, chance());
      await store.reopen(database.executor, breaker, { code: outcome.code ?? '', untilAt });
      return;
    }
    await database.transaction(async (tx) => {
      if (await store.closeProved(tx, key)) await announce(tx, breaker, 'closed');
    });
    log.info({ ...key }, 'the provider answers again');
  };

  const note = async (
    key: BreakerKey,
    outcome: Outcome,
    { probe }: { readonly probe: boolean },
  ): Promise<void> => {
    const reaction = reactionTo(outcome, key.lane);
    const code = outcome.code ?? '';
    if (reaction === 'lock-out') {
      unwritten.set(nameOf(key), newBreaker(key, { cause: 'locked-out', code }));
      return writeHeld();
    }
    if (probe) return noteProbe(key, outcome);
    const call = { at: clock.now(), failed: reaction !== 'none' };
    const window = withCall(windows.get(nameOf(key)) ?? [], call);
    windows.set(nameOf(key), window);
    if (reaction === 'trip-at-once' || (reaction !== 'none' && isFailing(window))) {
      await openNow(newBreaker(key, { cause: 'failing', code }));
    }
  };

  /** Closes for a person or for a reason; answers how many were open. */
  const close = async (
    rail: RailId,
    closing: {
      readonly by: Actor;
      readonly reason: string;
      readonly which: (breaker: Breaker) => boolean;
    },
  ): Promise<number> => {
    const closed = await database.transaction(async (tx) => {
      const wanted = (await store.lockOf(tx, rail)).filter(closing.which);
      for (const breaker of wanted) {
        await store.close(tx, breaker);
        await announce(tx, breaker, 'closed');
        await deps.audit.record(tx, {
          actor: closing.by,
          action: 'breaker.closed',
          subject: `breaker:${nameOf(breaker)}`,
          detail: { cause: breaker.cause, code: breaker.code, reason: closing.reason },
        });
      }
      await deps.troubles.resolve(tx, 'rail-locked', wanted.map(troubleSubject));
      return wanted;
    });
    for (const breaker of closed) {
      windows.delete(nameOf(breaker));
      unwritten.delete(nameOf(breaker));
    }
    forget();
    if (closed.length > 0) {
      const by = formatActor(closing.by);
      log.info({ rail, closed: closed.length, by }, 'calls to the provider go out again');
    }
    return closed.length;
  };

  return {
    /** Those that hold calls of this process back. */
    held: async (): Promise<readonly Breaker[]> =>
      (await read()).filter((breaker) => passageOf(breaker.rail, breaker).kind !== 'through'),

    /** What the lane would answer now; claims nothing. */
    look,

    /** What the call that is about to go out may do. */
    enter: async (key: BreakerKey): Promise<Passage> => {
      const passage = await look(key);
      if (passage.kind !== 'probe') return passage;
      const now = clock.now();
      const until = now + probeLeaseMs;
      const mine = await store.claimProbe(database.executor, key, { now, until });
      forget();
      if (mine) return passage;
      // Somebody else tries: they may have closed it by now, else it is their turn.
      const again = await look(key);
      return again.kind === 'probe'
        ? { kind: 'shut', cause: 'failing', code: '', untilAt: until }
        : again;
    },

    note,

    /** What a callback said of our credentials: every lane that uses them is locked out. */
    lockOut: async (
      tx: Tx,
      rail: RailId,
      { code, lanes }: { readonly code: string; readonly lanes: readonly Lane[] },
    ): Promise<void> => {
      for (const lane of lanes) {
        await open(tx, newBreaker({ rail, lane }, { cause: 'locked-out', code }));
      }
      afterCommit(tx, forget);
    },

    closeByHand: async (
      rail: RailId,
      closing: { readonly by: Actor; readonly reason: string },
    ): Promise<number> => {
      await writeHeld();
      return close(rail, { ...closing, which: () => true });
    },

    /** Lock-outs of credentials that are not used any more are over. */
    closeOutdated: async (): Promise<void> => {
      await writeHeld();
      const outdated = ({ cause, rail, credentialsMark }: Breaker): boolean =>
        cause === 'locked-out' && credentialsMark !== markOf(rail);
      const by = { kind: 'engine', part: 'weather' } as const;
      const reason = 'the credentials were changed';
      const rails = new Set((await read()).filter(outdated).map(({ rail }) => rail));
      for (const rail of rails) {
        if (deps.credentialsMarks.has(rail)) await close(rail, { by, reason, which: outdated });
      }
    },
  };
}

export type Breakers = ReturnType<typeof createBreakers>;

const lockedOutFix = (rail: RailId): string =>
  `${railNames[rail]} did not take the operator's password or PIN. Set it right in the ` +
  "provider's portal and in the settings and start the engine again; where they were right, " +
  `close it with: npx qmoi weather close-breaker ${rail} --reason "..."`;
