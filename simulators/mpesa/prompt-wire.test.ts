import { expect, it } from 'vitest';
import { parsePromptRequest, passwordFor, promptCallback, queryAnswer } from './prompt-wire.ts';
import { promptBody, testStartAt } from './test-kit.ts';

const ids = { merchantRequestId: 'm-1', checkoutRequestId: 'ws_CO_1' };
const plain = { hasEmptyBalance: false, hasStringCodes: false };
const paid = {
  amountKes: 1,
  receipt: 'UKN1234567',
  settledAt: testStartAt,
  msisdn: '254708374149',
};

it('makes the password of the published sample', () => {
  const passkey = 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919';
  expect(passwordFor({ shortCode: '174379', passkey, timestamp: '20210628092408' })).toBe(
    'MTc0Mzc5YmZiMjc5ZjlhYTliZGJjZjE1OGU5N2RkNzFhNDY3Y2QyZTBjODkzMDU5YjEwZjc4ZTZiNzJhZGExZWQy' +
      'YzkxOTIwMjEwNjI4MDkyNDA4',
  );
});

it('calls back a payment as documented', () => {
  expect(promptCallback({ ...ids, code: '0', paid }, plain)).toEqual({
    Body: {
      stkCallback: {
        MerchantRequestID: 'm-1',
        CheckoutRequestID: 'ws_CO_1',
        ResultCode: 0,
        ResultDesc: 'The service request is processed successfully.',
        CallbackMetadata: {
          Item: [
            { Name: 'Amount', Value: 1 },
            { Name: 'MpesaReceiptNumber', Value: 'UKN1234567' },
            { Name: 'TransactionDate', Value: 20261123080000 },
            { Name: 'PhoneNumber', Value: 254708374149 },
          ],
        },
      },
    },
  });
});

it('calls back a failure without metadata', () => {
  expect(promptCallback({ ...ids, code: '1032', paid: undefined }, plain)).toEqual({
    Body: {
      stkCallback: {
        MerchantRequestID: 'm-1',
        CheckoutRequestID: 'ws_CO_1',
        ResultCode: 1032,
        ResultDesc: 'Request cancelled by user',
      },
    },
  });
});

it('answers a query with text codes and other words than the callback', () => {
  const answer = queryAnswer(ids, '1037');
  expect(answer).toEqual({
    ResponseCode: '0',
    ResponseDescription: 'The service request has been accepted successfully',
    MerchantRequestID: 'm-1',
    CheckoutRequestID: 'ws_CO_1',
    ResultCode: '1037',
    ResultDesc: 'DS timeout user cannot be reached.',
  });
  expect(queryAnswer(ids, undefined)).toMatchObject({ ResultCode: '4999' });
});

it.each([
  [{ BusinessShortCode: 'abc' }, 'BusinessShortCode'],
  [{ Password: '' }, 'Password'],
  [{ Timestamp: '20261331000000' }, 'Timestamp'],
  [{ TransactionType: 'PayBill' }, 'TransactionType'],
  [{ Amount: 0 }, 'Amount'],
  [{ Amount: '1.50' }, 'Amount'],
  [{ Amount: 1.5 }, 'Amount'],
  [{ PartyA: '0712345678' }, 'PartyA'],
  [{ PartyB: '' }, 'PartyB'],
  [{ PhoneNumber: '25471234567' }, 'PhoneNumber'],
  [{ CallBackURL: 'https://example.org/x' }, 'CallBackURL'],
  [{ CallBackURL: 'http://LOCALHOST:1/x' }, 'CallBackURL'],
  [{ CallBackURL: 'http://127.0.0.1.evil.example/x' }, 'CallBackURL'],
  [{ CallBackURL: 'http://user@evil.example/x' }, 'CallBackURL'],
  [{ CallBackURL: 'ftp://127.0.0.1/x' }, 'CallBackURL'],
  [{ AccountReference: '' }, 'AccountReference'],
  [{ AccountReference: 'thirteen-long' }, 'AccountReference'],
  [{ TransactionDesc: 'fourteen-chars' }, 'TransactionDesc'],
])('refuses %o by naming %s', (change, field) => {
  expect(parsePromptRequest(promptBody(change), { allowHosts: [] })).toEqual({
    ok: false,
    error: field,
  });
});

it.each([
  { Amount: '150', PartyA: 254712345678, PhoneNumber: 254712345678, BusinessShortCode: 600100 },
  { CallBackURL: 'https://localhost/x' },
  { CallBackURL: 'http://[::1]:8080/x?y=1' },
  { CallBackURL: 'https://pay.example.org/x' },
])('takes %o', (change) => {
  const parsed = parsePromptRequest(promptBody(change), { allowHosts: ['pay.example.org'] });
  expect(parsed).toMatchObject({ ok: true, value: { amountKes: 150 } });
});

it('takes a named host only encrypted', () => {
  const body = promptBody({ CallBackURL: 'http://pay.example.org/x' });
  expect(parsePromptRequest(body, { allowHosts: ['pay.example.org'] }).ok).toBe(false);
});
