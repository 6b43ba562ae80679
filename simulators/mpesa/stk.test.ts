import { afterEach, expect, it } from 'vitest';
import { unreachableTestNumber } from './phones.ts';
import {
  createRig,
  dig,
  lastReceived,
  payerMsisdn,
  promptBody,
  promptPath,
  queryBody,
  queryPath,
  type Rig,
  testTill,
  urlsBody,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const callbackPath = '/callbacks/mpesa/token-1';
const resultOf = (): unknown =>
  dig(lastReceived(rig, callbackPath), 'Body', 'stkCallback', 'ResultCode');

async function submit(change: object = {}): Promise<string> {
  const answer = await rig.api(promptPath, promptBody(change));
  expect(answer).toMatchObject({ status: 200, body: { ResponseCode: '0' } });
  return String(answer.body['CheckoutRequestID']);
}
const verdict = async (id: string): Promise<unknown> =>
  (await rig.api(queryPath, queryBody(id))).body['ResultCode'];

it('acknowledges as documented', async () => {
  rig = await createRig();
  await rig.addPhone();
  const { body } = await rig.api(promptPath, promptBody());
  expect(body).toEqual({
    MerchantRequestID: expect.stringMatching(/^[0-9a-f-]{22}/),
    CheckoutRequestID: expect.stringMatching(/^ws_CO_23112026080000\d712345678$/),
    ResponseCode: '0',
    ResponseDescription: 'Success. Request accepted for processing',
    CustomerMessage: 'Success. Request accepted for processing',
  });
});

it('shows the prompt, waits for the phone, moves the money once and says so', async () => {
  rig = await createRig();
  await rig.addPhone({ balance: 1000 });
  const id = await submit();
  expect(await verdict(id)).toBe('4999');
  expect((await rig.admin('GET', '/prompts?state=open')).body['prompts']).toEqual([]);
  await rig.advance(3000);
  const { body } = await rig.admin('GET', '/prompts?state=open');
  expect(dig(body, 'prompts', 0)).toMatchObject({
    id,
    msisdn: payerMsisdn,
    amount: '150',
    accountReference: 'INV-1',
  });
  expect((await rig.admin('POST', `/prompts/${id}`, { action: 'approve' })).status).toBe(200);
  expect((await rig.admin('POST', `/prompts/${id}`, { action: 'approve' })).status).toBe(409);
  expect(await verdict(id)).toBe('4999');
  await rig.advance(10_000);
  expect(await verdict(id)).toBe('0');
  expect(rig.received).toHaveLength(1);
  expect(rig.received[0]?.headers).toEqual({ BusinessShortCode: '600100' });
  const items = dig(lastReceived(rig, callbackPath), 'Body', 'stkCallback', 'CallbackMetadata');
  expect(dig(items, 'Item', 1, 'Value')).toMatch(/^UKN[0-9A-Z]{7}$/);
  expect(await rig.balance()).toBe('850');
  await rig.advance(600_000);
  expect(rig.received).toHaveLength(1);
});

it.each([
  ['approve', 10_000, 0, '0'],
  ['approve', 149, 1, '1'],
  ['cancel', 10_000, 1032, '1032'],
  ['wrong-pin', 10_000, 2001, '2001'],
  ['ignore', 10_000, 1037, '1037'],
  ['unreachable', 10_000, 1037, '1037'],
])(
  'a phone that does %s with %i shillings ends in %i',
  async (...[onPrompt, balance, code, text]) => {
    rig = await createRig();
    await rig.addPhone({ onPrompt, balance });
    const id = await submit();
    await rig.advance(65_000);
    expect(resultOf()).toBe(code);
    expect(await verdict(id)).toBe(text);
    expect(await rig.balance()).toBe(String(code === 0 ? balance - 150 : balance));
    expect((await rig.admin('GET', '/conservation')).body).toMatchObject({ ok: true, sum: 0 });
  },
);

it('leaves a prompt that is ignored by hand to its end, and asks about it no more', async () => {
  rig = await createRig();
  await rig.addPhone();
  const id = await submit();
  await rig.advance(3000);
  expect((await rig.admin('POST', `/prompts/${id}`, { action: 'ignore' })).status).toBe(200);
  expect((await rig.admin('GET', '/prompts?state=open')).body['prompts']).toEqual([]);
  expect(await verdict(id)).toBe('4999');
  await rig.advance(62_000);
  expect(resultOf()).toBe(1037);
  expect((await rig.admin('POST', `/prompts/${id}`, { action: 'ignore' })).status).toBe(409);
});

it('gives up an ignored prompt between 26 and 60 seconds after it was shown', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'ignore' });
  const startedAt = rig.clock.now();
  await submit();
  await rig.advance(26_000);
  expect(rig.received).toHaveLength(0);
  await rig.advance(40_000);
  const tookMs = (rig.received[0]?.at ?? 0) - startedAt;
  expect(tookMs).toBeGreaterThan(27_000);
  expect(tookMs).toBeLessThan(64_001);
});

it('never reaches the test number of the sandbox: 14 s by query, 26 s by callback', async () => {
  rig = await createRig();
  await rig.addPhone({ msisdn: unreachableTestNumber, onPrompt: 'approve' });
  const id = await submit({ PartyA: unreachableTestNumber, PhoneNumber: unreachableTestNumber });
  await rig.advance(13_999);
  expect(await verdict(id)).toBe('4999');
  await rig.advance(1);
  const { body } = await rig.api(queryPath, queryBody(id));
  expect(body).toMatchObject({
    ResultCode: '1037',
    ResultDesc: 'DS timeout user cannot be reached.',
  });
  await rig.advance(11_999);
  expect(rig.received).toHaveLength(0);
  await rig.advance(1);
  expect(dig(lastReceived(rig, callbackPath), 'Body', 'stkCallback')).toMatchObject({
    ResultCode: 1037,
    ResultDesc: 'No response from user.',
  });
});

it('reaches the test number in production like any other', async () => {
  rig = await createRig({ profile: 'production' });
  await rig.addPhone({ msisdn: unreachableTestNumber, onPrompt: 'approve' });
  await submit({ PartyA: unreachableTestNumber, PhoneNumber: unreachableTestNumber });
  await rig.advance(65_000);
  expect(resultOf()).toBe(0);
});

it('takes a number without a wallet for a phone that never answers', async () => {
  rig = await createRig();
  await submit();
  await rig.advance(65_000);
  expect(resultOf()).toBe(1037);
});

it('has one prompt at a time for each phone', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'cancel' });
  await submit();
  const second = await rig.api(promptPath, promptBody());
  expect(second).toMatchObject({ status: 500, body: { errorCode: '500.001.1001' } });
  expect(second.body['errorMessage']).toMatch(/^Unable to lock subscriber/);
  await rig.advance(65_000);
  await submit();
});

it.each([
  [{ Amount: 250_001 }, 3],
  [{ PartyB: '700000' }, 'SFC_IC0003'],
  [{ TransactionType: 'CustomerBuyGoodsOnline' }, 2028],
  [{ PartyB: testTill }, 2028],
])('accepts %o at first and fails it with %s', async (change, code) => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'approve', balance: 400_000 });
  await submit(change);
  await rig.advance(65_000);
  expect(resultOf()).toBe(code);
  expect(await rig.balance()).toBe('400000');
});

it('pays a till into the merchant account', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'approve' });
  await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
  await submit({ TransactionType: 'CustomerBuyGoodsOnline', PartyB: testTill });
  await rig.advance(65_000);
  expect((await rig.admin('GET', '/org')).body).toMatchObject({ merchant: '150', utility: '0' });
  expect(lastReceived(rig, '/c2b/confirm')).toMatchObject({
    TransactionType: 'Buy Goods',
    BusinessShortCode: testTill,
    BillRefNumber: '',
  });
});

it('cannot send a prompt whose text is too long', async () => {
  rig = await createRig({ settings: { organisationName: 'N'.repeat(150) } });
  await rig.addPhone({ onPrompt: 'approve' });
  await submit();
  await rig.advance(65_000);
  expect(resultOf()).toBe(1025);
});

it('holds a payer to 500,000 a day, Nairobi time', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'approve', balance: 500_000 });
  await rig.admin('POST', '/phones', { msisdn: '0722000000', name: 'Rich', balance: 500_000 });
  await submit({ Amount: 250_000 });
  await rig.advance(65_000);
  expect(resultOf()).toBe(0);
  await submit({ Amount: 249_999 });
  await rig.advance(65_000);
  expect(resultOf()).toBe(0);
  await submit({ Amount: 2 });
  await rig.advance(65_000);
  expect(resultOf()).toBe(4);
  await submit({ Amount: 1 });
  await rig.advance(65_000);
  expect(resultOf()).toBe(0);
});

it('locks a PIN after three wrong ones until customer care helps', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'wrong-pin' });
  const codes: unknown[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await submit();
    await rig.advance(65_000);
    codes.push(resultOf());
  }
  expect(codes).toEqual([2001, 2001, 2001, 8006]);
  await rig.admin('POST', `/phones/${payerMsisdn}/unlock`);
  await rig.admin('PUT', `/phones/${payerMsisdn}/script`, { onPrompt: 'approve', afterMs: 0 });
  await submit();
  await rig.advance(65_000);
  expect(resultOf()).toBe(0);
});

it('knows nothing of an unknown request', async () => {
  rig = await createRig();
  const answer = await rig.api(queryPath, queryBody('ws_CO_nothing'));
  expect(answer).toMatchObject({
    status: 500,
    body: { errorCode: '500.001.1001', errorMessage: 'The transaction does not Exist' },
  });
});

it('also confirms by C2B when URLs are registered, with the same receipt', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'approve' });
  await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
  await submit();
  await rig.advance(65_000);
  const items = dig(lastReceived(rig, callbackPath), 'Body', 'stkCallback', 'CallbackMetadata');
  const confirmation = lastReceived(rig, '/c2b/confirm');
  expect(dig(confirmation, 'TransID')).toBe(dig(items, 'Item', 1, 'Value'));
  expect(dig(confirmation, 'BillRefNumber')).toBe('INV-1');
});
