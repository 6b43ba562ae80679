import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, shillings, type ChargeId, type ExceptionId, type PaymentId } from '#kernel';

import type { Fix } from './fixes/fix.ts';
import { matching, openInbox, payer, refunding, type Inbox } from './fixes/test-kit.ts';
import { stkPaid } from './test-kit.ts';

let inbox: Inbox;

beforeEach(async () => {
  inbox = await openInbox();
});
afterEach(() => inbox.town.closeProved());

const streamsOfDay = () =>
  inbox.town.rows<{ text: string }>(`
    select business_date || ' ' || stream_id || ' ' || payments || ' ' || amount_minor / 100 as text
    from daily_revenue order by business_date, stream_id`);
const figures = async (): Promise<readonly string[]> =>
  (await streamsOfDay()).map(({ text }) => text);
const topics = async (): Promise<readonly string[]> =>
  (await inbox.town.rows<{ topic: string }>('select topic from event order by id')).map(
    ({ topic }) => topic,
  );
const audited = async (): Promise<readonly string[]> =>
  (
    await inbox.town.rows<{ action: string }>(
      "select action from audit_record where action like 'exception.%' order by id",
    )
  ).map(({ action }) => action);

describe('an unplaced payment', () => {
  let payment: PaymentId;
  let exceptionId: ExceptionId;
  beforeEach(async () => {
    payment = await inbox.pay({ receipt: 'R1' });
    exceptionId = (await inbox.about(payment)).id;
  });

  it('matched to a charge is earned, on the day it came', async () => {
    const charge = await inbox.town.charge();
    await inbox.town.clock.advance(dayMs);
    const applied = await inbox.fix(exceptionId, matching(charge.id));
    expect(applied).toMatchObject({ ok: true, value: { kind: 'match', reason: 'as agreed' } });
    expect(await inbox.standing(payment)).toBe('earned 500/500');
    expect(await inbox.chargeState(charge.id)).toBe('paid');
    expect(await figures()).toEqual(['2026-11-25 ai-services 1 500']);
    expect(await inbox.owed('suspense:mpesa')).toBe(0n);
    expect(await inbox.about(payment)).toMatchObject({ state: 'resolved' });
    expect(await topics()).toEqual(
      expect.arrayContaining(['payment.confirmed', 'charge.paid', 'exception.resolved']),
    );
    expect(await audited()).toEqual(['exception.fixed']);
    expect(await inbox.collections.paymentsOf(charge.id)).toMatchObject([{ receipt: 'R1' }]);
  });

  it('matched by mistake is taken back without a trace lost', async () => {
    const charge = await inbox.town.charge();
    await inbox.fix(exceptionId, matching(charge.id));
    const undone = await inbox.undo(exceptionId);
    expect(undone).toMatchObject({ ok: true, value: { kind: 'undo', reason: 'a mistake' } });
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect(await inbox.chargeState(charge.id)).toBe('open');
    expect(await figures()).toEqual(['2026-11-25 ai-services 0 0']);
    expect(await inbox.owed('suspense:mpesa')).toBe(shillings(500));
    expect(await inbox.about(payment)).toMatchObject({ state: 'open', fixId: undefined });
    const entries = await inbox.town.business.ledger.entriesOf(payment);
    expect(entries.map(({ kind }) => kind)).toEqual(
      ['payment-in-suspense', 'fix-match', 'undo-match'].flatMap((kind) => [kind, kind]),
    );
    expect(await inbox.collections.allocationsOf(payment)).toMatchObject([
      { chargeId: charge.id, amountMinor: shillings(500), reversedBy: expect.any(String) },
    ]);
    expect(await audited()).toEqual(['exception.fixed', 'exception.fix-undone']);
    expect(await inbox.undo(exceptionId)).toEqual({
      ok: false,
      error: { kind: 'nothing-to-undo' },
    });
    expect(await inbox.fix(exceptionId, matching(charge.id))).toMatchObject({ ok: true });
  });

  it('a charge whose time is over by then expires when it is taken back', async () => {
    const charge = await inbox.town.charge({ expiresInMs: 1_000 });
    await inbox.fix(exceptionId, matching(charge.id));
    await inbox.town.clock.advance(2_000);
    await inbox.undo(exceptionId);
    expect(await inbox.chargeState(charge.id)).toBe('expired');
    await inbox.town.business.collections.sendPrompts();
    expect(inbox.town.mpesa.prompts).toEqual([]);
  });

  it('pays many charges of several streams', async () => {
    const first = await inbox.town.charge({ amountMinor: shillings(300) });
    const second = await inbox.town.charge({ amountMinor: shillings(150), streamId: 'trading' });
    await inbox.fix(exceptionId, matching(first.id, second.id));
    // What is left is still to be decided.
    expect(await inbox.standing(payment)).toBe('suspense 450/500');
    expect(await inbox.about(payment)).toMatchObject({ state: 'open' });
    expect(await figures()).toEqual(['2026-11-25 ai-services 1 300', '2026-11-25 trading 1 150']);
    expect(
      await inbox.fix(exceptionId, { kind: 'assign-stream', streamId: 'trading' }),
    ).toMatchObject({ ok: true });
    expect(await inbox.standing(payment)).toBe('earned 500/500');
    // Latest first.
    await inbox.undo(exceptionId);
    expect(await inbox.standing(payment)).toBe('suspense 450/500');
    await inbox.undo(exceptionId);
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect(await inbox.chargeState(first.id)).toBe('open');
  });

  it('pays a charge together with another payment', async () => {
    const other = await inbox.pay({ receipt: 'R2', kes: 200 });
    const charge = await inbox.town.charge({ amountMinor: shillings(650) });
    const short = await inbox.fix(exceptionId, matching(charge.id));
    expect(short).toMatchObject({
      ok: false,
      error: { kind: 'charge-not-paid-in-full', missingMinor: shillings(150) },
    });
    const both = matching(charge.id, { chargeId: charge.id, kes: 150, paymentId: other });
    expect(await inbox.fix(exceptionId, both)).toMatchObject({ ok: true });
    expect(await inbox.standing(payment)).toBe('earned 500/500');
    expect(await inbox.standing(other)).toBe('suspense 150/200');
    expect(await inbox.about(other)).toMatchObject({ state: 'open' });
    expect(await inbox.collections.paymentsOf(charge.id)).toHaveLength(2);
    // The other payment's own exception goes on from there, and then stands in the way.
    const { id: others } = await inbox.about(other);
    await inbox.fix(others, { kind: 'assign-stream', streamId: 'airtime' });
    expect(await inbox.undo(exceptionId)).toEqual({
      ok: false,
      error: { kind: 'built-upon', paymentId: other, why: expect.stringContaining('later fix') },
    });
    await inbox.undo(others);
    expect(await inbox.undo(exceptionId)).toMatchObject({ ok: true });
    expect(await inbox.standing(other)).toBe('suspense 0/200');
  });

  it('held for a customer pays that customer’s charge later, and no other’s', async () => {
    const held = await inbox.fix(exceptionId, { kind: 'assign-customer', phone: '0712345678' });
    expect(held).toMatchObject({ ok: true });
    expect(await inbox.standing(payment)).toBe('credit 0/500');
    expect(await inbox.owed('credit:mpesa')).toBe(shillings(500));
    const mine = await inbox.town.charge();
    const others = await inbox.town.charge({ phone: '0799999999' });
    expect(await inbox.fix(exceptionId, matching(mine.id))).toMatchObject({
      ok: false,
      error: { kind: 'already-resolved', by: held.ok ? held.value.id : '' },
    });
    const after = held.ok ? held.value.id : undefined;
    expect(await inbox.fix(exceptionId, matching(others.id), { after })).toMatchObject({
      ok: false,
      error: { kind: 'other-customer' },
    });
    expect(await inbox.fix(exceptionId, matching(mine.id), { after })).toMatchObject({ ok: true });
    expect(await inbox.standing(payment)).toBe('earned 500/500');
    expect(await inbox.owed('credit:mpesa')).toBe(0n);
    await inbox.undo(exceptionId);
    expect(await inbox.standing(payment)).toBe('credit 0/500');
    await inbox.undo(exceptionId);
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    const numbers = await inbox.town.rows<{ text: string }>(
      'select input::text || reason as text from exception_fix',
    );
    expect(numbers.map(({ text }) => text).join()).not.toContain('712345678');
  });

  it('kept on purpose stays where it is, and listed', async () => {
    expect(await inbox.fix(exceptionId, { kind: 'keep' })).toMatchObject({ ok: true });
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect(await inbox.about(payment)).toMatchObject({ state: 'resolved' });
    await inbox.undo(exceptionId);
    expect(await inbox.about(payment)).toMatchObject({ state: 'open' });
  });

  it('is not dismissed: it is money', async () => {
    expect(await inbox.fix(exceptionId, { kind: 'dismiss' })).toMatchObject({
      ok: false,
      error: { kind: 'fix-not-allowed' },
    });
  });

  it('finds its charge by a second road only while nobody has decided', async () => {
    const { charge, promptId } = await inbox.town.prompted();
    await inbox.fix(exceptionId, { kind: 'assign-stream', streamId: 'trading' });
    await inbox.town.deliver('stk-result', promptId, stkPaid({ receipt: 'R1' }));
    expect(await inbox.chargeState(charge.id)).not.toBe('paid');
    expect(await figures()).toEqual(['2026-11-25 trading 1 500']);
  });
});

describe('the same order again', () => {
  it('is the same fix, and another under its key is refused', async () => {
    const { id } = await inbox.about(await inbox.pay({ receipt: 'R1' }));
    const charge = await inbox.town.charge();
    const requestKey = 'k1';
    const first = await inbox.fix(id, matching(charge.id), { requestKey });
    expect(await inbox.fix(id, matching(charge.id), { requestKey })).toMatchObject({
      ok: true,
      value: { id: first.ok ? first.value.id : '' },
    });
    expect(await inbox.fix(id, { kind: 'keep' }, { requestKey })).toEqual({
      ok: false,
      error: { kind: 'key-used-for-other-input' },
    });
    expect(await figures()).toEqual(['2026-11-25 ai-services 1 500']);
    const undone = await inbox.undo(id, 'k2');
    expect(await inbox.undo(id, 'k2')).toEqual(undone);
    expect(await inbox.undo(id, requestKey)).toMatchObject({ ok: false });
  });

  it('at the same moment by two people: one wins, the other is told', async () => {
    const payment = await inbox.pay({ receipt: 'R1' });
    const { id } = await inbox.about(payment);
    const charges = [await inbox.town.charge(), await inbox.town.charge()];
    const outcomes = await Promise.all(charges.map((charge) => inbox.fix(id, matching(charge.id))));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({
      error: { kind: 'already-resolved', by: expect.stringMatching(/^fx_/) },
    });
    const undone = await Promise.all([inbox.undo(id), inbox.undo(id)]);
    expect(undone.filter(({ ok }) => ok)).toHaveLength(1);
    expect(undone.find(({ ok }) => !ok)).toMatchObject({ error: { kind: 'nothing-to-undo' } });
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
  });
});

describe('another amount than was asked for', () => {
  it('short, is accepted: what lacks is waived', async () => {
    const charge = await inbox.town.charge();
    const payment = await inbox.pay({ receipt: 'R1', kes: 450, reference: charge.reference });
    const { id, kind } = await inbox.about(payment);
    expect(kind).toBe('underpaid');
    const acceptShort: Fix = { kind: 'accept-short', chargeId: undefined };
    expect(await inbox.fix(id, acceptShort)).toMatchObject({ ok: true });
    expect(await inbox.chargeState(charge.id)).toBe('paid');
    expect(await inbox.collections.allocationsOf(payment)).toMatchObject([
      { amountMinor: shillings(450), waivedMinor: shillings(50) },
    ]);
    expect(await figures()).toEqual(['2026-11-25 ai-services 1 450']);
    await inbox.undo(id);
    expect(await inbox.chargeState(charge.id)).toBe('open');
  });

  it('too much: the charge is paid and the excess goes back', async () => {
    const charge = await inbox.town.charge();
    const payment = await inbox.pay({ receipt: 'R1', kes: 620, reference: charge.reference });
    const { id, kind } = await inbox.about(payment);
    expect(kind).toBe('overpaid');
    await inbox.fix(id, matching(charge.id));
    expect(await inbox.fix(id, refunding())).toMatchObject({
      ok: false,
      error: { kind: 'partly-earned' },
    });
    expect(await inbox.fix(id, refunding('rest'))).toMatchObject({ ok: true });
    expect(inbox.refunds).toMatchObject([
      {
        amountMinor: shillings(120),
        by: { kind: 'payout', msisdn: payer },
        paidFrom: { name: 'suspense:mpesa' },
        receipt: 'R1',
      },
    ]);
    expect(await inbox.standing(payment)).toBe('refunding 500/620');
    await inbox.endRefund(inbox.lastRefund(), 'completed');
    expect(await inbox.standing(payment)).toBe('refunded 500/620');
    expect(await figures()).toEqual(['2026-11-25 ai-services 1 500']);
  });

  it('too much: the excess becomes credit of its payer', async () => {
    const charge = await inbox.town.charge();
    const payment = await inbox.pay({ receipt: 'R1', kes: 620, reference: charge.reference });
    const { id } = await inbox.about(payment);
    await inbox.fix(id, { ...matching(charge.id), rest: 'credit' });
    expect(await inbox.standing(payment)).toBe('credit 500/620');
    expect(await inbox.owed('credit:mpesa')).toBe(shillings(120));
    expect((await inbox.collections.findPayment(payment))?.customer).toBe(payer);
    expect(await inbox.about(payment)).toMatchObject({ state: 'resolved' });
    await inbox.undo(id);
    expect(await inbox.standing(payment)).toBe('suspense 0/620');
  });
});

describe('what is kept of fixes', () => {
  it('is refused another content', async () => {
    const { id } = await inbox.about(await inbox.pay({ receipt: 'R1' }));
    await inbox.fix(id, { kind: 'assign-stream', streamId: 'trading' });
    for (const statement of [
      'update payment_allocation set amount_minor = 1',
      'update payment_allocation set reversed_by = null',
      'delete from payment_allocation',
      'truncate payment_allocation',
    ]) {
      await expect(inbox.town.rows(statement)).rejects.toMatchObject({ code: 'QM001' });
    }
  });

  it('a payment cannot be in two places, whoever writes it', async () => {
    await inbox.pay({ receipt: 'R1' });
    for (const change of [
      "state = 'earned'",
      "state = 'credit'",
      "state = 'refunded'",
      'allocated_minor = amount_minor',
      'allocated_minor = -1',
      "refund_from = 'suspense'",
    ]) {
      await expect(inbox.town.rows(`update payment set ${change}`)).rejects.toMatchObject({
        code: '23514',
      });
    }
  });

  it('exceptions of the old kind are told apart by their amounts', async () => {
    for (const [receipt, kes] of [
      ['R1', 620],
      ['R2', 380],
    ] as const) {
      const { reference } = await inbox.town.charge();
      await inbox.pay({ receipt, kes, reference });
    }
    await inbox.town.rows("update exception set kind = 'amount-mismatch'");
    const file = join(import.meta.dirname, '../../migrations/0009-exception-fixes.sql');
    const [statement] = /^update exception e$[^;]+;/m.exec(readFileSync(file, 'utf8')) ?? [];
    await inbox.town.rows(statement ?? '');
    expect(await inbox.town.exceptions()).toEqual(['underpaid', 'overpaid']);
  });
});

describe('a refund', () => {
  it('of money in suspense leaves nothing else to do meanwhile, and is final', async () => {
    const payment = await inbox.pay({ receipt: 'R1' });
    const { id } = await inbox.about(payment);
    const asked = await inbox.fix(id, refunding());
    expect(asked).toMatchObject({ ok: true, value: { transferId: inbox.refunds[0]?.id } });
    const after = asked.ok ? asked.value.id : undefined;
    const charge = await inbox.town.charge();
    expect(await inbox.fix(id, matching(charge.id), { after })).toMatchObject({
      error: { kind: 'refund-under-way' },
    });
    expect(await inbox.undo(id)).toEqual({ ok: false, error: { kind: 'refund-cannot-be-undone' } });
    expect(await inbox.town.failedChecks()).toEqual([]);
    const transferId = inbox.lastRefund();
    await inbox.endRefund(transferId, 'completed');
    await inbox.town.business.database.transaction((tx) =>
      inbox.collections.refundEnded(tx, { paymentId: payment, transferId, end: 'completed' }),
    );
    expect(await inbox.standing(payment)).toBe('refunded 0/500');
    expect(await inbox.fix(id, matching(charge.id), { after })).toMatchObject({
      error: { kind: 'nothing-left' },
    });
  });

  it('that fails gives the money back and asks again', async () => {
    const payment = await inbox.pay({ receipt: 'R1' });
    const { id } = await inbox.about(payment);
    await inbox.fix(id, refunding());
    await inbox.endRefund(inbox.lastRefund(), 'failed');
    await inbox.endRefund(inbox.lastRefund(), 'failed');
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect(await inbox.about(payment)).toMatchObject({ state: 'open' });
    expect(await topics()).toContain('exception.reopened');
    const charge = await inbox.town.charge();
    expect(await inbox.fix(id, matching(charge.id))).toMatchObject({ ok: true });
  });

  it('of earned money reduces the revenue of the day it is completed on', async () => {
    const charge = await inbox.town.charge({ expiresInMs: 1_000 });
    await inbox.town.clock.advance(2_000);
    await inbox.town.business.billing.expire();
    const payment = await inbox.pay({ receipt: 'R1', reference: charge.reference });
    const { id, kind } = await inbox.about(payment);
    expect(kind).toBe('late-success');
    await inbox.fix(id, refunding());
    expect(inbox.refunds).toMatchObject([{ paidFrom: { name: 'revenue:ai-services' } }]);
    expect(await figures()).toEqual(['2026-11-25 ai-services 1 500']);
    expect(await inbox.town.failedChecks()).toEqual([]);
    await inbox.town.clock.advance(dayMs);
    await inbox.endRefund(inbox.lastRefund(), 'completed');
    expect(await figures()).toEqual([
      '2026-11-25 ai-services 1 500',
      '2026-11-26 ai-services 0 -500',
    ]);
    expect((await inbox.collections.findPayment(payment))?.refund).toMatchObject({
      from: 'earned',
      completedOn: '2026-11-26',
    });
  });

  it('that is refused leaves everything as it is', async () => {
    const payment = await inbox.pay({ receipt: 'R1' });
    const { id } = await inbox.about(payment);
    const refusal = { kind: 'balance-too-low', rail: 'mpesa', freeMinor: 0n } as const;
    inbox.refuse = refusal;
    expect(await inbox.fix(id, refunding())).toEqual({
      ok: false,
      error: { kind: 'refund-refused', refusal },
    });
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect(await inbox.town.countOf('exception_fix')).toBe(0);
  });

  it('of credit is paid from it', async () => {
    const payment = await inbox.pay({ receipt: 'R1' });
    const { id } = await inbox.about(payment);
    const held = await inbox.fix(id, { kind: 'assign-customer', phone: '0799999999' });
    const after = held.ok ? held.value.id : undefined;
    expect(await inbox.fix(id, refunding(), { after })).toMatchObject({ ok: true });
    expect(inbox.refunds).toMatchObject([{ paidFrom: { name: 'credit:mpesa' } }]);
    await inbox.endRefund(inbox.lastRefund(), 'completed');
    expect(await inbox.owed('credit:mpesa')).toBe(0n);
  });

  it.each<readonly [string, (since: Since) => Promise<unknown>]>([
    ['nothing', () => Promise.resolve()],
    ['a match', ({ id, chargeId }) => inbox.fix(id, matching(chargeId))],
    ['credit', ({ id }) => inbox.fix(id, { kind: 'assign-customer', phone: '0799999999' })],
    [
      'a second road to its charge',
      ({ promptId }) => inbox.town.deliver('stk-result', promptId, stkPaid({ receipt: 'R1' })),
    ],
  ])('that failed and then went through, after %s, is booked as it happened', async (_, act) => {
    const payment = await inbox.pay({ receipt: 'R1' });
    const { id } = await inbox.about(payment);
    const { charge, promptId } = await inbox.town.prompted();
    await inbox.fix(id, refunding());
    const transferId = inbox.lastRefund();
    await inbox.endRefund(transferId, 'failed');
    await act({ id, chargeId: charge.id, promptId });
    await inbox.endRefund(transferId, 'completed');
    await inbox.endRefund(transferId, 'failed');
    expect(await inbox.collections.findPayment(payment)).toMatchObject({ state: 'refunded' });
    expect(await inbox.about(payment)).toMatchObject({ state: 'resolved' });
    expect(await inbox.town.failedChecks()).toEqual([]);
  });
});

it('a refund that went through after all gets its place once a second one has failed', async () => {
  const payment = await inbox.pay({ receipt: 'R1' });
  const { id } = await inbox.about(payment);
  await inbox.fix(id, refunding());
  const first = inbox.lastRefund();
  await inbox.endRefund(first, 'failed');
  await inbox.fix(id, refunding());
  await inbox.endRefund(first, 'completed');
  expect(await inbox.standing(payment)).toBe('refunding 0/500');
  expect(await inbox.town.exceptions()).toEqual(['payout-mismatch']);
  expect((await inbox.town.failedChecks()).map((check) => check.split(':')[0])).toEqual([
    'suspense',
  ]);
  await inbox.endRefund(inbox.lastRefund(), 'failed');
  expect(await inbox.collections.findPayment(payment)).toMatchObject({
    state: 'refunded',
    refund: { transferId: first },
  });
  expect(await inbox.town.exceptions()).toEqual([]);
});

interface Since {
  readonly id: ExceptionId;
  readonly chargeId: ChargeId;
  readonly promptId: bigint;
}
