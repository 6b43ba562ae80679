import { onTestFinished } from 'vitest';

import { invariant, type Msisdn } from '#kernel';
import {
  createMemoryTokenKeeper,
  type PromptReference,
  type PromptRequest,
  type Rail,
  type TokenKeeper,
} from '#rails';

import {
  createScene,
  promptFor,
  type RailDeps,
  type RailWorld,
  type Scene,
  walletMinor,
} from '#rails/test-kit';

let scenes = 0;
let ownIds = 0;

/** A rail with tokens and a line of its own, in a world that may hold several. */
export function openScene(
  world: RailWorld,
  createRail: (deps: RailDeps) => Rail,
  tokens: TokenKeeper = createMemoryTokenKeeper({ clock: world.clock }),
): Scene {
  scenes += 1;
  return createScene({
    world,
    createRail,
    tokens,
    nextOwnId: () => {
      ownIds += 1;
      return `SCENE${String(ownIds).padStart(6, '0')}`;
    },
    reference: `SC${1_000 + scenes}`,
  });
}

/** Closes the world when the test ends. */
export async function openFor<World extends RailWorld>(opening: Promise<World>): Promise<World> {
  const world = await opening;
  onTestFinished(() => world.close());
  return world;
}

export const openPhone = ({ world }: Scene, balanceMinor = walletMinor): Promise<Msisdn> =>
  world.createPhone({ balanceMinor });

/** A prompt that was taken, open on the phone. */
export async function prompted(
  scene: Scene,
  amountMinor: bigint,
): Promise<{
  readonly msisdn: Msisdn;
  readonly request: PromptRequest;
  readonly reference: PromptReference;
}> {
  const msisdn = await openPhone(scene);
  const request = promptFor(scene, msisdn, amountMinor);
  const submission = await scene.rail.sendPrompt(request);
  invariant(submission.kind === 'accepted', `the prompt is taken, not ${submission.kind}`);
  const { providerRequestId } = submission;
  return { msisdn, request, reference: { ownId: request.ownId, providerRequestId } };
}
