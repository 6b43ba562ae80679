import { afterEach, expect, it } from 'vitest';
import {
  createRig,
  dig,
  lastReceived,
  parametersOf,
  payerMsisdn,
  payoutBody,
  payoutPath,
  type Rig,
  type RigOptions,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

async function start(options: RigOptions = {}, utilityKes = 400_000): Promise<void> {
  rig = await createRig(options);
  await rig.addPhone({ balance: 100 });
  if (utilityKes > 0) await rig.admin('POST', '/org/deposit', { amount: utilityKes });
}
const payOut = (change: object = {}) => rig.api(payoutPath, payoutBody(rig, change));
const result = () => lastReceived(rig, '/result');
const codeOf = (): unknown => dig(result(), 'Result', 'ResultCode');

it('acknowledges with the caller’s own id', async () => {
  await start();
  expect((await payOut()).body).toEqual({
    ConversationID: expect.stringMatching(/^AG_20261123_[0-9a-f]{20}$/),
    OriginatorConversationID: 'tr-0001',
    ResponseCode: '0',
    ResponseDescription: 'Accept the service request successfully.',
  });
});

it('pays, books the fee apart and reports as documented', async () => {
  await start();
  const { body } = await payOut({ Amount: '1000' });
  expect(await rig.balance()).toBe('100');
  await rig.advance(7000);
  expect(result()).toEqual({
    Result: {
      ResultType: 0,
      ResultCode: 0,
      ResultDesc: 'The service request is processed successfully.',
      OriginatorConversationID: 'tr-0001',
      ConversationID: body['ConversationID'],
      TransactionID: expect.stringMatching(/^UKN[0-9A-Z]{7}$/),
      ResultParameters: { ResultParameter: expect.any(Array) },
      ReferenceData: {
        ReferenceItem: { Key: 'QueueTimeoutURL', Value: expect.stringMatching(/^https:/) },
      },
    },
  });
  expect(parametersOf(result())).toEqual([
    ['TransactionAmount', 1000],
    ['TransactionReceipt', dig(result(), 'Result', 'TransactionID')],
    ['ReceiverPartyPublicName', `${payerMsisdn} - Jane Wanjiru Otieno`],
    ['TransactionCompletedDateTime', expect.stringMatching(/^23\.11\.2026 08:00:0\d$/)],
    ['B2CUtilityAccountAvailableFunds', 399_000],
    ['B2CWorkingAccountAvailableFunds', 0],
    ['B2CRecipientIsRegisteredCustomer', 'Y'],
    ['B2CChargesPaidAccountAvailableFunds', -5],
  ]);
  expect(await rig.balance()).toBe('1100');
  const { body: phone } = await rig.admin('GET', `/phones/${payerMsisdn}`);
  expect(dig(phone, 'history', 0)).toMatchObject({
    kind: 'b2c',
    direction: 'in',
    amount: '1000',
    receipt: dig(result(), 'Result', 'TransactionID'),
  });
  expect((await rig.admin('GET', '/conservation')).body).toMatchObject({ ok: true, sum: 0 });
});

it('refuses an id it has seen, also long after, and moves the money once', async () => {
  await start();
  await payOut();
  const again = { status: 500, body: { errorCode: '500.002.1001' } };
  expect(await payOut()).toMatchObject(again);
  await rig.advance(40 * 24 * 3_600_000);
  const late = await payOut({ Amount: 20 });
  expect(late).toMatchObject(again);
  expect(late.body['errorMessage']).toBe('Duplicate OriginatorConversationID.');
  expect(await rig.balance()).toBe('1100');
});

it('invents an id in version 1', async () => {
  await start();
  const { OriginatorConversationID: _, ...body } = payoutBody(rig);
  const first = await rig.api('/mpesa/b2c/v1/paymentrequest', body);
  const second = await rig.api('/mpesa/b2c/v1/paymentrequest', body);
  expect(first.status).toBe(200);
  expect(first.body['OriginatorConversationID']).not.toBe(second.body['OriginatorConversationID']);
  await rig.advance(7000);
  expect(await rig.balance()).toBe('2100');
});

it.each([
  [{ OriginatorConversationID: '' }, 'OriginatorConversationID'],
  [{ InitiatorName: '' }, 'InitiatorName'],
  [{ SecurityCredential: '' }, 'SecurityCredential'],
  [{ CommandID: 'Payment' }, 'CommandID'],
  [{ Amount: 10.5 }, 'Amount'],
  [{ PartyA: '' }, 'PartyA'],
  [{ PartyB: '0712345678' }, 'PartyB'],
  [{ Remarks: 'x' }, 'Remarks'],
  [{ QueueTimeOutURL: 'https://example.com/q' }, 'QueueTimeOutURL'],
  [{ ResultURL: '' }, 'ResultURL'],
])('refuses %o at the gate', async (change, field) => {
  await start();
  expect(await payOut(change)).toMatchObject({
    status: 400,
    body: { errorCode: '400.002.02', errorMessage: `Bad Request - Invalid ${field}` },
  });
});

it.each([
  [{ PartyA: '999999' }, 2028],
  [{ Amount: 9 }, 2],
  [{ Amount: 250_001 }, 3],
  [{ PartyB: '254722111111' }, 2040],
  [{ PartyB: '254733111111' }, 'SFC_IC0003'],
  [{ InitiatorName: 'nobody' }, 2001],
  [{ SecurityCredential: 'AAAA' }, 2001],
])('accepts %o and fails it with %s, under a placeholder', async (change, code) => {
  await start();
  expect((await payOut(change)).status).toBe(200);
  await rig.advance(7000);
  expect(codeOf()).toBe(code);
  expect(dig(result(), 'Result', 'TransactionID')).toBe('UKN0000000');
  expect(dig(result(), 'Result', 'ResultParameters')).toBeUndefined();
  expect((await rig.admin('GET', '/org')).body).toMatchObject({
    utility: '400000',
    chargesPaid: '0',
  });
});

it('pays only what the utility account holds', async () => {
  await start({}, 999);
  await payOut();
  await rig.advance(7000);
  expect(codeOf()).toBe(1);
  await payOut({ OriginatorConversationID: 'tr-2', Amount: 999 });
  await rig.advance(7000);
  expect(codeOf()).toBe(0);
});

it('fills a wallet to 500,000 and no further', async () => {
  await start();
  await payOut({ Amount: 250_000 });
  await payOut({ OriginatorConversationID: 'tr-2', Amount: 149_000 });
  await rig.admin('POST', '/org/deposit', { amount: 400_000 });
  await rig.advance(7000);
  await payOut({ OriginatorConversationID: 'tr-3', Amount: 101_001 });
  await rig.advance(7000);
  // 399,000 received today and 399,100 held: the day's limit speaks first.
  expect(codeOf()).toBe(4);
  await rig.advance(24 * 3_600_000);
  await payOut({ OriginatorConversationID: 'tr-4', Amount: 101_001 });
  await rig.advance(7000);
  expect(codeOf()).toBe(8);
  await payOut({ OriginatorConversationID: 'tr-5', Amount: 100_900 });
  await rig.advance(7000);
  expect(codeOf()).toBe(0);
  expect(await rig.balance()).toBe('500000');
});
