import {
  businessDateOf,
  dayMs,
  err,
  formatMoney,
  nairobiHourOf,
  ok,
  railIds,
  shillings,
  startOfBusinessDay,
  type BusinessDate,
  type BusinessId,
  type Clock,
  type EpochMs,
  type IdSource,
  type RailId,
  type Result,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import { abreast, type Database, type Executor, type Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import type { TargetRefusal } from './errors.ts';
import { growthBetween, type History } from './history.ts';
import {
  createTargetStore,
  type StreamDay,
  type StreamTakings,
  type TargetStore,
} from './store.ts';
import {
  gapOf,
  paceOf,
  perKind,
  usualShareBasisPoints,
  withCombined,
  type DailyGoal,
  type Pace,
  type PerKind,
  type TargetKind,
} from './target.ts';

/** Goals against facts at one moment. Every figure is confirmed money. */
export interface Standing {
  readonly at: EpochMs;
  readonly businessDate: BusinessDate;
  /** Since the counters were last started anew, or since midnight. */
  readonly today: PerKind<bigint>;
  readonly total: PerKind<bigint>;
  readonly goals: PerKind<DailyGoal>;
  readonly pace: PerKind<Pace>;
  readonly gap: PerKind<bigint>;
  /** Whether the pace is that of this business, or of a usual Kenyan day. */
  readonly paceBasis: 'history' | 'usual-day';
  /** The whole day by stream, resets or not. */
  readonly streams: readonly StreamTakings[];
}

export interface TargetsDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly outbox: Outbox;
  /** From the configuration; the owner's changes go before them. */
  readonly configured: PerKind<DailyGoal>;
}

export interface DailyTargets {
  standing(): Promise<Standing>;
  /** The hours of a day, and `days` days up to and with it. */
  history(asked: {
    readonly date: BusinessDate | undefined;
    readonly days: number;
  }): Promise<History>;
  /** Takings by stream and day, of `days` days up to and with today; all dates, oldest first. */
  streamDays(days: number): Promise<{
    readonly dates: readonly BusinessDate[];
    readonly takings: readonly StreamDay[];
  }>;
  earnedOn: TargetStore['earnedOn'];
  set(change: {
    readonly kind: TargetKind;
    readonly amountMinor: bigint;
    readonly by: Actor;
  }): Promise<Result<readonly string[], TargetRefusal>>;
  /** Closes the day's counters and starts new ones at zero; the books are untouched. */
  reset(by: Actor): Promise<PerKind<bigint>>;
}

const daysBefore = (date: BusinessDate, days: number): BusinessDate =>
  businessDateOf(startOfBusinessDay(date) - days * dayMs);

const targetMaxMinor = shillings(1_000_000_000);
/** A business has a rhythm of its own after two weeks. */
const historyDaysMin = 14;

export function createTargets(deps: TargetsDeps): DailyTargets {
  const { database, clock, configured } = deps;
  const store = createTargetStore(deps);

  const goals = async (executor: Executor): Promise<PerKind<DailyGoal>> => {
    const changed = await store.changed(executor);
    return perKind((kind) => ({
      ...configured[kind],
      targetMinor: changed.get(kind) ?? configured[kind].targetMinor,
    }));
  };

  /** What the day has earned, and how much of it since its counters were last started anew. */
  const counters = async (executor: Executor, date: BusinessDate) => {
    const ask = abreast(executor);
    const [mpesa, airtel, closed] = await Promise.all([
      ask(() => store.earnedOn(executor, 'mpesa', date)),
      ask(() => store.earnedOn(executor, 'airtel', date)),
      ask(() => store.closedOn(executor, date)),
    ]);
    const all = withCombined({ mpesa, airtel });
    const since = (rail: RailId): bigint => all[rail] - (closed.get(rail) ?? 0n);
    return { all, sinceReset: withCombined({ mpesa: since('mpesa'), airtel: since('airtel') }) };
  };

  const share = async (executor: Executor, date: BusinessDate, now: EpochMs) => {
    const days = await store.daysOfHistory(executor, date);
    return days < historyDaysMin
      ? { paceBasis: 'usual-day' as const, points: usualShareBasisPoints(now) }
      : {
          paceBasis: 'history' as const,
          points: usualShareBasisPoints(now, await store.usualHours(executor, date)),
        };
  };

  const notesOn = (all: PerKind<DailyGoal>): readonly string[] => {
    const sum = all.mpesa.targetMinor + all.airtel.targetMinor;
    if (sum === all.combined.targetMinor) return [];
    return [
      `M-Pesa and Airtel together aim at ${formatMoney(sum)}, ` +
        `the combined target is ${formatMoney(all.combined.targetMinor)}.`,
    ];
  };

  const standingOn = async (executor: Executor): Promise<Standing> => {
    const at = clock.now();
    const businessDate = businessDateOf(at);
    const ask = abreast(executor);
    const [{ sinceReset: today }, totals, goal, pace, streams] = await Promise.all([
      ask(() => counters(executor, businessDate)),
      ask(() => store.totals(executor)),
      ask(() => goals(executor)),
      ask(() => share(executor, businessDate, at)),
      ask(() => store.streamsOn(executor, businessDate)),
    ]);
    const { paceBasis, points: shareBasisPoints } = pace;
    const paceFor = (kind: TargetKind): Pace =>
      paceOf({
        earnedMinor: today[kind],
        targetMinor: goal[kind].targetMinor,
        shareBasisPoints,
      });
    const gapFor = (kind: TargetKind): bigint => gapOf(today[kind], goal[kind].targetMinor);
    return {
      at,
      businessDate,
      today,
      total: withCombined({
        mpesa: totals.get('mpesa') ?? 0n,
        airtel: totals.get('airtel') ?? 0n,
      }),
      goals: goal,
      pace: perKind(paceFor),
      gap: perKind(gapFor),
      paceBasis,
      streams,
    };
  };

  const historyOn = async (
    executor: Executor,
    asked: Parameters<DailyTargets['history']>[0],
  ): Promise<History> => {
    const today = businessDateOf(clock.now());
    const date = asked.date ?? today;
    const weekBefore = daysBefore(date, 7);
    const hours = await store.hoursOn(executor, date);
    const hoursThen = await store.hoursOn(executor, weekBefore);
    const first = await store.firstDay(executor);
    const untilHour = date < today ? 24 : date > today ? 0 : nairobiHourOf(clock.now());
    return {
      date,
      hours,
      compared: {
        date: weekBefore,
        known: first !== undefined && first <= weekBefore,
        untilHour,
        hours: hoursThen,
        growth: growthBetween(hours, hoursThen, untilHour),
      },
      days: await store.daysBetween(executor, { from: daysBefore(date, asked.days - 1), to: date }),
    };
  };

  return {
    earnedOn: store.earnedOn,

    standing: () => database.snapshot(standingOn),
    streamDays: async (days) => {
      const today = businessDateOf(clock.now());
      const dates = Array.from({ length: days }, (_, n) => daysBefore(today, days - 1 - n));
      const from = daysBefore(today, days - 1);
      return {
        dates,
        takings: await store.streamDaysBetween(database.executor, { from, to: today }),
      };
    },
    history: (asked) => database.snapshot((tx) => historyOn(tx, asked)),

    set: async ({ kind, amountMinor, by }) => {
      if (amountMinor <= 0n) return err({ kind: 'amount-not-above-zero' });
      if (amountMinor > targetMaxMinor) {
        return err({ kind: 'amount-too-large', maxMinor: targetMaxMinor });
      }
      const { minimumMinor } = configured[kind];
      if (amountMinor < minimumMinor) {
        return err({ kind: 'below-minimum', target: kind, minimumMinor });
      }
      const all = await database.transaction(async (tx) => {
        const before = await goals(tx);
        await store.change(tx, { kind, amountMinor, by: formatActor(by), at: clock.now() });
        await deps.audit.record(tx, {
          actor: by,
          action: 'target.changed',
          subject: `target:${kind}`,
          detail: { from: formatMoney(before[kind].targetMinor), to: formatMoney(amountMinor) },
        });
        await deps.outbox.publish(tx, [{ topic: 'target.changed', payload: { kind } }]);
        return goals(tx);
      });
      return ok(notesOn(all));
    },

    reset: (by) =>
      database.transaction(async (tx: Tx) => {
        const date = businessDateOf(clock.now());
        const { all, sinceReset: closed } = await counters(tx, date);
        for (const rail of railIds) {
          await store.addReset(tx, {
            rail,
            date,
            closedMinor: all[rail],
            by: formatActor(by),
            at: clock.now(),
          });
        }
        await deps.audit.record(tx, {
          actor: by,
          action: 'counter.reset',
          subject: `day:${date}`,
          detail: { mpesa: formatMoney(closed.mpesa), airtel: formatMoney(closed.airtel) },
        });
        await deps.outbox.publish(tx, [{ topic: 'counter.reset', payload: { date } }]);
        return closed;
      }),
  };
}
