import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  dayMs,
  idFromNumber,
  invariant,
  numberFromId,
  parseBusinessDate,
  shillings,
  type FixId,
} from '#kernel';
import type { Exception, Fix, Payment } from '#collections';
import type { Transfer } from '#transfers';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import type { LineFacts } from '../../test/support/scripted-statement.ts';
import { balanceOf, fileOf, importFile, paid, preview } from './test-kit.ts';

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
const fix = async (kind: Exception['kind'], chosen: Fix, after?: FixId) =>
  town.business.collections.applyFix({
    exceptionId: (await about(kind)).id,
    fix: chosen,
    after,
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

  it.each([
    ['-1', []],
    ['-13', ['fee-differs']],
  ])('has no tariff that its fee could be judged by: %s', async (amount, kinds) => {
    town.mpesa.script.fee = () => 1_300n;
    await reversing();
    await town.business.transfers.work();
    await read(backOf('STRAY1'), { ...paid('BACK1'), kind: 'fee', time, amount });
    expect(await balanceOf(town, 'fees:mpesa')).toBe(-shillings(Number(amount)));
    expect(await town.exceptions()).toEqual(kinds);
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
  const onStream: Fix = { kind: 'assign-stream', streamId: 'airtime' };
  const figures = async (): Promise<readonly string[]> => {
    const rows = await town.rows<{ text: string }>(`
      select business_date || ' ' || stream_id || ' ' || payments || ' ' || amount_minor / 100
        as text
      from daily_revenue order by business_date, stream_id`);
    return rows.map(({ text }) => text);
  };
  const undo = async (kind: Exception['kind']) =>
    town.business.collections.undoFix({
      exceptionId: (await about(kind)).id,
      by: owner,
      reason: 'the portal says otherwise',
      requestKey: undefined,
    });

  it('is owed to nobody any more, and a person is told once', async () => {
    const { id } = await stray();
    const done = await read(backOf('STRAY1'));
    expect(done.booked).toMatchObject({ transfersSettled: 0, exceptionsOpened: 1 });
    await read(backOf('STRAY1'));
    await read(backOf('STRAY1'), paid('LATER1', { time, amount: '20' }));
    const again = await read(paid('STRAY1', { amount: '750', time }));
    expect(again.booked).toMatchObject({ linesNew: 1, exceptionsOpened: 0 });
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
    expect(await paymentOf('STRAY1')).toMatchObject({
      state: 'reversed',
      reversal: { from: 'suspense', amountMinor: shillings(750), receipt: 'BACK1' },
    });
    expect(await balanceOf(town, 'suspense:mpesa')).toBe(0n);
    expect(await balanceOf(town, 'rail:mpesa:collection')).toBe(shillings(20));
    expect(await about('unknown-reference')).toMatchObject({ state: 'resolved' });
    expect(await town.exceptions()).not.toContain('unmatched-payout');
  });

  it('is earned no more, on the day it went, and the day agrees', async () => {
    await stray();
    await fix('unknown-reference', onStream);
    await town.clock.advance(dayMs);
    const tomorrow = { from: '2026-11-26 00:00:00', to: '2026-11-26 12:30:00' };
    const line = backOf('STRAY1', { time: '2026-11-26 11:00:00' });
    await importFile(town, fileOf([line], tomorrow));
    expect(await figures()).toEqual(['2026-11-25 airtime 1 750', '2026-11-26 airtime 0 -750']);
    expect(await balanceOf(town, 'revenue:airtime')).toBe(0n);
    const date = parseBusinessDate('2026-11-26');
    invariant(date.ok, 'it is a date');
    expect(await town.business.reconciliation.day('mpesa', date.value)).toMatchObject({
      state: 'agrees',
      books: { refunds: { count: 1, sumMinor: shillings(750) } },
      statement: { refunds: { count: 1, sumMinor: shillings(750) } },
      differences: [],
    });
  });

  it('counts again when somebody takes that back, whatever statements repeat', async () => {
    await stray();
    await fix('unknown-reference', onStream);
    await read(backOf('STRAY1'));
    expect(await figures()).toEqual(['2026-11-25 airtime 1 0']);
    expect(await undo('reversed-by-provider')).toMatchObject({ ok: true });
    expect(await paymentOf('STRAY1')).toMatchObject({ state: 'earned', reversal: undefined });
    expect(await figures()).toEqual(['2026-11-25 airtime 1 750']);
    await read(backOf('STRAY1'), paid('LATER1', { time }));
    expect(await paymentOf('STRAY1')).toMatchObject({ state: 'earned' });
    expect(await about('reversed-by-provider')).toMatchObject({ state: 'open' });
    expect(await fix('reversed-by-provider', { kind: 'book-reversal' })).toMatchObject({
      ok: true,
    });
    expect(await paymentOf('STRAY1')).toMatchObject({ state: 'reversed' });
    const kinds = (await town.business.ledger.entriesOf((await paymentOf('STRAY1')).id)).map(
      ({ kind }) => kind,
    );
    expect(kinds.filter((kind) => kind.endsWith('reversal'))).toEqual(
      ['fix-book-reversal', 'undo-book-reversal', 'fix-book-reversal'].flatMap((one) => [one, one]),
    );
  });

  it('is neither paid back nor placed, unless somebody says that it stands', async () => {
    const { id } = await stray();
    await read(backOf('STRAY1'));
    const gone = { ok: false, error: { kind: 'reversed-by-provider', paymentId: id } };
    const after = (await about('unknown-reference')).fixId;
    expect(await fix('unknown-reference', refund, after)).toEqual(gone);
    expect(await fix('unknown-reference', { ...refund, by: 'payout' }, after)).toEqual(gone);
    expect(await fix('unknown-reference', onStream, after)).toEqual(gone);
    expect(await fix('reversed-by-provider', refund)).toMatchObject({
      error: { kind: 'fix-not-allowed', allowed: 'book-reversal, keep' },
    });
    expect(await fix('reversed-by-provider', { kind: 'book-reversal' })).toMatchObject({
      error: { kind: 'nothing-left' },
    });
    expect(await fix('reversed-by-provider', { kind: 'keep' })).toMatchObject({ ok: true });
    expect(await fix('unknown-reference', refund, after)).toMatchObject({
      error: { kind: 'nothing-left' },
    });
    expect(await town.countOf('transfer')).toBe(0);
    await undo('reversed-by-provider');
    await undo('reversed-by-provider');
    expect((await paymentOf('STRAY1')).state).toBe('suspense');
    expect(await fix('unknown-reference', refund)).toEqual(gone);
    await fix('reversed-by-provider', { kind: 'keep' });
    expect(await fix('unknown-reference', refund)).toMatchObject({ ok: true });
  });

  it('takes back what rests on it where several streams have it', async () => {
    const charges = [
      await town.charge({ amountMinor: shillings(300), streamId: 'airtime' }),
      await town.charge({ amountMinor: shillings(200), streamId: 'trading' }),
    ];
    await stray();
    await fix('unknown-reference', {
      kind: 'match',
      allocations: charges.map(({ id: chargeId }) => ({
        chargeId,
        amountMinor: undefined,
        paymentId: undefined,
      })),
      rest: 'stays',
      phone: undefined,
    });
    expect(await figures()).toEqual(['2026-11-25 airtime 1 300', '2026-11-25 trading 1 200']);
    await read(backOf('STRAY1'));
    expect(await figures()).toEqual(['2026-11-25 airtime 0 0', '2026-11-25 trading 0 0']);
    expect(await paymentOf('STRAY1')).toMatchObject({ state: 'reversed', earnedMinor: 0n });
    expect(await balanceOf(town, 'suspense:mpesa')).toBe(0n);
    for (const { id } of charges) {
      expect(await town.business.billing.find(id)).toMatchObject({ state: 'open' });
    }
  });

  it.each([
    ['earned', onStream, 'revenue:airtime'],
    ['suspense', undefined, 'suspense:mpesa'],
    ['credit', { kind: 'assign-customer', phone: '0722000222' } as const, 'credit:mpesa'],
  ])('in part leaves the rest where it was: %s', async (from, placed, account) => {
    await stray();
    if (placed !== undefined) await fix('unknown-reference', placed);
    await read(backOf('STRAY1', { amount: '-500' }));
    expect(await paymentOf('STRAY1')).toMatchObject({
      state: 'reversed',
      reversal: { from, amountMinor: shillings(500) },
    });
    expect(await figures()).toEqual(from === 'earned' ? ['2026-11-25 airtime 1 250'] : []);
    expect(await balanceOf(town, account)).toBe(-shillings(250));
    expect(await balanceOf(town, 'rail:mpesa:collection')).toBe(shillings(250));
    await undo('reversed-by-provider');
    expect((await paymentOf('STRAY1')).state).toBe(from);
  });

  it('with more than it was stays with a person', async () => {
    await stray();
    await read(backOf('STRAY1', { amount: '-800' }));
    expect((await paymentOf('STRAY1')).state).toBe('suspense');
    expect(await fix('reversed-by-provider', { kind: 'book-reversal' })).toMatchObject({
      error: { kind: 'more-than-payment', restMinor: shillings(750) },
    });
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
    expect((await paymentOf('STRAY1')).state).toBe('reversed');
  });

  it('waits for the end of a refund that has left, and is booked when that fails', async () => {
    await stray();
    await town.earn(shillings(1_000));
    const asked = await fix('unknown-reference', { ...refund, by: 'payout' });
    invariant(asked.ok && asked.value.transferId !== undefined, 'the refund is asked for');
    await town.business.transfers.work();
    await read(backOf('STRAY1'));
    expect((await paymentOf('STRAY1')).state).toBe('refunding');
    const transfer = await town.business.transfers.find(asked.value.transferId);
    invariant(transfer !== undefined, 'the refund is a transfer');
    await town.deliver('payout-result', numberFromId(transfer.id), {
      kind: 'payout-result',
      code: '11',
      description: 'no',
      ownId: transfer.ownId,
      providerRequestId: transfer.providerRequestId,
      verdict: 'failed',
      reason: 'other',
    });
    expect(await stateOf(transfer)).toBe('failed');
    expect((await paymentOf('STRAY1')).state).toBe('reversed');
    expect(await balanceOf(town, 'suspense:mpesa')).toBe(0n);
  });

  it('is told of where only the statement has the payment, the newest line first', async () => {
    await read(backOf('NEW1'));
    expect(await town.exceptions()).toEqual(['unmatched-payout']);
    await read(paid('NEW1', { amount: '750', time }));
    expect(await town.exceptions()).toEqual(['reversed-by-provider']);
    expect(await about('reversed-by-provider')).toMatchObject({
      subject: (await paymentOf('NEW1')).id,
    });
    expect((await paymentOf('NEW1')).state).toBe('reversed');
  });

  it('is told of where somebody else tells of the payment first', async () => {
    await read(backOf('STRAY1'));
    await stray();
    expect(await town.exceptions()).toEqual(['unknown-reference', 'unmatched-payout']);
    await read(paid('STRAY1', { amount: '750', time }));
    expect((await paymentOf('STRAY1')).state).toBe('reversed');
    expect(await town.exceptions()).toEqual(['reversed-by-provider']);
  });

  it('counts no more by the next round where a callback tells of it after the line', async () => {
    const other = backOf('NEVER1', { receipt: 'BACK2' });
    await read(backOf('STRAY1'), other);
    await stray();
    await town.business.steps.cycles.revenue();
    expect(await paymentOf('STRAY1')).toMatchObject({
      state: 'reversed',
      reversal: { amountMinor: shillings(750), receipt: 'BACK1' },
    });
    // The line of the payment that nobody told of stays.
    expect(await town.exceptions()).toEqual(['reversed-by-provider', 'unmatched-payout']);
    // Whoever says that it stands is not overruled by the round after.
    expect(await undo('reversed-by-provider')).toMatchObject({ ok: true });
    await town.business.steps.cycles.revenue();
    expect((await paymentOf('STRAY1')).state).toBe('suspense');
  });

  it('is not taken back by the line of a refund of ours, in the round after', async () => {
    await stray();
    await reversing();
    await town.business.transfers.work();
    await read(backOf('STRAY1'));
    await town.business.steps.cycles.revenue();
    expect((await paymentOf('STRAY1')).state).toBe('refunded');
    expect(await town.exceptions()).toEqual([]);
  });

  it('is not what a refund of ours gave back, whenever a statement shows the payment', async () => {
    await stray();
    await reversing();
    await read(backOf('STRAY1'));
    await read(paid('STRAY1', { amount: '750', time }));
    expect((await paymentOf('STRAY1')).state).toBe('refunded');
    expect(await town.exceptions()).toEqual([]);
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

  it('is a difference of its day as long as the books have it', async () => {
    await stray();
    await read(paid('STRAY1', { amount: '750', time }), backOf('STRAY1'));
    const date = parseBusinessDate('2026-11-25');
    invariant(date.ok, 'it is a date');
    const day = () => town.business.reconciliation.day('mpesa', date.value);
    expect(await day()).toMatchObject({ state: 'agrees', differences: [] });
    await undo('reversed-by-provider');
    expect(await day()).toMatchObject({
      state: 'differs',
      books: { refunds: { count: 0, sumMinor: 0n } },
      differences: [{ kind: 'outgoing-not-booked', receipt: 'BACK1', line: 'refund' }],
    });
  });
});

it('a preview tells what the provider gave back from what left otherwise', async () => {
  await stray('OURS1');
  expect(await fix('unknown-reference', refund)).toMatchObject({ ok: true });
  await stray();
  const lines = [
    paid('NEW1', { time }),
    backOf('STRAY1'),
    backOf('NEW1', { receipt: 'BACK2', amount: '-700' }),
    backOf('OURS1', { receipt: 'BACK3' }),
    backOf('NOBODYS', { receipt: 'BACK4', amount: '-20' }),
  ];
  expect(await preview(town, fileOf(lines, today))).toMatchObject({
    newPayments: { count: 1 },
    reversedPayments: { count: 2, sumMinor: -shillings(1_450) },
    settlingPayouts: { count: 1, sumMinor: -shillings(750) },
    unmatchedPayouts: { count: 1, sumMinor: -shillings(20) },
  });
});

it('a refund of what nobody here knows stays with its line', async () => {
  await read(backOf('NOBODYS'));
  expect(await about('unmatched-payout')).toMatchObject({
    detail: { receipt: 'BACK1', line: 'refund', linkedReceipt: 'NOBODYS' },
  });
});
