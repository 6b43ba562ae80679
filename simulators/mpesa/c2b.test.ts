import { createHash } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import {
  createRig,
  dig,
  lastReceived,
  payerMsisdn,
  type Rig,
  testShortCode,
  testTill,
  urlsBody,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const registerPath = '/mpesa/c2b/v2/registerurl';
const pay = (change: object = {}) =>
  rig.admin('POST', `/phones/${payerMsisdn}/pay`, {
    shortCode: testShortCode,
    accountReference: 'house 12',
    amount: 200,
    ...change,
  });

it('registers with the misspelt key', async () => {
  rig = await createRig();
  expect((await rig.api(registerPath, urlsBody())).body).toEqual({
    OriginatorCoversationID: expect.any(String),
    ResponseCode: '0',
    ResponseDescription: 'Success',
  });
});

it.each([
  [{ ShortCode: '999999' }, 'ShortCode'],
  [{ ResponseType: 'completed' }, 'ResponseType'],
  [{ ConfirmationURL: 'http://127.0.0.1:9/mpesa/confirm' }, 'ConfirmationURL'],
  [{ ConfirmationURL: 'http://127.0.0.1:9/M-Pesa' }, 'ConfirmationURL'],
  [{ ValidationURL: 'http://127.0.0.1:9/SafariCom' }, 'ValidationURL'],
  [{ ValidationURL: 'http://127.0.0.1:9/run.exe' }, 'ValidationURL'],
  [{ ValidationURL: 'http://127.0.0.1:9/exec' }, 'ValidationURL'],
  [{ ValidationURL: 'http://127.0.0.1:9/cmd' }, 'ValidationURL'],
  [{ ValidationURL: 'http://127.0.0.1:9/sql' }, 'ValidationURL'],
  [{ ValidationURL: 'http://127.0.0.1:9/query' }, 'ValidationURL'],
  [{ ValidationURL: 'https://example.com/validate' }, 'ValidationURL'],
])('refuses to register %o', async (change, field) => {
  rig = await createRig();
  const errorMessage = `Bad Request - Invalid ${field}`;
  expect(await rig.api(registerPath, urlsBody(change))).toMatchObject({
    status: 400,
    body: { errorCode: '400.003.02', errorMessage },
  });
});

it('registers once in production and over and over in the sandbox', async () => {
  rig = await createRig({ profile: 'production' });
  await rig.api(registerPath, urlsBody());
  const second = await rig.api(registerPath, urlsBody());
  expect(second).toMatchObject({
    status: 500,
    body: { errorCode: '500.003.1001', errorMessage: 'Urls are already registered.' },
  });
  await rig.admin('DELETE', '/c2b-urls');
  expect((await rig.api(registerPath, urlsBody())).status).toBe(200);
  await rig.close();
  rig = await createRig();
  await rig.api(registerPath, urlsBody());
  expect((await rig.api(registerPath, urlsBody())).status).toBe(200);
});

it('confirms a payment as documented, every value text', async () => {
  rig = await createRig();
  await rig.addPhone({ balance: 1000 });
  await rig.api(registerPath, urlsBody());
  const { body } = await pay();
  await rig.advance(2000);
  expect(lastReceived(rig, '/c2b/confirm')).toEqual({
    TransactionType: 'Pay Bill',
    TransID: body['receipt'],
    TransTime: '20261123080000',
    TransAmount: '200.00',
    BusinessShortCode: testShortCode,
    BillRefNumber: 'house 12',
    InvoiceNumber: '',
    OrgAccountBalance: '200.00',
    ThirdPartyTransID: '',
    MSISDN: '2547 ***** 678',
    FirstName: 'JANE',
    MiddleName: 'WANJIRU',
    LastName: 'OTIENO',
  });
  expect(rig.received[0]?.headers).toEqual({});
  expect(await rig.balance()).toBe('800');
});

it('hashes the number in version 1', async () => {
  rig = await createRig();
  await rig.addPhone();
  await rig.api('/mpesa/c2b/v1/registerurl', urlsBody());
  await pay();
  await rig.advance(2000);
  const hash = createHash('sha256').update(payerMsisdn).digest('hex');
  expect(lastReceived(rig, '/c2b/confirm')).toMatchObject({ MSISDN: hash, TransAmount: '200' });
});

it('completes a payment that nobody hears of when no URLs are registered', async () => {
  rig = await createRig();
  await rig.addPhone();
  expect((await pay()).status).toBe(200);
  await rig.advance(60_000);
  expect(rig.received).toEqual([]);
  expect((await rig.admin('GET', '/org')).body['utility']).toBe('200');
});

it.each([
  [{ amount: 10_001 }, 'insufficient-funds'],
  [{ amount: 250_001 }, 'over-transaction-limit'],
  [{ shortCode: '999999' }, 'no-such-short-code'],
])('refuses to pay %o: %s', async (change, error) => {
  rig = await createRig();
  await rig.addPhone();
  expect(await pay(change)).toMatchObject({ status: 409, body: { error } });
  expect(await rig.balance()).toBe('10000');
});

it('refuses to pay from a phone it does not know', async () => {
  rig = await createRig();
  expect(await pay()).toMatchObject({ status: 404, body: { error: 'no-such-phone' } });
});

it('pays a till without a reference', async () => {
  rig = await createRig();
  await rig.addPhone();
  await rig.api(registerPath, urlsBody());
  await pay({ shortCode: testTill, accountReference: 'ignored' });
  await rig.advance(2000);
  expect(lastReceived(rig, '/c2b/confirm')).toMatchObject({
    TransactionType: 'Buy Goods',
    BillRefNumber: '',
    OrgAccountBalance: '200.00',
  });
});

it.each([
  ['Completed', '{"ResultCode":"0","ThirdPartyTransID":"our-1"}', 200, 'our-1'],
  ['Completed', '{"ResultCode":0}', 200, ''],
  ['Completed', '{"ResultCode":"C2B00012","ResultDesc":"Rejected"}', 409, undefined],
  ['Cancelled', '{"ResultCode":"C2B00012"}', 409, undefined],
  ['Completed', 'no json', 200, ''],
  ['Cancelled', 'no json', 409, undefined],
])('asks for validation: %s with reply %s', async (...[type, reply, status, echoed]) => {
  rig = await createRig({
    knobs: { externalValidation: true },
    answer: () => ({ status: 200, body: reply }),
  });
  await rig.addPhone();
  await rig.api(registerPath, urlsBody({ ResponseType: type }));
  expect((await pay()).status).toBe(status);
  await rig.advance(2000);
  expect(lastReceived(rig, '/c2b/validate')).toMatchObject({ OrgAccountBalance: '' });
  expect(dig(lastReceived(rig, '/c2b/confirm'), 'ThirdPartyTransID')).toBe(echoed);
  expect(await rig.balance()).toBe(status === 200 ? '9800' : '10000');
});

it.each([
  ['Completed', 200],
  ['Cancelled', 409],
])('takes silence on validation for %s after eight seconds', async (type, status) => {
  let budgetMs = 0;
  rig = await createRig({
    knobs: { externalValidation: true },
    answer: (request) => {
      if (!request.url.endsWith('/validate')) return { status: 200, body: '' };
      budgetMs = request.timeoutMs;
      throw new Error('timeout');
    },
  });
  await rig.addPhone();
  await rig.api(registerPath, urlsBody({ ResponseType: type }));
  expect((await pay()).status).toBe(status);
  expect(budgetMs).toBe(8000);
});

it.each([1, 2])('simulates a payment with test money, version %i', async (version) => {
  rig = await createRig();
  await rig.api(registerPath, urlsBody());
  const { status, body } = await rig.api(`/mpesa/c2b/v${version}/simulate`, {
    ShortCode: 600100,
    CommandID: 'CustomerPayBillOnline',
    Amount: 5,
    Msisdn: 254708374149,
    BillRefNumber: 'abc',
  });
  expect(status).toBe(200);
  expect(body['ResponseCode']).toBe(version === 1 ? undefined : '0');
  expect('ConversationID' in body).toBe(version === 1);
  await rig.advance(5000);
  expect(lastReceived(rig, '/c2b/confirm')).toMatchObject({
    TransAmount: '5.00',
    BillRefNumber: 'abc',
  });
  expect((await rig.admin('GET', '/conservation')).body).toMatchObject({ ok: true, sum: 0 });
});

it('does not simulate in production', async () => {
  rig = await createRig({ profile: 'production' });
  expect((await rig.api('/mpesa/c2b/v2/simulate', {})).status).toBe(404);
});

it.each([
  ['business-bouquet', '9795', '0'],
  ['customer-bouquet', '9800', '-5'],
])('charges the %s', async (c2bTariff, wallet, chargesPaid) => {
  rig = await createRig({ settings: { c2bTariff } });
  await rig.addPhone();
  await pay();
  expect(await rig.balance()).toBe(wallet);
  expect((await rig.admin('GET', '/org')).body).toMatchObject({ utility: '200', chargesPaid });
});
