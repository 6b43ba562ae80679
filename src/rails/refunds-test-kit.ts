/**
 * What a rail must do that can give payments back or fill the wallet that payouts are paid from.
 * Part of the contract in `test-kit.ts`, under the same promise: no real money can move.
 */
import { describe, expect, it, type TestContext } from 'vitest';
import { invariant, shillings, type Msisdn } from '#kernel';
import type { PayoutResult } from './event.ts';
import type { PayoutSubmission, RefundRequest, TopUps } from './rail.ts';
import {
  answerWith,
  doubts,
  isSent,
  loseAnswer,
  noConnection,
  type RailWorld,
  type Scene,
  walletMinor,
  warm,
} from './test-world.ts';
import { reportedWallets, totalMinor, type Wallets } from './wallets-test-kit.ts';

export interface RefundContract<World extends RailWorld> {
  /** Puts own money into the wallet that top-ups draw on; without it none is tried. */
  readonly fillTopUpWallet?: (world: World, amountMinor: bigint) => Promise<void>;
}

interface Paid {
  readonly msisdn: Msisdn;
  readonly receipt: string | undefined;
}

export interface RefundStage<World extends RailWorld> {
  readonly open: () => Scene;
  readonly worldOf: () => World;
  /** A prompt approved and settled, with its receipt. */
  readonly pay: (scene: Scene, amountMinor: bigint) => Promise<Paid>;
}

type Completed = Extract<PayoutResult, { verdict: 'completed' }>;

const completedIn = ({ events }: Scene): readonly Completed[] =>
  events().flatMap((event) =>
    event.kind === 'payout-result' && event.verdict === 'completed' ? [event] : [],
  );

/** What the provider says of it, at once or by callback. */
const receiptsOf = (scene: Scene, submission: PayoutSubmission): readonly string[] =>
  submission.kind === 'completed'
    ? [submission.receipt]
    : completedIn(scene).map(({ receipt }) => receipt);

type Skip = TestContext['skip'];
const cannotRefund = 'the rail cannot give payments back';
const cannotTopUp = 'the rail has one wallet only';

/** One payment that may be given back, and what its payer holds meanwhile. */
async function stageRefund<World extends RailWorld>({
  stage: { open, pay },
  skip,
  amountMinor,
}: {
  readonly stage: RefundStage<World>;
  readonly skip: Skip;
  readonly amountMinor: bigint;
}) {
  const scene = open();
  const { refunds } = scene.rail;
  if (refunds === undefined) return skip(cannotRefund);
  const { msisdn, receipt } = await pay(scene, amountMinor);
  invariant(receipt !== undefined, 'a payment has a receipt');
  const heldMinor = await scene.world.balanceMinorOf(msisdn);
  const request = (): RefundRequest => ({
    ownId: scene.nextOwnId(),
    receipt,
    amountMinor,
    remarks: 'Contract',
    callbacks: scene.urlsFor('refund'),
  });
  return { scene, refunds, msisdn, receipt, heldMinor, request };
}
type RefundScene = Awaited<ReturnType<typeof stageRefund>>;

const gainedMinor = async ({ scene, msisdn, heldMinor }: RefundScene): Promise<bigint> =>
  (await scene.world.balanceMinorOf(msisdn)) - heldMinor;

async function settled(stage: RefundScene, request: RefundRequest): Promise<PayoutSubmission> {
  const submission = await stage.refunds.send(request);
  await stage.scene.world.settle();
  return submission;
}

export function describeRefunds<World extends RailWorld>(stage: RefundStage<World>): void {
  describe('a refund', () => {
    it('arrives once, under a receipt of its own', async ({ skip }) => {
      const refund = await stageRefund({ stage, skip, amountMinor: shillings(60) });
      const submission = await settled(refund, refund.request());
      expect(isSent(submission)).toBe(true);
      expect(await gainedMinor(refund)).toBe(shillings(60));
      const receipts = receiptsOf(refund.scene, submission);
      expect(receipts).toEqual([expect.stringMatching(/\S/)]);
      expect(receipts).not.toContain(refund.receipt);
      for (const event of completedIn(refund.scene)) {
        expect(event.amountMinor ?? shillings(60)).toBe(shillings(60));
        expect(event.originalReceipt ?? refund.receipt).toBe(refund.receipt);
      }
    });

    it('that is sent a second time moves nothing, and is nobody’s success', async ({ skip }) => {
      const refund = await stageRefund({ stage, skip, amountMinor: shillings(61) });
      await settled(refund, refund.request());
      const told = completedIn(refund.scene).length;
      const again = await settled(refund, refund.request());
      expect(['accepted', 'refused', 'unknown']).toContain(again.kind);
      expect(completedIn(refund.scene)).toHaveLength(told);
      expect(await gainedMinor(refund)).toBe(shillings(61));
    });

    it('whose answer was lost is unknown, is never denied, and stays single', async ({ skip }) => {
      const refund = await stageRefund({ stage, skip, amountMinor: shillings(62) });
      const { scene, refunds } = refund;
      const request = refund.request();
      const sentAt = scene.world.clock.now();
      scene.line.once(loseAnswer);
      expect(await settled(refund, request)).toMatchObject({ kind: 'unknown' });
      expect(await gainedMinor(refund)).toBe(shillings(62));
      const callbacks = scene.urlsFor('status');
      const reference = { ...request, providerRequestId: undefined, callbacks, sentAt };
      expect(['failed', 'not-found']).not.toContain((await refunds.query(reference)).kind);
      await scene.world.settle();
      for (const event of scene.events()) {
        // Whatever the answer is about, it is not that the refund failed.
        expect(event.kind === 'receipt-report' && event).not.toMatchObject({ state: 'failed' });
      }
      await settled(refund, refund.request());
      expect(await gainedMinor(refund)).toBe(shillings(62));
    });

    it('is found by the provider’s own id', async ({ skip }) => {
      const refund = await stageRefund({ stage, skip, amountMinor: shillings(63) });
      const { scene, refunds } = refund;
      const request = refund.request();
      const sentAt = scene.world.clock.now();
      const submission = await settled(refund, request);
      const [receipt] = receiptsOf(scene, submission);
      if (submission.kind !== 'accepted') {
        skip('the provider settles while we wait');
        return;
      }
      const { providerRequestId } = submission;
      const callbacks = scene.urlsFor('status');
      const verdict = await refunds.query({ ...request, providerRequestId, callbacks, sentAt });
      await scene.world.settle();
      const found = { kind: 'receipt-report', state: 'completed', receipt };
      const isAnswered = verdict.kind === 'completed' && verdict.receipt === receipt;
      const reports = scene.events().filter((event) => event.kind === 'receipt-report');
      expect(isAnswered ? [found] : reports).toEqual([expect.objectContaining(found)]);
    });

    it('of a payment nobody made gives nobody anything', async ({ skip }) => {
      const refund = await stageRefund({ stage, skip, amountMinor: shillings(64) });
      const submission = await settled(refund, { ...refund.request(), receipt: 'KIT0NOTHING' });
      expect(submission.kind).not.toBe('completed');
      expect(completedIn(refund.scene)).toEqual([]);
      expect(await gainedMinor(refund)).toBe(0n);
    });

    it.for(doubts)('is unknown where the provider %s', async ([, outcome], { skip }) => {
      const scene = stage.open();
      const { refunds } = scene.rail;
      if (refunds === undefined) {
        skip(cannotRefund);
        return;
      }
      await warm(scene);
      scene.line.breakWith(answerWith(outcome));
      const submission = await refunds.send({
        ownId: scene.nextOwnId(),
        receipt: 'KIT0NOTHING',
        amountMinor: shillings(66),
        remarks: 'Contract',
        callbacks: scene.urlsFor('refund'),
      });
      expect(submission.kind).toBe('unknown');
    });

    it('that never left may be sent again', async ({ skip }) => {
      const refund = await stageRefund({ stage, skip, amountMinor: shillings(65) });
      const { line } = refund.scene;
      line.breakWith(answerWith(noConnection));
      const unsent = { kind: 'refused', reason: 'provider-down', mayResend: true };
      expect(await refund.refunds.send(refund.request())).toMatchObject(unsent);
      line.mend();
      await settled(refund, refund.request());
      expect(await gainedMinor(refund)).toBe(shillings(65));
    });
  });
}

// Top-ups ----------------------------------------------------------------------------------------

/** How much left the wallet that is drawn on, and that all of it arrived in another. */
async function expectMoved(
  scene: Scene,
  { fromWallet }: TopUps,
  { before, movedMinor }: { readonly before: Wallets; readonly movedMinor: bigint },
): Promise<void> {
  const after = await reportedWallets(scene);
  const drawnMinor = (before.get(fromWallet) ?? 0n) - (after.get(fromWallet) ?? 0n);
  expect(drawnMinor).toBe(movedMinor);
  expect(totalMinor(after)).toBe(totalMinor(before));
}

const requestIn = ({ nextOwnId, urlsFor }: Scene, amountMinor: bigint) => ({
  ownId: nextOwnId(),
  amountMinor,
  remarks: 'Contract',
  callbacks: urlsFor('top-up'),
});

export function describeTopUps<World extends RailWorld>(
  { open, worldOf }: RefundStage<World>,
  { fillTopUpWallet }: RefundContract<World>,
): void {
  const stageTopUp = async (skip: Skip) => {
    const scene = open();
    const { topUps } = scene.rail;
    if (topUps === undefined || fillTopUpWallet === undefined) return skip(cannotTopUp);
    await fillTopUpWallet(worldOf(), walletMinor);
    const before = await reportedWallets(scene);
    const request = (amountMinor: bigint) => requestIn(scene, amountMinor);
    return { scene, topUps, before, request };
  };

  describe('a top-up', () => {
    it('moves once from one wallet of ours to the other', async ({ skip }) => {
      const stage = await stageTopUp(skip);
      const { scene, topUps, before } = stage;
      expect(before.get(topUps.fromWallet)).toBeGreaterThanOrEqual(walletMinor);
      const request = stage.request(shillings(170));
      const submission = await topUps.send(request);
      expect(isSent(submission)).toBe(true);
      await scene.world.settle();
      await expectMoved(scene, topUps, { before, movedMinor: shillings(170) });
      const [receipt] = receiptsOf(scene, submission);
      expect(receipt).toMatch(/\S/);
      const providerRequestId =
        submission.kind === 'accepted' ? submission.providerRequestId : undefined;
      const callbacks = scene.urlsFor('status');
      const verdict = await topUps.query({ ...request, providerRequestId, callbacks });
      expect(['asked', 'completed']).toContain(verdict.kind);
      await scene.world.settle();
      const found = scene.events().filter((event) => event.kind === 'receipt-report');
      const isTold = found.some((event) => event.verdict === 'found' && event.receipt === receipt);
      expect(verdict.kind === 'completed' || isTold).toBe(true);
    });

    it('whose answer was lost is unknown and moved once', async ({ skip }) => {
      const stage = await stageTopUp(skip);
      const { scene, topUps, before } = stage;
      const request = stage.request(shillings(171));
      scene.line.once(loseAnswer);
      expect(await topUps.send(request)).toMatchObject({ kind: 'unknown' });
      await scene.world.settle();
      const callbacks = scene.urlsFor('status');
      const reference = { ...request, providerRequestId: undefined, callbacks };
      expect(['failed', 'not-found']).not.toContain((await topUps.query(reference)).kind);
      await expectMoved(scene, topUps, { before, movedMinor: shillings(171) });
    });

    it('beyond what the wallet holds moves nothing and fails', async ({ skip }) => {
      const stage = await stageTopUp(skip);
      const { scene, topUps, before } = stage;
      const submission = await topUps.send(stage.request(shillings(200_000)));
      await scene.world.settle();
      const failed = scene
        .events()
        .some((event) => 'reason' in event && event.reason === 'our-float');
      expect(submission.kind === 'refused' || failed).toBe(true);
      expect(completedIn(scene)).toEqual([]);
      await expectMoved(scene, topUps, { before, movedMinor: 0n });
    });

    it.for(doubts)('is unknown where the provider %s', async ([, outcome], { skip }) => {
      const scene = open();
      const { topUps } = scene.rail;
      if (topUps === undefined) {
        skip(cannotTopUp);
        return;
      }
      await warm(scene);
      scene.line.breakWith(answerWith(outcome));
      const submission = await topUps.send(requestIn(scene, shillings(172)));
      expect(submission.kind).toBe('unknown');
    });
  });
}
