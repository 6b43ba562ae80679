import { describe, expect, it } from 'vitest';

import { invariant, shillings } from '#kernel';
import type { PayoutSubmission, RailEvent } from '#rails';
import { paidReceipts, payoutFor, promptFor, type Scene, walletMinor } from '#rails/test-kit';

import {
  createStagedMpesaRail,
  fillWorkingAccount,
  type MpesaWorld,
  openMpesaWorld,
} from './mpesa-stage.ts';
import { openFor, openPhone, openScene, prompted } from './scene.ts';

type Staged = Scene & { readonly world: MpesaWorld };

async function stage(knobs: Readonly<Record<string, unknown>> = {}): Promise<Staged> {
  const world = await openFor(openMpesaWorld(knobs));
  return { ...openScene(world, (deps) => createStagedMpesaRail(deps, world)), world };
}

async function paid(scene: Staged, amountMinor: bigint) {
  const { msisdn, request } = await prompted(scene, amountMinor);
  await scene.world.approve(msisdn);
  await scene.world.settle();
  const [receipt] = paidReceipts(scene, request);
  invariant(receipt !== undefined, 'a payment has a receipt');
  return { msisdn, receipt };
}

function refund(scene: Staged, receipt: string, amountMinor: bigint): Promise<PayoutSubmission> {
  const { refunds } = scene.rail;
  invariant(refunds !== undefined, 'M-Pesa gives payments back');
  const callbacks = scene.urlsFor('refund');
  const ownId = scene.nextOwnId();
  return refunds.send({ ownId, receipt, amountMinor, remarks: 'Returned', callbacks });
}

function topUp(scene: Staged, amountMinor: bigint): Promise<PayoutSubmission> {
  const { topUps } = scene.rail;
  invariant(topUps !== undefined, 'M-Pesa moves between wallets of ours');
  const callbacks = scene.urlsFor('top-up');
  return topUps.send({ ownId: scene.nextOwnId(), amountMinor, remarks: 'Top-up', callbacks });
}

const resultsOf = (scene: Scene): readonly RailEvent[] =>
  scene.events().filter(({ kind }) => kind === 'payout-result');

async function askedAbout(scene: Staged, submission: PayoutSubmission): Promise<unknown> {
  invariant(submission.kind === 'accepted', 'taken');
  const { providerRequestId } = submission;
  const callbacks = scene.urlsFor('status');
  const reference = { ownId: 'X', receipt: 'X', amountMinor: 0n, sentAt: 0, callbacks };
  await scene.rail.refunds?.query({ ...reference, providerRequestId });
  await scene.world.settle();
  return scene.events().findLast(({ kind }) => kind === 'receipt-report');
}

describe('a refund', () => {
  it('that M-Pesa has made already is nobody’s failure: somebody has to look', async () => {
    const scene = await stage();
    const { msisdn, receipt } = await paid(scene, shillings(90));
    await refund(scene, receipt, shillings(90));
    await scene.world.settle();
    await refund(scene, receipt, shillings(90));
    await scene.world.settle();
    const [first, second] = resultsOf(scene);
    expect(first).toMatchObject({
      verdict: 'completed',
      amountMinor: shillings(90),
      originalReceipt: receipt,
    });
    expect(second).toMatchObject({ verdict: 'unknown', code: 'R000001' });
    expect(second).not.toHaveProperty('receipt');
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it('of a payout is refused by M-Pesa, and nothing moves', async () => {
    const scene = await stage();
    const msisdn = await openPhone(scene, 0n);
    await scene.rail.sendPayout(payoutFor(scene, msisdn, shillings(220)));
    await scene.world.settle();
    const [payout] = resultsOf(scene);
    invariant(payout?.kind === 'payout-result' && payout.verdict === 'completed', 'paid out');
    await refund(scene, payout.receipt, shillings(220));
    await scene.world.settle();
    expect(resultsOf(scene)[1]).toMatchObject({ verdict: 'failed', code: 'R000002' });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(shillings(220));
  });

  it('beyond what is left in Utility fails for want of float', async () => {
    const scene = await stage();
    const { receipt } = await paid(scene, shillings(91));
    const owner = await openPhone(scene, 0n);
    await scene.rail.sendPayout(payoutFor(scene, owner, shillings(249_000)));
    await scene.world.settle();
    await scene.rail.sendPayout(payoutFor(scene, owner, shillings(1_050)));
    await scene.world.settle();
    await refund(scene, receipt, shillings(91));
    await scene.world.settle();
    expect(resultsOf(scene).at(-1)).toMatchObject({
      verdict: 'failed',
      code: '1',
      reason: 'our-float',
    });
  });

  it.each([
    ['happened all the same', 1, { state: 'completed', amountMinor: shillings(92) }],
    ['never happened', 0, { verdict: 'not-found' }],
  ] as const)('that the queue gave up and %s', async (_, settledShare, report) => {
    const scene = await stage();
    const { msisdn, receipt } = await paid(scene, shillings(92));
    await scene.world.admin('PUT', '/knobs', { queueTimeout: { rate: 1, settledShare } });
    const submission = await refund(scene, receipt, shillings(92));
    await scene.world.settle();
    expect(scene.events().at(-1)).toMatchObject({ kind: 'queue-timeout' });
    await scene.world.admin('PUT', '/knobs', { queueTimeout: { rate: 0, settledShare } });
    expect(await askedAbout(scene, submission)).toMatchObject(report);
    const backMinor = settledShare === 1 ? walletMinor : walletMinor - shillings(92);
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(backMinor);
  });

  it('whose result is cut short is found by asking, under a receipt of its own', async () => {
    const scene = await stage();
    const { receipt } = await paid(scene, shillings(93));
    await scene.world.admin('PUT', '/knobs', { dropCallbacks: 1 });
    const submission = await refund(scene, receipt, shillings(93));
    await scene.world.settle();
    await scene.world.admin('PUT', '/knobs', { dropCallbacks: 0 });
    const report = await askedAbout(scene, submission);
    expect(report).toMatchObject({ state: 'completed', receipt: expect.stringMatching(/^U/) });
    expect(report).not.toMatchObject({ receipt });
  });
});

describe('a top-up', () => {
  it.each([
    ['without the role', { missingRoles: ['b2b'] }],
    ['that was never whitelisted', { refuseTopUps: true }],
  ])('%s fails with the code for both', async (_, knobs) => {
    const scene = await stage(knobs);
    await fillWorkingAccount(scene.world, shillings(500));
    await topUp(scene, shillings(400));
    await scene.world.settle();
    const word = { verdict: 'failed', code: '21', reason: 'our-request' };
    expect(resultsOf(scene)).toEqual([expect.objectContaining(word)]);
    expect(scene.rail.explain?.('21', 'top-up').meaning).toMatch(/whitelisted/);
    expect(await scene.world.admin('GET', '/org')).toMatchObject({ working: '500' });
  });

  it('has no guard: what is sent twice moves twice, so that nobody may send it twice', async () => {
    const scene = await stage({ syncLoss: { rate: 1, mode: '500' } });
    await fillWorkingAccount(scene.world, shillings(900));
    expect(await topUp(scene, shillings(400))).toMatchObject({ kind: 'unknown' });
    expect(await topUp(scene, shillings(400))).toMatchObject({ kind: 'unknown' });
    await scene.world.settle();
    expect(await scene.world.admin('GET', '/org')).toMatchObject({ working: '100' });
    expect(resultsOf(scene)).toHaveLength(2);
  });
});

describe('the gateway', () => {
  it('that refuses for the quota took no effect; what has no guard is not sent again', async () => {
    const scene = await stage();
    const { receipt } = await paid(scene, shillings(94));
    await scene.world.admin('PUT', '/knobs', { quotaViolation: 1 });
    const msisdn = await openPhone(scene);
    const refused = { kind: 'refused', code: '500.003.03', reason: 'provider-down' };
    const { rail } = scene;
    const again = { ...refused, mayResend: true };
    expect(await rail.sendPrompt(promptFor(scene, msisdn, shillings(95)))).toMatchObject(again);
    expect(await rail.sendPayout(payoutFor(scene, msisdn, shillings(221)))).toMatchObject(again);
    expect(await refund(scene, receipt, shillings(94))).toMatchObject(again);
    const never = { ...refused, mayResend: false };
    expect(await topUp(scene, shillings(5))).toMatchObject(never);
    const v1 = openScene(scene.world, (deps) =>
      createStagedMpesaRail(deps, scene.world, { payoutVersion: 'v1' }),
    );
    const payout = payoutFor(v1, msisdn, shillings(221));
    expect(await v1.rail.sendPayout(payout)).toMatchObject(never);
    await scene.world.settle();
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it('that is out by the clock leaves money unknown, and is back by the clock', async () => {
    const scene = await stage();
    const { world, rail } = scene;
    await prompted(scene, shillings(96));
    const fromAt = world.clock.now() + 60_000;
    const outageWindows = [{ fromAt, toAt: fromAt + 60_000, mode: 'html' }];
    await world.admin('PUT', '/knobs', { outageWindows });
    const send = async (): Promise<string> => {
      const msisdn = await openPhone(scene);
      return (await rail.sendPrompt(promptFor(scene, msisdn, shillings(97)))).kind;
    };
    const kinds = [await send()];
    await world.pass(60_000);
    kinds.push(await send());
    await world.pass(60_000);
    kinds.push(await send());
    expect(kinds).toEqual(['accepted', 'unknown', 'accepted']);
  });
});
