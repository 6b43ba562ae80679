import { describe, expect, it } from 'vitest';

import { invariant, shillings, type Msisdn } from '#kernel';
import type { PayoutVerdict, Rail, RefundRequest, Refunds } from '#rails';
import type { AirtelConfig } from '#rails/airtel';

import { learnPrompt, payoutFor, promptFor, type Scene, walletMinor } from '#rails/test-kit';
import type { ProviderWorld } from '../support/provider-world.ts';
import { type AirtelStage, createStagedAirtelRail, openAirtelWorld } from './airtel-stage.ts';
import { openFor, openPhone, openScene, prompted } from './scene.ts';

type StagedScene = Scene & { readonly world: ProviderWorld };

const stage = async (
  settings: AirtelStage = {},
  variant: Partial<AirtelConfig> = {},
): Promise<StagedScene> => {
  const world = await openFor(openAirtelWorld(settings));
  return { ...openScene(world, (deps) => createStagedAirtelRail(deps, variant)), world };
};

const refundsOf = (rail: Rail): Refunds => {
  invariant(rail.refunds !== undefined, 'the rail gives payments back');
  return rail.refunds;
};

interface Paid {
  readonly msisdn: Msisdn;
  readonly request: RefundRequest;
}

function refundFor(scene: Scene, receipt: string, amountMinor: bigint): RefundRequest {
  const { nextOwnId, urlsFor } = scene;
  const callbacks = urlsFor('payout');
  return { ownId: nextOwnId(), receipt, amountMinor, remarks: 'Twice paid', callbacks };
}

/** A payment that settled, and the request that would give it back. */
async function paid(scene: StagedScene, amountMinor: bigint): Promise<Paid> {
  const { msisdn, reference } = await prompted(scene, amountMinor);
  await scene.world.approve(msisdn);
  await scene.world.settle();
  const verdict = await learnPrompt(scene, reference);
  invariant(verdict.kind === 'paid' && verdict.receipt !== undefined, 'it is paid');
  return { msisdn, request: refundFor(scene, verdict.receipt, amountMinor) };
}

async function ask({ rail, world }: StagedScene, request: RefundRequest): Promise<PayoutVerdict> {
  const sentAt = world.clock.now() - 600_000;
  return refundsOf(rail).query({ ...request, providerRequestId: undefined, sentAt });
}

const refundsSent = ({ line }: Scene): number =>
  line.sent.filter(({ url }) => url.endsWith('/refund')).length;

async function expectConserved({ world }: StagedScene): Promise<void> {
  expect(await world.admin('GET', '/conservation')).toEqual({ ok: true, sum: '0.00' });
}

describe('a refund', () => {
  it.each([
    ['unsigned', {}, {}],
    ['signed', { signing: 'required' }, { signing: 'on', collectionVersion: 'v2' }],
    [
      'signed under another padding',
      { signing: 'required', keyBits: 2048, keyPadding: 'oaep-sha256' },
      { signing: 'on', keyPadding: 'oaep-sha256' },
    ],
    ['with tokens that kill each other', { knobs: { newTokenKillsOld: true } }, {}],
  ] as const)('%s arrives once, and the payer is whole again', async (_name, settings, variant) => {
    const scene = await stage(settings, variant);
    const { msisdn, request } = await paid(scene, shillings(90));
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor - shillings(90));
    const given = await refundsOf(scene.rail).send(request);
    invariant(given.kind === 'completed', `the refund is done, not ${given.kind}`);
    expect(given.receipt).toMatch(/^CI\d{6}\.\d{4}\.C\d+$/);
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
    const asked = await ask(scene, request);
    expect(asked).toMatchObject({ kind: 'completed', receipt: given.receipt });
    expect(asked.kind === 'completed' && asked.completedAt).toBe(scene.world.clock.now());
    await expectConserved(scene);
  });

  it('of a payment that nobody prompted goes by the receipt on the list', async () => {
    const scene = await stage();
    const { world } = scene;
    const msisdn = await openPhone(scene);
    const amount = { amount: 91, reference: 'WALK IN' };
    await world.admin('POST', `/phones/${msisdn}/pay`, amount);
    const now = world.clock.now();
    const list = await scene.rail.listPayments({ fromAt: now - 60_000, toAt: now });
    invariant(list.kind === 'listed' && list.payments[0] !== undefined, 'it is listed');
    const request = refundFor(scene, list.payments[0].receipt, shillings(91));
    expect(await refundsOf(scene.rail).send(request)).toMatchObject({ kind: 'completed' });
    expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it('that comes a second time moves nothing, and is no failure', async () => {
    const scene = await stage();
    const { msisdn, request } = await paid(scene, shillings(92));
    const refunds = refundsOf(scene.rail);
    const first = await refunds.send(request);
    const again = { ...request, ownId: scene.nextOwnId() };
    expect(await refunds.send(again)).toMatchObject({
      kind: 'unknown',
      cause: expect.stringContaining('given back before'),
    });
    expect(await ask(scene, again)).toMatchObject({
      kind: 'completed',
      receipt: first.kind === 'completed' && first.receipt,
    });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
    await expectConserved(scene);
  });

  it('is no payment on the list', async () => {
    const scene = await stage();
    const { request } = await paid(scene, shillings(93));
    await refundsOf(scene.rail).send(request);
    const toAt = scene.world.clock.now();
    const list = await scene.rail.listPayments({ fromAt: toAt - 3_600_000, toAt });
    expect(list).toMatchObject({ payments: [{ receipt: request.receipt }] });
  });

  it.each([
    ['a payment that never was', 'MP260101.0000.L99999'],
    ['a payout', 'payout'],
  ])('of %s is refused for good', async (_name, what) => {
    const scene = await stage();
    const phone = await openPhone(scene, 0n);
    const payout = await scene.rail.sendPayout(payoutFor(scene, phone, shillings(94)));
    const receipt = what === 'payout' && payout.kind === 'completed' ? payout.receipt : what;
    const request = refundFor(scene, receipt, shillings(94));
    expect(await refundsOf(scene.rail).send(request)).toMatchObject({
      kind: 'refused',
      reason: 'our-request',
      mayResend: false,
    });
    expect(await scene.world.balanceMinorOf(phone)).toBe(shillings(94));
  });

  it('beyond our float is refused, says why, and goes once there is money', async () => {
    const scene = await stage();
    const { msisdn, request } = await paid(scene, shillings(95));
    const somebody = await openPhone(scene, 0n);
    const float = payoutFor(scene, somebody, shillings(250_000));
    expect(await scene.rail.sendPayout(float)).toMatchObject({ kind: 'completed' });
    expect(await scene.rail.sendPayout(payoutFor(scene, somebody, shillings(95)))).toMatchObject({
      kind: 'completed',
    });
    const refunds = refundsOf(scene.rail);
    expect(await refunds.send(request)).toMatchObject({ kind: 'refused', reason: 'our-float' });
    await scene.world.admin('POST', '/org/float', { amount: 95 });
    expect(await refunds.send(request)).toMatchObject({ kind: 'completed' });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });
});

const lossModes = ['408', '502-html', '504-html', 'reset', 'hang', 'empty-200'] as const;
const effects = ['now', 'later', 'none'] as const;
const losses = lossModes.flatMap((mode) => effects.map((effect) => ({ mode, effect })));

describe('a refund whose answer is lost', () => {
  it.each(losses)('by “$mode”, its effect $effect, is unknown and never doubled', async (loss) => {
    const scene = await stage({ knobs: { refundLoss: { rate: 1, afterMs: 60_000, ...loss } } });
    const { world, rail } = scene;
    const { msisdn, request } = await paid(scene, shillings(96));
    const refunds = refundsOf(rail);
    expect(await world.waitFor(refunds.send(request))).toMatchObject({ kind: 'unknown' });
    expect(refundsSent(scene)).toBe(1);
    await world.pass(90_000);
    const isApplied = loss.effect !== 'none';
    const held = isApplied ? walletMinor : walletMinor - shillings(96);
    expect(await world.balanceMinorOf(msisdn)).toBe(held);
    const asked = await ask(scene, request);
    expect(asked.kind).toBe(isApplied ? 'completed' : 'unknown');
    // Asking sends nothing; and what somebody sends all the same pays back once.
    expect(refundsSent(scene)).toBe(1);
    await world.admin('PUT', '/knobs', { refundLoss: { rate: 0 } });
    const again = await refunds.send(request);
    expect(again.kind).toBe(isApplied ? 'unknown' : 'completed');
    expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
    await expectConserved(scene);
  });

  it('is not lost by a slow server', async () => {
    const scene = await stage({ knobs: { refundLoss: { rate: 1, mode: 'slow' } } });
    const { request } = await paid(scene, shillings(97));
    const answer = refundsOf(scene.rail).send(request);
    expect(await scene.world.waitFor(answer)).toMatchObject({ kind: 'completed' });
  });

  it.each([
    ['payment', { kind: 'completed' }],
    ['own-id', { kind: 'completed' }],
    // The amount proves nothing.
    ['nothing', { kind: 'unknown', cause: expect.stringContaining('1 refunds of this amount') }],
  ])('is found where its row names the payment, by “%s”', async (refundRowNames, verdict) => {
    const scene = await stage({ knobs: { refundLoss: { rate: 1 }, refundRowNames } });
    const { msisdn, request } = await paid(scene, shillings(98));
    await refundsOf(scene.rail).send(request);
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
    expect(await ask(scene, request)).toMatchObject(verdict);
  });

  it('is not taken for another refund of the same amount to the same phone', async () => {
    const scene = await stage();
    const { world, rail } = scene;
    const first = await paid(scene, shillings(99));
    const other = await scene.rail.sendPrompt({
      ...promptFor(scene, first.msisdn, shillings(99)),
      description: 'Again',
    });
    invariant(other.kind === 'accepted', 'the second prompt is taken');
    await world.approve(first.msisdn);
    await world.settle();
    const { transactions } = await world.admin('GET', '/truth');
    const [, second] = transactions as { readonly airtelId: string }[];
    invariant(second !== undefined, 'it was paid twice');
    expect(await refundsOf(rail).send(first.request)).toMatchObject({ kind: 'completed' });
    await world.admin('PUT', '/knobs', { refundLoss: { rate: 1, effect: 'none' } });
    const request = refundFor(scene, second.airtelId, shillings(99));
    expect(await refundsOf(rail).send(request)).toMatchObject({ kind: 'unknown' });
    expect(await ask(scene, request)).toMatchObject({ kind: 'unknown' });
    expect(await world.balanceMinorOf(first.msisdn)).toBe(walletMinor - shillings(99));
  });

  it.each([
    ['cannot be reached', { kind: 'not-sent', cause: 'ECONNREFUSED' }, 'provider-down'],
    [
      'refuses its own token, twice',
      { kind: 'answer', status: 401, body: '{"error":"invalid_token"}' },
      'our-credentials',
    ],
  ] as const)('is not one that the provider, which %s, never took', async (_name, said, reason) => {
    const scene = await stage();
    const { msisdn, request } = await paid(scene, shillings(89));
    scene.line.breakWith((wire, forward) =>
      wire.url.endsWith('/refund') ? Promise.resolve(said) : forward(wire),
    );
    const refunds = refundsOf(scene.rail);
    const word = { kind: 'refused', reason, mayResend: true };
    expect(await refunds.send(request)).toMatchObject(word);
    scene.line.mend();
    expect(await refunds.send(request)).toMatchObject({ kind: 'completed' });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it('learns nothing while the list is away, and is found after', async () => {
    const scene = await stage({ knobs: { refundLoss: { rate: 1, mode: 'reset' } } });
    const { world } = scene;
    const { request } = await paid(scene, shillings(88));
    expect(await refundsOf(scene.rail).send(request)).toMatchObject({ kind: 'unknown' });
    const now = world.clock.now();
    const outageWindows = [{ fromAt: now, toAt: now + 60_000, mode: 'html' }];
    await world.admin('PUT', '/knobs', { outageWindows });
    expect(await ask(scene, request)).toMatchObject({ kind: 'unknown' });
    await world.pass(60_000);
    expect(await ask(scene, request)).toMatchObject({ kind: 'completed' });
  });
});
