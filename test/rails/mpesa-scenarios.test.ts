import { describe, expect, it } from 'vitest';

import { invariant, Secret, shillings } from '#kernel';
import type { RailEvent } from '#rails';
import type { MpesaConfig } from '#rails/mpesa';

import {
  learnPayout,
  learnPrompt,
  paidReceipts,
  payoutFor,
  promptFor,
  type Scene,
  walletMinor,
} from '#rails/test-kit';
import { createStagedMpesaRail, type MpesaWorld, openMpesaWorld } from './mpesa-stage.ts';
import { openFor, openPhone, openScene, prompted } from './scene.ts';

async function stage(
  knobs: Readonly<Record<string, unknown>> = {},
  variant: Partial<MpesaConfig> = {},
): Promise<Scene & { readonly world: MpesaWorld }> {
  const world = await openFor(openMpesaWorld(knobs));
  const scene = openScene(world, (deps) => createStagedMpesaRail(deps, world, variant));
  return { ...scene, world };
}

async function registerUrls({ rail, world }: Scene): Promise<void> {
  const registered = await rail.payerNotifications?.register({
    confirmationUrl: world.callbackUrl('paybill-confirmation'),
    validationUrl: world.callbackUrl('paybill-validation'),
  });
  expect(registered).toEqual({ ok: true, value: 'registered' });
}

const ofKind = (scene: Scene, kind: RailEvent['kind']): readonly RailEvent[] =>
  scene.events().filter((event) => event.kind === kind);

/** A payout that was taken, with the phone it goes to. */
async function paidOut(scene: Scene, amountMinor: bigint) {
  const msisdn = await openPhone(scene, 0n);
  const request = payoutFor(scene, msisdn, amountMinor);
  const submission = await scene.rail.sendPayout(request);
  invariant(submission.kind === 'accepted', `the payout is taken, not ${submission.kind}`);
  const { providerRequestId } = submission;
  return { msisdn, request, reference: { ownId: request.ownId, providerRequestId } };
}

const listedReceipts = async ({ rail, world }: Scene): Promise<readonly string[]> => {
  const now = world.clock.now();
  const list = await rail.listPayments({ fromAt: now - 3_600_000, toAt: now + 60_000 });
  invariant(list.kind === 'listed', `payments are listed, not ${list.kind}`);
  return list.payments.map(({ receipt }) => receipt);
};

describe('a payment by prompt', () => {
  it.each([
    ['twice where prompts are confirmed as paybill payments too', true, 1],
    ['once where they are not', false, 0],
  ])('is told %s, always under one receipt', async (_, stkAlsoConfirmsC2b, confirmations) => {
    const scene = await stage({ stkAlsoConfirmsC2b });
    await registerUrls(scene);
    const { msisdn, request } = await prompted(scene, shillings(70));
    await scene.world.approve(msisdn);
    await scene.world.settle();
    expect(ofKind(scene, 'prompt-result')).toHaveLength(1);
    expect(ofKind(scene, 'payer-payment')).toHaveLength(confirmations);
    expect(new Set(paidReceipts(scene, request)).size).toBe(1);
    expect(await listedReceipts(scene)).toContain(paidReceipts(scene, request)[0]);
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor - shillings(70));
  });

  it('is told twice in the same words where callbacks are doubled', async () => {
    const scene = await stage({ duplicateCallbacks: 1 });
    const { msisdn } = await prompted(scene, shillings(71));
    await scene.world.approve(msisdn);
    await scene.world.settle();
    const [first, second, ...others] = ofKind(scene, 'prompt-result');
    expect(first).toMatchObject({ verdict: 'paid' });
    expect(second).toEqual(first);
    expect(others).toEqual([]);
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor - shillings(71));
  });

  it('is told before it is known to be accepted, under the id that comes after', async () => {
    const scene = await stage({ callbackBeforeAck: 1 });
    const { world, rail } = scene;
    const msisdn = await openPhone(scene);
    await world.admin('PUT', `/phones/${msisdn}/script`, { onPrompt: 'approve', afterMs: 0 });
    const answer = rail.sendPrompt(promptFor(scene, msisdn, shillings(72)));
    const seenBefore = answer.then(() => ofKind(scene, 'prompt-result'));
    const submission = await world.waitFor(answer);
    invariant(submission.kind === 'accepted', 'the prompt is taken');
    const { providerRequestId } = submission;
    expect(await seenBefore).toEqual([
      expect.objectContaining({ verdict: 'paid', providerRequestId }),
    ]);
  });

  it('is found by asking and in the list where its callbacks are cut short', async () => {
    const scene = await stage({ truncatedJson: 1 });
    const { world, rail } = scene;
    const { msisdn, reference } = await prompted(scene, shillings(73));
    await world.approve(msisdn);
    await world.settle();
    expect(world.callbacks()).toHaveLength(1);
    for (const callback of world.callbacks()) {
      expect(rail.readCallback(callback)).toMatchObject({ kind: 'unreadable' });
    }
    expect(await learnPrompt(scene, reference)).toMatchObject({ kind: 'paid' });
    expect(await listedReceipts(scene)).toHaveLength(2);
  });

  it('may come after nobody answered', async () => {
    const late = { rate: 1, min: 300_000, max: 300_000 };
    const scene = await stage({ lateSuccessAfter1037: late });
    const { world, rail } = scene;
    const { msisdn, request, reference } = await prompted(scene, shillings(74));
    await world.ignore(msisdn);
    await world.settle();
    const word = { code: '1037', reason: 'no-response' };
    expect(ofKind(scene, 'prompt-result')).toEqual([
      expect.objectContaining({ verdict: 'failed', ...word }),
    ]);
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind: 'failed', ...word });
    await world.pass(300_000);
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind: 'paid' });
    expect(paidReceipts(scene, request)).toEqual([expect.stringMatching(/\S/)]);
  });

  it('is never denied by noise', async () => {
    const scene = await stage({ queryNoise: 1 });
    const { msisdn, reference } = await prompted(scene, shillings(75));
    expect(await scene.rail.queryPrompt(reference)).toMatchObject({ kind: 'unknown' });
    await scene.world.approve(msisdn);
    await scene.world.settle();
    expect(await scene.rail.queryPrompt(reference)).toMatchObject({ kind: 'unknown' });
  });

  it('to a phone that has a prompt already is not made', async () => {
    const scene = await stage();
    const { msisdn } = await prompted(scene, shillings(76));
    const second = await scene.rail.sendPrompt(promptFor(scene, msisdn, shillings(77)));
    expect(second).toMatchObject({ kind: 'refused', reason: 'busy', mayResend: false });
    await scene.world.approve(msisdn);
    await scene.world.settle();
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor - shillings(76));
  });

  it('that repeats one of the last two minutes has no outcome until asked for', async () => {
    const scene = await stage({ refuseRepeats: true });
    const { world, rail } = scene;
    const { msisdn } = await prompted(scene, shillings(78));
    await world.approve(msisdn);
    await world.pass(12_000);
    const again = promptFor(scene, msisdn, shillings(78));
    const submission = await rail.sendPrompt(again);
    invariant(submission.kind === 'accepted', 'a repeat is taken at first');
    await world.pass(5_000);
    const { providerRequestId } = submission;
    expect(ofKind(scene, 'prompt-result').at(-1)).toMatchObject({
      providerRequestId,
      verdict: 'unknown',
      code: '17',
    });
    const verdict = await rail.queryPrompt({ ownId: again.ownId, providerRequestId });
    expect(verdict).toMatchObject({ kind: 'failed', reason: 'busy', code: '17' });
    expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor - shillings(78));
  });
});

describe('codes as text', () => {
  it.each([
    ['approve', { verdict: 'paid', code: '0' }],
    ['cancel', { verdict: 'failed', code: '1032', reason: 'payer-cancelled' }],
    ['enterWrongPin', { verdict: 'failed', code: '2001', reason: 'wrong-pin' }],
  ] as const)('mean the same: %s', async (act, expected) => {
    const scene = await stage({ stringCodes: true });
    const { msisdn } = await prompted(scene, shillings(79));
    await scene.world[act](msisdn);
    await scene.world.settle();
    const sent = scene.world.callbacks().map(({ body }) => body.toString());
    expect(sent.join()).toContain(`"ResultCode":"${expected.code}"`);
    expect(ofKind(scene, 'prompt-result')).toEqual([expect.objectContaining(expected)]);
  });

  it('mean the same in results of payouts', async () => {
    const scene = await stage({ stringCodes: true, singleObjectParameters: true });
    const { reference } = await paidOut(scene, shillings(200));
    await scene.world.settle();
    expect(ofKind(scene, 'payout-result')).toEqual([
      expect.objectContaining({ ...reference, verdict: 'completed', amountMinor: shillings(200) }),
    ]);
  });
});

describe('an answer lost', () => {
  const modes = ['500', 'html', 'reset', 'hang'] as const;

  it.each(modes)('by “%s” leaves a prompt to its own callback address', async (mode) => {
    const scene = await stage({ syncLoss: { rate: 1, mode } });
    const { world, rail } = scene;
    const msisdn = await openPhone(scene);
    await world.admin('PUT', `/phones/${msisdn}/script`, { onPrompt: 'approve', afterMs: 5_000 });
    const request = promptFor(scene, msisdn, shillings(80));
    expect(await world.waitFor(rail.sendPrompt(request))).toMatchObject({ kind: 'unknown' });
    await world.settle();
    expect(paidReceipts(scene, request)).toEqual([expect.stringMatching(/\S/)]);
    expect(await listedReceipts(scene)).toContain(paidReceipts(scene, request)[0]);
    expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor - shillings(80));
  });

  it.each(modes)('by “%s” leaves a payout to be asked about, and pays once', async (mode) => {
    const scene = await stage({ syncLoss: { rate: 1, mode } });
    const { world, rail } = scene;
    const msisdn = await openPhone(scene, 0n);
    const request = payoutFor(scene, msisdn, shillings(201));
    expect(await world.waitFor(rail.sendPayout(request))).toMatchObject({ kind: 'unknown' });
    await world.settle();
    await world.admin('PUT', '/knobs', { syncLoss: { rate: 0, mode } });
    const duplicate = { kind: 'unknown', cause: 'HTTP 500, code 500.002.1001' };
    expect(await rail.sendPayout(request)).toEqual(duplicate);
    const asked = { ownId: request.ownId, providerRequestId: undefined };
    expect(await learnPayout(scene, asked)).toBe('completed');
    expect(await world.balanceMinorOf(msisdn)).toBe(shillings(201));
  });
});

describe('a payout', () => {
  it('whose result is cut short is found by asking', async () => {
    const scene = await stage({ truncatedJson: 1 });
    const { world, rail } = scene;
    const { reference } = await paidOut(scene, shillings(202));
    await world.settle();
    expect(world.callbacks().map((callback) => rail.readCallback(callback).kind)).toEqual([
      'unreadable',
    ]);
    await world.admin('PUT', '/knobs', { truncatedJson: 0 });
    const callbacks = scene.urlsFor('status');
    const before = world.callbacks().length;
    expect(await rail.queryPayout({ ...reference, callbacks })).toEqual({ kind: 'asked' });
    await world.settle();
    const [report] = world.callbacks().slice(before);
    invariant(report !== undefined, 'the question is answered');
    expect(rail.readCallback(report)).toMatchObject({
      event: {
        verdict: 'found',
        state: 'completed',
        amountMinor: shillings(202),
        originalOwnId: reference.ownId,
        originalRequestId: reference.providerRequestId,
      },
    });
  });

  it.each([
    ['happened all the same is found by asking', 1, 'completed', shillings(203)],
    ['never happened stays open', 0, 'open', 0n],
  ] as const)('that the queue gave up and %s', async (...[, settledShare, learned, paidMinor]) => {
    const scene = await stage();
    const { world, rail } = scene;
    await world.admin('PUT', '/knobs', { queueTimeout: { rate: 1, settledShare } });
    const { msisdn, reference } = await paidOut(scene, shillings(203));
    await world.settle();
    expect(scene.events()).toEqual([
      expect.objectContaining({ ...reference, kind: 'queue-timeout' }),
    ]);
    await world.admin('PUT', '/knobs', { queueTimeout: { rate: 0, settledShare } });
    expect(await learnPayout(scene, reference)).toBe(learned);
    expect(await world.balanceMinorOf(msisdn)).toBe(paidMinor);
    const isNotFound = ofKind(scene, 'receipt-report').some(
      (report) => 'verdict' in report && report.verdict === 'not-found',
    );
    expect(isNotFound).toBe(learned === 'open');
    // Nobody documents that the id would be refused for ever.
    expect(rail.capabilities.payoutIdsGuarded).toBe(false);
  });

  it('is told before it is known to be accepted, under the id that comes after', async () => {
    const scene = await stage({ callbackBeforeAck: 1 });
    const msisdn = await openPhone(scene, 0n);
    const request = payoutFor(scene, msisdn, shillings(212));
    const answer = scene.rail.sendPayout(request);
    const seenBefore = answer.then(() => ofKind(scene, 'payout-result'));
    const submission = await scene.world.waitFor(answer);
    invariant(submission.kind === 'accepted', 'the payout is taken');
    const { ownId } = request;
    const { providerRequestId } = submission;
    expect(await seenBefore).toEqual([
      expect.objectContaining({ verdict: 'completed', ownId, providerRequestId }),
    ]);
  });

  it('that v3 is not open for is refused in words that say what to change', async () => {
    const scene = await stage({ refuseB2cV3: true });
    const msisdn = await openPhone(scene, 0n);
    const submission = await scene.rail.sendPayout(payoutFor(scene, msisdn, shillings(204)));
    expect(submission).toMatchObject({
      kind: 'refused',
      reason: 'our-request',
      mayResend: false,
      description: expect.stringContaining('payout version to v1'),
    });
  });

  it('under v1 has no guard: sent twice it is paid twice, told apart by address', async () => {
    const scene = await stage({}, { payoutVersion: 'v1' });
    const msisdn = await openPhone(scene, 0n);
    const request = payoutFor(scene, msisdn, shillings(205));
    expect(await scene.rail.sendPayout(request)).toMatchObject({ kind: 'accepted' });
    expect(await scene.rail.sendPayout(request)).toMatchObject({ kind: 'accepted' });
    await scene.world.settle();
    expect(ofKind(scene, 'payout-result')).toHaveLength(2);
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(shillings(410));
    expect(scene.rail.capabilities.payoutIdsGuarded).toBe(false);
  });

  it.each([
    ['beyond our funds', 250_000, 0, [], { code: '1', reason: 'our-float' }],
    ['beyond the wallet', 206, 499_950, [], { code: '8', reason: 'over-limit' }],
    ['without a role', 206, 0, ['b2c'], { code: '21', reason: 'our-request' }],
  ])('%s fails, and says why', async (...[, amount, balance, missingRoles, why]) => {
    const scene = await stage();
    await paidOut(scene, shillings(10));
    await scene.world.settle();
    await scene.world.admin('PUT', '/knobs', { missingRoles });
    const msisdn = await openPhone(scene, shillings(balance));
    const request = payoutFor(scene, msisdn, shillings(amount));
    expect(await scene.rail.sendPayout(request)).toMatchObject({ kind: 'accepted' });
    await scene.world.settle();
    const { ownId } = request;
    const result = ofKind(scene, 'payout-result').at(-1);
    expect(result).toMatchObject({ ownId, verdict: 'failed', ...why });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(shillings(balance));
  });

  it('with a wrong operator password fails, and locks the operator in the end', async () => {
    const scene = await stage({}, { initiatorPassword: new Secret('Wrong#2026') });
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await paidOut(scene, shillings(207));
      await scene.world.settle();
    }
    const results = ofKind(scene, 'payout-result');
    for (const result of results) {
      expect(result).toMatchObject({ verdict: 'failed', reason: 'our-credentials' });
    }
    expect(results.map((result) => 'code' in result && result.code)).toEqual([
      '2001',
      '2001',
      '2001',
      '8006',
    ]);
  });
});

describe('access', () => {
  it('survives two engines whose tokens kill each other', async () => {
    const first = await stage({ newTokenKillsOld: true });
    const second = openScene(first.world, (deps) => createStagedMpesaRail(deps, first.world));
    for (const scene of [first, second, first, second]) await prompted(scene, shillings(81));
    expect([first.minted(), second.minted()]).toEqual([2, 2]);
  });

  it('costs one token where engines share it', async () => {
    const scene = await stage({ newTokenKillsOld: true });
    for (let n = 0; n < 4; n += 1) await prompted(scene, shillings(82));
    expect(scene.minted()).toBe(1);
  });

  it.each([
    ['a token that dies under every call', { tokenRevoked: 1 }, 'our-credentials'],
    ['a product that the app lacks', { missingProducts: ['stk', 'b2c'] }, 'our-credentials'],
    ['too many requests', { rateLimit: 1 }, 'provider-down'],
    ['an outage met before the token', { outage: 'html' }, 'provider-down'],
  ])('%s took no effect', async (_, knobs, reason) => {
    const scene = await stage(knobs);
    const msisdn = await openPhone(scene);
    const word = { kind: 'refused', reason, mayResend: true };
    const { rail } = scene;
    expect(await rail.sendPrompt(promptFor(scene, msisdn, shillings(83)))).toMatchObject(word);
    expect(await rail.sendPayout(payoutFor(scene, msisdn, shillings(208)))).toMatchObject(word);
    await scene.world.settle();
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it.each(['refuse-500', 'html', 'hang'])('an outage of “%s” is no outcome', async (outage) => {
    const scene = await stage();
    const { world, rail } = scene;
    await prompted(scene, shillings(84));
    await world.admin('PUT', '/knobs', { outage });
    const msisdn = await openPhone(scene);
    const prompt = rail.sendPrompt(promptFor(scene, msisdn, shillings(85)));
    expect(await world.waitFor(prompt)).toMatchObject({ kind: 'unknown' });
    const payout = rail.sendPayout(payoutFor(scene, msisdn, shillings(209)));
    expect(await world.waitFor(payout)).toMatchObject({ kind: 'unknown' });
  });
});

describe('validation', () => {
  it('lets a payment through that silence would cancel', async () => {
    const scene = await stage({ externalValidation: true }, { responseType: 'Cancelled' });
    const { world, rail, reference } = scene;
    await registerUrls(scene);
    const msisdn = await openPhone(scene);
    const pay = { msisdn, amountMinor: shillings(86), reference };
    await expect(world.payWithoutPrompt?.(pay)).rejects.toThrow('not-validated');
    expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
    world.answerAs(rail);
    await world.payWithoutPrompt?.(pay);
    await world.settle();
    expect(ofKind(scene, 'payment-question')).toHaveLength(2);
    expect(ofKind(scene, 'payer-payment')).toEqual([
      expect.objectContaining({ amountMinor: shillings(86), accountReference: reference }),
    ]);
  });
});
