import type { Finding } from '../figures/verdict.ts';
import { pairedRatios } from '../figures/statistics.ts';
import { stretchTable } from '../figures/table.ts';
import type { Options } from '../options.ts';
import { contestantsOf, playRounds, sustain, warmUp, type Round } from './rounds.ts';
import type { Report } from './report.ts';
import { openStage, type Stage, type Timing } from './stage.ts';

const warmUpMs = 500;
const settleMs = 1_000;

export const timingOf = (options: Options): Timing => ({
  warmUpMs,
  measureMs: options.seconds * 1_000,
  settleMs,
  connections: options.connections,
  promptShare: options.prompts / 100,
  attemptsMax: options.attempts,
});

/** Opens a stage, works on it, and clears it away whatever happens. */
export async function onStage(
  options: Options,
  tell: (text: string) => void,
  work: (stage: Stage) => Promise<Report>,
): Promise<Report> {
  const stage = await openStage(timingOf(options), tell);
  try {
    const report = await work(stage);
    return { ...report, faults: [...(report.faults ?? []), ...stage.faults] };
  } finally {
    await stage.close();
  }
}

const sustainedMs = 10_000;

/** P1 to P6, with everything they are compared to in the same run. */
export const quick = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => {
    const perSecond = await warmUp(stage);
    const sustained = await sustain(stage, { perSecond, measureMs: sustainedMs });
    const rounds = await playRounds(stage, { rounds: options.rounds, perSecond });
    tell('proving the books');
    await stage.prove();
    return {
      tables: [
        stretchTable([...contestantsOf(rounds), ['engine, sustained', [sustained.measured]]]),
        probeLine(rounds),
      ],
      findings: [sustained.finding, ...findingsOf(rounds)],
    };
  });

/** Ratios of each round's own figures: what the machine does to one it does to the other. */
export function findingsOf(rounds: readonly Round[]): readonly Finding[] {
  const ratios = (above: (round: Round) => number, below: (round: Round) => number) =>
    pairedRatios(rounds.map(above), rounds.map(below));
  const rate = ({ product }: Round): number => product.perSecond;
  const probe = ({ probeUs }: Round): number => probeUs;
  return [
    { id: 'P2', values: ratios(rate, ({ floor }) => floor.perSecond) },
    {
      id: 'P3',
      values: ratios(
        ({ product }) => product.nodeUs + product.databaseUs,
        ({ echo, floor }) => echo.nodeUs + floor.databaseUs,
      ),
    },
    { id: 'P4-tutorial', values: ratios(rate, ({ naive }) => naive.tutorial.perSecond) },
    { id: 'P4-transaction', values: ratios(rate, ({ naive }) => naive.transaction.perSecond) },
    { id: 'P4-chain', values: ratios(rate, ({ naive }) => naive.chain.perSecond) },
    { id: 'P5-p50', values: ratios(({ half }) => half.p50Us, probe) },
    { id: 'P5-p99', values: ratios(({ half }) => half.p99Us, probe) },
    { id: 'P6', values: ratios(({ serial }) => serial.p50Us, probe) },
  ];
}

const probeLine = (rounds: readonly Round[]): string => {
  const probes = rounds.map(({ probeUs }) => `${(probeUs / 1_000).toFixed(2)} ms`);
  return `fdatasync of 8 kB: ${probes.join(', ')}`;
};
