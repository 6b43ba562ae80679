import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, invariant, shillings } from '#kernel';
import type { PayoutResult } from '#rails';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import type { RefundOrder, Transfer } from './index.ts';
import {
  closeProved,
  completedResult,
  failedResult,
  openDesk,
  payerNumber,
  payIntoSuspense,
  providersWord,
  queueTimeout,
  refundOrderOf,
  reportOf,
  type Desk,
  type PaidByStranger,
} from './test-kit.ts';

let town: TestBusiness;
let desk: Desk;
let paid: PaidByStranger;
const amountMinor = shillings(750);
const byPayout = { kind: 'payout', msisdn: payerNumber } as const;

beforeEach(async () => {
  town = await openBusiness({ payoutFeeMinor: shillings(5) });
  desk = openDesk(town);
  paid = await payIntoSuspense(town, { receipt: 'STRAY1', amountMinor, payer: payerNumber });
});
afterEach(() => closeProved(town, desk));

const work = async (afterMs = 0): Promise<void> => {
  await town.clock.advance(afterMs);
  await desk.transfers.work();
};
const plan = async (more: Partial<RefundOrder> = {}): Promise<Transfer> => {
  const answer = await desk.refund(refundOrderOf(paid, more));
  invariant(answer.ok, 'planned');
  return answer.value;
};
const stateOf = async ({ id }: Transfer) => (await desk.transfers.find(id))?.state;
const balanceOf = async (name: string) =>
  (await town.business.ledger.balances()).find((one) => one.name === name)?.balanceMinor;
const books = async () => ({
  wallet: await balanceOf('rail:mpesa:collection'),
  inFlight: await balanceOf('transfer:in_flight:mpesa'),
  suspense: await balanceOf('suspense:mpesa'),
});
const failedWord = (code: string): PayoutResult => ({
  kind: 'payout-result',
  code,
  description: 'no',
  ownId: 'provider-9',
  providerRequestId: 'AG_R_STRAY1',
  verdict: 'failed',
  reason: 'other',
});

describe('a payment given back', () => {
  it('by reversal: reserved, sent once, booked where it waited, and told', async () => {
    const refund = await plan();
    expect(await books()).toEqual({ wallet: 0n, inFlight: amountMinor, suspense: -amountMinor });
    await work();
    expect(town.mpesa.payouts).toEqual([]);
    expect(town.mpesa.refunds).toMatchObject([{ receipt: 'STRAY1', amountMinor }]);
    expect(town.mpesa.refunds[0]?.callbacks.resultUrl).toContain('/refund/');
    const word = providersWord(refund, { providerRequestId: 'AG_R_STRAY1' });
    await desk.tell(refund, word);
    await desk.tell(refund, word);
    expect(await books()).toEqual({ wallet: 0n, inFlight: 0n, suspense: 0n });
    expect(await balanceOf('fees:mpesa')).toBe(0n);
    const end = { paymentId: paid.paymentId, transferId: refund.id, end: 'completed' };
    expect(desk.ends).toEqual([end]);
    expect(await town.exceptions()).not.toContain('payout-mismatch');
  });

  it('in part, as a payout to the payer, with the tariff of a payout', async () => {
    const refund = await plan({ amountMinor: shillings(200), by: byPayout });
    await work();
    expect(town.mpesa.refunds).toEqual([]);
    expect(town.mpesa.payouts).toMatchObject([
      { ownId: refund.ownId, msisdn: payerNumber, amountMinor: shillings(200) },
    ]);
    await desk.tell(refund, completedResult(refund));
    expect(await balanceOf('suspense:mpesa')).toBe(-shillings(550));
    expect(await balanceOf('fees:mpesa')).toBe(shillings(5));
    expect(desk.ends).toMatchObject([{ end: 'completed' }]);
  });

  it('fails: its reservation goes back, its caller is told, and there may be another', async () => {
    const first = await plan();
    await work();
    await desk.tell(first, failedWord('11'));
    expect(await books()).toEqual({ wallet: amountMinor, inFlight: 0n, suspense: -amountMinor });
    expect(desk.ends).toMatchObject([{ transferId: first.id, end: 'failed' }]);
    const second = await plan({ requestKey: 'again' });
    expect(second.id).not.toBe(first.id);
  });

  it('fails, is given back otherwise, and goes through after all: booked and told', async () => {
    const first = await plan();
    await work();
    await desk.tell(first, failedWord('11'));
    await town.earn(shillings(1_000));
    const second = await plan({ requestKey: 'again', by: byPayout });
    await work();
    await desk.tell(second, completedResult(second, { receipt: 'OUT2' }));
    await desk.tell(first, providersWord(first));
    expect(await stateOf(first)).toBe('completed');
    expect(await balanceOf('suspense:mpesa')).toBe(amountMinor);
    expect(desk.ends.map(({ end }) => end)).toEqual(['failed', 'completed', 'completed']);
    expect(await town.exceptions()).toContain('payout-mismatch');
  });

  it('fails and goes through after all: another that waits is not sent', async () => {
    const first = await plan();
    await work();
    await desk.tell(first, failedWord('11'));
    await town.earn(shillings(1_000));
    await town.business.engine.turn('off', owner, 'test');
    const second = await plan({ requestKey: 'again', by: byPayout });
    await work();
    await desk.tell(first, providersWord(first));
    expect([await stateOf(first), await stateOf(second)]).toEqual(['completed', 'failed']);
    expect(desk.ends.map(({ transferId, end }) => [transferId, end])).toEqual([
      [first.id, 'failed'],
      [second.id, 'failed'],
      [first.id, 'completed'],
    ]);
    await town.business.engine.turn('on', owner, 'test');
    await work(60_000);
    expect(town.mpesa.payouts).toEqual([]);
    expect(await balanceOf('suspense:mpesa')).toBe(0n);
  });

  it('waits while the engine is stopped, and goes out when it runs again', async () => {
    await town.business.engine.turn('off', owner, 'test');
    await plan();
    await work();
    expect(town.mpesa.refunds).toEqual([]);
    await town.business.engine.turn('on', owner, 'test');
    await work(5_000);
    expect(town.mpesa.refunds).toHaveLength(1);
  });
});

describe('a refund whose answer was lost', () => {
  beforeEach(() => {
    town.mpesa.script.refund = () => ({ kind: 'unknown', cause: 'timeout' });
  });

  it('is asked about with all the provider may know it by, and completed by enquiry', async () => {
    const refund = await plan();
    await work();
    const sentAt = town.clock.now();
    town.mpesa.script.refundVerdict = () => ({
      kind: 'completed',
      receipt: 'BACK1',
      completedAt: undefined,
      raw: '{}',
    });
    await work(60_000);
    expect(town.mpesa.refundQueries).toMatchObject([
      { ownId: refund.ownId, receipt: 'STRAY1', amountMinor, sentAt },
    ]);
    expect(await stateOf(refund)).toBe('completed');
  });

  it('is never sent again, whatever the provider cannot find, and goes to a person', async () => {
    await town.close();
    const notFoundFinalAfterMs = 60_000;
    town = await openBusiness({ capabilities: { payoutIdsGuarded: true, notFoundFinalAfterMs } });
    desk = openDesk(town);
    paid = await payIntoSuspense(town, { receipt: 'STRAY1', amountMinor });
    town.mpesa.script.refund = () => ({ kind: 'unknown', cause: 'timeout' });
    town.mpesa.script.refundVerdict = () => ({ kind: 'not-found' });
    const refund = await plan();
    for (let n = 0; n < 12; n += 1) await work(10 * 60_000);
    expect(town.mpesa.refunds).toHaveLength(1);
    expect(await stateOf(refund)).toBe('unknown');
    expect(await town.exceptions()).toContain('unknown-transfer');
  });

  it('fails by a person’s word and went through by another: one that waits stays', async () => {
    const first = await plan();
    for (let n = 0; n < 5; n += 1) await work(10 * 60_000);
    await town.clock.advance(2 * dayMs);
    const word = { transferId: first.id, reason: 'by the portal', by: owner };
    await desk.transfers.settleByHand({ ...word, end: { kind: 'failed' } });
    await town.business.engine.turn('off', owner, 'test');
    const second = await plan({ requestKey: 'again', by: byPayout });
    await work();
    await desk.transfers.settleByHand({ ...word, end: { kind: 'completed', receipt: 'BACK1' } });
    expect(await stateOf(first)).toBe('completed');
    expect(await desk.transfers.find(second.id)).toMatchObject({
      state: 'failed',
      reason: 'superseded',
    });
    await town.business.engine.turn('on', owner, 'test');
    await work(60_000);
    expect(town.mpesa.refunds).toHaveLength(1);
    expect(town.mpesa.payouts).toEqual([]);
    expect(await books()).toEqual({ wallet: 0n, inFlight: 0n, suspense: 0n });
  });

  it('is unknown after the provider’s own timeout, and settled by a late result', async () => {
    const refund = await plan();
    await work();
    await desk.tell(refund, queueTimeout);
    expect(await stateOf(refund)).toBe('unknown');
    // No answer was ever had, so the address alone says whose result it is.
    await desk.tell(refund, providersWord(refund, { providerRequestId: 'AG_R_9', ownId: 'X9' }));
    expect(await stateOf(refund)).toBe('completed');
  });
});

describe('what a provider says of it', () => {
  it('that it went back already is no failure: nothing is released, a person looks', async () => {
    town.mpesa.script.explain = (code) => ({
      code,
      known: true,
      class: 'done',
      reason: 'other',
      meaning: 'The payment has been reversed already.',
      advice: 'Find the reversal on the statement.',
    });
    const refund = await plan();
    await work();
    await desk.tell(refund, failedWord('R000001'));
    expect(await stateOf(refund)).toBe('unknown');
    expect(await balanceOf('transfer:in_flight:mpesa')).toBe(amountMinor);
    expect(desk.ends).toEqual([]);
    const [open] = await town.rows<{ detail: object }>(
      "select detail from exception where kind = 'unknown-transfer'",
    );
    expect(open?.detail).toMatchObject({
      code: 'R000001',
      meaning: 'The payment has been reversed already.',
      advice: 'Find the reversal on the statement.',
    });
    await work(dayMs);
    expect(town.mpesa.refundQueries).toEqual([]);
    // That our own attempt was declined is no news.
    await desk.tell(refund, reportOf({ description: 'Declined', receipt: '', state: 'failed' }));
    expect(await stateOf(refund)).toBe('unknown');
  });

  it.each<[string, (refund: Transfer) => Parameters<Desk['tell']>[1], string]>([
    ['another payment', (r) => providersWord(r, { originalReceipt: 'OTHER' }), 'payout-mismatch'],
    ['another amount', (r) => providersWord(r, { amountMinor: 1n }), 'payout-mismatch'],
    ['another request', (r) => providersWord(r, { providerRequestId: 'AG_9' }), 'forged-callback'],
  ])('%s settles nothing', async (_, word, kind) => {
    const refund = await plan();
    await work();
    await desk.tell(refund, word(refund));
    expect(await stateOf(refund)).toBe('sent');
    expect(await town.exceptions()).toContain(kind);
  });

  it('a report on the payment itself says nothing of its return', async () => {
    const refund = await plan();
    await work();
    await desk.tell(refund, reportOf({ receipt: 'STRAY1', state: 'completed', amountMinor }));
    expect(await stateOf(refund)).toBe('sent');
  });
});

it('a failed payout of a refund says what its code means', async () => {
  town.mpesa.script.explain = (code) => ({
    code,
    known: true,
    class: 'final',
    reason: 'other',
    meaning: 'The phone is not registered.',
    advice: 'Ask the payer for another number.',
  });
  const refund = await plan({ by: byPayout });
  await work();
  await desk.tell(refund, failedResult(refund));
  const kept = await desk.transfers.find(refund.id);
  invariant(kept !== undefined, 'it is kept');
  expect(desk.transfers.notesOn(kept).explanation).toMatchObject({
    code: '2040',
    meaning: 'The phone is not registered.',
  });
});
