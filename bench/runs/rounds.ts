import type { Stretch } from '../figures/table.ts';
import type { Finding } from '../figures/verdict.ts';
import { naiveKinds, type NaiveKind } from '../peers/naive-books.ts';
import { createFloor, measureEcho, measureNaive } from './contestants.ts';
import { untilQuiet, type Measured } from './measure.ts';
import { clock, makeFloor, type ProductPlan, type Stage } from './stage.ts';
import { mixOf } from '../product/drawing.ts';

/** One round: everything that is compared, one after the other, on the same machine. */
export interface Round {
  readonly echo: Measured;
  readonly floor: Measured;
  readonly product: Measured;
  readonly half: Measured;
  readonly serial: Measured;
  readonly naive: Readonly<Record<NaiveKind, Measured>>;
  readonly probeUs: number;
}

const first = { callbacks: 8_000, perSecondGuess: 3_000, measureMs: 1_000 };
/** Room for a stretch that goes better than the last one. */
const spare = 1.5;
const serialPerSecondMax = 2_500;
const naivePerSecondMax = 4_000;
const callbacksMin = 2_000;
/** With fewer, it is the generator that waits: groups stay small, and the engine has time left. */
const sustainedConnections = 512;

/** How many callbacks a stretch may use up at a rate. */
export function enoughFor(stage: Stage, perSecond: number, measureMs?: number): number {
  const { warmUpMs, measureMs: usual } = stage.pace;
  const callbacks = (spare * perSecond * (warmUpMs + (measureMs ?? usual))) / 1_000;
  return Math.max(callbacksMin, Math.ceil(callbacks));
}

/** A first stretch that does not count: caches fill, code is compiled, the rate shows. */
export async function warmUp(stage: Stage): Promise<number> {
  stage.tell('warming up');
  const cold = await stage.run({ callbacks: first.callbacks, measureMs: first.measureMs });
  const guess = Math.max(cold.perSecond, first.perSecondGuess);
  const warm = await stage.run({
    callbacks: enoughFor(stage, guess, first.measureMs),
    measureMs: first.measureMs,
  });
  return Math.max(warm.perSecond, guess);
}

/** How long it holds out: callbacks a second over a longer stretch, without a single error. */
export async function sustain(
  stage: Stage,
  { perSecond, measureMs }: { readonly perSecond: number; readonly measureMs: number },
): Promise<{ readonly measured: Measured; readonly finding: Finding }> {
  stage.tell(`sustained, ${measureMs / 1_000} s`);
  const callbacks = enoughFor(stage, perSecond, measureMs);
  const measured = await measureProduct(stage, {
    callbacks,
    measureMs,
    connections: Math.max(sustainedConnections, stage.pace.connections),
  });
  const { bad, outcome } = measured;
  const note =
    `closed loop, ${sustainedConnections} connections, ` +
    `${(outcome.windowMs / 1_000).toFixed(0)} s, ${bad} errors`;
  const values = [bad === 0 ? measured.perSecond : Number.NaN];
  return { measured, finding: { id: 'P1', values, note } };
}

/** The product, again while others disturb. */
export const measureProduct = (stage: Stage, plan: ProductPlan): Promise<Measured> =>
  untilQuiet(stage.pace.attemptsMax, () => stage.run(plan));

/** Plays rounds; `onRound` may look at each as it ends. */
export async function playRounds(
  stage: Stage,
  plan: { readonly rounds: number; readonly perSecond: number },
): Promise<readonly Round[]> {
  await makeFloor(await stage.database());
  const floor = createFloor(stage);
  const rounds: Round[] = [];
  let { perSecond } = plan;
  for (let n = 1; n <= plan.rounds; n += 1) {
    stage.tell(`round ${n} of ${plan.rounds}`);
    const round = await playRound(stage, floor, perSecond);
    rounds.push(round);
    perSecond = Math.max(perSecond, round.product.perSecond);
  }
  return rounds;
}

async function playRound(
  stage: Stage,
  floor: ReturnType<typeof createFloor>,
  perSecond: number,
): Promise<Round> {
  const { attemptsMax } = stage.pace;
  const quiet = (attempt: () => Promise<Measured>) => untilQuiet(attemptsMax, attempt);
  const probeUs = stage.probe();
  const product = await measureProduct(stage, { callbacks: enoughFor(stage, perSecond) });
  // Callbacks that the product never hears of: they only have to look right.
  const set = await stage.seeder.seed(
    enoughFor(stage, naivePerSecondMax),
    mixOf(stage.pace.promptShare),
  );
  await clock.sleep(stage.pace.settleMs);
  const echo = await quiet(() => measureEcho(stage, set));
  const floored = await quiet(() => floor.measure());
  const naive = {
    tutorial: await quiet(() => measureNaive(stage, 'tutorial', set)),
    transaction: await quiet(() => measureNaive(stage, 'transaction', set)),
    chain: await quiet(() => measureNaive(stage, 'chain', set)),
  };
  const half = await measureProduct(stage, {
    callbacks: enoughFor(stage, product.perSecond / 2),
    pace: { kind: 'open', perSecond: product.perSecond / 2, seed: 1 },
  });
  const serial = await measureProduct(stage, {
    callbacks: enoughFor(stage, serialPerSecondMax),
    connections: 1,
  });
  return { echo, floor: floored, product, half, serial, naive, probeUs };
}

/** Contestants of all rounds, as the table wants them. */
export function contestantsOf(
  rounds: readonly Round[],
): readonly (readonly [name: string, stretches: readonly Stretch[]])[] {
  const of = (read: (round: Round) => Measured): readonly Measured[] => rounds.map(read);
  return [
    ['echo node:http', of(({ echo }) => echo)],
    ['PostgreSQL only N=64', of(({ floor }) => floor)],
    ['the engine', of(({ product }) => product)],
    ...naiveKinds.map((kind) => [`naive ${kind}`, of(({ naive }) => naive[kind])] as const),
    ['engine, half load', of(({ half }) => half)],
    ['engine, one at a time', of(({ serial }) => serial)],
  ];
}
