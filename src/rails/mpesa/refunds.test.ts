import { describe, expect, it } from 'vitest';
import { createVirtualClock, shillings } from '#kernel';
import type { HttpLine, HttpOutcome } from '../http.ts';
import type { RefundRequest } from '../rail.ts';
import { createMemoryTokenKeeper } from '../token-memory.ts';
import { createMpesaRail } from './service.ts';
import {
  ack,
  callbacks,
  config,
  createScene,
  ids,
  parameters,
  readOn,
  rejects,
  says,
  till,
} from './test-kit.ts';

const refund: RefundRequest = {
  ownId: 'rf_1',
  receipt: 'UKN1AB2CD3',
  amountMinor: shillings(300),
  remarks: 'Wrong size',
  callbacks,
};
describe('a refund', () => {
  it('is a reversal of one receipt, accepted and no more', async () => {
    const { refunds, sent, bodyOf } = createScene([says(ack)]);
    expect(await refunds.send(refund)).toEqual({ kind: 'accepted', providerRequestId: 'AG_1' });
    expect(sent[0]?.url).toBe('https://daraja.invalid/mpesa/reversal/v1/request');
    expect(bodyOf(0)).toEqual({
      Initiator: 'testapi',
      SecurityCredential: expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
      CommandID: 'TransactionReversal',
      TransactionID: 'UKN1AB2CD3',
      Amount: 300,
      ReceiverParty: '600966',
      RecieverIdentifierType: '11',
      Remarks: 'Wrong size',
      QueueTimeOutURL: 'https://pay.example/t',
      ResultURL: 'https://pay.example/r',
    });
  });

  it('of a payment to the till names the till', async () => {
    const { refunds, bodyOf } = createScene([says(ack)], till);
    await refunds.send({ ...refund, remarks: 'x' });
    expect(bodyOf(0)).toMatchObject({ ReceiverParty: '5123456', Remarks: 'Refund' });
  });

  it.each([
    [{ amountMinor: 30_050n }],
    [{ amountMinor: 0n }],
    [{ amountMinor: shillings(250_001) }],
    [{ receipt: '' }],
    [{ receipt: 'UKN 1' }],
    [{ callbacks: { ...callbacks, resultUrl: 'nowhere' } }],
  ])('that cannot be is not sent: %o', async (change) => {
    const { refunds, sent } = createScene([says(ack)]);
    const refused = { kind: 'refused', code: 'not-sent', reason: 'our-request', mayResend: false };
    expect(await refunds.send({ ...refund, ...change })).toMatchObject(refused);
    expect(sent).toEqual([]);
  });

  it.each<[string, HttpOutcome, object]>([
    ['lost', { kind: 'lost', cause: 'timeout' }, { kind: 'unknown', cause: 'timeout' }],
    ['HTML', { kind: 'answer', status: 502, body: '<html>' }, { kind: 'unknown' }],
    ['an internal error', rejects(500, '500.003.1001'), { kind: 'unknown' }],
    ['a duplicate', rejects(500, '500.002.1001'), { kind: 'unknown' }],
    ['no connection', { kind: 'not-sent', cause: 'ECONNREFUSED' }, { mayResend: true }],
    // M-Pesa reverses nothing twice, so that a busy front may be tried again.
    ['a spike arrest', rejects(500, '500.003.02'), { kind: 'refused', mayResend: true }],
    ['a bad field', rejects(400, '400.002.02'), { kind: 'refused', mayResend: false }],
  ])('answered by %s', async (_, outcome, word) => {
    const { refunds, sent } = createScene([outcome]);
    expect(await refunds.send(refund)).toMatchObject(word);
    expect(sent).toHaveLength(1);
  });

  it('is asked about by its own conversation', async () => {
    const { refunds, sent, bodyOf } = createScene([says(ack)]);
    const reference = { ...refund, providerRequestId: 'AG_9', sentAt: 0 };
    expect(await refunds.query(reference)).toEqual({ kind: 'asked' });
    expect(sent[0]?.url).toContain('/mpesa/transactionstatus/v1/query');
    expect(bodyOf(0)).toMatchObject({ OriginalConversationID: 'AG_9' });
    expect(bodyOf(0)).not.toHaveProperty('TransactionID');
  });

  it('without a conversation is not asked about: the receipt is of the payment', async () => {
    const { refunds, sent } = createScene([says(ack)]);
    const verdict = await refunds.query({ ...refund, providerRequestId: undefined, sentAt: 0 });
    expect(verdict).toEqual({ kind: 'unknown', cause: expect.stringContaining('receipt') });
    expect(sent).toEqual([]);
  });

  it('whose question is refused stays unknown', async () => {
    const { refunds } = createScene([rejects(400, '400.002.02', 'Bad Request')]);
    const reference = { ...refund, providerRequestId: 'AG_9', sentAt: 0 };
    expect(await refunds.query(reference)).toEqual({
      kind: 'unknown',
      cause: 'the question was refused: 400.002.02 Bad Request',
    });
  });
});

it('offers nothing that an operator signs where the settings name none', () => {
  const bare = { ...config, initiatorName: undefined };
  const clock = createVirtualClock(0);
  const line: HttpLine = { send: () => Promise.resolve({ kind: 'lost', cause: 'none' }) };
  const rail = createMpesaRail({
    config: { ...bare, initiatorPassword: undefined, securityKeyPem: undefined },
    line,
    tokens: createMemoryTokenKeeper({ clock }),
    clock,
  });
  expect(rail.refunds).toBeUndefined();
  expect(rail.topUps).toBeUndefined();
  expect(rail.receiptLookup).toBeUndefined();
  expect(rail.paymentCodes).toBeDefined();
});

const reversed = {
  DebitAccountBalance: 'Utility Account|KES|51661.00|51661.00|0.00|0.00',
  Amount: 300,
  TransCompletedTime: 20_261_123_080_000,
  OriginalTransactionID: 'UKN1AB2CD3',
  Charge: 0,
  CreditPartyPublicName: '254708374149 - JANE',
};

describe('the result of a refund', () => {
  it('carries its own receipt and that of the payment', () => {
    const result = { ...ids, ResultCode: 0, ResultDesc: 'done', ...parameters(reversed) };
    expect(readOn('refund-result', result)).toEqual({
      kind: 'payout-result',
      code: '0',
      description: 'done',
      ownId: '1-2',
      providerRequestId: 'AG_1',
      verdict: 'completed',
      receipt: 'UKN9ZZ8YY7',
      amountMinor: shillings(300),
      completedAt: Date.UTC(2026, 10, 23, 5),
      originalReceipt: 'UKN1AB2CD3',
    });
  });

  it.each([
    ['the payment’s own receipt', { TransactionID: 'UKN1AB2CD3' }],
    ['a placeholder', { TransactionID: 'UKN0000000' }],
    ['no receipt', { TransactionID: undefined }],
    ['a promise of more', { ResultType: 1 }],
  ])('under %s proves nothing', (_, change) => {
    const result = { ...ids, ResultCode: '0', ...parameters(reversed), ...change };
    expect(readOn('refund-result', result)).toMatchObject({ verdict: 'unknown' });
  });

  it.each([
    [1, { verdict: 'failed', reason: 'our-float' }],
    ['R000002', { verdict: 'failed', reason: 'our-request' }],
    // The role of reversals alone: the operator itself is taken.
    ['21', { verdict: 'failed', reason: 'our-request' }],
    // Perhaps by an attempt of ours whose answer was lost.
    ['R000001', { verdict: 'unknown' }],
    [17, { verdict: 'unknown' }],
    [26, { verdict: 'unknown' }],
    ['R000003', { verdict: 'unknown' }],
    // A payout's code means nothing here.
    [2040, { verdict: 'unknown' }],
  ])('with code %s', (code, verdict) => {
    const result = { ...ids, TransactionID: 'OAK0000000', ResultCode: code };
    const event = readOn('refund-result', result);
    expect(event).toMatchObject({ kind: 'payout-result', code: String(code), ...verdict });
    expect(event).not.toHaveProperty('receipt');
  });
});

it.each(['refund-timeout', 'top-up-timeout'] as const)('%s tells only that it came', (channel) => {
  expect(readOn(channel, ids)).toEqual({
    kind: 'queue-timeout',
    ownId: '1-2',
    providerRequestId: 'AG_1',
  });
});
