import { stretchTable, tableOf } from '../figures/table.ts';
import type { Options } from '../options.ts';
import type { Measured } from './measure.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, measureProduct, warmUp } from './rounds.ts';
import type { Stage } from './stage.ts';

/** Callbacks that come when they come, at a mean rate: as providers send them. */
export const open = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => {
    await warmUp(stage);
    return openOn(stage, options);
  });

export async function openOn(
  stage: Stage,
  { rate, rounds }: Pick<Options, 'rate' | 'rounds'>,
): Promise<Report> {
  const measured: Measured[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    stage.tell(`${rate} callbacks/s, round ${n} of ${rounds}`);
    measured.push(
      await measureProduct(stage, {
        callbacks: enoughFor(stage, rate),
        pace: { kind: 'open', perSecond: rate, seed: n },
      }),
    );
  }
  await stage.prove();
  return {
    tables: [
      stretchTable([[`open loop, ${rate}/s`, measured]]),
      tableOf([
        ['due and not even sent when the window ended', 'of'],
        ...measured.map(({ outcome }) => [String(outcome.backlog), String(outcome.sent)]),
      ]),
    ],
    findings: [
      {
        id: 'P1-p99',
        values: measured.map(({ p99Us }) => p99Us / 1_000),
        note: `open loop, ${rate}/s asked for`,
      },
    ],
  };
}
