import type { BusinessDate, BusinessId, Clock, EpochMs, RailId } from '#kernel';
import type { Actor, Audit } from '#audit';
import { isDatabaseAway, type Database, type Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { Outbox } from '#platform/outbox';
import type { CodeExplanation, Rail, RailEvent } from '#rails';

import type { Breaker, Passage } from './breaker/breaker.ts';
import { createBreakers, type Troubles } from './breaker/service.ts';
import { forecast, type Arrival, type Sky } from './forecast.ts';
import { laneOf, type Lane } from './operation.ts';
import { createOperatorWatch } from './operator/service.ts';
import { createRecords, hourMs, hourOf } from './records/service.ts';
import type { WeatherHour } from './records/store.ts';
import { addTallies, emptyTally, worstCode, type Tally } from './records/tally.ts';
import { watchRail, type Watcher } from './watch.ts';

/** How one rail does. */
export interface RailReport {
  readonly rail: RailId;
  readonly sky: Sky;
  /** Since the start of the hour before this one. */
  readonly lastHour: Tally;
  readonly lastDay: Tally;
  /** The most frequent code of those hours, with its meaning where the rail knows it. */
  readonly worst: Worst | undefined;
  readonly breakers: readonly Breaker[];
  /** Undefined where callbacks prove nothing by themselves. */
  readonly arrival: Arrival | undefined;
  /** Until the operator's password runs out; undefined where that is not known. */
  readonly passwordDaysLeft: number | undefined;
}

export interface Worst {
  readonly code: string;
  readonly explanation: CodeExplanation | undefined;
}

/** An event of a callback that came to an address of ours. */
export interface HeardEvent {
  readonly rail: RailId;
  readonly event: RailEvent;
  readonly subject: bigint | undefined;
}

export interface Weather {
  /** The same rail, counted and guarded. */
  watch(rail: Rail): Rail;
  /** Whether calls of that lane go out now; claims nothing. */
  look(rail: RailId, lane: Lane): Promise<Passage>;
  /** Takes from callbacks what they say of our operator, in the transaction that keeps them. */
  heard(tx: Tx, events: readonly HeardEvent[]): Promise<void>;
  report(): Promise<readonly RailReport[]>;
  /** The last hours, newest first. */
  hours(count: number): Promise<readonly WeatherHour[]>;
  /** Lets a rail's calls out again; answers how many lanes were held back. */
  closeBreakers(
    rail: RailId,
    closing: { readonly by: Actor; readonly reason: string },
  ): Promise<number>;
  /** Writes what was counted since the last time. */
  flush(): Promise<void>;
  /** What is due now and then: old hours, warnings, lock-outs of credentials no longer used. */
  tidy(): Promise<void>;
}

export interface WeatherDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly random: (byteCount: number) => Buffer;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly troubles: Troubles;
  readonly credentialsMarks: ReadonlyMap<RailId, string>;
  readonly passwordsSetOn: ReadonlyMap<RailId, BusinessDate>;
}

/** The status asks for them every few seconds; nobody sees the difference. */
const hoursRememberedMs = 5_000;
/** A few of each quarter of an hour of a day are read for them. */
const arrivalsRememberedMs = 60_000;

export function createWeather(deps: WeatherDeps): Weather {
  const { clock, log, rails } = deps;
  const records = createRecords(deps);
  const breakers = createBreakers(deps);
  const operator = createOperatorWatch(deps);
  let arrivals:
    | { readonly at: EpochMs; readonly known: Promise<ReadonlyMap<RailId, Arrival>> }
    | undefined;
  let remembered:
    | { readonly at: EpochMs; readonly hours: Promise<readonly WeatherHour[]> }
    | undefined;

  const watcher: Watcher = {
    enter: async (rail, operation) => {
      try {
        return await breakers.enter({ rail, lane: laneOf(operation) });
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        return { kind: 'through' };
      }
    },
    note: async ({ rail, operation, tookMs, probe }, outcome) => {
      records.note({ rail, operation, tookMs }, outcome);
      try {
        await breakers.note({ rail, lane: laneOf(operation) }, outcome, { probe });
      } catch (error) {
        // The provider's answer must reach whoever asked, whatever becomes of the weather.
        log.error({ err: error, rail, operation }, 'a breaker could not be set');
      }
    },
  };

  const reportOn = (
    rail: Rail,
    facts: {
      readonly hours: readonly WeatherHour[];
      readonly breakers: readonly Breaker[];
      readonly arrivals: ReadonlyMap<RailId, Arrival>;
    },
  ): RailReport => {
    const own = facts.hours.filter((one) => one.rail === rail.id);
    const recentFrom = hourOf(clock.now() - hourMs);
    const recent = own.filter(({ hour }) => hour >= recentFrom);
    const lastHour = recent.reduce<Tally>(addTallies, emptyTally);
    const held = facts.breakers.filter((breaker) => breaker.rail === rail.id);
    const tellsEnds = rail.capabilities.channels.includes('stk-result');
    const arrival = tellsEnds ? facts.arrivals.get(rail.id) : undefined;
    return {
      rail: rail.id,
      sky: forecast({ breakers: held, lastHour, arrival }),
      lastHour,
      lastDay: own.reduce<Tally>(addTallies, emptyTally),
      worst: worstOf(rail, recent.length > 0 ? recent : own),
      breakers: held,
      arrival,
      passwordDaysLeft: operator.daysLeftOn(rail.id),
    };
  };

  const arrivalsSince = (since: EpochMs): Promise<ReadonlyMap<RailId, Arrival>> => {
    const now = clock.now();
    if (arrivals === undefined || now - arrivals.at >= arrivalsRememberedMs) {
      const known = records.arrivals(since);
      arrivals = { at: now, known };
      known.catch(() => {
        arrivals = undefined;
      });
    }
    return arrivals.known;
  };

  const hoursSince = (since: EpochMs): Promise<readonly WeatherHour[]> => {
    const now = clock.now();
    if (remembered === undefined || now - remembered.at >= hoursRememberedMs) {
      const hours = records.since(since);
      remembered = { at: now, hours };
      hours.catch(() => {
        remembered = undefined;
      });
    }
    return remembered.hours;
  };

  /** What is held back is never remembered here: whoever hears of it looks at once. */
  const report = async (): Promise<readonly RailReport[]> => {
    const since = clock.now() - 24 * hourMs;
    const [hours, held, arrived] = await Promise.all([
      hoursSince(since),
      breakers.held(),
      arrivalsSince(since),
    ]);
    return [...rails.values()].map((rail) =>
      reportOn(rail, { hours, breakers: held, arrivals: arrived }),
    );
  };

  return {
    watch: (rail) => watchRail(rail, clock, watcher),
    look: (rail, lane) => breakers.look({ rail, lane }),

    heard: async (tx, events) => {
      for (const { rail, event, subject } of events) {
        const code = subject === undefined ? undefined : refusedOperator(rails.get(rail), event);
        if (code !== undefined) await breakers.lockOut(tx, rail, { code, lanes: signedLanes });
      }
    },

    report,
    hours: (count) => records.since(clock.now() - (count - 1) * hourMs),
    closeBreakers: breakers.closeByHand,
    flush: records.flush,
    tidy: async () => {
      await records.sweep();
      await operator.check();
      await breakers.closeOutdated();
    },
  };
}

/** An operator that is refused in a callback signs payouts and questions alike. */
const signedLanes: readonly Lane[] = ['money-out', 'operator-questions'];

/** The code by which a callback says that our operator was not taken; undefined otherwise. */
function refusedOperator(rail: Rail | undefined, event: RailEvent): string | undefined {
  if (event.kind === 'payout-result') {
    const isOurs = event.verdict === 'failed' && event.reason === 'our-credentials';
    return isOurs ? event.code : undefined;
  }
  if (event.kind !== 'balance-report' && event.kind !== 'receipt-report') return undefined;
  if (event.verdict === 'reported' || event.verdict === 'found') return undefined;
  const explained = rail?.explain?.(event.code, 'question');
  const isOurs = explained?.reason === 'our-credentials' || lockCodes.includes(event.code);
  return isOurs ? event.code : undefined;
}

/** Wrong or locked operator (M-Pesa sheet §4.0), for rails that explain no codes. */
const lockCodes: readonly string[] = ['8006', '2001'];

function worstOf(rail: Rail, hours: readonly WeatherHour[]): Worst | undefined {
  const code = worstCode(hours.reduce<Tally>(addTallies, emptyTally));
  if (code === undefined) return undefined;
  const countIn = ({ codes }: Tally): number => codes[code] ?? 0;
  const [most] = hours.toSorted((one, other) => countIn(other) - countIn(one));
  const subject = most === undefined ? 'question' : subjectOf[laneOf(most.operation)];
  return { code, explanation: rail.explain?.(code, subject) };
}

/** The same code means different things to different questions. */
const subjectOf = {
  prompts: 'prompt',
  'money-out': 'payout',
  questions: 'question',
  'operator-questions': 'question',
  extras: 'question',
} as const satisfies Record<Lane, string>;
