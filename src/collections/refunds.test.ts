import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, type ExceptionId, type PaymentId } from '#kernel';

import { matching, openInbox, refunding, type Inbox } from './fixes/test-kit.ts';
import { stkPaid } from './test-kit.ts';

let inbox: Inbox;
let payment: PaymentId;
let id: ExceptionId;

beforeEach(async () => {
  inbox = await openInbox();
  payment = await inbox.pay({ receipt: 'R1' });
  ({ id } = await inbox.about(payment));
});
afterEach(() => inbox.town.closeProved());

const assign = async (): Promise<void> => {
  const fixed = await inbox.fix(id, { kind: 'assign-stream', streamId: 'trading' });
  expect(fixed).toMatchObject({ ok: true });
};

const refund = async (part: 'whole' | 'rest' = 'whole') => {
  const { fixId: after } = await inbox.about(payment);
  expect(await inbox.fix(id, refunding(part), { after })).toMatchObject({ ok: true });
  return inbox.lastRefund();
};

/** `days date amount payments`, and the same money in the books. */
const figures = async (): Promise<readonly string[]> => {
  const rows = await inbox.town.rows<{ text: string }>(`
    select business_date || ' ' || payments || ' ' || amount_minor / 100 as text
    from daily_revenue order by business_date, stream_id`);
  return rows.map(({ text }) => text);
};

const state = async () => (await inbox.collections.findPayment(payment))?.state;

describe('a refund that a person completed and took back', () => {
  it('puts money in suspense back there and asks again', async () => {
    const transferId = await refund();
    await inbox.endRefund(transferId, 'completed');
    await inbox.town.clock.advance(dayMs);
    await inbox.endRefund(transferId, 'reversed');
    await inbox.endRefund(transferId, 'failed');
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect(await inbox.about(payment)).toMatchObject({ state: 'open' });
    expect(await inbox.town.failedChecks()).toEqual([]);
  });

  it('gives revenue back on the day it came back, as often as it goes', async () => {
    await assign();
    const transferId = await refund();
    for (const end of ['completed', 'reversed', 'completed', 'reversed'] as const) {
      await inbox.town.clock.advance(dayMs);
      await inbox.endRefund(transferId, end);
      expect(await state()).toBe(end === 'completed' ? 'refunded' : 'earned');
      expect((await inbox.about(payment)).state).toBe(end === 'completed' ? 'resolved' : 'open');
      expect(await inbox.town.failedChecks()).toEqual([]);
    }
    expect(await figures()).toEqual([
      '2026-11-25 1 500',
      '2026-11-26 0 -500',
      '2026-11-27 0 500',
      '2026-11-28 0 -500',
      '2026-11-29 0 500',
    ]);
  });

  it('names the day of its last completion', async () => {
    const transferId = await refund();
    for (const end of ['completed', 'reversed', 'completed'] as const) {
      await inbox.town.clock.advance(dayMs);
      await inbox.endRefund(transferId, end);
    }
    expect((await inbox.collections.findPayment(payment))?.refund?.completedOn).toBe('2026-11-28');
  });

  it('is no word of a provider that says failed while the books have it paid', async () => {
    const transferId = await refund();
    await inbox.endRefund(transferId, 'completed');
    await inbox.endRefund(transferId, 'failed');
    expect(await state()).toBe('refunded');
  });

  it('does not count as gone through once a second one has failed', async () => {
    const first = await refund();
    await inbox.endRefund(first, 'completed');
    await inbox.endRefund(first, 'reversed');
    const second = await refund();
    await inbox.endRefund(second, 'failed');
    await inbox.endRefund(first, 'failed');
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
  });

  it('does not stand in the way of another that did go through', async () => {
    const first = await refund();
    await inbox.endRefund(first, 'completed');
    await inbox.endRefund(first, 'reversed');
    const second = await refund();
    await inbox.endRefund(second, 'failed');
    const third = await refund();
    await inbox.endRefund(second, 'completed');
    await inbox.endRefund(third, 'failed');
    expect((await inbox.collections.findPayment(payment))?.refund?.transferId).toBe(second);
    expect(await inbox.town.exceptions()).toEqual([]);
  });
});

describe('a refund that went through after all', () => {
  it('is paid from where the money lies by then, and may come back', async () => {
    await assign();
    const transferId = await refund();
    await inbox.endRefund(transferId, 'failed');
    const [first] = await inbox.collections.fixesOf(id);
    expect(first?.kind).toBe('assign-stream');
    expect(await inbox.undo(id)).toMatchObject({ ok: true });
    for (const end of ['completed', 'reversed', 'completed', 'reversed'] as const) {
      await inbox.town.clock.advance(dayMs);
      await inbox.endRefund(transferId, end);
      expect(await state()).toBe(end === 'completed' ? 'refunded' : 'suspense');
      expect(await inbox.town.failedChecks()).toEqual([]);
    }
    expect(await inbox.owed('suspense:mpesa')).toBe(500_00n);
    expect(await inbox.owed('revenue:trading')).toBe(0n);
  });

  it('is paid by the charge a second road named, and gives it back', async () => {
    const { promptId } = await inbox.town.prompted();
    const transferId = await refund();
    await inbox.endRefund(transferId, 'failed');
    await inbox.town.deliver('stk-result', promptId, stkPaid({ receipt: 'R1' }));
    for (const end of ['completed', 'reversed', 'completed'] as const) {
      await inbox.town.clock.advance(dayMs);
      await inbox.endRefund(transferId, end);
      expect(await state()).toBe(end === 'completed' ? 'refunded' : 'earned');
      expect(await inbox.town.failedChecks()).toEqual([]);
    }
    expect(await figures()).toEqual([
      '2026-11-25 1 500',
      '2026-11-26 0 -500',
      '2026-11-27 0 500',
      '2026-11-28 0 -500',
    ]);
    const moved = await inbox.town.rows<{ date: string }>(`
      select business_date as date from ledger_transaction
      where kind like 'refund-%placed' order by id`);
    expect(moved.map(({ date }) => date)).toEqual(['2026-11-26', '2026-11-27', '2026-11-28']);
  });

  it('keeps the match it was the rest of, for what it gave back is no longer there', async () => {
    const charge = await inbox.town.charge({ amountMinor: 300_00n });
    const match = matching(charge.id);
    expect(await inbox.fix(id, match)).toMatchObject({ ok: true });
    const transferId = await refund('rest');
    await inbox.endRefund(transferId, 'failed');
    expect(await inbox.undo(id)).toMatchObject({
      error: { kind: 'built-upon', paymentId: payment, why: expect.stringContaining('refund') },
    });
    await inbox.endRefund(transferId, 'completed');
    expect(await inbox.standing(payment)).toBe('refunded 300/500');
    expect(await inbox.town.failedChecks()).toEqual([]);
  });

  it('leaves a payment alone of which another amount lies there than went', async () => {
    const { id: chargeId } = await inbox.town.charge({ amountMinor: 300_00n });
    const whole = await refund();
    await inbox.endRefund(whole, 'failed');
    expect(await inbox.fix(id, matching(chargeId))).toMatchObject({ ok: true });
    const rest = await refund('rest');
    await inbox.endRefund(rest, 'failed');
    await inbox.endRefund(whole, 'completed');
    expect(await inbox.standing(payment)).toBe('refunded 0/500');
    await inbox.endRefund(rest, 'completed');
    await inbox.endRefund(whole, 'reversed');
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect(await inbox.town.exceptions()).toContain('payout-mismatch');
    await inbox.endRefund(rest, 'reversed');
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
  });
});
