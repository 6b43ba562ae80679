import { describe, expect, it } from 'vitest';

import { invariant, Secret, shillings } from '#kernel';
import type { RailEvent } from '#rails';
import type { AirtelConfig, HashRendering } from '#rails/airtel';

import {
  learnPayout,
  learnPrompt,
  paidReceipts,
  payoutFor,
  promptFor,
  type Scene,
  walletMinor,
} from '#rails/test-kit';
import type { ProviderWorld } from '../support/provider-world.ts';
import { type AirtelStage, createStagedAirtelRail, openAirtelWorld } from './airtel-stage.ts';
import { openFor, openPhone, openScene, prompted } from './scene.ts';

type StagedScene = Scene & { readonly world: ProviderWorld };

const sceneIn = (world: ProviderWorld, variant: Partial<AirtelConfig> = {}): StagedScene => ({
  ...openScene(world, (deps) => createStagedAirtelRail(deps, variant)),
  world,
});

const stage = async (
  settings: AirtelStage = {},
  variant: Partial<AirtelConfig> = {},
): Promise<StagedScene> => sceneIn(await openFor(openAirtelWorld(settings)), variant);

const knobs = (turned: Readonly<Record<string, unknown>>): Promise<StagedScene> =>
  stage({ knobs: turned });

const hints = (scene: Scene): readonly RailEvent[] =>
  scene.events().filter((event) => event.kind === 'own-id-hint');

const balanceAfter = (spentMinor: bigint): bigint => walletMinor - spentMinor;

/** A prompt approved and settled. */
async function paid(scene: Scene, amountMinor: bigint) {
  const payment = await prompted(scene, amountMinor);
  await scene.world.approve(payment.msisdn);
  await scene.world.settle();
  return payment;
}

const reasonable = { signing: 'required', keyBits: 2048 } as const;

describe('paddings', () => {
  const paddings = ['pkcs1', 'oaep-sha256', 'oaep-sha256-mgf1-sha1'] as const;

  it.each(paddings)('%s under 2048 bits carries message keys and PIN', async (padding) => {
    const settings = { ...reasonable, keyPadding: padding };
    const variant = { signing: 'on', keyPadding: padding, pinPadding: padding } as const;
    const scene = await stage(settings, variant);
    const { msisdn, reference } = await paid(scene, shillings(60));
    expect(await learnPrompt(scene, reference)).toMatchObject({ kind: 'paid' });
    const request = payoutFor(scene, msisdn, shillings(160));
    expect(await scene.rail.sendPayout(request)).toMatchObject({ kind: 'completed' });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(balanceAfter(-shillings(100)));
  });

  it.each(paddings)('%s carries the PIN under 1024 bits too', async (pinPadding) => {
    const scene = await stage({}, { pinPadding });
    const request = payoutFor(scene, await openPhone(scene), shillings(161));
    expect(await scene.rail.sendPayout(request)).toMatchObject({ kind: 'completed' });
  });

  it.each([
    ['pkcs1', 'oaep-sha256'],
    ['oaep-sha256', 'oaep-sha256-mgf1-sha1'],
    ['oaep-sha256-mgf1-sha1', 'oaep-sha256'],
  ] as const)('a server of %s is not fooled by %s', async (theirs, ours) => {
    const settings = { ...reasonable, keyPadding: theirs };
    const scene = await stage(settings, { signing: 'on', keyPadding: ours });
    const { rail, line } = scene;
    const msisdn = await openPhone(scene);
    const word = { kind: 'refused', reason: 'our-credentials' };
    expect(await rail.sendPrompt(promptFor(scene, msisdn, shillings(61)))).toMatchObject(word);
    expect(await rail.sendPayout(payoutFor(scene, msisdn, shillings(162)))).toMatchObject(word);
    // Each was tried once more with a key fetched anew, and then no more.
    const orders = line.sent.filter(({ url, method }) => method === 'POST' && !/token/.test(url));
    expect(orders).toHaveLength(4);
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it.each(['required', 'optional'] as const)('signing %s takes a signed order', async (signing) => {
    const scene = await stage({ signing }, { signing: 'on' });
    const { reference } = await paid(scene, shillings(62));
    expect(await learnPrompt(scene, reference)).toMatchObject({ kind: 'paid' });
  });

  it('signing required refuses an order that is not signed', async () => {
    const scene = await stage({ signing: 'required' });
    const request = promptFor(scene, await openPhone(scene), shillings(63));
    const word = { kind: 'refused', reason: 'our-credentials' };
    expect(await scene.rail.sendPrompt(request)).toMatchObject(word);
  });

  it('a key changed under a signer costs one more try', async () => {
    const scene = await stage({ signing: 'required' }, { signing: 'on' });
    await prompted(scene, shillings(64));
    await scene.world.admin('POST', '/keys/rotate');
    const { reference } = await paid(scene, shillings(65));
    expect(await learnPrompt(scene, reference)).toMatchObject({ kind: 'paid' });
    const payments = scene.line.sent.filter(({ url }) => url.includes('/merchant/'));
    expect(payments).toHaveLength(3);
  });

  it('a key changed under a PIN stops that payout, and the next one asks for it', async () => {
    const scene = await stage();
    const { rail, world } = scene;
    const msisdn = await openPhone(scene, 0n);
    await rail.sendPayout(payoutFor(scene, msisdn, shillings(163)));
    await world.admin('POST', '/keys/rotate');
    expect(await rail.sendPayout(payoutFor(scene, msisdn, shillings(164)))).toMatchObject({
      kind: 'refused',
      reason: 'our-credentials',
      mayResend: false,
    });
    expect(await rail.sendPayout(payoutFor(scene, msisdn, shillings(165)))).toMatchObject({
      kind: 'completed',
    });
    expect(await world.balanceMinorOf(msisdn)).toBe(shillings(163 + 165));
  });
});

describe('the hash of a callback', () => {
  const renderings = [
    'raw-whole',
    'compact-whole',
    'pretty-whole',
    'raw-inner',
    'compact-inner',
  ] as const satisfies readonly HashRendering[];
  const rows = renderings.flatMap((hashRendering) =>
    (['compact', 'pretty', 'spaced'] as const).flatMap((bodyFormat) =>
      (['portal', 'hash-first'] as const).map((bodyOrder) => ({
        hashRendering,
        bodyFormat,
        bodyOrder,
      })),
    ),
  );

  it('fits in every rendering, layout and order, and can be pinned', async () => {
    const scene = await knobs({});
    for (const row of rows) {
      await scene.world.admin('PUT', '/knobs', row);
      await paid(scene, shillings(66));
      const callback = scene.world.callbacks().at(-1);
      invariant(callback !== undefined, 'a payment calls back');
      const found: HashRendering[] = [];
      const read = (variant: Partial<AirtelConfig>) => {
        const { line, world } = scene;
        const { clock } = world;
        const onHashRendering = (one: HashRendering) => void found.push(one);
        const tokens = { get: () => Promise.reject(new Error()), drop: () => Promise.resolve() };
        const rail = createStagedAirtelRail({ line, clock, tokens, onHashRendering }, variant);
        return rail.readCallback(callback);
      };
      const believed = { event: { outcome: 'succeeded', authenticated: true } };
      expect({ row, ...read({}) }).toMatchObject(believed);
      expect(found).toHaveLength(1);
      expect({ row, ...read({ pinnedHashRendering: row.hashRendering }) }).toMatchObject(believed);
      const other = new Secret('another key');
      const doubted = { event: { outcome: 'succeeded', authenticated: false } };
      expect({ row, ...read({ callbackHashKey: other }) }).toMatchObject(doubted);
    }
  });

  it.each([
    ['was made over something else', { wrongHash: 1 }],
    ['was made before the members changed places', { bodyOrder: 'shuffled' }],
  ])('does not fit where it %s: then it is a hint and no more', async (_, turned) => {
    const scene = await knobs(turned);
    const { reference } = await paid(scene, shillings(67));
    expect(hints(scene)).toEqual([
      expect.objectContaining({ outcome: 'succeeded', authenticated: false }),
    ]);
    expect(await learnPrompt(scene, reference)).toMatchObject({ kind: 'paid' });
  });
});

describe('a payment by prompt', () => {
  it('is told twice in the same words where callbacks are doubled', async () => {
    const scene = await knobs({ duplicateCallbacks: 1 });
    const { msisdn, reference } = await paid(scene, shillings(68));
    const [first, second, ...others] = hints(scene);
    expect(first).toMatchObject({ outcome: 'succeeded', authenticated: true });
    expect(second).toEqual(first);
    expect(others).toEqual([]);
    expect(await learnPrompt(scene, reference)).toMatchObject({ kind: 'paid' });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(balanceAfter(shillings(68)));
  });

  it('is found by asking where no callback comes', async () => {
    const scene = await knobs({ dropCallbacks: 1 });
    const { reference } = await paid(scene, shillings(69));
    expect(scene.world.callbacks()).toEqual([]);
    expect(await learnPrompt(scene, reference)).toMatchObject({ kind: 'paid' });
  });

  it('is told before it is known to be accepted', async () => {
    const scene = await knobs({ callbackBeforeAck: 1 });
    const { world, rail } = scene;
    const msisdn = await openPhone(scene);
    await world.admin('PUT', `/phones/${msisdn}/script`, { onPrompt: 'approve', afterMs: 0 });
    const request = promptFor(scene, msisdn, shillings(70));
    const answer = rail.sendPrompt(request);
    const seenBefore = answer.then(() => hints(scene));
    expect(await world.waitFor(answer)).toMatchObject({ kind: 'accepted' });
    expect(await seenBefore).toEqual([
      expect.objectContaining({ ownId: request.ownId, outcome: 'succeeded' }),
    ]);
  });

  it.each([
    ['tip', 'pending'],
    ['not-found', 'not-found'],
  ] as const)('asked about too early is answered “%s”, which settles nothing', async (...row) => {
    const [answer, kind] = row;
    const beforeMs = 180_000;
    const scene = await knobs({ tooEarly: { beforeMs, answer } });
    const { rail, world } = scene;
    const { msisdn, reference } = await prompted(scene, shillings(71));
    await world.approve(msisdn);
    await world.pass(60_000);
    expect(paidReceipts(scene, { ...reference, amountMinor: shillings(71) })).toHaveLength(1);
    expect(await rail.queryPrompt(reference)).toEqual({ kind });
    await world.pass(beforeMs);
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind: 'paid' });
    // The times at which the engine asks know of this, and a “not found” is not believed so soon.
    expect(rail.capabilities.promptQueryAfterMs[0]).toBeGreaterThanOrEqual(beforeMs);
    expect(rail.capabilities.notFoundFinalAfterMs).toBeGreaterThan(beforeMs);
  });

  it.each([
    ['ts', 'paid', shillings(72)],
    ['tf', 'failed', 0n],
    ['never', 'unknown', 0n],
  ] as const)('that is ambiguous first and then “%s” is unknown, then that', async (...row) => {
    const [outcome, kind, spentMinor] = row;
    const scene = await knobs({ ambiguous: { rate: 1, outcome, afterMs: 300_000 } });
    const { rail, world } = scene;
    const { msisdn, reference } = await prompted(scene, shillings(72));
    await world.approve(msisdn);
    await world.settle();
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind: 'unknown' });
    expect(hints(scene)).toEqual([]);
    await world.pass(300_000);
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind });
    expect(await world.balanceMinorOf(msisdn)).toBe(balanceAfter(spentMinor));
  });

  it('may be told as failed and then as paid', async () => {
    const scene = await knobs({ tfThenTs: 1 });
    const { rail, world } = scene;
    const { msisdn, reference } = await prompted(scene, shillings(73));
    await world.approve(msisdn);
    await world.pass(4_000);
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind: 'failed' });
    await world.settle();
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind: 'paid' });
    const outcomes = hints(scene).map((hint) => 'outcome' in hint && hint.outcome);
    expect(outcomes).toEqual(['failed', 'succeeded']);
    expect(await world.balanceMinorOf(msisdn)).toBe(balanceAfter(shillings(73)));
  });

  it.each([
    ['expired', { code: 'TE', reason: 'expired' }],
    ['no-pin', { code: 'DP00800001005', reason: 'no-response' }],
    ['timed-out', { code: 'DP00800001005', reason: 'no-response' }],
  ])('nobody answers ends as %s', async (ignoredPrompt, word) => {
    const scene = await knobs({ ignoredPrompt });
    const { msisdn, reference } = await prompted(scene, shillings(74));
    await scene.world.ignore(msisdn);
    await scene.world.pass(400_000);
    expect(await scene.rail.queryPrompt(reference)).toMatchObject({ kind: 'failed', ...word });
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it.each([
    ['barred', 'payer-not-registered'],
    ['pinSet', 'other'],
  ] as const)('from a wallet that may not pay (%s) fails', async (standing, reason) => {
    const scene = await stage();
    const { msisdn, reference } = await prompted(scene, shillings(75));
    await scene.world.admin('PUT', `/phones/${msisdn}/standing`, {
      [standing]: standing === 'barred',
    });
    await scene.world.settle();
    expect(await scene.rail.queryPrompt(reference)).toMatchObject({ kind: 'failed', reason });
  });

  it('that nobody asked for is on the list, without an id of ours', async () => {
    const scene = await stage();
    const { world, rail, reference } = scene;
    const msisdn = await openPhone(scene);
    const unasked = { amount: 76, reference };
    const { airtelId } = await world.admin('POST', `/phones/${msisdn}/pay`, unasked);
    const now = world.clock.now();
    const list = await rail.listPayments({ fromAt: now - 3_600_000, toAt: now + 60_000 });
    expect(list).toMatchObject({
      kind: 'listed',
      payments: [{ receipt: airtelId, amountMinor: shillings(76), ownId: undefined }],
    });
  });
});

const lossModes = ['408', '502-html', '504-html', 'reset', 'hang', 'slow', 'empty-200'] as const;
// A slow answer comes within the time that we wait for it.
const lostModes = lossModes.filter((mode) => mode !== 'slow');

describe('an answer lost', () => {
  it.each(lostModes)(
    'by “%s” after the effect is unknown, found, and never doubled',
    async (mode) => {
      const scene = await knobs({ syncLoss: { rate: 1, mode } });
      const { world, rail } = scene;
      const msisdn = await openPhone(scene);
      await world.admin('PUT', `/phones/${msisdn}/script`, { onPrompt: 'approve', afterMs: 5_000 });
      const prompt = promptFor(scene, msisdn, shillings(77));
      const payout = payoutFor(scene, msisdn, shillings(170));
      expect(await world.waitFor(rail.sendPrompt(prompt))).toMatchObject({ kind: 'unknown' });
      expect(await world.waitFor(rail.sendPayout(payout))).toMatchObject({ kind: 'unknown' });
      await world.settle();
      await world.admin('PUT', '/knobs', { syncLoss: { rate: 0, mode } });
      const duplicate = { kind: 'unknown', cause: 'duplicate own id' };
      expect(await rail.sendPrompt(prompt)).toEqual(duplicate);
      expect(await rail.sendPayout(payout)).toEqual(duplicate);
      await world.settle();
      const asked = { providerRequestId: undefined };
      const verdict = await learnPrompt(scene, { ...asked, ownId: prompt.ownId });
      expect(verdict).toMatchObject({ kind: 'paid' });
      expect(await learnPayout(scene, { ...asked, ownId: payout.ownId })).toBe('completed');
      expect(await world.balanceMinorOf(msisdn)).toBe(balanceAfter(shillings(77 - 170)));
    },
  );

  it.each(lossModes)('by “%s” before any effect may be resent once “not found”', async (mode) => {
    const scene = await knobs({ notApplied: { rate: 1, mode } });
    const { world, rail, urlsFor } = scene;
    const msisdn = await openPhone(scene);
    const prompt = promptFor(scene, msisdn, shillings(78));
    const payout = payoutFor(scene, msisdn, shillings(171));
    expect(await world.waitFor(rail.sendPrompt(prompt))).toMatchObject({ kind: 'unknown' });
    expect(await world.waitFor(rail.sendPayout(payout))).toMatchObject({ kind: 'unknown' });
    await world.pass(rail.capabilities.notFoundFinalAfterMs);
    const asked = { providerRequestId: undefined, callbacks: urlsFor('status') };
    const notFound = { kind: 'not-found' };
    expect(await rail.queryPrompt({ ...asked, ownId: prompt.ownId })).toEqual(notFound);
    expect(await rail.queryPayout({ ...asked, ownId: payout.ownId })).toEqual(notFound);
    expect(rail.capabilities.payoutIdsGuarded).toBe(true);
    await world.admin('PUT', '/knobs', { notApplied: { rate: 0, mode } });
    expect(await rail.sendPrompt(prompt)).toMatchObject({ kind: 'accepted' });
    expect(await rail.sendPayout(payout)).toMatchObject({ kind: 'completed' });
    expect(await world.balanceMinorOf(msisdn)).toBe(balanceAfter(-shillings(171)));
  });

  it('is not lost by a slow server', async () => {
    const scene = await knobs({ syncLoss: { rate: 1, mode: 'slow' } });
    const { world, rail } = scene;
    const msisdn = await openPhone(scene);
    const prompt = rail.sendPrompt(promptFor(scene, msisdn, shillings(79)));
    expect(await world.waitFor(prompt)).toMatchObject({ kind: 'accepted' });
    const payout = rail.sendPayout(payoutFor(scene, msisdn, shillings(172)));
    expect(await world.waitFor(payout)).toMatchObject({ kind: 'completed' });
  });
});

describe('a payout', () => {
  it.each([
    ['settled while we wait', {}, 'completed'],
    ['settled later', { disbursementSync: false }, 'accepted'],
    ['answered without data', { disbursementNoData: 1 }, 'accepted'],
  ])('%s is completed once, under one receipt', async (_, turned, kind) => {
    const scene = await knobs(turned);
    const { world, rail } = scene;
    const msisdn = await openPhone(scene, 0n);
    const request = payoutFor(scene, msisdn, shillings(173));
    expect(await rail.sendPayout(request)).toMatchObject({ kind });
    await world.settle();
    const asked = { ownId: request.ownId, providerRequestId: undefined };
    expect(await learnPayout(scene, asked)).toBe('completed');
    expect(await world.balanceMinorOf(msisdn)).toBe(shillings(173));
  });

  it.each([
    ['ts', 'completed', shillings(174)],
    ['tf', 'failed', 0n],
    ['never', 'unknown', 0n],
  ] as const)('that is ambiguous first and then “%s” is unknown, then that', async (...row) => {
    const [outcome, kind, paidMinor] = row;
    const scene = await knobs({ ambiguous: { rate: 1, outcome, afterMs: 300_000 } });
    const { world, rail, urlsFor } = scene;
    const msisdn = await openPhone(scene, 0n);
    const request = payoutFor(scene, msisdn, shillings(174));
    expect(await rail.sendPayout(request)).toMatchObject({ kind: 'unknown' });
    const { ownId } = request;
    const asked = { ownId, providerRequestId: undefined, callbacks: urlsFor('status') };
    await world.settle();
    expect(await rail.queryPayout(asked)).toMatchObject({ kind: 'unknown' });
    await world.pass(300_000);
    expect(await rail.queryPayout(asked)).toMatchObject({ kind });
    expect(await world.balanceMinorOf(msisdn)).toBe(paidMinor);
  });

  it('is unknown under either code of an ambiguous answer', async () => {
    const scene = await knobs({ ambiguous: { rate: 1, outcome: 'ts', afterMs: 1_000 } });
    const msisdn = await openPhone(scene, 0n);
    const causes = new Set<string>();
    for (let n = 0; n < 10; n += 1) {
      const submission = await scene.rail.sendPayout(payoutFor(scene, msisdn, shillings(179)));
      invariant(submission.kind === 'unknown', `nothing is known, not ${submission.kind}`);
      causes.add(submission.cause);
    }
    expect([...causes].toSorted()).toEqual(['code DP00900001000', 'code DP00900001014']);
    await scene.world.settle();
    expect(await scene.world.balanceMinorOf(msisdn)).toBe(shillings(1_790));
  });

  it.each([
    ['beyond our float', 250_000, 0, {}, 'our-float'],
    ['beyond the wallet', 175, 499_950, {}, 'over-limit'],
    ['to a barred wallet', 175, 0, { barred: true }, 'payer-not-registered'],
    ['to no wallet', 175, 0, { registered: false }, 'payer-not-registered'],
  ])('%s is refused, and says why', async (...[, amount, balance, standing, reason]) => {
    const scene = await stage();
    const { world, rail } = scene;
    const first = payoutFor(scene, await openPhone(scene, 0n), shillings(10));
    expect(await rail.sendPayout(first)).toMatchObject({ kind: 'completed' });
    const msisdn = await openPhone(scene, shillings(balance));
    await world.admin('PUT', `/phones/${msisdn}/standing`, standing);
    const request = payoutFor(scene, msisdn, shillings(amount));
    expect(await rail.sendPayout(request)).toMatchObject({ kind: 'refused', reason });
    expect(await world.balanceMinorOf(msisdn)).toBe(shillings(balance));
  });

  it('with a wrong PIN is refused for good, and locks the wallet in the end', async () => {
    const scene = await stage({}, { pin: { kind: 'plain', pin: new Secret('9999') } });
    const { world, rail } = scene;
    const msisdn = await openPhone(scene, 0n);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const request = payoutFor(scene, msisdn, shillings(176));
      const word = { kind: 'refused', reason: 'our-credentials', mayResend: false };
      expect(await rail.sendPayout(request)).toMatchObject(word);
    }
    expect(await world.admin('GET', '/org')).toMatchObject({ locked: true });
  });
});

describe('access', () => {
  it('survives two engines whose tokens kill each other', async () => {
    const first = await knobs({ newTokenKillsOld: true });
    const second = sceneIn(first.world);
    for (const scene of [first, second, first, second]) await prompted(scene, shillings(80));
    expect([first.minted(), second.minted()]).toEqual([2, 2]);
  });

  it('is renewed before a token of three minutes runs out', async () => {
    const scene = await stage();
    for (let n = 0; n < 4; n += 1) {
      await prompted(scene, shillings(81));
      await scene.world.pass(90_000);
    }
    expect(scene.minted()).toBe(4 / 2);
    const refused = await scene.world.admin('GET', '/requests');
    expect(JSON.stringify(refused)).not.toContain('invalid_token');
  });

  it.each([
    ['from an address that is not allowed', { refuseAccess: 'ip' }, 'our-credentials', true],
    ['to a product that is not approved', { refuseAccess: 'product' }, 'our-credentials', false],
    ['of too many requests', { rateLimit: 1 }, 'provider-down', true],
    ['in an outage met before the token', { outage: 'html' }, 'provider-down', true],
  ])('%s took no effect', async (...[, turned, reason, mayResend]) => {
    const scene = await knobs(turned);
    const { world, rail } = scene;
    const msisdn = await openPhone(scene);
    const word = { kind: 'refused', reason, mayResend };
    expect(await rail.sendPrompt(promptFor(scene, msisdn, shillings(82)))).toMatchObject(word);
    await world.settle();
    expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
  });

  it.each(['refuse-500', 'html', 'hang'])('in an outage of “%s” is no outcome', async (outage) => {
    const scene = await stage();
    const { world, rail } = scene;
    const msisdn = await openPhone(scene);
    await rail.sendPayout(payoutFor(scene, msisdn, shillings(177)));
    await world.admin('PUT', '/knobs', { outage });
    const prompt = rail.sendPrompt(promptFor(scene, msisdn, shillings(83)));
    expect(await world.waitFor(prompt)).toMatchObject({ kind: 'unknown' });
    const payout = rail.sendPayout(payoutFor(scene, msisdn, shillings(178)));
    expect(await world.waitFor(payout)).toMatchObject({ kind: 'unknown' });
  });
});
