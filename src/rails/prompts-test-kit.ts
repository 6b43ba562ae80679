/**
 * What a rail must do with prompts, and what everything that follows a payment starts from.
 * Part of the contract in `test-kit.ts`, under the same promise: no real money can move.
 */
import { describe, expect, it } from 'vitest';
import { invariant, shillings, type Msisdn } from '#kernel';
import type { FailureReason, PromptReference, PromptRequest } from './rail.ts';
import {
  acts,
  expectedReasons,
  isOpen,
  learnPrompt,
  loseAnswer,
  paidReceipts,
  promptFor,
  type PayerAct,
  type Scene,
  walletMinor,
  warm,
} from './test-world.ts';

export async function sendAccepted(scene: Scene, request: PromptRequest): Promise<PromptReference> {
  const submission = await scene.rail.sendPrompt(request);
  expect(submission).toMatchObject({ kind: 'accepted' });
  invariant(submission.kind === 'accepted', 'the prompt was accepted');
  return { ownId: request.ownId, providerRequestId: submission.providerRequestId };
}

/** A prompt approved and settled, with the receipt wherever the rail tells it. */
export async function payByPrompt(scene: Scene, amountMinor: bigint) {
  const { world, rail } = scene;
  const msisdn = await world.createPhone({ balanceMinor: walletMinor });
  const request = promptFor(scene, msisdn, amountMinor);
  const reference = await sendAccepted(scene, request);
  await world.approve(msisdn);
  await world.settle();
  const verdict = await learnPrompt(scene, reference);
  const receipts = paidReceipts(scene, request);
  const told = verdict.kind === 'paid' ? verdict.receipt : undefined;
  return { msisdn, request, reference, verdict, receipts, receipt: told ?? receipts[0], rail };
}

/** The payer may be charged a fee beside the amount, but never the amount twice. */
export async function expectPaidOnce(
  { world }: Scene,
  msisdn: Msisdn,
  amountMinor: bigint,
): Promise<void> {
  const spentMinor = walletMinor - (await world.balanceMinorOf(msisdn));
  expect(spentMinor).toBeGreaterThanOrEqual(amountMinor);
  expect(spentMinor).toBeLessThan(2n * amountMinor);
}

export function describePrompts(
  open: () => Scene,
  reasons: Partial<Record<PayerAct, readonly FailureReason[]>>,
): void {
  describe('a prompt', () => {
    it('that is accepted is not paid', async () => {
      const scene = open();
      const { world, rail } = scene;
      const msisdn = await world.createPhone({ balanceMinor: walletMinor });
      const reference = await sendAccepted(scene, promptFor(scene, msisdn, shillings(41)));
      expect(isOpen(await rail.queryPrompt(reference))).toBe(true);
      expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
      await world.ignore(msisdn);
      await world.settle();
      expect(await world.balanceMinorOf(msisdn)).toBe(walletMinor);
    });

    it('that is approved is paid exactly once, and its evidence can be read', async () => {
      const scene = open();
      const { rail } = scene;
      const paid = await payByPrompt(scene, shillings(42));
      expect(paid.verdict.kind).toBe('paid');
      expect(paid.verdict.kind === 'paid' && paid.verdict.raw).not.toBe('');
      expect(paid.receipts.length).toBeGreaterThan(0);
      expect(paid.receipt).toMatch(/\S/);
      // However often it is told, it is one payment.
      expect(new Set([paid.receipt, ...paid.receipts.filter((r) => r !== undefined)]).size).toBe(1);
      const named = paid.verdict.kind === 'paid' && paid.verdict.receipt !== undefined;
      expect(named).toBe(rail.capabilities.queryNamesReceipt);
      expect((await learnPrompt(scene, paid.reference)).kind).toBe('paid');
      await expectPaidOnce(scene, paid.msisdn, shillings(42));
    });

    it.each(acts)('whose payer $act has failed for that reason', async (row) => {
      const scene = open();
      const { world, events } = scene;
      const msisdn = await world.createPhone({ balanceMinor: row.balanceMinor });
      const reference = await sendAccepted(scene, promptFor(scene, msisdn, shillings(43)));
      await row.meet(world, msisdn);
      await world.settle();
      const verdict = await learnPrompt(scene, reference);
      const expected = reasons[row.act] ?? expectedReasons[row.act];
      expect(verdict.kind).toBe('failed');
      expect(expected).toContain(verdict.kind === 'failed' && verdict.reason);
      for (const event of events()) {
        expect(event).not.toMatchObject({ verdict: 'paid' });
        expect(event).not.toMatchObject({ outcome: 'succeeded' });
        expect(event.kind).not.toBe('payer-payment');
        const told = event.kind === 'prompt-result' && event.verdict === 'failed';
        expect(told ? expected.includes(event.reason) : true).toBe(true);
      }
      expect(await world.balanceMinorOf(msisdn)).toBe(row.balanceMinor);
    });

    it('whose answer was lost is unknown until evidence tells', async () => {
      const scene = open();
      const { world, rail, line } = scene;
      const msisdn = await world.createPhone({ balanceMinor: walletMinor });
      const request = promptFor(scene, msisdn, shillings(44));
      await warm(scene);
      line.once(loseAnswer);
      expect(await rail.sendPrompt(request)).toMatchObject({ kind: 'unknown' });
      await world.approve(msisdn);
      await world.settle();
      const reference = { ownId: request.ownId, providerRequestId: undefined };
      const isTold = paidReceipts(scene, request).length > 0;
      const kind = isTold ? 'paid' : (await learnPrompt(scene, reference)).kind;
      expect(kind).toBe('paid');
      await expectPaidOnce(scene, msisdn, shillings(44));
    });

    it('nobody knows is neither paid nor failed', async () => {
      const { rail } = open();
      const verdict = await rail.queryPrompt({ ownId: 'KIT0', providerRequestId: 'KIT0' });
      expect(isOpen(verdict)).toBe(true);
    });
  });
}
