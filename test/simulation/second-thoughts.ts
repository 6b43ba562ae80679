import {
  idFromNumber,
  railIds,
  shillings,
  type EpochMs,
  type Prng,
  type RailId,
  type TransferId,
  type VirtualClock,
} from '#kernel';
import { isDatabaseAway, sql, type Database } from '#platform/db';

import type { Business } from '../../src/wiring.ts';
import type { Conditions } from './conditions.ts';
import type { Machine } from './machine.ts';
import type { EngineProcess } from './process.ts';
import type { Turnstile } from './turnstile.ts';

/** What the engine said to whoever wanted a transfer back. */
export interface CancelAnswer {
  readonly rail: RailId;
  readonly ownId: string;
  readonly at: EpochMs;
  /** Otherwise it was past cancelling. */
  readonly isCancelled: boolean;
}

/** The owner at the list of transfers: orders some, and takes back some of all there are. */
export interface SecondThoughts {
  /** In the order in which they were given. */
  readonly answers: readonly CancelAnswer[];
  readonly counts: Readonly<Record<string, number>>;
  work(): void;
  /** Told what is new in the books in the moment in which the engine's processes are told. */
  hear(topics: ReadonlySet<string>): Promise<void>;
  /** From now on nothing is ordered. */
  close(): void;
}

export interface SecondThoughtsDeps {
  readonly clock: VirtualClock;
  readonly prng: Prng;
  readonly observer: Database;
  readonly machine: Machine;
  readonly turnstile: Turnstile;
  readonly conditions: Conditions;
  /** So many times the usual orders. */
  readonly density: number;
  /** Told when the engine fails for no reason of the world's. */
  readonly onDefect: (error: unknown) => void;
}

interface Listed {
  readonly id: TransferId;
  readonly rail: RailId;
  readonly ownId: string;
}

/** Before any process was told, in the moment in which all are, or when it may have left. */
type Moment = 'unseen' | 'in the race' | 'later';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const lookEveryMs = 10 * minuteMs;
/** At each look, on each rail. */
const ordersShare = 0.02;
/** What does not leave because its provider is away is what people lose patience with. */
const ordersShareAway = 0.25;
/** Enough of them in a row for the engine to hold the others back. */
const ordersMaxAway = 14;
const ordersAwayWithinMs = 2 * minuteMs;
/** Of a transfer, on the way to the button: by then others may have done more about it. */
const looksMax = 3;
/** Of the sweeps, and of transfers that were meant. */
const regrettedShare = 0.25;
const unseenShare = 0.2;
/** A process dies over the word, or soon after it. */
const struckShare = 0.15;
/** Some people press twice, and the second word may come to another process. */
const pressesTwice = 0.25;
const asksAgain = 0.4;
const triesMax = 20;
const why = 'on second thoughts';
const by = { kind: 'engine', part: 'owner' } as const;

export function createSecondThoughts(deps: SecondThoughtsDeps): SecondThoughts {
  const { clock, prng, machine, turnstile, conditions } = deps;
  const answers: CancelAnswer[] = [];
  const counts: Record<string, number> = {};
  const listed = createList(deps.observer);
  let isOpen = true;
  let orders = 0;

  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const later = (delayMs: number, what: () => Promise<void>): void =>
    void clock.after(delayMs, () => void turnstile.track(what()));

  /** Undefined when nobody is there, or the process dies over it. */
  const ask = async <Answer>(
    engine: EngineProcess | undefined,
    question: (transfers: Business['transfers']) => Promise<Answer>,
  ): Promise<Answer | undefined> => {
    if (engine === undefined) return undefined;
    try {
      return await Promise.race([question(engine.business.transfers), engine.life.cut]);
    } catch (error) {
      if (!engine.life.isOver() && !isDatabaseAway(error)) deps.onDefect(error);
      return undefined;
    }
  };

  const cancelAt = async (
    engine: EngineProcess | undefined,
    { id, rail, ownId }: Listed,
  ): Promise<boolean | undefined> => {
    const said = await ask(engine, ({ cancel }) => cancel({ transferId: id, reason: why, by }));
    if (said === undefined) return undefined;
    answers.push({ rail, ownId, at: clock.now(), isCancelled: said.ok });
    return said.ok;
  };

  const strike = (): void => {
    if (!isOpen) return;
    count('kill planned over a cancel');
    machine.kill({ halfSteps: prng.between(1, 40), downMs: prng.between(2, 90) * secondMs });
  };

  const cancel = async (one: Listed, moment: Moment, n = 1): Promise<void> => {
    const [first] = machine.running;
    if (prng.next() < struckShare) strike();
    const isTwice = prng.next() < pressesTwice;
    if (isTwice) count('cancel pressed twice at once');
    const presses = isTwice ? [first, machine.running.at(-1)] : [first];
    const said = await Promise.all(presses.map((engine) => cancelAt(engine, one)));
    if (said.includes(true)) {
      count(`cancelled ${moment}`);
      if (prng.next() < asksAgain) later(prng.between(1, 30 * hourMs), () => askAgain(one));
    } else if (said.includes(false)) count(`past cancelling ${moment}`);
    else if (n < triesMax) {
      count('cancel tried again');
      later(prng.between(2, 60) * secondMs, () => cancel(one, 'later', n + 1));
    } else count('cancel given up');
  };

  /** What was cancelled still is: by then other processes answer. */
  const askAgain = async (one: Listed): Promise<void> => {
    if ((await cancelAt(machine.running.at(-1), one)) === true) count('cancelled once more');
  };

  const race = async (one: Listed): Promise<void> => {
    const [engine] = machine.running;
    for (let left = prng.between(0, looksMax); left > 0; left -= 1) {
      await ask(engine, ({ find }) => find(one.id));
    }
    await cancel(one, 'in the race');
  };

  const think = (one: Listed): void => {
    const draw = prng.next();
    if (draw < 0.5) void turnstile.track(race(one));
    else if (draw < 0.7) later(prng.between(1, 5 * secondMs), () => cancel(one, 'later'));
    else if (draw < 0.9) later(prng.between(5, 180) * secondMs, () => cancel(one, 'later'));
    else later(prng.between(3, 60) * minuteMs, () => cancel(one, 'later'));
  };

  const order = async (rail: RailId): Promise<void> => {
    orders += 1;
    const requestKey = `second-thoughts-${orders}`;
    const amountMinor = shillings(prng.between(1, 6) * 50);
    const isAtOnce = prng.next() < unseenShare;
    const [engine] = machine.running;
    const placed = await ask(engine, ({ request }) =>
      request({ rail, amountMinor, why, requestedBy: by, requestKey }),
    );
    count(placed?.ok === true ? 'order to take back' : 'order to take back not placed');
    if (placed?.ok !== true || !isAtOnce) return;
    listed.forget(placed.value);
    await cancel(placed.value, 'unseen');
  };

  const look = (): void => {
    if (!isOpen) return;
    for (const rail of railIds) {
      const isAway = conditions.goodSince(rail) === undefined;
      const share = isAway ? ordersShareAway : ordersShare * deps.density;
      if (prng.next() >= share) continue;
      const at = prng.between(0, lookEveryMs - 1);
      const times = isAway ? prng.between(1, ordersMaxAway) : 1;
      for (let n = 0; n < times; n += 1) {
        later(at + prng.between(0, ordersAwayWithinMs), () => order(rail));
      }
    }
    clock.after(lookEveryMs, look);
  };

  return {
    answers,
    counts,
    work: look,
    hear: async (topics) => {
      if (!topics.has('transfer.approved')) return;
      for (const one of await listed.news()) {
        if (one.why === why || prng.next() < regrettedShare) think(one);
      }
    },
    close: () => {
      isOpen = false;
    },
  };
}

/** The list of transfers as it is at this moment, whoever is down. */
function createList({ executor }: Database) {
  const known = new Set<string>();
  return {
    forget: ({ ownId }: Pick<Listed, 'ownId'>): void => void known.add(ownId),
    news: async (): Promise<readonly (Listed & { readonly why: string })[]> => {
      const { rows } = await sql<{ id: bigint; rail: RailId; ownId: string; why: string }>`
        select id, rail, own_id as "ownId", why from transfer
        where own_id <> all(${[...known]}::text[]) order by id`.execute(executor);
      for (const { ownId } of rows) known.add(ownId);
      return rows.map((row) => ({ ...row, id: idFromNumber('transfer', row.id) }));
    },
  };
}
