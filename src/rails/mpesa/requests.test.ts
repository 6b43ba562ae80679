import { describe, expect, it } from 'vitest';
import { parseCompactNairobi, parseMsisdn, Secret, shillings } from '#kernel';
import type { PayoutRequest, PromptRequest } from '../rail.ts';
import type { MpesaConfig } from './config.ts';
import {
  payoutBody,
  promptBody,
  promptPassword,
  promptQueryBody,
  pullQueryBody,
  registerBody,
  statusBody,
  type Signature,
} from './requests.ts';

const config: MpesaConfig = {
  baseUrl: 'https://sandbox.safaricom.co.ke',
  consumerKey: new Secret('key'),
  consumerSecret: new Secret('secret'),
  shortCode: '174379',
  transactionType: 'CustomerPayBillOnline',
  // Published with the sandbox.
  passkey: new Secret('bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919'),
  payoutVersion: 'v3',
  payoutCommand: 'BusinessPayment',
  notificationVersion: 'v2',
  responseType: 'Completed',
};

const at = (text: string): number => {
  const parsed = parseCompactNairobi(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const phone = parseMsisdn('254708374149');
if (!phone.ok) throw new Error('not a number');

const prompt: PromptRequest = {
  ownId: 'pr_1',
  msisdn: phone.value,
  amountMinor: shillings(1),
  reference: 'INV-0001',
  description: 'Internet, November',
  callbackUrl: 'https://Pay.Example.CO.KE/cb/s/AbC',
};
const payout: PayoutRequest = {
  ownId: 'tr_0000000000001',
  msisdn: phone.value,
  amountMinor: shillings(10),
  remarks: 'x',
  callbacks: { resultUrl: 'https://a.example/r', timeoutUrl: 'https://a.example/t' },
};
const signature: Signature = {
  operator: { name: 'testapi', password: new Secret('x'), securityKeyPem: '' },
  securityCredential: 'c2VjcmV0',
};

// The documents' own vector (Daraja, Lipa na M-Pesa Online).
const vector =
  'MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkz' +
  'MDU5YjEwZjc4ZTZiNzJhZGExZWQyYzkxOTIwMjEwNjI4MDkyNDA4';

describe('a prompt', () => {
  it('has the documented password', () => {
    expect(promptPassword(config, '20210628092408')).toBe(vector);
  });

  it('is written as documented, in East Africa Time', () => {
    expect(promptBody(config, prompt, at('20210628092408'))).toEqual({
      ok: true,
      value: {
        BusinessShortCode: '174379',
        Password: vector,
        Timestamp: '20210628092408',
        TransactionType: 'CustomerPayBillOnline',
        Amount: 1,
        PartyA: '254708374149',
        PartyB: '174379',
        PhoneNumber: '254708374149',
        CallBackURL: 'https://pay.example.co.ke/cb/s/AbC',
        AccountReference: 'INV-0001',
        TransactionDesc: 'Internet, Nov',
      },
    });
  });

  it('goes to the till where there is one', () => {
    const till = {
      ...config,
      transactionType: 'CustomerBuyGoodsOnline',
      partyB: '5551234',
    } as const;
    expect(promptBody(till, prompt, 0)).toMatchObject({
      value: { BusinessShortCode: '174379', PartyB: '5551234' },
    });
  });

  it('asks with the password of the moment', () => {
    expect(promptQueryBody(config, 'ws_CO_1', at('20210628092408'))).toEqual({
      BusinessShortCode: '174379',
      Password: vector,
      Timestamp: '20210628092408',
      CheckoutRequestID: 'ws_CO_1',
    });
  });

  it.each([
    ['cents', { amountMinor: 150n }, /whole shillings, not 1\.50/],
    ['nothing', { amountMinor: 0n }, /not within 1\.00 to 250000\.00/],
    ['too much', { amountMinor: shillings(250_001) }, /not within/],
    ['a long reference', { reference: 'INV-000000001' }, /1 to 12 characters/],
    ['no reference', { reference: ' ' }, /1 to 12 characters/],
    ['a broken URL', { callbackUrl: 'nowhere' }, /URL/],
  ])('with %s is refused here', (_, change, words) => {
    const body = promptBody(config, { ...prompt, ...change }, 0);
    expect(body).toMatchObject({
      ok: false,
      error: { kind: 'refused', reason: 'our-request', mayResend: false },
    });
    expect(!body.ok && body.error.description).toMatch(words);
  });
});

describe('a payout', () => {
  it('carries our id and remarks of a lawful length', () => {
    expect(payoutBody(config, payout, signature)).toEqual({
      ok: true,
      value: {
        OriginatorConversationID: 'tr_0000000000001',
        InitiatorName: 'testapi',
        SecurityCredential: 'c2VjcmV0',
        CommandID: 'BusinessPayment',
        Amount: 10,
        PartyA: '174379',
        PartyB: '254708374149',
        Remarks: 'Payout',
        QueueTimeOutURL: 'https://a.example/t',
        ResultURL: 'https://a.example/r',
      },
    });
    const long = payoutBody(config, { ...payout, remarks: 'y'.repeat(200) }, signature);
    expect(long).toMatchObject({ value: { Remarks: 'y'.repeat(100) } });
  });

  it('has no id of ours in v1', () => {
    const body = payoutBody({ ...config, payoutVersion: 'v1' }, payout, signature);
    expect(body.ok && 'OriginatorConversationID' in body.value).toBe(false);
  });

  it.each([shillings(9), 1_050n, shillings(250_001)])('of %s cents is refused here', (amount) => {
    const body = payoutBody(config, { ...payout, amountMinor: amount }, signature);
    expect(body).toMatchObject({ ok: false, error: { mayResend: false } });
  });
});

describe('questions', () => {
  it('name a receipt, or a conversation under both spellings', () => {
    const { callbacks } = payout;
    const byReceipt = statusBody(
      config,
      { subject: { kind: 'receipt', receipt: 'SG632NMUAB' }, callbacks },
      signature,
    );
    expect(byReceipt).toMatchObject({
      value: {
        Initiator: 'testapi',
        CommandID: 'TransactionStatusQuery',
        TransactionID: 'SG632NMUAB',
        IdentifierType: '4',
        PartyA: '174379',
      },
    });
    const byId = statusBody(
      config,
      { subject: { kind: 'conversation', conversationId: 'tr_1' }, callbacks },
      signature,
    );
    expect(byId).toMatchObject({
      value: { OriginalConversationID: 'tr_1', OriginatorConversationID: 'tr_1' },
    });
    expect(byId.ok && 'TransactionID' in byId.value).toBe(false);
  });

  it('for the list are in East Africa Time', () => {
    const period = { fromAt: at('20200804083000'), toAt: at('20200805101300'), offset: 100 };
    expect(pullQueryBody(config, period)).toEqual({
      ShortCode: '174379',
      StartDate: '2020-08-04 08:30:00',
      EndDate: '2020-08-05 10:13:00',
      OffSetValue: '100',
    });
  });
});

describe('registering URLs', () => {
  const urls = (path: string) => ({
    confirmationUrl: `https://pay.example/${path}`,
    validationUrl: 'https://pay.example/v',
  });

  it('sends the exact case of the response type', () => {
    expect(registerBody(config, urls('c'))).toEqual({
      ok: true,
      value: {
        ShortCode: '174379',
        ResponseType: 'Completed',
        ConfirmationURL: 'https://pay.example/c',
        ValidationURL: 'https://pay.example/v',
      },
    });
  });

  it.each(['mPesa', 'm-pesa', 'Safaricom', 'exe', 'exec', 'cmd', 'sql', 'query'])(
    'refuses the word %s before Daraja does',
    (word) => {
      expect(registerBody(config, urls(`x${word}y`)).ok).toBe(false);
    },
  );
});
