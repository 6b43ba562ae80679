import { medianOf } from '../figures/statistics.ts';
import { stretchTable, tableOf } from '../figures/table.ts';
import { residentBytesOf } from '../machine/cpu.ts';
import type { Options } from '../options.ts';
import { onStage } from './quick.ts';
import { fill } from './read.ts';
import type { Report } from './report.ts';
import { enoughFor, warmUp } from './rounds.ts';
import { clock, type ProductLoaded, type ProductPlan, type Stage } from './stage.ts';

const sampleEveryMs = 200;
const idleMs = 3_000;
const manyConnections = 512;
const bytesPerMb = 1e6;

interface Weighed {
  readonly loaded: ProductLoaded;
  readonly mb: number;
}

/** The engine process alone: not the simulators beside it, and not PostgreSQL. */
function createScale(stage: Stage) {
  const { pid } = stage.product.engine;
  const residentMb = (): number => residentBytesOf(pid) / bytesPerMb;
  return {
    now: residentMb,
    under: async (plan: ProductPlan): Promise<Weighed> => {
      const samples: number[] = [];
      const meanwhile = (): (() => void) => {
        const timer = setInterval(() => samples.push(residentMb()), sampleEveryMs);
        return () => clearInterval(timer);
      };
      const loaded = await stage.run({ ...plan, meanwhile });
      return { loaded, mb: medianOf(samples) };
    },
  };
}

/** What the engine process keeps in memory: idle, at half load, saturated, and after a while. */
export const memory = (options: Options, tell: (text: string) => void): Promise<Report> =>
  onStage(options, tell, (stage) => memoryOn(stage, options));

export async function memoryOn(
  stage: Stage,
  { rounds, rows }: Pick<Options, 'rounds' | 'rows'>,
): Promise<Report> {
  const scale = createScale(stage);
  await clock.sleep(idleMs);
  const idleMb = scale.now();
  const guess = await warmUp(stage);
  const full: Weighed[] = [];
  for (let n = 1; n <= rounds; n += 1) {
    stage.tell(`memory with ${manyConnections} connections, round ${n} of ${rounds}`);
    const callbacks = enoughFor(stage, guess);
    full.push(await scale.under({ callbacks, connections: manyConnections }));
  }
  const perSecond = medianOf(full.map(({ loaded }) => loaded.perSecond)) / 2;
  stage.tell('memory at half load');
  const half = await scale.under({
    callbacks: enoughFor(stage, perSecond),
    pace: { kind: 'open', perSecond, seed: 1 },
  });
  await fill(stage, rows);
  stage.tell('memory after all that');
  const callbacks = enoughFor(stage, guess);
  const after = await scale.under({ callbacks, connections: manyConnections });
  await stage.prove();
  const fullMb = medianOf(full.map(({ mb }) => mb));
  return {
    tables: [
      stretchTable([
        [`${manyConnections} connections`, full.map(({ loaded }) => loaded)],
        ['the same, later', [after.loaded]],
        ['half load', [half.loaded]],
      ]),
      tableOf([
        ['engine process', 'MB'],
        ['idle', idleMb.toFixed(0)],
        ...full.map(({ mb }, n) => [`saturated, round ${n + 1}`, mb.toFixed(0)]),
        ['half load', half.mb.toFixed(0)],
        [`saturated, ${rows.toLocaleString('en')} callbacks later`, after.mb.toFixed(0)],
      ]),
    ],
    findings: [
      { id: 'P12-idle', values: [idleMb] },
      { id: 'P12-half', values: [half.mb] },
      { id: 'P12-full', values: full.map(({ mb }) => mb) },
      {
        id: 'P12-growth',
        values: [(after.mb / fullMb - 1) * 100],
        note: `over ${rows.toLocaleString('en')} callbacks`,
      },
    ],
  };
}
