import { describe, expect, it } from 'vitest';

import { shillings, type RailId } from '#kernel';
import type { HttpOutcome } from '#rails';
import { isUnheard } from '#weather';
import { payoutFor, type Scene } from '#rails/test-kit';

import { createStagedAirtelRail, openAirtelWorld } from './airtel-stage.ts';
import { createStagedMpesaRail, openMpesaWorld } from './mpesa-stage.ts';
import { openFor, openPhone, openScene, prompted } from './scene.ts';

async function sceneOf(rail: RailId): Promise<Scene> {
  if (rail === 'airtel') {
    const world = await openFor(openAirtelWorld());
    return openScene(world, (deps) => createStagedAirtelRail(deps));
  }
  const world = await openFor(openMpesaWorld());
  return openScene(world, (deps) => createStagedMpesaRail(deps, world));
}

const page = '<!doctype html><html><body>Service Unavailable</body></html>';
const silences: readonly (readonly [string, HttpOutcome])[] = [
  ['hangs', { kind: 'lost', cause: 'timeout' }],
  ['breaks off', { kind: 'lost', cause: 'ECONNRESET' }],
  ['cannot be reached', { kind: 'not-sent', cause: 'ECONNREFUSED' }],
  ['has another’s certificate', { kind: 'not-sent', cause: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
  ['answers HTML 500', { kind: 'answer', status: 500, body: page }],
  ['answers HTML 502', { kind: 'answer', status: 502, body: page }],
  ['answers HTML 503', { kind: 'answer', status: 503, body: page }],
];

describe.each(['mpesa', 'airtel'] as const)('a question to %s, when the provider', (rail) => {
  it.each(silences)('%s, is one that nobody heard', async (_, outcome) => {
    const scene = await sceneOf(rail);
    const { reference } = await prompted(scene, shillings(77));
    const payout = payoutFor(scene, await openPhone(scene), shillings(50));
    const sent = await scene.rail.sendPayout(payout);
    const providerRequestId = sent.kind === 'accepted' ? sent.providerRequestId : undefined;
    scene.line.breakWith(() => Promise.resolve(outcome));
    const { ownId, callbacks } = payout;
    const answers = [
      await scene.rail.queryPrompt(reference),
      await scene.rail.queryPayout({ ownId, providerRequestId, callbacks }),
    ];
    const unheard = answers.map((answer) => answer.kind === 'unknown' && isUnheard(answer));
    expect([unheard, answers]).toEqual([[true, true], answers]);
  });
});
