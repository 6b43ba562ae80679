/**
 * What a rail must do with payouts: they arrive once, whatever is sent again.
 * Part of the contract in `test-kit.ts`, under the same promise: no real money can move.
 */
import { describe, expect, it } from 'vitest';
import { shillings } from '#kernel';
import {
  isSent,
  learnPayout,
  loseAnswer,
  payoutFor,
  type Scene,
  toldPayout,
  warm,
} from './test-world.ts';

export function describePayouts(open: () => Scene, idsTravel: boolean): void {
  describe('a payout', () => {
    it('is completed, arrives once, and its evidence can be read', async () => {
      const scene = open();
      const { world, rail, events } = scene;
      const msisdn = await world.createPhone({ balanceMinor: 0n });
      const request = payoutFor(scene, msisdn, shillings(151));
      const submission = await rail.sendPayout(request);
      expect(isSent(submission)).toBe(true);
      await world.settle();
      const providerRequestId =
        submission.kind === 'accepted' ? submission.providerRequestId : undefined;
      const reference = { ownId: request.ownId, providerRequestId };
      expect(await learnPayout(scene, reference)).toBe('completed');
      const results = events().filter((event) => event.kind === 'payout-result');
      for (const result of results) {
        const isByRequestId =
          providerRequestId !== undefined && result.providerRequestId === providerRequestId;
        expect(result.verdict).toBe('completed');
        expect(isByRequestId || result.ownId === request.ownId).toBe(true);
      }
      const hasEvidence = submission.kind === 'completed' || results.length > 0;
      expect(hasEvidence || (await learnPayout(scene, reference)) === 'completed').toBe(true);
      expect(await world.balanceMinorOf(msisdn)).toBe(shillings(151));
    });

    it('sent again under its own id never pays twice', async ({ skip }) => {
      skip(!idsTravel, 'no id of ours reaches the provider');
      const scene = open();
      const { world, rail } = scene;
      const msisdn = await world.createPhone({ balanceMinor: 0n });
      const request = payoutFor(scene, msisdn, shillings(152));
      expect(isSent(await rail.sendPayout(request))).toBe(true);
      expect(await rail.sendPayout(request)).toMatchObject({ kind: 'unknown' });
      await world.settle();
      const late = await rail.sendPayout(request);
      await world.settle();
      expect(late).toMatchObject({ kind: 'unknown' });
      expect(await world.balanceMinorOf(msisdn)).toBe(shillings(152));
    });

    it('whose answer was lost is unknown, then found by asking or told', async () => {
      const scene = open();
      const { world, rail, line } = scene;
      const msisdn = await world.createPhone({ balanceMinor: 0n });
      const request = payoutFor(scene, msisdn, shillings(153));
      await warm(scene);
      line.once(loseAnswer);
      expect(await rail.sendPayout(request)).toMatchObject({ kind: 'unknown' });
      await world.settle();
      const reference = { ownId: request.ownId, providerRequestId: undefined };
      // Where no id of ours travels, the address that the result comes to is all that names it.
      const learned = idsTravel ? await learnPayout(scene, reference) : toldPayout(scene, request);
      expect(learned).toBe('completed');
      expect(await world.balanceMinorOf(msisdn)).toBe(shillings(153));
    });

    it('that never left is not found completed', async () => {
      const scene = open();
      const { world, rail, urlsFor, events, nextOwnId } = scene;
      const ownId = nextOwnId();
      const callbacks = urlsFor('status');
      const verdict = await rail.queryPayout({ ownId, providerRequestId: undefined, callbacks });
      expect(['not-found', 'pending', 'asked', 'unknown']).toContain(verdict.kind);
      await world.settle();
      for (const event of events()) expect(event).not.toMatchObject({ state: 'completed' });
    });
  });
}
