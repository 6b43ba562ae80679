import { medianRatio } from '../figures/statistics.ts';
import { stretchTable } from '../figures/table.ts';
import type { Options } from '../options.ts';
import { compareBooks } from '../product/checks.ts';
import { floorSize } from './contestants.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, warmUp } from './rounds.ts';
import type { ProductLoaded, Stage } from './stage.ts';

/** Callbacks that cannot be read among those that can: one in what a group usually holds. */
export const poison = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => poisonOn(stage, options, await warmUp(stage)));

export async function poisonOn(
  stage: Stage,
  { rounds }: Pick<Options, 'rounds'>,
  perSecond: number,
): Promise<Report> {
  const sound: ProductLoaded[] = [];
  const poisoned: ProductLoaded[] = [];
  const affected: number[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    stage.tell(`poison, round ${n} of ${rounds}`);
    const callbacks = enoughFor(stage, perSecond);
    sound.push(await stage.run({ callbacks }));
    const loaded = await stage.run({ callbacks, poisonEvery: floorSize });
    poisoned.push(loaded);
    const database = await stage.database();
    const { lost, doubled } = await compareBooks(database.connectionString(), loaded);
    affected.push(lost + doubled + loaded.bad);
  }
  await stage.prove();
  const costOf = ({ nodeUs, databaseUs }: ProductLoaded): number => nodeUs + databaseUs;
  const cost = medianRatio(poisoned.map(costOf), sound.map(costOf)).toFixed(2);
  return {
    tables: [
      stretchTable([
        ['all can be read', sound],
        [`one of ${floorSize} cannot`, poisoned],
      ]),
    ],
    findings: [
      {
        id: 'P15',
        values: [affected.reduce((sum, count) => sum + count, 0)],
        note: `at ${cost} times the cost`,
      },
    ],
  };
}
