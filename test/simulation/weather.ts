import { dayMs, railIds, type EpochMs, type Prng, type RailId, type VirtualClock } from '#kernel';

import { broken } from './connections.ts';
import type { Conditions } from './conditions.ts';
import type { Machine } from './machine.ts';
import type { Providers } from './providers.ts';
import type { Calendar } from './town.ts';
import type { Turnstile } from './turnstile.ts';

/** What goes wrong: the providers' knobs, outages, kills, databases away. All drawn. */
export interface Weather {
  readonly isDatabaseAway: () => boolean;
  readonly databaseBackAt: () => EpochMs;
  /** For the statement at which a database outage begins. */
  onStatement(): void;
  /** Strikes within the next steps: a process or the database goes. */
  strikeSoon(): void;
  /** Bad weather on all of these days. */
  rage(calendar: Calendar): Promise<void>;
  /** Everything that was broken works again. */
  clearUp(): Promise<void>;
  readonly counts: Readonly<Record<string, number>>;
}

export interface WeatherDeps {
  readonly clock: VirtualClock;
  readonly prng: Prng;
  readonly providers: Providers;
  readonly turnstile: Turnstile;
  readonly machine: () => Machine;
  readonly conditions: Conditions;
  /** So many times the usual strokes. */
  readonly density: number;
  readonly lossRate: number;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** The faults that the acceptance names, and what else the documents tell of. */
const stormy = {
  mpesa: {
    dropCallbacks: 0.3,
    duplicateCallbacks: 0.1,
    reorder: true,
    delayCallbacksMs: { rate: 0.15, min: 10 * secondMs, max: 6 * hourMs },
    lateSuccessAfter1037: { rate: 0.25, min: 5 * secondMs, max: 4 * hourMs },
    truncatedJson: 0.02,
    missingValue: 0.05,
    callbackBeforeAck: 0.1,
    rateLimit: 0.02,
    queryNoise: 0.2,
    tokenRevoked: 0.01,
    newTokenKillsOld: true,
    queueTimeout: { rate: 0.05, settledShare: 0.5 },
    expireAs1019: 0.1,
  },
  airtel: {
    dropCallbacks: 0.3,
    duplicateCallbacks: 0.1,
    reorder: 0.3,
    delayCallbacksMs: { rate: 0.15, min: 10 * secondMs, max: 6 * hourMs },
    callbackBeforeAck: 0.1,
    wrongHash: 0.02,
    notApplied: { rate: 0.02, mode: '408' },
    rateLimit: 0.02,
    tooEarly: { beforeMs: 170_000, answer: 'tip' },
    ambiguous: { rate: 0.08, outcome: 'mixed', afterMs: 5 * minuteMs },
    tfThenTs: 0.08,
    newTokenKillsOld: true,
    disbursementSync: false,
    disbursementNoData: 0.1,
  },
} as const;

const calm = {
  mpesa: {
    dropCallbacks: 0,
    duplicateCallbacks: 0,
    reorder: false,
    delayCallbacksMs: { rate: 0, min: 0, max: 0 },
    lateSuccessAfter1037: { rate: 0, min: 0, max: 0 },
    truncatedJson: 0,
    callbackBeforeAck: 0,
    syncLoss: { rate: 0, mode: '500' },
    rateLimit: 0,
    queryNoise: 0,
    tokenRevoked: 0,
    queueTimeout: { rate: 0, settledShare: 0.5 },
    outage: 'off',
  },
  airtel: {
    dropCallbacks: 0,
    duplicateCallbacks: 0,
    reorder: 0,
    delayCallbacksMs: { rate: 0, min: 0, max: 0 },
    callbackBeforeAck: 0,
    wrongHash: 0,
    syncLoss: { rate: 0, mode: '502-html' },
    notApplied: { rate: 0, mode: '408' },
    rateLimit: 0,
    ambiguous: { rate: 0, outcome: 'ts', afterMs: minuteMs },
    tfThenTs: 0,
    disbursementNoData: 0,
    outage: 'off',
  },
} as const;

const outages = ['refuse-500', 'html', 'hang'] as const;
const losses = {
  mpesa: ['500', 'html', 'reset', 'hang'],
  airtel: ['408', '502-html', '504-html', 'reset', 'hang', 'slow', 'empty-200'],
} as const;

export function createWeather(deps: WeatherDeps): Weather {
  const { clock, prng, conditions } = deps;
  const counts: Record<string, number> = {};
  let isAway = false;
  let backAt = -Infinity;
  /** Statements until the database goes. */
  let statementsLeft: number | undefined;
  let isOver = false;

  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const turn = async (rail: RailId, knobs: object): Promise<void> => {
    const { status } = await deps.providers.byRail[rail].admin('PUT', '/knobs', knobs);
    if (status !== 200) throw new Error(`a knob of ${rail} could not be turned`);
  };
  const later = (delayMs: number, what: () => unknown): void =>
    void clock.after(delayMs, () => {
      if (!isOver) void deps.turnstile.track(Promise.resolve(what()));
    });

  const lossOn = (rail: RailId): object => ({
    syncLoss: { rate: deps.lossRate, mode: prng.pick(losses[rail]) },
  });

  const outage = async (rail: RailId): Promise<void> => {
    count(`${rail} outage`);
    // Mostly minutes, now and then up to two hours.
    const lastsMs = prng.between(2, prng.next() < 0.2 ? 120 : 20) * minuteMs;
    conditions.note(`provider:${rail}`, false, clock.now());
    await turn(rail, { outage: prng.pick(outages) });
    later(lastsMs, async () => {
      await turn(rail, { outage: 'off' });
      conditions.note(`provider:${rail}`, true, clock.now());
    });
  };

  /** Answers are lost in another way from hour to hour. */
  const change = async (rail: RailId): Promise<void> => {
    await turn(rail, lossOn(rail));
    await deps.providers.byRail[rail].admin('POST', '/reset-tokens');
    count(`${rail} tokens revoked`);
  };

  const away = (): void => {
    statementsLeft = undefined;
    isAway = true;
    count('database outage');
    conditions.note('database', false, clock.now());
    later(prng.between(1, 20) * minuteMs, back);
  };
  const back = (): void => {
    isAway = false;
    backAt = clock.now();
    conditions.note('database', true, clock.now());
  };

  const leave = (statementsMax: number): void => {
    statementsLeft = prng.between(1, statementsMax);
  };

  const kill = (): void => {
    count('kill planned');
    const downMs =
      prng.next() < 0.75 ? prng.between(2, 90) * secondMs : prng.between(2, 60) * minuteMs;
    deps.machine().kill({ halfSteps: prng.between(1, 120), downMs });
  };

  const second = (): void => {
    count('second process');
    deps.machine().boot(prng.next() < 0.3 ? { diesAfter: prng.between(1, 60) } : undefined);
    later(prng.between(20, 300) * minuteMs, () =>
      deps.machine().kill({ halfSteps: prng.between(1, 60), downMs: undefined }),
    );
  };

  const planDay = (midnight: EpochMs): void => {
    const strike = (what: () => unknown, times: number): void => {
      for (let n = 0; n < times * deps.density; n += 1) {
        const at = midnight + prng.between(0, dayMs - 1);
        if (at > clock.now()) later(at - clock.now(), what);
      }
    };
    for (const rail of railIds) {
      strike(() => outage(rail), prng.between(0, 2));
      strike(() => change(rail), 3);
    }
    strike(kill, prng.between(1, 4));
    strike(second, prng.between(0, 1));
    strike(() => leave(30), prng.between(0, 1));
  };

  return {
    counts,
    isDatabaseAway: () => isAway,
    databaseBackAt: () => backAt,
    onStatement: () => {
      if (statementsLeft === undefined || isOver) return;
      statementsLeft -= 1;
      if (statementsLeft > 0) return;
      away();
      throw broken();
    },
    strikeSoon: () => {
      if (isOver) return;
      if (prng.next() < 0.7) kill();
      else leave(60);
    },
    rage: async ({ firstMidnight, days }) => {
      for (const rail of railIds) await turn(rail, { ...stormy[rail], ...lossOn(rail) });
      for (let day = 0; day < days; day += 1) {
        const midnight = firstMidnight + day * dayMs;
        clock.after(midnight - clock.now(), () => planDay(midnight));
      }
    },
    clearUp: async () => {
      isOver = true;
      for (const rail of railIds) {
        await turn(rail, calm[rail]);
        conditions.note(`provider:${rail}`, true, clock.now());
      }
      back();
    },
  };
}
