import { railContract } from '#rails/test-kit';
import type { AirtelConfig } from '#rails/airtel';
import { simulatorCodes } from './airtel-records.ts';
import { createStagedAirtelRail, openAirtelWorld, type AirtelStage } from './airtel-stage.ts';

interface Variant {
  readonly rail: Partial<AirtelConfig>;
  readonly stage: AirtelStage;
}

const oaep = 'oaep-sha256';
const javaOaep = 'oaep-sha256-mgf1-sha1';
const signedWith = (keyPadding: AirtelConfig['keyPadding']) =>
  ({ signing: 'required', keyBits: 2048, keyPadding }) as const;

/**
 * Between them: each version of collections with each of payouts, signing as it is switched here
 * and there, each padding of message key and PIN, both sizes of key, and tokens that kill each
 * other or do not.
 */
const variants: readonly Variant[] = [
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
    rail: { signing: 'on', collectionVersion: 'v1', payoutVersion: 'v3', pinPadding: javaOaep },
    stage: {
      signing: 'required',
      knobs: { expiresIn: 'number', keysTopLevel: true, disbursementSync: false },
    },
  },
  {
    rail: { signing: 'off', collectionVersion: 'v1', payoutVersion: 'v2', pinPadding: oaep },
    stage: { signing: 'optional', knobs: { newTokenKillsOld: true, sameSecond: 1 } },
  },
  {
    rail: { signing: 'on', collectionVersion: 'v2', payoutVersion: 'v1' },
    stage: { signing: 'optional', knobs: { newTokenKillsOld: true, disbursementSync: false } },
  },
  {
    rail: {
      signing: 'on',
      collectionVersion: 'v2',
      payoutVersion: 'v3',
      keyPadding: oaep,
      pinPadding: oaep,
    },
    stage: { ...signedWith(oaep), knobs: { newTokenKillsOld: true, oddSuccessFlag: false } },
  },
  {
    rail: {
      signing: 'on',
      collectionVersion: 'v1',
      payoutVersion: 'v2',
      keyPadding: javaOaep,
      pinPadding: javaOaep,
    },
    stage: { ...signedWith(javaOaep), knobs: { badTokenStatus: 403 } },
  },
  {
    rail: { signing: 'off', collectionVersion: 'v2', payoutVersion: 'v1', pinPadding: javaOaep },
    stage: { signing: 'off', keyBits: 2048, knobs: { newTokenKillsOld: true } },
  },
  {
    rail: { signing: 'off', collectionVersion: 'v2', payoutVersion: 'v3' },
    stage: { signing: 'optional', knobs: { disbursementNoData: 1, fieldErrorHttp: 400 } },
  },
  {
    rail: { signing: 'on', collectionVersion: 'v1', payoutVersion: 'v1', pinPadding: oaep },
    stage: { ...signedWith('pkcs1'), knobs: { newTokenKillsOld: true, keysTopLevel: true } },
  },
];

for (const { rail, stage } of variants) {
  railContract({
    name: `Airtel Money, ${JSON.stringify({ ...rail, ...stage })}`,
    openWorld: () => openAirtelWorld(stage),
    createRail: (deps) => createStagedAirtelRail(deps, rail),
    // No code of Airtel's names a cancelling payer; “refused” does not say by whom.
    reasons: { cancels: ['other'] },
    codes: simulatorCodes,
  });
}
