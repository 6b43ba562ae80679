import { railContract } from '#rails/test-kit';
import { createStagedAirtelRail, openAirtelWorld } from './airtel-stage.ts';

const variants = [
  {
    rail: { signing: 'off', collectionVersion: 'v1', payoutVersion: 'v1' },
    stage: { signing: 'off' },
  },
  {
    rail: { signing: 'on', collectionVersion: 'v2', payoutVersion: 'v2' },
    stage: {
      signing: 'required',
      knobs: { newTokenKillsOld: true, badTokenStatus: 403, disbursementCallbacks: true },
    },
  },
  {
    rail: { signing: 'on', collectionVersion: 'v1', payoutVersion: 'v3' },
    stage: {
      signing: 'required',
      knobs: { expiresIn: 'number', keysTopLevel: true, disbursementSync: false },
    },
  },
] as const;

for (const { rail, stage } of variants) {
  railContract({
    name: `Airtel Money, ${JSON.stringify({ ...rail, ...stage })}`,
    openWorld: () => openAirtelWorld(stage),
    createRail: (deps) => createStagedAirtelRail(deps, rail),
    // No code of Airtel's names a cancelling payer; “refused” does not say by whom.
    reasons: { cancels: ['other'] },
  });
}
