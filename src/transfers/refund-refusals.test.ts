import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { invariant, shillings } from '#kernel';
import { revenue } from '#ledger';

import { openBusiness, type TestBusiness } from '../../test/support/business.ts';
import type { RefundOrder } from './index.ts';
import {
  closeProved,
  openDesk,
  payerNumber,
  payIntoSuspense,
  providersWord,
  refundOrderOf,
  type Desk,
  type PaidByStranger,
} from './test-kit.ts';

let town: TestBusiness;
let desk: Desk;
let paid: PaidByStranger;
const amountMinor = shillings(750);
const byPayout = { kind: 'payout', msisdn: payerNumber } as const;
const other = '254722999999' as typeof payerNumber;

beforeAll(async () => {
  town = await openBusiness();
  desk = openDesk(town);
  paid = await payIntoSuspense(town, { receipt: 'STRAY1', amountMinor, payer: payerNumber });
});
afterAll(() => closeProved(town, desk));

describe('a refund that is refused', () => {
  it.each<[string, () => Partial<RefundOrder>, string]>([
    ['another receipt', () => ({ receipt: 'OTHER' }), 'payment-not-found'],
    ['another rail', () => ({ rail: 'airtel' }), 'payment-not-found'],
    [
      'more than was paid',
      () => ({ amountMinor: shillings(751), by: byPayout }),
      'more-than-the-payment',
    ],
    ['a part by reversal', () => ({ amountMinor: shillings(1) }), 'not-the-whole-payment'],
    [
      'a stranger’s number',
      () => ({ by: { kind: 'payout', msisdn: other } }),
      'not-the-payers-number',
    ],
    [
      'less than can be sent',
      () => ({ by: byPayout, amountMinor: shillings(9) }),
      'amount-out-of-range',
    ],
    ['nothing', () => ({ by: byPayout, amountMinor: 0n }), 'amount-out-of-range'],
    // The money in the wallet is the stranger's: revenue that was sent away cannot come out of it.
    ['out of what is not there', () => ({ paidFrom: revenue('ai-services') }), 'balance-too-low'],
  ])('%s', async (_, more, kind) => {
    const refused = await desk.refund(refundOrderOf(paid, more()));
    expect(refused).toMatchObject({ ok: false, error: { kind } });
    expect(await town.countOf('transfer')).toBe(0);
  });

  it('with a whole caller’s transaction that is rolled back leaves nothing', async () => {
    const { database } = town.business;
    const broken = database.transaction(async (tx) => {
      await desk.transfers.requestRefund(tx, refundOrderOf(paid));
      throw new Error('the caller changed its mind');
    });
    await expect(broken).rejects.toThrow('changed its mind');
    expect(await town.countOf('transfer')).toBe(0);
  });

  it('where the rail has no reversal', async () => {
    const { refunds: _, ...rail } = town.mpesa.rail;
    const rails = new Map([['mpesa' as const, rail]]);
    const without = openDesk(town, { rails });
    expect(await without.refund(refundOrderOf(paid))).toMatchObject({
      error: { kind: 'rail-cannot-refund' },
    });
  });

  it('while another one is not failed, also when many ask at once', async () => {
    const neighbour = openDesk(await town.neighbour());
    paid = await payIntoSuspense(town, { receipt: 'STRAY3', amountMinor });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        (n % 2 === 0 ? desk : neighbour).refund(refundOrderOf(paid, { requestKey: `key ${n}` })),
      ),
    );
    const planned = answers.filter((answer) => answer.ok);
    expect(planned).toHaveLength(1);
    for (const answer of answers.filter(({ ok }) => !ok)) {
      expect(answer).toMatchObject({ error: { kind: 'refund-exists' } });
    }
    expect(await desk.refund(refundOrderOf(paid, { requestKey: 'later' }))).toMatchObject({
      error: { kind: 'refund-exists', transferId: planned[0]?.ok && planned[0].value.id },
    });
  });

  it('the same key is the same refund, and for another payment it is refused', async () => {
    const once = await payIntoSuspense(town, { receipt: 'STRAY4', amountMinor });
    const order = refundOrderOf(once);
    const [first, again] = [await desk.refund(order), await desk.refund(order)];
    invariant(first.ok && again.ok, 'both are answered');
    expect(again.value.id).toBe(first.value.id);
    const next = await payIntoSuspense(town, { receipt: 'STRAY2', amountMinor });
    const { requestKey } = order;
    expect(await desk.refund(refundOrderOf(next, { requestKey }))).toMatchObject({
      error: { kind: 'key-used-for-other-input', transferId: first.value.id },
    });
  });

  it('counts against what its payer’s phone may receive in a day', async () => {
    await town.earn(shillings(600_000));
    const large = shillings(250_000);
    const answers = [];
    for (const receipt of ['BIG1', 'BIG2', 'BIG3']) {
      const big = await payIntoSuspense(town, { receipt, amountMinor: large });
      answers.push(await desk.refund(refundOrderOf(big, { by: byPayout })));
    }
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(answers[2]).toMatchObject({
      error: { kind: 'over-daily-limit', leftMinor: 0n, limitMinor: shillings(500_000) },
    });
  });
});

describe('the database itself refuses', () => {
  let failed: string;
  beforeAll(async () => {
    const stray = await payIntoSuspense(town, { receipt: 'STRAY5', amountMinor });
    const first = await desk.refund(refundOrderOf(stray));
    invariant(first.ok, 'planned');
    await desk.tell(first.value, {
      ...providersWord(first.value),
      verdict: 'failed',
      reason: 'other',
    });
    failed = first.value.ownId;
    const second = await desk.refund(refundOrderOf(stray, { requestKey: 'again' }));
    invariant(second.ok, 'planned again');
  });

  it.each([
    ['a second refund of a payment', "set state = 'sent'", 'transfer_one_refund'],
    ['more than the payment', 'set amount_minor = amount_minor + 1', 'does not fit the payment'],
    ['another payment’s receipt', "set refunded_receipt = 'OTHER'", 'does not fit the payment'],
    ['a refund of nothing', 'set payment_id = null', 'does not fit the payment'],
    ['a sweep with a payment', "set kind = 'auto'", 'transfer_kind_has_its'],
    ['a reversal with a phone', "set phone_index = '\\x00'", 'transfer_kind_has'],
  ])('%s', async (_, change, words) => {
    const text = `update transfer ${change} where own_id = '${failed}'`;
    await expect(town.rows(text)).rejects.toThrow(words);
  });
});
