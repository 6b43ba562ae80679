import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCompactNairobi } from '#kernel';
import { callbackChannels, type CallbackChannel, type CallbackReading } from '../rail.ts';
import { promptResultCodes } from './codes.ts';
import { acknowledge, readCallback } from './webhook.ts';

const read = (channel: CallbackChannel, json: unknown): CallbackReading =>
  readCallback({ channel, body: Buffer.from(JSON.stringify(json)) });

const eventOf = (channel: CallbackChannel, json: unknown) => {
  const reading = read(channel, json);
  if (reading.kind !== 'event') throw new Error(reading.why);
  return reading.event;
};
const at = (text: string): number => {
  const parsed = parseCompactNairobi(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};

const stk = (result: object) => ({
  Body: {
    stkCallback: {
      MerchantRequestID: '29115-34620561-1',
      CheckoutRequestID: 'ws_CO_191220191020363925',
      ...result,
    },
  },
});
const items = (...changes: object[]) => [
  { Name: 'Amount', Value: 1.0 },
  { Name: 'MpesaReceiptNumber', Value: 'NLJ7RT61SV' },
  { Name: 'Balance' },
  { Name: 'TransactionDate', Value: 20191219102115 },
  { Name: 'PhoneNumber', Value: 254708374149 },
  ...changes,
];
const paid = (Item: unknown) =>
  stk({ ResultCode: 0, ResultDesc: 'done', CallbackMetadata: { Item } });

describe('prompt results', () => {
  it('reads the documented success', () => {
    expect(eventOf('stk-result', paid(items()))).toEqual({
      kind: 'prompt-result',
      code: '0',
      description: 'done',
      providerRequestId: 'ws_CO_191220191020363925',
      providerTraceId: '29115-34620561-1',
      verdict: 'paid',
      receipt: 'NLJ7RT61SV',
      amountMinor: 100n,
      payer: '254708374149',
      occurredAt: at('20191219102115'),
    });
  });

  it.each([
    ['items in another order', items().toReversed()],
    ['a masked payer', items().with(4, { Name: 'PhoneNumber', Value: '2547***149' })],
    ['text where numbers stand', items().with(0, { Name: 'Amount', Value: '1.00' })],
    ['an item more', items({ Name: 'New', Value: { deep: [1] } })],
    ['no date', items().toSpliced(3, 1)],
  ])('is paid with %s', (_, Item) => {
    expect(eventOf('stk-result', paid(Item))).toMatchObject({
      verdict: 'paid',
      receipt: 'NLJ7RT61SV',
      amountMinor: 100n,
    });
  });

  it.each([
    ['without metadata', stk({ ResultCode: 0, ResultDesc: '' })],
    ['without an amount', paid(items().toSpliced(0, 1))],
    ['with nothing paid', paid(items().with(0, { Name: 'Amount', Value: 0 }))],
    ['with less than nothing', paid(items().with(0, { Name: 'Amount', Value: -1 }))],
    ['without a receipt', paid(items().toSpliced(1, 1))],
    ['with an empty receipt', paid(items().with(1, { Name: 'MpesaReceiptNumber', Value: '' }))],
    ['with a single item', paid({ Name: 'Amount', Value: 1 })],
  ])('claims no payment %s', (_, json) => {
    expect(eventOf('stk-result', json)).toMatchObject({ verdict: 'unknown', code: '0' });
  });

  it.each(
    Object.entries(promptResultCodes).flatMap(([code, { ruling, reason }]) => {
      const isOpen = ruling === 'unknown' || ruling === 'pending';
      const verdict = isOpen ? { verdict: 'unknown' } : { verdict: 'failed', reason };
      const asText = [code, code, verdict] as const;
      return /^\d+$/.test(code) ? [asText, [Number(code), code, verdict] as const] : [asText];
    }),
  )('code %j reads as the table says', (ResultCode, code, verdict) => {
    const event = eventOf('stk-result', stk({ ResultCode, ResultDesc: 'any text at all' }));
    expect(event).toMatchObject({ kind: 'prompt-result', code, ...verdict });
  });

  it.each([7, '7', 'NEW_0001', -1])('code %j, never seen, stays open', (ResultCode) => {
    expect(eventOf('stk-result', stk({ ResultCode, ResultDesc: 'Success' }))).toMatchObject({
      verdict: 'unknown',
      code: String(ResultCode),
    });
  });
});

const confirmation = {
  TransactionType: 'Pay Bill',
  TransID: 'RKL51ZDR4F',
  TransTime: '20231121121325',
  TransAmount: '5.00',
  BusinessShortCode: '600966',
  BillRefNumber: ' Sample Transaction ',
  InvoiceNumber: '',
  OrgAccountBalance: '25.00',
  ThirdPartyTransID: '',
  MSISDN: '2547 ***** 126',
  FirstName: 'NICHOLAS',
  MiddleName: '',
  LastName: '',
};

describe('payer notifications', () => {
  const payment = {
    kind: 'payer-payment',
    receipt: 'RKL51ZDR4F',
    amountMinor: 500n,
    shortCode: '600966',
    accountReference: 'Sample Transaction',
    payer: '2547 ***** 126',
    payerName: 'NICHOLAS',
    occurredAt: at('20231121121325'),
  };

  it('reads the documented v2 confirmation', () => {
    expect(eventOf('paybill-confirmation', confirmation)).toEqual(payment);
  });

  it('reads v1 with its hashed payer, numbers and more names', () => {
    const v1 = {
      ...confirmation,
      MSISDN: 'b1a0'.repeat(16),
      TransAmount: 5,
      BusinessShortCode: 600966,
      TransTime: 20231121121325,
      MiddleName: 'K',
      LastName: null,
      BillRefNumber: undefined,
    };
    expect(eventOf('paybill-confirmation', v1)).toEqual({
      ...payment,
      payer: 'b1a0'.repeat(16),
      payerName: 'NICHOLAS K',
      accountReference: '',
    });
  });

  it('reads validation as a question', () => {
    const question = { ...confirmation, OrgAccountBalance: '' };
    expect(eventOf('paybill-validation', question)).toEqual({
      ...payment,
      kind: 'payment-question',
    });
  });

  it.each([
    [{ TransAmount: 'five' }],
    [{ TransAmount: '-5.00' }],
    [{ TransAmount: '0.00' }],
    [{ TransAmount: undefined }],
    [{ TransID: '' }],
    [{ TransID: undefined }],
  ])('with %j is no evidence', (change) => {
    const reading = read('paybill-confirmation', { ...confirmation, ...change });
    expect(reading.kind).toBe('unreadable');
  });
});

const result = (fields: object) => ({
  Result: {
    ResultType: 0,
    ResultDesc: 'text',
    OriginatorConversationID: 'tr_0000000000001',
    ConversationID: 'AG_20191219_00004e48cf7e3533f581',
    TransactionID: 'NLJ41HAY6Q',
    ReferenceData: { ReferenceItem: { Key: 'QueueTimeoutURL', Value: 'https://internal/' } },
    ...fields,
  },
});
const parameters = (ResultParameter: unknown) => ({ ResultParameters: { ResultParameter } });

const payoutParameters = [
  { Key: 'TransactionAmount', Value: 10 },
  { Key: 'TransactionReceipt', Value: 'NLJ41HAY6Q' },
  { Key: 'ReceiverPartyPublicName', Value: '254708374149 - John Doe' },
  { Key: 'TransactionCompletedDateTime', Value: '19.12.2019 11:45:50' },
  { Key: 'B2CChargesPaidAccountAvailableFunds', Value: -4510.0 },
];

describe('payout results', () => {
  it.each([0, '0'])('reads the documented success, code %j', (ResultCode) => {
    const success = result({ ResultCode, ...parameters(payoutParameters) });
    expect(eventOf('payout-result', success)).toEqual({
      kind: 'payout-result',
      code: '0',
      description: 'text',
      ownId: 'tr_0000000000001',
      providerRequestId: 'AG_20191219_00004e48cf7e3533f581',
      verdict: 'completed',
      receipt: 'NLJ41HAY6Q',
      amountMinor: 1_000n,
      completedAt: at('20191219114550'),
    });
  });

  it('takes the receipt of the envelope when the list has none', () => {
    const bare = result({ ResultCode: 0, ...parameters({ Key: 'TransactionAmount', Value: 10 }) });
    expect(eventOf('payout-result', bare)).toMatchObject({
      verdict: 'completed',
      receipt: 'NLJ41HAY6Q',
      amountMinor: 1_000n,
      completedAt: undefined,
    });
  });

  it.each([
    [2001, 'our-credentials'],
    ['2001', 'our-credentials'],
    [1, 'our-float'],
    ['SFC_IC0003', 'payer-not-registered'],
    ['TP40153', 'our-credentials'],
  ])('code %j failed, and its placeholder is no receipt', (ResultCode, reason) => {
    const failure = result({
      ResultCode,
      TransactionID: 'OAK0000000',
      ReferenceData: { ReferenceItem: [{ Key: 'Occassion' }] },
      ...parameters({ Key: 'BOCompletedTime', Value: 20200120164825 }),
    });
    const event = eventOf('payout-result', failure);
    expect(event).toMatchObject({ verdict: 'failed', reason, code: String(ResultCode) });
    expect(event).not.toHaveProperty('receipt');
  });

  it.each([
    ['an internal failure', { ResultCode: 17 }],
    ['a duplicate', { ResultCode: '15' }],
    ['a busy system', { ResultCode: 26 }],
    ['a new code', { ResultCode: 'R000099' }],
    ['more to come', { ResultCode: 0, ResultType: 1 }],
    ['success without a receipt', { ResultCode: 0, TransactionID: '' }],
  ])('stays open on %s', (_, fields) => {
    expect(eventOf('payout-result', result(fields))).toMatchObject({ verdict: 'unknown' });
  });

  it('reads a result without either id or list', () => {
    const bare = { Result: { ResultCode: 1, ResultDesc: null } };
    expect(eventOf('payout-result', bare)).toMatchObject({
      verdict: 'failed',
      ownId: undefined,
      providerRequestId: undefined,
    });
  });
});

describe('queue time-outs', () => {
  it.each([
    [result({ ResultCode: 1 }), 'tr_0000000000001', 'AG_20191219_00004e48cf7e3533f581'],
    [{ OriginatorConversationID: 'tr_2', ConversationID: 7 }, 'tr_2', '7'],
    [{}, undefined, undefined],
    [[], undefined, undefined],
    ['timeout', undefined, undefined],
    [null, undefined, undefined],
    [{ Result: 'gone' }, undefined, undefined],
  ])('%j tells the ids it has', (json, ownId, providerRequestId) => {
    for (const channel of ['payout-timeout', 'status-timeout', 'balance-timeout'] as const) {
      expect(eventOf(channel, json)).toEqual({ kind: 'queue-timeout', ownId, providerRequestId });
    }
  });
});

const statusParameters = (changes: Record<string, unknown> = {}) =>
  Object.entries({
    DebitPartyName: '600310 - Safaricom333',
    OriginatorConversationID: 'tr_original',
    InitiatedTime: '20180223054112',
    DebitPartyCharges: 'Fee For B2C Payment|KES|22.40',
    TransactionReason: undefined,
    TransactionStatus: 'Completed',
    FinalisedTime: 20180223054113,
    Amount: '300',
    ConversationID: 'AG_original',
    ReceiptNo: 'MBN31H462N',
    ...changes,
  }).map(([Key, Value]) => ({ Key, Value }));

describe('status results', () => {
  it('reads the documented answer about another transaction', () => {
    const answer = result({ ResultCode: '0', ...parameters(statusParameters()) });
    expect(eventOf('status-result', answer)).toEqual({
      kind: 'receipt-report',
      code: '0',
      description: 'text',
      verdict: 'found',
      receipt: 'MBN31H462N',
      state: 'completed',
      amountMinor: 30_000n,
      occurredAt: at('20180223054113'),
      originalOwnId: 'tr_original',
      originalRequestId: 'AG_original',
    });
  });

  it.each([
    [{ TransactionStatus: 'Declined', ReceiptNo: undefined }, 'failed', ''],
    [{ TransactionStatus: 'Pending Authorized' }, 'pending', 'MBN31H462N'],
    [{ TransactionStatus: 'Reversed' }, 'unknown', 'MBN31H462N'],
  ])('with %j is found, %s', (change, state, receipt) => {
    const answer = result({ ResultCode: 0, ...parameters(statusParameters(change)) });
    expect(eventOf('status-result', answer)).toMatchObject({ verdict: 'found', state, receipt });
  });

  it.each([
    [{ ResultCode: 0, ...parameters(statusParameters({ ReceiptNo: undefined })) }, 'unknown'],
    [{ ResultCode: 0 }, 'unknown'],
    [{ ResultCode: 25 }, 'unknown'],
    [{ ResultCode: 2033 }, 'not-found'],
    [{ ResultCode: 2033, ResultType: 1 }, 'unknown'],
  ])('%#: concludes no more than it may', (fields, verdict) => {
    expect(eventOf('status-result', result(fields))).toMatchObject({ verdict });
  });

  it('takes a reversal for a result without a status', () => {
    const reversal = [
      { Key: 'DebitAccountBalance', Value: 'Utility Account|KES|51661.00|51661.00|0.00|0.00' },
      { Key: 'Amount', Value: 1.0 },
      { Key: 'TransCompletedTime', Value: 20220325163321 },
      { Key: 'OriginalTransactionID', Value: 'QCP1KUDDQ6' },
    ];
    const answer = result({ ResultCode: 0, ...parameters(reversal) });
    expect(eventOf('status-result', answer)).toMatchObject({ verdict: 'unknown' });
  });
});

describe('balance results', () => {
  const balance = (Value: unknown) =>
    result({ ResultCode: '0', ...parameters([{ Key: 'AccountBalance', Value }]) });

  it('is dated by the provider, not by when it comes', () => {
    const dated = result({
      ResultCode: 0,
      ...parameters([
        { Key: 'AccountBalance', Value: 'Utility Account|KES|1.00|1.00|0.00|0.00' },
        { Key: 'BOCompletedTime', Value: '20261126080000' },
      ]),
    });
    const asOfAt = Date.parse('2026-11-26T05:00:00Z');
    expect(eventOf('balance-result', dated)).toMatchObject({ verdict: 'reported', asOfAt });
  });

  it('reads every account as it stands', () => {
    const text =
      'Working Account|KES|700000.00|690000.00|10000.00|0.00' +
      '&Utility Account|KES|228037.00|228037.00|0.00|0.00' +
      '&Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00';
    expect(eventOf('balance-result', balance(text))).toEqual({
      kind: 'balance-report',
      verdict: 'reported',
      code: '0',
      accounts: [
        { name: 'Working Account', availableMinor: 69_000_000n },
        { name: 'Utility Account', availableMinor: 22_803_700n },
        { name: 'Charges Paid Account', availableMinor: -154_000n },
      ],
    });
  });

  it.each([
    [balance('Working Account|KES|1.00|1.00|0.00|0.00&Float Account|KES')],
    [balance('')],
    [balance({})],
    [result({ ResultCode: 21 })],
    [result({ ResultCode: '0' })],
  ])('%#: reports nothing rather than half', (json) => {
    expect(eventOf('balance-result', json)).toMatchObject({ verdict: 'failed', accounts: [] });
  });
});

describe('whatever comes', () => {
  const channels = callbackChannels;
  const isReading = (reading: CallbackReading): boolean =>
    reading.kind === 'event' || reading.why !== '';

  it('bytes are read without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...channels), fc.uint8Array(), (channel, bytes) => {
        expect(isReading(readCallback({ channel, body: Buffer.from(bytes) }))).toBe(true);
      }),
    );
  });

  it('JSON is read without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...channels), fc.jsonValue(), (channel, json) => {
        expect(isReading(read(channel, json))).toBe(true);
      }),
    );
  });

  it('genuine shapes with strange values are read without throwing, and never as paid', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constant(undefined));
    const strange = fc.record({ ResultCode: value, ResultDesc: value, CheckoutRequestID: value });
    fc.assert(
      fc.property(strange, value, (fields, Item) => {
        const reading = read('stk-result', stk({ ...fields, CallbackMetadata: { Item } }));
        expect(reading).not.toMatchObject({ event: { verdict: 'paid' } });
        const other = read('payout-result', result({ ...fields, ...parameters(Item) }));
        expect(isReading(other)).toBe(true);
      }),
    );
  });

  it.each([
    ['', 'not JSON'],
    ['{"Body":', 'not JSON'],
    ['<html></html>', 'not JSON'],
    ['null', 'not a prompt result'],
    [`"${'x'.repeat(65_536)}"`, 'over 65536 bytes'],
  ])('%#: says why it cannot read', (text, why) => {
    const reading = readCallback({ channel: 'stk-result', body: Buffer.from(text) });
    expect(reading).toEqual({ kind: 'unreadable', why });
  });

  it('bytes that are no text are no JSON', () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    expect(readCallback({ channel: 'payout-timeout', body })).toEqual({
      kind: 'unreadable',
      why: 'not UTF-8',
    });
  });

  it('another rail is not ours', () => {
    expect(read('airtel-result', {}).kind).toBe('unreadable');
    expect(acknowledge('airtel-result').statusCode).toBe(404);
  });
});

it.each([
  ['stk-result', { ResultCode: 0, ResultDesc: 'Success' }],
  ['paybill-confirmation', { ResultCode: 0, ResultDesc: 'Success' }],
  ['paybill-validation', { ResultCode: '0', ResultDesc: 'Accepted' }],
  ['payout-result', { ResultCode: 0, ResultDesc: 'Success' }],
] as const)('acknowledges %s', (channel, body) => {
  const answer = acknowledge(channel);
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body)).toEqual(body);
});
