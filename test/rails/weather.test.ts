import { describe, expect, it } from 'vitest';

import { shillings, type RailId } from '#kernel';
import type { CallbackChannel, HttpOutcome } from '#rails';
import { isUnheard } from '#weather';
import { payoutFor, type Scene } from '#rails/test-kit';

import { openBusiness } from '../support/business.ts';
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

const results: readonly CallbackChannel[] = [
  'payout-result',
  'refund-result',
  'top-up-result',
  'balance-result',
  'status-result',
];

/** The lanes that are held back after M-Pesa answered with that code. */
async function lanesHeldBy(code: string, channel: CallbackChannel): Promise<readonly string[]> {
  const { rail } = await sceneOf('mpesa');
  const town = await openBusiness({ credentials: { mpesa: 'password' } });
  town.mpesa.script.explain = rail.explain ?? town.mpesa.script.explain;
  const ids = { OriginatorConversationID: '1-2', ConversationID: 'AG_1' };
  const word = { ResultType: 0, ResultCode: code, ResultDesc: '', TransactionID: 'UKN0000000' };
  const body = Buffer.from(JSON.stringify({ Result: { ...word, ...ids } }));
  const reading = rail.readCallback({ channel, body });
  if (reading.kind !== 'event') throw new Error(`a ${channel} can be read`);
  await town.deliver(channel, 0n, reading.event);
  const held = await town.rows<{ lane: string }>('select lane from rail_breaker order by lane');
  await town.closeProved();
  return held.map(({ lane }) => lane);
}

describe.each(results)('a %s', (channel) => {
  it('that lacks its role holds nothing back', async () => {
    expect(await lanesHeldBy('21', channel)).toEqual([]);
  });

  it('that refuses the operator holds back what it signs', async () => {
    expect(await lanesHeldBy('8006', channel)).toEqual(['money-out', 'operator-questions']);
  });
});
