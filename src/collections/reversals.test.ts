import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, invariant, shillings, type ExceptionId, type PaymentId } from '#kernel';

import type { Exception } from './exceptions/store.ts';
import { matching, openInbox, refunding, type Inbox } from './fixes/test-kit.ts';
import { stkPaid } from './test-kit.ts';

let inbox: Inbox;
let payment: PaymentId;
/** What its reference was not known for. */
let id: ExceptionId;

beforeEach(async () => {
  inbox = await openInbox();
  payment = await inbox.pay({ receipt: 'R1' });
  ({ id } = await inbox.about(payment));
});
afterEach(() => inbox.town.closeProved());

const reversal = async (): Promise<Exception> => {
  const all = await inbox.allAbout(payment);
  const found = all.find(({ kind }) => kind === 'reversed-by-provider');
  invariant(found !== undefined, 'a statement has told of it');
  return found;
};

describe('more than a payment was', () => {
  it('is not booked, and leaves what rests on the payment alone', async () => {
    const charges = [
      await inbox.town.charge({ amountMinor: shillings(300), streamId: 'airtime' }),
      await inbox.town.charge({ amountMinor: shillings(200), streamId: 'trading' }),
    ].map((charge) => charge.id);
    expect(await inbox.fix(id, matching(...charges))).toMatchObject({ ok: true });
    await inbox.giveBack(payment, { amountMinor: shillings(501) });
    expect((await reversal()).state).toBe('open');
    expect(await inbox.standing(payment)).toBe('earned 500/500');
    expect(await Promise.all(charges.map(inbox.chargeState))).toEqual(['paid', 'paid']);
  });
});

it('what rests on it stays whole where not all of it can be taken back', async () => {
  const other = await inbox.pay({ receipt: 'R2', kes: 300 });
  const charge = await inbox.town.charge({ amountMinor: shillings(600), streamId: 'airtime' });
  const joint = matching(
    { chargeId: charge.id, kes: 400 },
    { chargeId: charge.id, kes: 200, paymentId: other },
  );
  expect(await inbox.fix(id, joint)).toMatchObject({ ok: true });
  const onStream = { kind: 'assign-stream', streamId: 'trading' } as const;
  expect(await inbox.fix(id, onStream)).toMatchObject({ ok: true });
  expect(await inbox.standing(payment)).toBe('earned 500/500');
  // Its money is on its way: the joint match stands.
  const about = await inbox.about(other);
  expect(await inbox.fix(about.id, refunding('rest'))).toMatchObject({ ok: true });
  await inbox.giveBack(payment);
  expect((await reversal()).state).toBe('open');
  expect(await inbox.standing(payment)).toBe('earned 500/500');
  expect(await inbox.chargeState(charge.id)).toBe('paid');
  expect(await inbox.allAbout(payment)).toContainEqual(
    expect.objectContaining({ id, state: 'resolved' }),
  );
});

describe('a refund that had failed, of what its provider gave back by then', () => {
  const failed = async (part: 'whole' | 'rest' = 'whole') => {
    const { fixId: after } = await inbox.about(payment);
    expect(await inbox.fix(id, refunding(part), { after })).toMatchObject({ ok: true });
    const transferId = inbox.lastRefund();
    await inbox.endRefund(transferId, 'failed');
    await inbox.giveBack(payment);
    expect(await inbox.standing(payment)).toBe('reversed 0/500');
    return transferId;
  };

  it('leaves it given back when its completion is taken back, however often', async () => {
    const transferId = await failed();
    for (const end of ['completed', 'reversed', 'completed', 'reversed'] as const) {
      await inbox.endRefund(transferId, end);
      const state = end === 'completed' ? 'refunded' : 'reversed';
      expect(await inbox.standing(payment)).toBe(`${state} 0/500`);
      expect(await inbox.town.failedChecks()).toEqual([]);
    }
    expect(await inbox.owed('suspense:mpesa')).toBe(0n);
    expect(await inbox.owed('rail:mpesa:collection')).toBe(0n);
  });

  it('books nothing once a person has objected', async () => {
    const transferId = await failed();
    expect(await inbox.undo((await reversal()).id)).toMatchObject({ ok: true });
    for (const end of ['completed', 'reversed'] as const) await inbox.endRefund(transferId, end);
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
  });

  it('leaves it given back when another amount lies there than went', async () => {
    const charge = await inbox.town.charge({ amountMinor: shillings(300), streamId: 'airtime' });
    await inbox.fix(id, matching(charge.id));
    const transferId = await failed('rest');
    await inbox.endRefund(transferId, 'completed');
    expect(await inbox.standing(payment)).toBe('reversed 0/500');
    expect(await inbox.town.exceptions()).toContain('payout-mismatch');
    await inbox.endRefund(transferId, 'reversed');
    expect(await inbox.standing(payment)).toBe('reversed 0/500');
  });
});

describe('what somebody keeps while a refund has paid it as well', () => {
  const kept = async () => {
    expect(await inbox.fix(id, refunding())).toMatchObject({ ok: true });
    const transferId = inbox.lastRefund();
    await inbox.endRefund(transferId, 'completed');
    await inbox.giveBack(payment);
    expect(await inbox.standing(payment)).toBe('refunded 0/500');
    expect(await inbox.fix((await reversal()).id, { kind: 'keep' })).toMatchObject({ ok: true });
    return transferId;
  };

  it('is asked again and booked when that refund is taken back, and not paid twice', async () => {
    await inbox.endRefund(await kept(), 'reversed');
    expect(await inbox.standing(payment)).toBe('reversed 0/500');
    expect((await reversal()).state).toBe('open');
    expect(await inbox.fix(id, refunding())).toMatchObject({ ok: false });
    expect(inbox.refunds).toHaveLength(1);
    expect(await inbox.undo((await reversal()).id)).toMatchObject({ ok: true });
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
  });

  it('stays kept where a person had objected before', async () => {
    await inbox.giveBack(payment);
    const { id: told } = await reversal();
    await inbox.undo(told);
    await inbox.fix(told, { kind: 'keep' });
    expect(await inbox.fix(id, refunding())).toMatchObject({ ok: true });
    for (const end of ['completed', 'reversed'] as const) {
      await inbox.endRefund(inbox.lastRefund(), end);
    }
    expect(await inbox.standing(payment)).toBe('suspense 0/500');
    expect((await reversal()).state).toBe('resolved');
  });
});

describe('a second road that names the charge', () => {
  it.each([
    ['is not followed while somebody is asked', 'open', 'suspense 0/500'],
    ['is followed once a person says that the payment stands', 'resolved', 'earned 500/500'],
  ])('%s', async (_, state, standing) => {
    const { promptId } = await inbox.town.prompted();
    await inbox.giveBack(payment);
    const { id: told } = await reversal();
    await inbox.undo(told);
    if (state === 'resolved') await inbox.fix(told, { kind: 'keep' });
    await inbox.town.deliver('stk-result', promptId, stkPaid({ receipt: 'R1' }));
    expect((await reversal()).state).toBe(state);
    expect(await inbox.standing(payment)).toBe(standing);
  });
});

it('is earned no more from now on where its line lies in the future', async () => {
  await inbox.fix(id, { kind: 'assign-stream', streamId: 'trading' });
  await inbox.giveBack(payment, { at: inbox.town.clock.now() + dayMs });
  const figures = await inbox.town.rows<{ date: string; amount: bigint }>(
    'select business_date as date, amount_minor as amount from daily_revenue',
  );
  expect(figures).toEqual([{ date: '2026-11-25', amount: 0n }]);
  await inbox.town.clock.advance(dayMs);
  expect(await inbox.undo((await reversal()).id)).toMatchObject({ ok: true });
  expect(await inbox.standing(payment)).toBe('earned 500/500');
});

it('is suggested to be booked only where it can be', async () => {
  const suggested = async () =>
    (await inbox.collections.propose((await reversal()).id))?.suggestions.map(
      ({ fix }) => fix.kind,
    );
  await inbox.fix(id, refunding());
  await inbox.giveBack(payment);
  expect(await suggested()).toEqual([]);
  await inbox.endRefund(inbox.lastRefund(), 'completed');
  expect(await suggested()).toEqual(['keep']);
  await inbox.endRefund(inbox.lastRefund(), 'reversed');
  expect(await suggested()).toEqual(['keep']);
  await inbox.undo((await reversal()).id);
  expect(await suggested()).toEqual(['book-reversal']);
  await inbox.followSuggestion(payment);
  expect(await inbox.standing(payment)).toBe('reversed 0/500');
});
