import { stretchTable } from '../figures/table.ts';
import type { Options } from '../options.ts';
import { crashOn } from './crash.ts';
import { dupOn } from './dup.ts';
import { grow } from './grow.ts';
import { memoryOn } from './memory.ts';
import { openOn } from './open.ts';
import { findingsOf, onStage } from './quick.ts';
import { outageOn } from './outage.ts';
import { payouts } from './payouts.ts';
import { poisonOn } from './poison.ts';
import { fill, readOn } from './read.ts';
import type { Report } from './report.ts';
import { contestantsOf, playRounds, sustain, warmUp } from './rounds.ts';
import { sseOn } from './sse.ts';
import { startOn } from './start.ts';
import type { Stage } from './stage.ts';

const sustainedMs = 60_000;
const outageSeconds = 60;
/** Without a past lists are read from books of this size at most. */
const readRowsMax = 200_000;

const merged = (reports: readonly Report[]): Report => ({
  tables: reports.flatMap(({ tables }) => tables),
  findings: reports.flatMap(({ findings }) => findings),
  faults: reports.flatMap(({ faults }) => faults ?? []),
});

/** Everything that can be measured, one after the other, each group on an engine of its own. */
export async function full(options: Options, tell: (text: string) => void): Promise<Report> {
  const parts: readonly ((stage: Stage) => Promise<Report>)[] = [
    (stage) => sustainedAndCompared(stage, options),
    (stage) => memoryOn(stage, options),
    async (stage) => {
      const perSecond = await warmUp(stage);
      return merged([
        await openOn(stage, options),
        await dupOn(stage, options, perSecond),
        await poisonOn(stage, options, perSecond),
        await sseOn(stage, options, perSecond),
      ]);
    },
    ...(options.history > 0 ? [] : [(stage: Stage) => readFew(stage, options)]),
    async (stage) => {
      const perSecond = await warmUp(stage);
      return merged([
        await startOn(stage, options),
        await crashOn(stage, options, perSecond),
        await outageOn(stage, { ...options, seconds: outageSeconds }),
      ]);
    },
  ];
  const reports: Report[] = [];
  for (const part of parts) reports.push(await onStage(options, tell, part));
  reports.push(await payouts(options, tell));
  reports.push(await grow(options, tell));
  return merged(reports);
}

async function readFew(stage: Stage, options: Options): Promise<Report> {
  const perSecond = await warmUp(stage);
  await fill(stage, Math.min(options.rows, readRowsMax));
  return readOn(stage, options, perSecond);
}

async function sustainedAndCompared(stage: Stage, options: Options): Promise<Report> {
  const perSecond = await warmUp(stage);
  const sustained = await sustain(stage, { perSecond, measureMs: sustainedMs });
  const rounds = await playRounds(stage, { rounds: options.rounds, perSecond });
  await stage.prove();
  return {
    tables: [stretchTable([...contestantsOf(rounds), ['engine, sustained', [sustained.measured]]])],
    findings: [sustained.finding, ...findingsOf(rounds)],
  };
}
