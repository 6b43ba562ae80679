import { describe, expect, it } from 'vitest';
import { shillings } from '#kernel';
import type { HttpOutcome } from '../http.ts';
import { ack, callbacks, createScene, ids, parameters, readOn, rejects, says } from './test-kit.ts';

const topUp = {
  ownId: 'QT0000000000000012345',
  amountMinor: shillings(5_000),
  remarks: '',
  callbacks,
};
describe('a top-up', () => {
  it('moves from Working to Utility of the same short code', async () => {
    const { topUps, sent, bodyOf } = createScene([says(ack)]);
    expect(topUps.fromWallet).toBe('Working Account');
    expect(await topUps.send(topUp)).toEqual({ kind: 'accepted', providerRequestId: 'AG_1' });
    expect(sent[0]?.url).toBe('https://daraja.invalid/mpesa/b2b/v1/paymentrequest');
    expect(bodyOf(0)).toEqual({
      Initiator: 'testapi',
      SecurityCredential: expect.any(String),
      CommandID: 'BusinessTransferFromMMFToUtility',
      SenderIdentifierType: '4',
      RecieverIdentifierType: '4',
      Amount: 5_000,
      PartyA: '600966',
      PartyB: '600966',
      AccountReference: '0000000012345',
      Remarks: 'Top-up',
      QueueTimeOutURL: 'https://pay.example/t',
      ResultURL: 'https://pay.example/r',
    });
  });

  it.each<[string, HttpOutcome, object]>([
    ['lost', { kind: 'lost', cause: 'timeout' }, { kind: 'unknown', cause: 'timeout' }],
    ['a new code', rejects(500, '777'), { kind: 'unknown' }],
    // Nothing would stop a second one.
    ['a spike arrest', rejects(500, '500.003.02'), { kind: 'refused', mayResend: false }],
    ['the quota', rejects(500, '500.003.03'), { kind: 'refused', mayResend: false }],
    ['no connection', { kind: 'not-sent', cause: 'ECONNREFUSED' }, { mayResend: true }],
  ])('answered by %s', async (_, outcome, word) => {
    const { topUps, sent } = createScene([outcome]);
    expect(await topUps.send(topUp)).toMatchObject(word);
    expect(sent).toHaveLength(1);
  });

  it.each([[50n], [shillings(250_001)]])('of %s cents is not sent', async (amountMinor) => {
    const { topUps, sent } = createScene([says(ack)]);
    expect(await topUps.send({ ...topUp, amountMinor })).toMatchObject({ kind: 'refused' });
    expect(sent).toEqual([]);
  });

  it('is asked about only where M-Pesa gave an id', async () => {
    const { topUps, bodyOf } = createScene([says(ack)]);
    const unanswered = await topUps.query({ ...topUp, providerRequestId: undefined });
    expect(unanswered).toMatchObject({ kind: 'unknown' });
    expect(await topUps.query({ ...topUp, providerRequestId: 'AG_9' })).toEqual({ kind: 'asked' });
    expect(bodyOf(0)).toMatchObject({ OriginalConversationID: 'AG_9' });
  });
});

describe('the result of a top-up', () => {
  it.each([
    ['5000.00', shillings(5_000)],
    ['{Amount={CurrencyCode=KES, MinimumAmount=500000, BasicAmount=5000.00}}', shillings(5_000)],
    ['much', undefined],
  ])('of %s', (Amount, amountMinor) => {
    const values = { Amount, TransCompletedTime: '20261123080000', Currency: 'KES' };
    const result = { ...ids, ResultType: '0', ResultCode: '0', ...parameters(values) };
    expect(readOn('top-up-result', result)).toMatchObject({
      kind: 'payout-result',
      verdict: 'completed',
      receipt: 'UKN9ZZ8YY7',
      amountMinor,
      completedAt: Date.UTC(2026, 10, 23, 5),
    });
  });

  it.each([
    ['1', { verdict: 'failed', reason: 'our-float' }],
    ['21', { verdict: 'failed', reason: 'our-request' }],
    ['SFC_IC0003', { verdict: 'failed', reason: 'our-request' }],
    ['17', { verdict: 'unknown' }],
  ])('with code %s', (code, verdict) => {
    // The documented failure carries one object where a list is usual.
    const single = { ResultParameter: { Key: 'BOCompletedTime', Value: 20_200_120_164_825 } };
    const result = { ...ids, ResultCode: code, ResultParameters: single };
    expect(readOn('top-up-result', result)).toMatchObject({ code, ...verdict });
  });
});
