import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { shillings, type RailId } from '#kernel';
import { sql } from '#platform/db';
import { createTokenKeeper } from '#security';
import { promptFor, type Scene } from '#rails/test-kit';

import { createTestFoundation, type TestFoundation } from '../support/foundation.ts';
import type { ProviderWorld } from '../support/provider-world.ts';
import { createStagedAirtelRail, openAirtelWorld } from './airtel-stage.ts';
import { createStagedMpesaRail, openMpesaWorld } from './mpesa-stage.ts';
import { openFor, openPhone, openScene } from './scene.ts';

let base: TestFoundation;
beforeAll(async () => {
  base = await createTestFoundation();
});
afterAll(() => base.close());
beforeEach(async () => {
  await sql`delete from provider_token`.execute(base.database.executor);
});

interface Engines {
  readonly world: ProviderWorld;
  readonly one: Scene;
  readonly two: Scene;
}

/** Two processes with one database, at a provider whose newest token is the only one. */
async function twoEngines(rail: RailId): Promise<Engines> {
  const knobs = { newTokenKillsOld: true };
  const keeperOn = (database: TestFoundation['database'], world: ProviderWorld) =>
    createTokenKeeper({ ...base, database, clock: world.clock });
  if (rail === 'mpesa') {
    const world = await openFor(openMpesaWorld(knobs));
    const open = (database: TestFoundation['database']): Scene =>
      openScene(world, (deps) => createStagedMpesaRail(deps, world), keeperOn(database, world));
    return { world, one: open(base.database), two: open(base.neighbour) };
  }
  const world = await openFor(openAirtelWorld({ knobs }));
  const open = (database: TestFoundation['database']): Scene =>
    openScene(world, (deps) => createStagedAirtelRail(deps), keeperOn(database, world));
  return { world, one: open(base.database), two: open(base.neighbour) };
}

async function prompt(scene: Scene): Promise<string> {
  const msisdn = await openPhone(scene);
  const { kind } = await scene.rail.sendPrompt(promptFor(scene, msisdn, shillings(90)));
  return kind;
}
const mintedBy = ({ one, two }: Engines): number => one.minted() + two.minted();

describe.each(['mpesa', 'airtel'] as const)('two engines at %s', (rail) => {
  it('live on one token, and neither kills the other’s', async () => {
    const engines = await twoEngines(rail);
    const { one, two } = engines;
    const together = await Promise.all([prompt(one), prompt(two), prompt(one), prompt(two)]);
    expect(new Set(together)).toEqual(new Set(['accepted']));
    for (const scene of [one, two, one, two]) expect(await prompt(scene)).toBe('accepted');
    expect(mintedBy(engines)).toBe(1);
  });

  it('agree on the next token when this one dies while calls are under way', async () => {
    const engines = await twoEngines(rail);
    const { world, one, two } = engines;
    for (const scene of [one, two]) expect(await prompt(scene)).toBe('accepted');
    for (const scene of [one, two]) {
      scene.line.once(async (request, forward) => {
        await world.revokeTokens();
        return forward(request);
      });
    }
    const ends = await Promise.all([one, two, one, two].map(prompt));
    expect(new Set(ends)).toEqual(new Set(['accepted']));
    const minted = mintedBy(engines);
    expect(minted).toBeLessThanOrEqual(3);
    for (const scene of [one, two, one, two]) expect(await prompt(scene)).toBe('accepted');
    expect(mintedBy(engines)).toBe(minted);
  });

  it('agree again after a third party minted a token', async () => {
    const engines = await twoEngines(rail);
    const { world, one, two } = engines;
    for (const scene of [one, two]) expect(await prompt(scene)).toBe('accepted');
    for (let n = 0; n < 3; n += 1) {
      await world.revokeTokens();
      const ends = await Promise.all([prompt(one), prompt(two)]);
      expect(ends).toEqual(['accepted', 'accepted']);
    }
    expect(mintedBy(engines)).toBe(4);
  });
});
