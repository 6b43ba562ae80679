import type { MpesaConfig } from '#rails/mpesa';
import { railContract } from '#rails/test-kit';
import { mpesaStatements, simulatorCodes } from './mpesa-records.ts';
import { createStagedMpesaRail, fillWorkingAccount, openMpesaWorld } from './mpesa-stage.ts';

interface Variant {
  readonly rail: Partial<MpesaConfig>;
  readonly knobs: Readonly<Record<string, unknown>>;
}

/**
 * Payout version, notification version and tokens that kill each other: every two of them meet in
 * every combination. Other habits of the provider are spread over the four.
 */
const variants: readonly Variant[] = [
  {
    rail: { payoutVersion: 'v3', notificationVersion: 'v2' },
    knobs: { newTokenKillsOld: false, stkAlsoConfirmsC2b: true },
  },
  {
    rail: { payoutVersion: 'v3', notificationVersion: 'v1', paybillPlan: 'mgao' },
    knobs: { newTokenKillsOld: true, stkAlsoConfirmsC2b: false, stringCodes: true },
  },
  // Short codes that v3 refuses.
  {
    rail: { payoutVersion: 'v1', notificationVersion: 'v2', paybillPlan: 'customer-bouquet' },
    knobs: { newTokenKillsOld: true, refuseB2cV3: true, expiresIn: 'number' },
  },
  {
    rail: { payoutVersion: 'v1', notificationVersion: 'v1' },
    knobs: {
      newTokenKillsOld: false,
      refuseB2cV3: true,
      missingValue: 1,
      singleObjectParameters: true,
    },
  },
];

for (const { rail, knobs } of variants) {
  railContract({
    name: `M-Pesa, ${JSON.stringify({ ...rail, ...knobs })}`,
    // Daraja invents the id of a v1 payout.
    payoutIdsTravel: rail.payoutVersion === 'v1' ? 'never' : 'always',
    openWorld: () => openMpesaWorld(knobs),
    createRail: (deps, world) => createStagedMpesaRail(deps, world, rail),
    fillTopUpWallet: fillWorkingAccount,
    codes: simulatorCodes,
    statements: mpesaStatements,
  });
}
