import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { idFromNumber, invariant, numberFromId, parseBusinessDate, shillings } from '#kernel';
import type { Exception, Fix, Payment } from '#collections';
import type { Transfer } from '#transfers';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import type { LineFacts } from '../../test/support/scripted-statement.ts';
import { fileOf, importFile, paid } from './test-kit.ts';

let town: TestBusiness;
beforeEach(async () => {
  town = await openBusiness();
});
afterEach(() => town.closeProved());

const today = { from: '2026-11-25 00:00:00', to: '2026-11-25 12:30:00' };
const time = '2026-11-25 11:59:00';
const read = (...lines: readonly LineFacts[]) => importFile(town, fileOf(lines, today));
const backOf = (link: string, more: Partial<LineFacts> = {}): LineFacts => ({
  ...paid('BACK1'),
  kind: 'refund',
  time,
  amount: '-750',
  link,
  ...more,
});

/** Money that nobody could place, by the payer's own hand. */
const stray = async (receipt = 'STRAY1'): Promise<Payment> => {
  await town.deliver('paybill-confirmation', 0n, {
    kind: 'payer-payment',
    receipt,
    amountMinor: shillings(750),
    shortCode: '600111',
    accountReference: 'whose is this',
    payer: '254722000222',
    payerName: undefined,
    occurredAt: town.clock.now(),
  });
  return paymentOf(receipt);
};
const paymentOf = async (receipt: string): Promise<Payment> => {
  const [row] = await town.rows<{ id: bigint }>(
    `select id from payment where receipt = '${receipt}'`,
  );
  const payment =
    row && (await town.business.collections.findPayment(idFromNumber('payment', row.id)));
  invariant(payment !== undefined, 'the payment is booked');
  return payment;
};
const exceptions = (): Promise<readonly Exception[]> =>
  town.business.collections.exceptions({ before: undefined, limit: 50, state: undefined });
const about = async (kind: Exception['kind']): Promise<Exception> => {
  const found = (await exceptions()).filter((one) => one.kind === kind);
  const [one] = found;
  invariant(one !== undefined && found.length === 1, `there is one ${kind}`);
  return one;
};
const fix = async (kind: Exception['kind'], chosen: Fix) =>
  town.business.collections.applyFix({
    exceptionId: (await about(kind)).id,
    fix: chosen,
    after: undefined,
    by: owner,
    reason: 'as agreed',
    requestKey: undefined,
  });
const refund: Fix = { kind: 'refund', part: 'whole', by: 'reversal' };

const reversing = async (): Promise<Transfer> => {
  const asked = await fix('unknown-reference', refund);
  invariant(asked.ok && asked.value.transferId !== undefined, 'the refund is asked for');
  const transfer = await town.business.transfers.find(asked.value.transferId);
  invariant(transfer !== undefined, 'the refund is a transfer');
  return transfer;
};
const stateOf = async ({ id }: Transfer) => (await town.business.transfers.find(id))?.state;
const fail = ({ id, ownId }: Transfer) =>
  town.deliver('refund-result', numberFromId(id), {
    kind: 'payout-result',
    code: '11',
    description: 'no',
    ownId,
    providerRequestId: 'AG_R_STRAY1',
    verdict: 'failed',
    reason: 'other',
  });

describe('a reversal of ours that a statement tells of by its payment', () => {
  beforeEach(async () => {
    await stray();
  });

  it.each([
    ['sent', 1, () => town.business.transfers.work()],
    ['approved', 0, () => Promise.resolve()],
  ])('gets its end when it is %s, and goes out %d times', async (state, times, act) => {
    const transfer = await reversing();
    await act();
    expect(await stateOf(transfer)).toBe(state);
    const done = await read(backOf('STRAY1'));
    expect(done.booked).toMatchObject({ transfersSettled: 1, exceptionsOpened: 0 });
    expect(await town.business.transfers.find(transfer.id)).toMatchObject({
      state: 'completed',
      receipt: 'BACK1',
    });
    expect((await paymentOf('STRAY1')).state).toBe('refunded');
    expect(await town.exceptions()).toEqual([]);
    await town.business.transfers.work();
    expect(town.mpesa.refunds).toHaveLength(times);
  });

  it('gets it after it was reported as failed, and a person is told', async () => {
    const transfer = await reversing();
    await town.business.transfers.work();
    await fail(transfer);
    expect(await stateOf(transfer)).toBe('failed');
    await read(backOf('STRAY1'));
    expect(await stateOf(transfer)).toBe('completed');
    expect((await paymentOf('STRAY1')).state).toBe('refunded');
    expect(await town.exceptions()).toEqual(['payout-mismatch']);
  });

  it('is not settled by another amount: the payment is in doubt', async () => {
    const transfer = await reversing();
    await town.business.transfers.work();
    await read(backOf('STRAY1', { amount: '-700' }));
    expect(await stateOf(transfer)).toBe('sent');
    expect(await about('reversed-by-provider')).toMatchObject({ amountMinor: shillings(700) });
  });
});

describe('a payment that its provider took back', () => {
  it('is an exception about the payment, once, however often it is told', async () => {
    const { id, state } = await stray();
    const done = await read(backOf('STRAY1'));
    expect(done.booked).toMatchObject({ transfersSettled: 0, exceptionsOpened: 1 });
    await read(backOf('STRAY1'));
    await read(backOf('STRAY1'), paid('LATER1', { time }));
    expect(await about('reversed-by-provider')).toMatchObject({
      state: 'open',
      subject: id,
      amountMinor: shillings(750),
      detail: {
        receipt: 'BACK1',
        linkedReceipt: 'STRAY1',
        amount: '750.00',
        occurredAt: '2026-11-25T08:59:00.000Z',
      },
    });
    expect(await town.exceptions()).not.toContain('unmatched-payout');
    expect((await paymentOf('STRAY1')).state).toBe(state);
  });

  it('holds back a refund to its payer that has not left yet', async () => {
    await stray();
    await town.earn(shillings(1_000));
    await town.business.engine.turn('off', owner, 'test');
    expect(await fix('unknown-reference', { ...refund, by: 'payout' })).toMatchObject({ ok: true });
    await read(backOf('STRAY1'));
    await town.business.engine.turn('on', owner, 'test');
    await town.clock.advance(60_000);
    await town.business.transfers.work();
    expect(town.mpesa.payouts).toEqual([]);
    expect((await paymentOf('STRAY1')).state).toBe('suspense');
  });

  it('is neither paid back nor placed until a person has decided', async () => {
    const { id } = await stray();
    await read(backOf('STRAY1'));
    const refusal = { ok: false, error: { kind: 'reversed-by-provider', paymentId: id } };
    expect(await fix('unknown-reference', refund)).toEqual(refusal);
    expect(await fix('unknown-reference', { ...refund, by: 'payout' })).toEqual(refusal);
    expect(await fix('unknown-reference', { kind: 'assign-stream', streamId: 'airtime' })).toEqual(
      refusal,
    );
    expect(await town.countOf('transfer')).toBe(0);
    expect(await fix('reversed-by-provider', refund)).toMatchObject({
      error: { kind: 'fix-not-allowed', allowed: 'keep, dismiss' },
    });
    expect(await fix('reversed-by-provider', { kind: 'dismiss' })).toMatchObject({ ok: true });
    expect(await fix('unknown-reference', refund)).toMatchObject({ ok: true });
  });

  it('is told of where only the statement has the payment, the newest line first', async () => {
    await read(backOf('NEW1'));
    expect(await town.exceptions()).toEqual(['unmatched-payout']);
    await read(paid('NEW1', { amount: '750', time }));
    expect(await town.exceptions()).toEqual(['reversed-by-provider']);
    expect(await about('reversed-by-provider')).toMatchObject({
      subject: (await paymentOf('NEW1')).id,
    });
  });

  it('a second time is for a person as well', async () => {
    await stray();
    await read(backOf('STRAY1', { amount: '-500' }));
    await read(backOf('STRAY1', { receipt: 'BACK2', amount: '-250' }));
    expect((await exceptions()).filter(({ state }) => state === 'open')).toMatchObject([
      { kind: 'unmatched-payout', detail: { receipt: 'BACK2', linkedReceipt: 'STRAY1' } },
      { kind: 'reversed-by-provider' },
      { kind: 'unknown-reference' },
    ]);
  });

  it('is a difference of its day', async () => {
    await stray();
    await read(paid('STRAY1', { amount: '750', time }), backOf('STRAY1'));
    const date = parseBusinessDate('2026-11-25');
    invariant(date.ok, 'it is a date');
    expect(await town.business.reconciliation.day('mpesa', date.value)).toMatchObject({
      state: 'differs',
      differences: [{ kind: 'outgoing-not-booked', receipt: 'BACK1', line: 'refund' }],
    });
  });
});

it('a refund of what nobody here knows stays with its line', async () => {
  await read(backOf('NOBODYS'));
  expect(await about('unmatched-payout')).toMatchObject({
    detail: { receipt: 'BACK1', line: 'refund', linkedReceipt: 'NOBODYS' },
  });
});
