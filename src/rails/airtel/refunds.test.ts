import { describe, expect, it } from 'vitest';
import { invariant } from '#kernel';
import type { HttpOutcome } from '../http.ts';
import type { Refunds } from '../rail.ts';
import { createTestRail, makeKey, reply, startAt, statusOf } from './test-kit.ts';

const receipt = 'MP260301.1155.L00018';
const refundReceipt = 'CI260301.1200.C00029';
const callbacks = { resultUrl: 'https://shop.example/r', timeoutUrl: 'https://shop.example/t' };
const request = {
  ownId: 'REF00000000000000000000001',
  receipt,
  amountMinor: 100_00n,
  remarks: 'Twice paid',
  callbacks,
} as const;

type Setting = Parameters<typeof createTestRail>[0];

function createRefunder(setting: Setting) {
  const made = createTestRail(setting);
  const { refunds } = made.rail;
  invariant(refunds !== undefined, 'the rail gives payments back');
  return { ...made, refunds };
}

const refunded = (id: unknown = refundReceipt, status: unknown = 'SUCCESS', codes = {}) =>
  reply(200, {
    data: { transaction: { airtel_money_id: id, status } },
    status: { ...statusOf(codes), success: false },
  });
const refusal = (codes: Readonly<Record<string, unknown>>, status = 200) =>
  reply(status, { status: { ...statusOf(codes), code: '400', success: false } });

const send = (answer: HttpOutcome) => createRefunder({ replies: [answer] }).refunds.send(request);

describe('a refund', () => {
  it('goes by the payment’s Airtel id alone, and is completed at once', async () => {
    const { refunds, requests } = createRefunder({ replies: [refunded()] });
    expect(await refunds.send(request)).toEqual({
      kind: 'completed',
      receipt: refundReceipt,
      completedAt: undefined,
      raw: expect.stringContaining(refundReceipt),
    });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'http://airtel.test/standard/v1/payments/refund',
      body: `{"transaction":{"airtel_money_id":"${receipt}"}}`,
    });
    expect(requests[0]?.headers).not.toHaveProperty('x-signature');
  });

  it('is signed where signing is on, once more with a fresh key if need be', async () => {
    const { base64Der } = makeKey(1024);
    const key = reply(200, { data: { key: base64Der }, status: statusOf({}) });
    const mismatch = refusal({ response_code: 'DP00800001026' }, 403);
    const replies = [key, mismatch, key, refunded()];
    const { refunds, requests } = createRefunder({ replies, config: { signing: 'on' } });
    expect(await refunds.send(request)).toMatchObject({ kind: 'completed' });
    const orders = requests.filter(({ method }) => method === 'POST');
    expect(orders).toHaveLength(2);
    for (const { headers } of orders) {
      expect(headers).toMatchObject({ 'x-signature': expect.any(String) });
    }
  });

  it.each<[string, HttpOutcome, object]>([
    ['lost', { kind: 'lost', cause: 'timeout' }, { kind: 'unknown', cause: 'timeout' }],
    [
      'not sent',
      { kind: 'not-sent', cause: 'ECONNREFUSED' },
      { kind: 'refused', reason: 'provider-down', mayResend: true },
    ],
    ['HTML 502', reply(502, '<html></html>'), { kind: 'unknown' }],
    [
      'a gateway’s time-out',
      reply(408, { status_code: 'CONNECTION_TIMEOUT', status_message: 'I/O Exception' }),
      { kind: 'unknown' },
    ],
    ['empty', reply(200, ''), { kind: 'unknown' }],
    ['success without a receipt', refunded(''), { kind: 'unknown' }],
    ['success under the payment’s receipt', refunded(receipt), { kind: 'unknown' }],
    [
      'success and “in process”',
      refunded(refundReceipt, 'SUCCESS', { response_code: 'DP00800001006' }),
      { kind: 'unknown' },
    ],
    [
      'success and a refusal',
      refunded(refundReceipt, 'SUCCESS', { response_code: 'DP00800001003' }),
      { kind: 'unknown' },
    ],
    ['in progress', refunded(refundReceipt, 'TIP'), { kind: 'unknown' }],
    ['ambiguous', refunded(refundReceipt, 'TA'), { kind: 'unknown' }],
    ['of no known word', refunded(refundReceipt, 'TR'), { kind: 'unknown' }],
    ['enquiry’s word for done', refunded(refundReceipt, 'TS'), { kind: 'completed' }],
    [
      'failed for a reason',
      refunded(undefined, 'TF', { response_code: 'DP00800001007', message: 'No money' }),
      { kind: 'refused', reason: 'our-float', mayResend: false },
    ],
    [
      '“already reversed”, whatever the code',
      refusal({ response_code: 'DP00800001003', message: 'Transaction already reversed' }),
      { kind: 'unknown', cause: expect.stringContaining('given back before') },
    ],
    [
      '“already reversed” and no such payment',
      refusal({ result_code: 'ESB000045', message: 'Payment was reversed' }),
      { kind: 'unknown' },
    ],
    ['“refused”, which may be the same', refusal({ response_code: 'DP00800001008' }), unknown()],
    ['a code of no table', refusal({ response_code: 'DP00800001099' }), unknown()],
    ['only ESB000011', refusal({ result_code: 'ESB000011' }), unknown()],
    [
      'too little float',
      refusal({ response_code: 'DP00800001007' }),
      { kind: 'refused', reason: 'our-float', mayResend: false },
    ],
    [
      'a payee’s limit',
      refusal({ response_code: 'DP00800001003' }),
      { kind: 'refused', reason: 'over-limit', mayResend: false },
    ],
    [
      'no such payment',
      refusal({ result_code: 'ESB000045', response_code: 'DP00800001025' }),
      { kind: 'refused', code: 'ESB000045', reason: 'our-request', mayResend: false },
    ],
    ['no such payment, behind a 500', refusal({ result_code: 'ESB000045' }, 500), unknown()],
    [
      'too many requests',
      reply(429, { status_code: '429', status_message: 'Too Many Requests' }),
      { kind: 'refused', reason: 'provider-down', mayResend: true },
    ],
    [
      'a content type that it does not take',
      reply(415, { status_code: '415', status_message: 'Unsupported Media Type' }),
      { kind: 'refused', code: 'HTTP 415', reason: 'our-request', mayResend: false },
    ],
  ])('whose answer is %s', async (_name, answer, word) => {
    expect(await send(answer)).toMatchObject(word);
  });

  it.each([
    ['no id', { receipt: '' }],
    ['what is no id', { receipt: 'MP26 or so' }],
    ['nothing', { amountMinor: 0n }],
  ])('of %s never leaves', async (_name, changes) => {
    const { refunds, requests } = createRefunder({});
    expect(await refunds.send({ ...request, ...changes })).toMatchObject({
      kind: 'refused',
      code: 'not-sent',
      reason: 'our-request',
    });
    expect(requests).toHaveLength(0);
  });
});

function unknown() {
  return { kind: 'unknown' };
}

describe('the question after a refund', () => {
  const reference: Parameters<Refunds['query']>[0] = {
    ownId: request.ownId,
    providerRequestId: undefined,
    callbacks,
    receipt,
    amountMinor: 100_00n,
    sentAt: startAt - 60_000,
  };
  const row = (changes: Readonly<Record<string, unknown>> = {}, type = 'MERCHREFUND') => ({
    payer: { currency: 'KES', msisdn: '' },
    payee: { currency: 'KES', msisdn: '733123456' },
    service: { type },
    transaction: {
      airtel_money_id: refundReceipt,
      amount: 100,
      created_at: startAt / 1_000,
      id: '',
      reference_number: receipt,
      status: 'TS',
      ...changes,
    },
  });
  const page = (...rows: readonly unknown[]) =>
    reply(200, { data: { count: rows.length, transactions: rows }, status: statusOf({}) });
  /** The list of now, then the one of the minute in which the payment was made. */
  const askOf = (rows: readonly unknown[], then: readonly unknown[]) => {
    const replies = [page(...rows), page(), page(...then), page()];
    return createRefunder({ replies }).refunds.query(reference);
  };
  const ask = (...rows: readonly unknown[]) => askOf(rows, []);

  it('is put to the list, from a little before the sending until now', async () => {
    const { refunds, requests } = createRefunder({ replies: [page(row()), page()] });
    expect(await refunds.query(reference)).toMatchObject({
      kind: 'completed',
      receipt: refundReceipt,
      completedAt: startAt,
    });
    const from = startAt / 1_000 - 360;
    expect(requests[0]?.method).toBe('GET');
    expect(requests[0]?.url).toContain(`?from=${from}&to=${startAt / 1_000}&`);
  });

  it.each<[string, readonly unknown[], object]>([
    ['names the payment in its id', [row({ id: receipt, reference_number: '' })], completed()],
    [
      'names the payment in a text',
      [row({ reference_number: '', remark: `Reversal of ${receipt}.` })],
      completed(),
    ],
    [
      'names it in a field of its own',
      [{ ...row({ reference_number: 'X' }), of: receipt }],
      completed(),
    ],
    ['is spelt “Reversal”', [row({}, 'Reversal')], completed()],
    ['is a second one that failed', [row({ status: 'TF' }), row()], completed()],
    ['is of the same amount only', [row({ reference_number: 'INV001' })], none(/1 refunds/)],
    ['names a longer id', [row({ reference_number: `${receipt}1` })], none(/1 refunds/)],
    ['is another kind of money', [row({}, 'MERCHPAY')], none(/no refund/)],
    ['is the payment itself', [row({ airtel_money_id: receipt }, 'MERCHPAY')], none(/no refund/)],
    ['is not there', [], none(/no refund/)],
    ['cannot be read', [{ service: {} }, 'row', null], none(/no refund/)],
    ['is of another amount', [row({ amount: 99 })], none(/another amount/)],
    ['is in another currency', [{ ...row(), payer: { currency: 'UGX' } }], none(/another amount/)],
    ['has no receipt', [row({ airtel_money_id: '' })], none(/without a receipt/)],
    ['has the payment’s own receipt', [row({ airtel_money_id: receipt })], none(/receipt/)],
    ['failed', [row({ status: 'TF' })], none(/failed/)],
    ['is on its way', [row({ status: 'TIP' })], { kind: 'pending' }],
    ['has a status of no table', [row({ status: 'TR' })], { kind: 'pending' }],
  ])('where a row %s', async (_name, rows, verdict) => {
    expect(await ask(...rows)).toMatchObject(verdict);
  });

  const own = row({ id: 'TXN0001', reference_number: 'INV001' });
  const paid = row({ airtel_money_id: receipt, id: 'TXN0001', reference_number: '' }, 'MERCHPAY');

  it.each<[string, readonly unknown[], readonly unknown[], object]>([
    ['by our own id of it', [own], [paid], completed()],
    [
      'by an id that is not the payment’s',
      [row({ id: 'TXN0002', reference_number: '' })],
      [paid],
      none(/1 refunds/),
    ],
    [
      'by our own id, with another amount',
      [{ ...own, transaction: { ...own.transaction, amount: 99 } }],
      [paid],
      none(/another/),
    ],
    [
      'by our own id elsewhere than in its id',
      [row({ reference_number: 'TXN0001' })],
      [paid],
      none(/1 refunds/),
    ],
    [
      'by nothing, like the payment',
      [row({ reference_number: '' })],
      [row({ airtel_money_id: receipt, id: '' }, 'MERCHPAY')],
      none(/1 refunds/),
    ],
    ['by an id, of a payment that is not listed', [own], [], none(/1 refunds/)],
  ])('where a row names the payment %s', async (...[, rows, then, verdict]) => {
    expect(await askOf(rows, then)).toMatchObject(verdict);
  });

  it('is put to the list of the payment’s own minute only where it can help', async () => {
    const replies = [page(own), page(), page(paid), page()];
    const { refunds, requests } = createRefunder({ replies });
    await refunds.query(reference);
    const paidAt = startAt / 1_000 - 5 * 60;
    expect(requests[2]?.url).toContain(`?from=${paidAt - 120}&to=${paidAt + 180}&`);
    const named = createRefunder({ replies: [page(row()), page()] });
    await named.refunds.query(reference);
    expect(named.requests).toHaveLength(2);
    const other = createRefunder({ replies: [page(own), page()] });
    const odd = { ...reference, receipt: '12345678901' };
    expect(await other.refunds.query(odd)).toMatchObject({ kind: 'unknown' });
    expect(other.requests).toHaveLength(2);
  });

  it('learns nothing where the list cannot be had', async () => {
    const { refunds } = createRefunder({ replies: [reply(502, '<html></html>')] });
    expect(await refunds.query(reference)).toMatchObject({ kind: 'unknown' });
  });
});

function completed() {
  return { kind: 'completed', receipt: refundReceipt };
}
function none(cause: RegExp) {
  return { kind: 'unknown', cause: expect.stringMatching(cause) };
}
