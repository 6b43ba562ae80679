import { pairedRatios } from '../figures/statistics.ts';
import { stretchTable } from '../figures/table.ts';
import { withRepeats } from '../generator/pace.ts';
import type { Options } from '../options.ts';
import type { Measured } from './measure.ts';
import { onStage } from './quick.ts';
import type { Report } from './report.ts';
import { enoughFor, warmUp } from './rounds.ts';
import type { ProductLoaded, Stage } from './stage.ts';

/** Half of the redeliveries follow among so many callbacks after the first. */
const near = 500;
/** Callbacks that are all known cost less: the same ones come round as often as time allows. */
const roundsOfKnown = 6;

const costOf = ({ nodeUs, databaseUs }: Measured): number => nodeUs + databaseUs;

/** Callbacks that come again: some among new ones, and then nothing but known ones. */
export const dup = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, async (stage) => dupOn(stage, options, await warmUp(stage)));

export async function dupOn(
  stage: Stage,
  { rounds, pct }: Pick<Options, 'rounds' | 'pct'>,
  perSecond: number,
): Promise<Report> {
  const none: ProductLoaded[] = [];
  const some: ProductLoaded[] = [];
  const all: ProductLoaded[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    stage.tell(`redeliveries, round ${n} of ${rounds}`);
    const callbacks = enoughFor(stage, perSecond);
    none.push(await stage.run({ callbacks }));
    const repeated = (records: number) => withRepeats(records, { percent: pct, seed: n, near });
    const mixed = await stage.run({ callbacks, order: repeated });
    some.push(mixed);
    // Only what was sent is known.
    const known = new Set(repeated(mixed.set.callbacks.length).subarray(0, mixed.fate.length));
    const again = Uint32Array.from(Array.from({ length: roundsOfKnown }, () => [...known]).flat());
    all.push(await stage.run({ callbacks: mixed.set, order: () => again }));
  }
  await stage.prove();
  const bad = [...some, ...all].reduce((sum, one) => sum + one.bad, 0);
  return {
    tables: [
      stretchTable([
        ['no redelivery', none],
        [`${pct} % redeliveries`, some],
        ['nothing but redeliveries', all],
      ]),
    ],
    findings: [
      {
        id: 'P14-some',
        values: pairedRatios(some.map(costOf), none.map(costOf)),
        note: `${pct} %`,
      },
      { id: 'P14-all', values: pairedRatios(all.map(costOf), none.map(costOf)) },
      { id: 'P14-refused', values: [bad] },
    ],
  };
}
