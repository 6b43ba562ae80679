import { railContract } from '#rails/test-kit';
import { createStagedMpesaRail, openMpesaWorld } from './mpesa-stage.ts';

const variants = [
  {
    rail: { payoutVersion: 'v3', notificationVersion: 'v2' },
    knobs: { newTokenKillsOld: false, stkAlsoConfirmsC2b: true },
  },
  {
    rail: { payoutVersion: 'v3', notificationVersion: 'v1' },
    knobs: { newTokenKillsOld: true, stkAlsoConfirmsC2b: false, stringCodes: true },
  },
  // Short codes that v3 refuses; Daraja invents the id of a v1 payout.
  {
    rail: { payoutVersion: 'v1', notificationVersion: 'v2' },
    knobs: { refuseB2cV3: true, missingValue: 1, singleObjectParameters: true },
    payoutIdsTravel: 'never',
  },
] as const;

for (const { rail, knobs, ...contract } of variants) {
  railContract({
    ...contract,
    name: `M-Pesa, ${JSON.stringify({ ...rail, ...knobs })}`,
    openWorld: () => openMpesaWorld(knobs),
    createRail: (deps, world) => createStagedMpesaRail(deps, world, rail),
  });
}
