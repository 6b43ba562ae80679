import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { invariant, shillings } from '#kernel';
import { codeSubjects, type CodeExplanation, type CodeSubject } from '#rails';

import { payoutFor } from '#rails/test-kit';
import { simulatorCodes } from './airtel-records.ts';
import { createStagedAirtelRail, openAirtelWorld } from './airtel-stage.ts';
import { openFor, openPhone, openScene, prompted } from './scene.ts';

const stage = async () => {
  const world = await openFor(openAirtelWorld());
  const scene = openScene(world, createStagedAirtelRail);
  const explain = (code: string, subject: CodeSubject): CodeExplanation => {
    const { rail } = scene;
    invariant(rail.explain !== undefined, 'the rail explains codes');
    return rail.explain(code, subject);
  };
  return { scene, world, explain };
};

describe('a code of the provider’s', () => {
  it('is known, whatever the simulator can say, and to every subject', async () => {
    const { explain } = await stage();
    for (const { code, subject } of simulatorCodes) {
      expect(explain(code, subject)).toMatchObject({
        code,
        known: true,
        meaning: expect.stringMatching(/\.$/),
        advice: expect.stringMatching(/\.$/),
      });
    }
  });

  it('is known as it comes over the wire, in any envelope', async () => {
    const { scene, world, explain } = await stage();
    const { rail } = scene;
    const msisdn = await openPhone(scene, 0n);
    const payout = payoutFor(scene, msisdn, shillings(10));
    await rail.sendPayout(payout);
    await rail.sendPayout(payout);
    const { request, msisdn: payer } = await prompted(scene, shillings(11));
    await rail.sendPrompt(request);
    await world.cancel(payer);
    await rail.queryPrompt({ ownId: request.ownId, providerRequestId: undefined });
    await rail.queryPrompt({ ownId: 'NONE0001', providerRequestId: undefined });
    for (const turned of [
      { rateLimit: 1 },
      { rateLimit: 0, refuseAccess: 'product' },
      { refuseAccess: 'off', outage: 'refuse-500' },
      { outage: 'off', syncLoss: { rate: 1, mode: '408' } },
      { queryNoise: 1, tokenRevoked: 1 },
    ]) {
      await world.admin('PUT', '/knobs', turned);
      await rail.sendPayout(payoutFor(scene, msisdn, shillings(12)));
      await rail.queryPrompt({ ownId: request.ownId, providerRequestId: undefined });
    }
    const { requests } = await world.admin('GET', '/requests?limit=1000');
    const said = JSON.stringify(requests).replaceAll('\\"', '"');
    const found = new Set(
      [...said.matchAll(/"(?:result_code|response_code|status_code|error)":"([^"]+)"/g)].map(
        ([, code = '']) => code,
      ),
    );
    expect(found.size).toBeGreaterThan(12);
    for (const code of found) expect(explain(code, 'payout')).toMatchObject({ code, known: true });
  });

  it('may be any text at all: it is explained, and nothing is thrown', async () => {
    const { explain } = await stage();
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...codeSubjects), (code, subject) => {
        const explained = explain(code, subject);
        expect(explained.code).toBe(code);
        expect(explained.known || explained.class === 'unknown').toBe(true);
      }),
    );
  });
});
