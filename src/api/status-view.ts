import {
  businessDayFraction,
  floorShillings,
  isoOf,
  maskMsisdn,
  type EpochMs,
  type RailId,
} from '#kernel';
import type { CycleRun, EngineState } from '#engine';
import type { Intake } from '#intake';
import { bandPositionOf, cycleHours, streams, type BandPosition, type Stream } from '#streams';
import type { PerKind, Standing, StreamTakings } from '#targets';
import type { SweepDecision, SweepOutlook } from '#transfers';
import type { RailReport } from '#weather';
import type { Status } from '#api/contract';

import type { ApiDeps } from './deps.ts';
import { skyOf } from './weather-view.ts';

/** Everything a snapshot is made of, read at one moment. */
export interface StatusFacts {
  readonly now: EpochMs;
  readonly standing: Standing;
  readonly outlook: readonly SweepOutlook[];
  readonly engine: EngineState;
  readonly runs: readonly CycleRun[];
  readonly openExceptions: number;
  readonly intake: Intake['health'];
  readonly weather: readonly RailReport[];
}

export type Identity = Pick<
  ApiDeps,
  'mode' | 'businessName' | 'version' | 'startedAt' | 'simulators'
>;

export function statusOf(facts: StatusFacts, identity: Identity): Status {
  const { standing, engine, now } = facts;
  const kes = (money: PerKind<bigint>) => perKind((kind) => floorShillings(money[kind]));
  return {
    status: engine.running ? 'running' : 'stopped',
    mode: identity.mode,
    businessName: identity.businessName,
    version: identity.version,
    startedAt: isoOf(identity.startedAt),
    businessDate: standing.businessDate,
    today: kes(standing.today),
    total: kes(standing.total),
    targets: {
      daily: perKind((kind) => floorShillings(standing.goals[kind].targetMinor)),
      autoTransfer: perRail((rail) =>
        floorShillings(outlookFor(facts, rail)?.settings.dailyCapMinor ?? 0n),
      ),
    },
    minimum: perKind((kind) => floorShillings(standing.goals[kind].minimumMinor)),
    pace: perKind((kind) => {
      const { state, expectedMinor, aheadMinor } = standing.pace[kind];
      return { state, expected: floorShillings(expectedMinor), ahead: floorShillings(aheadMinor) };
    }),
    gap: kes(standing.gap),
    paceBasis: standing.paceBasis,
    streams: streams.map((stream) => streamOf(stream, standing.streams, now)),
    transfers: perRail((rail) => transfersOf(outlookFor(facts, rail))),
    engine: {
      // An engine that was never switched has been on since it started.
      since: isoOf(engine.changedAt === 0 ? identity.startedAt : engine.changedAt),
      reason: engine.reason,
      changedBy: engine.changedBy,
    },
    weather: perRail((rail) => {
      const report = facts.weather.find((one) => one.rail === rail);
      return report === undefined ? null : skyOf(report);
    }),
    health: { database: 'up', ...facts.intake, openExceptions: facts.openExceptions },
    cycles: facts.runs.map((run) => ({
      kind: run.kind,
      startedAt: isoOf(run.startedAt),
      finishedAt: run.finishedAt === undefined ? null : isoOf(run.finishedAt),
    })),
    simulators: perRail((rail) => identity.simulators?.[rail] ?? null),
    updatedAt: isoOf(now),
    stale: false,
  };
}

/** What is known of the past stays; what this process knows by itself is of now. */
export const staleStatusOf = (last: Status, intake: Intake['health']): Status => ({
  ...last,
  health: { ...last.health, ...intake, database: 'away' },
  stale: true,
});

const perRail = <Value>(make: (rail: RailId) => Value) => ({
  mpesa: make('mpesa'),
  airtel: make('airtel'),
});

const perKind = <Value>(make: (kind: RailId | 'combined') => Value) => ({
  ...perRail(make),
  combined: make('combined'),
});

const outlookFor = ({ outlook }: StatusFacts, rail: RailId): SweepOutlook | undefined =>
  outlook.find((one) => one.rail === rail);

function transfersOf(outlook: SweepOutlook | undefined): Status['transfers'][RailId] {
  if (outlook === undefined) return null;
  const { settings } = outlook;
  return {
    sweptToday: outlook.sweptToday,
    next: showDecision(outlook.next),
    payoutNumber: settings.payoutNumber === undefined ? null : maskMsisdn(settings.payoutNumber),
    cap: floorShillings(settings.dailyCapMinor),
    trigger: floorShillings(settings.triggerMinor),
    reserve: floorShillings(settings.reserveMinor),
  };
}

export const showDecision = (next: SweepDecision) =>
  next.kind === 'send'
    ? { kind: next.kind, amount: floorShillings(next.amountMinor) }
    : {
        kind: next.kind,
        why: next.why,
        ...(next.until === undefined ? {} : { until: isoOf(next.until) }),
      };

function streamOf(stream: Stream, takings: readonly StreamTakings[], now: EpochMs) {
  const own = takings.filter(({ streamId }) => streamId === stream.id);
  const todayMinor = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return {
    id: stream.id,
    name: stream.name,
    rail: stream.rail,
    today: floorShillings(todayMinor),
    payments: own.reduce((sum, { payments }) => sum + payments, 0),
    band: {
      low: floorShillings(stream.band.lowMinor),
      high: floorShillings(stream.band.highMinor),
    },
    state: dayPositionOf(stream, todayMinor, now),
  };
}

/**
 * A day's takings beside the band of a cycle: at least the lower bound of every cycle that is over,
 * at most the upper bound of those and the one under way.
 */
export const dayPositionOf = (stream: Stream, takenMinor: bigint, now: EpochMs): BandPosition =>
  bandPositionOf(dayBandOf(stream, now), takenMinor);

export const cyclesOverOf = (now: EpochMs): number =>
  Math.floor((businessDayFraction(now) * 24) / cycleHours);

export function dayBandOf({ band }: Pick<Stream, 'band'>, now: EpochMs): Stream['band'] {
  const cyclesOver = BigInt(cyclesOverOf(now));
  return { lowMinor: band.lowMinor * cyclesOver, highMinor: band.highMinor * (cyclesOver + 1n) };
}
