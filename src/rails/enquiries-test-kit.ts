/**
 * What a rail must be able to tell of its wallets and of payments, those without a prompt among
 * them. Part of the contract in `test-kit.ts`, under the same promise: no real money can move.
 */
import { describe, expect, it } from 'vitest';
import { invariant, shillings } from '#kernel';
import { payByPrompt } from './prompts-test-kit.ts';
import { isRecent, type Scene, walletMinor } from './test-world.ts';
import { reportedWallets, totalMinor } from './wallets-test-kit.ts';

export function describeEnquiries(open: () => Scene): void {
  describe("the provider's records", () => {
    it('show the wallets, and what a payment brings them', async () => {
      const scene = open();
      const beforeMinor = totalMinor(await reportedWallets(scene));
      await payByPrompt(scene, shillings(53));
      const broughtMinor = totalMinor(await reportedWallets(scene)) - beforeMinor;
      // A fee may be kept from it.
      expect(broughtMinor).toBeGreaterThan(0n);
      expect(broughtMinor).toBeLessThanOrEqual(shillings(53));
    });

    it('list a payment, where the rail has a list', async ({ skip }) => {
      const scene = open();
      const { world, rail } = scene;
      const paid = await payByPrompt(scene, shillings(50));
      const now = world.clock.now();
      const list = await rail.listPayments({ fromAt: now - 3_600_000, toAt: now + 60_000 });
      skip(list.kind === 'refused' && list.reason === 'our-request', 'no list is set up');
      const payments = list.kind === 'listed' ? list.payments : [];
      const isListed = payments.some(
        (payment) =>
          payment.amountMinor === shillings(50) &&
          isRecent(payment.occurredAt, world.clock) &&
          (payment.receipt === paid.receipt || payment.ownId === paid.request.ownId),
      );
      expect(isListed).toBe(true);
    });

    it('tell of one receipt, where the rail can ask', async ({ skip }) => {
      const scene = open();
      const { world, rail, urlsFor, events } = scene;
      const lookup = rail.receiptLookup;
      if (lookup === undefined) {
        skip('the rail cannot ask about a receipt');
        return;
      }
      const { receipt } = await payByPrompt(scene, shillings(51));
      invariant(receipt !== undefined, 'a payment has a receipt');
      const answered = await lookup.ask({ receipt, callbacks: urlsFor('status') });
      expect(answered).toEqual({ kind: 'asked' });
      await world.settle();
      const found = { verdict: 'found', receipt, state: 'completed', amountMinor: shillings(51) };
      expect(events()).toContainEqual(expect.objectContaining(found));
    });
  });
}

/**
 * Comes first: where a payment by prompt is also told as one from the payer, all tests after this
 * one are told twice.
 */
export function describePayers(open: () => Scene): void {
  it('tells of payments without a prompt, where payers can make them', async ({ skip }) => {
    const { world, rail, reference, events } = open();
    const notifications = rail.payerNotifications;
    if (notifications === undefined || world.payWithoutPrompt === undefined) {
      skip('payers cannot pay without a prompt');
      return;
    }
    // Registered once for all attempts, so under no test's own address.
    const urls = {
      confirmationUrl: world.callbackUrl('paybill-confirmation'),
      validationUrl: world.callbackUrl('paybill-validation'),
    };
    expect(await notifications.register(urls)).toMatchObject({ ok: true });
    expect(await notifications.register(urls)).toMatchObject({ ok: true });
    const msisdn = await world.createPhone({ balanceMinor: walletMinor });
    await world.payWithoutPrompt({ msisdn, amountMinor: shillings(52), reference });
    await world.settle();
    const told = {
      kind: 'payer-payment',
      amountMinor: shillings(52),
      accountReference: reference,
      receipt: expect.stringMatching(/\S/),
    };
    expect(events()).toEqual([expect.objectContaining(told)]);
  });
}
