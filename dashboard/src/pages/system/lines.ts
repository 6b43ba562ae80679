import type { SystemView, Verdict } from '#api/contract';

import { timeOf, type Formats } from '../../text/format.ts';
import type { systemText } from './text.ts';

/** One thing the engine stands on: how it is, in words, and what to do unless it is well. */
export interface Line {
  readonly key: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly facts: string;
  readonly advice: string | undefined;
}

export interface Wording {
  readonly t: (typeof systemText)['en'];
  readonly f: Formats;
  readonly bytes: (bytes: number) => string;
  readonly span: (ms: number) => string;
}

const firstIs: readonly Verdict[] = ['broken', 'look', 'ok'];

/** What wants a hand comes first. */
export const linesOf = (system: SystemView, wording: Wording): readonly Line[] =>
  allOf(system, wording).toSorted(
    (one, other) => firstIs.indexOf(one.verdict) - firstIs.indexOf(other.verdict),
  );

const allOf = (system: SystemView, wording: Wording): readonly Line[] => [
  engineLine(system, wording),
  databaseLine(system, wording),
  intakeLine(system, wording),
  ...system.disks.map((disk) => diskLine(disk, wording)),
  memoryLine(system, wording),
  logLine(system, wording),
  ...system.cycles.map((cycle) => cycleLine(cycle, wording)),
  proofLine(system, wording),
  streamsLine(system, wording),
];

function engineLine({ engine }: SystemView, { t, f }: Wording): Line {
  return {
    key: 'engine',
    name: t.engine,
    verdict: engine.verdict,
    facts: t.engineFacts(engine.version, f.moment(timeOf(engine.startedAt))),
    advice: engine.running === false ? t.engineStopped : undefined,
  };
}

function databaseLine({ database }: SystemView, { t, bytes }: Wording): Line {
  const { version, sizeBytes, state, kind } = database;
  return {
    key: 'database',
    name: t.database,
    verdict: database.verdict,
    facts: version === null || sizeBytes === null ? '' : t.databaseUp(version, bytes(sizeBytes)),
    advice: state === 'away' ? t.databaseAway[kind] : undefined,
  };
}

function intakeLine({ intake }: SystemView, { t }: Wording): Line {
  const { verdict, spooled, queued } = intake;
  return {
    key: 'intake',
    name: t.intake,
    verdict,
    facts: t.intakeFacts(spooled, queued),
    advice: verdict === 'ok' ? undefined : t.intakeWhy[verdict],
  };
}

function diskLine(disk: SystemView['disks'][number], { t, bytes }: Wording): Line {
  const { verdict, name, folder, freeBytes, totalBytes } = disk;
  const isKnown = freeBytes !== null && totalBytes !== null;
  return {
    key: `disk-${name}`,
    name: t.disks[name],
    verdict,
    facts: isKnown
      ? t.diskFacts(bytes(freeBytes), bytes(totalBytes), folder)
      : t.diskUnknown(folder),
    advice: verdict === 'ok' ? undefined : t.diskWhy[verdict],
  };
}

function memoryLine({ memory }: SystemView, { t, bytes }: Wording): Line {
  const { verdict, ownBytes, freeBytes, totalBytes } = memory;
  return {
    key: 'memory',
    name: t.memory,
    verdict,
    facts: t.memoryFacts(bytes(ownBytes), bytes(freeBytes), bytes(totalBytes)),
    advice: verdict === 'ok' ? undefined : t.memoryWhy[verdict],
  };
}

function logLine({ log }: SystemView, { t, bytes }: Wording): Line {
  return {
    key: 'log',
    name: t.log,
    verdict: log.verdict,
    facts: log.sizeBytes === null ? log.file : t.logFacts(log.file, bytes(log.sizeBytes)),
    advice: log.sizeBytes === null ? t.logMissing : undefined,
  };
}

function cycleLine(cycle: SystemView['cycles'][number], { t, f, span }: Wording): Line {
  const { kind, verdict, everyMs, startedAt, finishedAt } = cycle;
  const last =
    startedAt === null
      ? t.cycleNever
      : finishedAt === null
        ? t.cycleRunning
        : `${t.cycleLast} ${f.moment(timeOf(startedAt))}`;
  return {
    key: `cycle-${kind}`,
    name: t.cycles[kind],
    verdict,
    facts: `${t.cycleFacts(span(everyMs))} · ${last}`,
    advice: verdict === 'ok' ? undefined : t.cycleWhy,
  };
}

function proofLine({ proof }: SystemView, { t, f }: Wording): Line {
  const { verdict, provedAt, checks, failed } = proof;
  const base = { key: 'proof', name: t.proof, verdict };
  if (provedAt === null || checks === null) {
    return { ...base, facts: t.proofNone, advice: undefined };
  }
  const result = failed.length === 0 ? t.proofGood(checks) : t.proofBad(failed.length, checks);
  return {
    ...base,
    facts: `${result} · ${f.moment(timeOf(provedAt))}`,
    advice: failed.length === 0 ? undefined : t.proofWhy,
  };
}

function streamsLine({ streams }: SystemView, { t, f }: Wording): Line {
  return {
    key: 'streams',
    name: t.streams,
    verdict: streams.verdict,
    facts: t.streamsFacts(f.count(streams.open), f.count(streams.max)),
    advice: streams.verdict === 'ok' ? undefined : t.streamsWhy,
  };
}
