import { isoOf, type EpochMs } from '#kernel';
import { cycleKinds, cyclePeriodsMs, slotLeaseMs, type CycleKind, type CycleRun } from '#engine';
import { isDatabaseAway, measureDatabase, type DatabaseMeasure } from '#platform/db';
import type { DiagnosticsView } from '#api/contract';

import type { ApiDeps } from './deps.ts';
import type { EventHub } from './event-hub.ts';
import type { Seen, Surroundings } from './surroundings.ts';
import {
  cycleVerdict,
  diskVerdict,
  intakeVerdict,
  memoryVerdict,
  worstOf,
} from './system-verdicts.ts';

/** What the page of the system and the bundle for support have in common. */
export type SystemParts = DiagnosticsView['system'];

export type SystemDeps = Pick<
  ApiDeps,
  'clock' | 'database' | 'engine' | 'intake' | 'mode' | 'version' | 'startedAt' | 'surroundings'
> & { readonly hub: Pick<EventHub, 'openCount' | 'openMax'> };

/** What only a database that answers can tell. */
interface Told {
  readonly measure: DatabaseMeasure;
  readonly running: boolean;
  readonly runs: readonly CycleRun[];
}

export async function readSystem(deps: SystemDeps): Promise<SystemParts> {
  const [seen, told] = await Promise.all([deps.surroundings.look(), askDatabase(deps)]);
  return systemOf(deps, seen, told);
}

async function askDatabase({ database, engine }: SystemDeps): Promise<Told | undefined> {
  try {
    const [measure, running, runs] = await Promise.all([
      measureDatabase(database.executor),
      engine.isRunning(),
      engine.lastRuns(),
    ]);
    return { measure, running, runs };
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    return undefined;
  }
}

function systemOf(deps: SystemDeps, seen: Seen, told: Told | undefined): SystemParts {
  const { clock, hub, surroundings } = deps;
  const now = clock.now();
  const { spooled, queued, spoolNearlyFull } = deps.intake.health;
  const intake = { spooled, queued, spoolNearlyFull };
  const parts = {
    engine: engineOf(deps, told),
    memory: { verdict: memoryVerdict(seen.memory), ...seen.memory },
    database: databaseOf(surroundings, told),
    intake: { verdict: intakeVerdict(intake), ...intake },
    disks: seen.disks.map((disk) => ({
      verdict: diskVerdict(disk),
      name: disk.name,
      folder: disk.folder,
      freeBytes: disk.freeBytes ?? null,
      totalBytes: disk.totalBytes ?? null,
    })),
    log: {
      verdict: seen.log.bytes === undefined ? ('look' as const) : ('ok' as const),
      file: seen.log.file,
      sizeBytes: seen.log.bytes ?? null,
    },
    cycles: cycleKinds.map((kind) => cycleOf(kind, { deps, now, told })),
    proof: proofOf(told),
    streams: {
      verdict: hub.openCount < hub.openMax ? ('ok' as const) : ('look' as const),
      open: hub.openCount,
      max: hub.openMax,
    },
    screen: { builtAt: seen.screenBuiltAt === undefined ? null : isoOf(seen.screenBuiltAt) },
  };
  const { engine, memory, database, log, proof, streams } = parts;
  const all = [engine, memory, database, parts.intake, log, proof, streams];
  const verdict = worstOf([...all, ...parts.disks, ...parts.cycles].map((part) => part.verdict));
  return { verdict, ...parts };
}

const engineOf = (deps: SystemDeps, told: Told | undefined): SystemParts['engine'] => ({
  verdict: told?.running === false ? 'look' : 'ok',
  version: deps.version,
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  mode: deps.mode,
  running: told?.running ?? null,
  startedAt: isoOf(deps.startedAt),
});

const databaseOf = (
  { databaseKind }: Surroundings,
  told: Told | undefined,
): SystemParts['database'] => ({
  verdict: told === undefined ? 'broken' : 'ok',
  state: told === undefined ? 'away' : 'up',
  kind: databaseKind,
  version: told?.measure.version ?? null,
  sizeBytes: told?.measure.sizeBytes ?? null,
});

function cycleOf(
  kind: CycleKind,
  {
    deps,
    now,
    told,
  }: { readonly deps: SystemDeps; readonly now: EpochMs; readonly told: Told | undefined },
): SystemParts['cycles'][number] {
  const { transferCheckEveryMs } = deps.surroundings;
  const everyMs = kind === 'transfer-check' ? transferCheckEveryMs : cyclePeriodsMs[kind];
  const run = told?.runs.find((one) => one.kind === kind);
  const facts = { now, everyMs, since: deps.startedAt, leaseMs: slotLeaseMs, run };
  return {
    // That it cannot be asked is said of the database, once.
    verdict: told === undefined ? 'ok' : cycleVerdict(facts),
    kind,
    everyMs,
    startedAt: run === undefined ? null : isoOf(run.startedAt),
    finishedAt: run?.finishedAt === undefined ? null : isoOf(run.finishedAt),
  };
}

function proofOf(told: Told | undefined): SystemParts['proof'] {
  const run = told?.runs.find(({ kind }) => kind === 'proof');
  const { checks, failed } = run?.outcome ?? {};
  if (run?.finishedAt === undefined || typeof checks !== 'number' || !Array.isArray(failed)) {
    return { verdict: 'ok', provedAt: null, checks: null, failed: [] };
  }
  return {
    verdict: failed.length === 0 ? 'ok' : 'broken',
    provedAt: isoOf(run.finishedAt),
    checks,
    failed: failed.map(String),
  };
}
