import { afterEach, expect, it } from 'vitest';
import {
  createRig,
  dig,
  initiatorBody,
  lastReceived,
  parametersOf,
  type Rig,
  type RigOptions,
  testShortCode,
  topUpBody,
  topUpPath,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

async function start(workingKes = 1000, options: RigOptions = {}): Promise<void> {
  rig = await createRig(options);
  await rig.admin('POST', '/org/deposit', { amount: workingKes, account: 'working' });
}
const topUp = (change: object = {}) => rig.api(topUpPath, topUpBody(rig, change));
const org = async () => (await rig.admin('GET', '/org')).body;
const result = () => lastReceived(rig, '/result');
async function codeAfter(change: object = {}): Promise<unknown> {
  expect((await topUp(change)).status).toBe(200);
  await rig.advance(7000);
  return dig(result(), 'Result', 'ResultCode');
}

it('moves from Working to Utility and reports as documented', async () => {
  await start();
  const { body } = await topUp();
  expect(body).toMatchObject({ ResponseCode: '0' });
  expect(await org()).toMatchObject({ working: '1000', utility: '0' });
  await rig.advance(7000);
  expect(await org()).toMatchObject({ working: '600', utility: '400', chargesPaid: '0' });
  expect(dig(result(), 'Result')).toMatchObject({
    ResultType: '0',
    ResultCode: '0',
    ConversationID: body['ConversationID'],
    TransactionID: expect.stringMatching(/^UKN[0-9A-Z]{7}$/),
    ReferenceData: {
      ReferenceItem: [
        { Key: 'QueueTimeoutURL', Value: expect.any(String) },
        { Key: 'BillReferenceNumber', Value: 'QT1' },
      ],
    },
  });
  expect(parametersOf(result())).toEqual([
    ['DebitAccountBalance', '{Amount={CurrencyCode=KES, MinimumAmount=60000, BasicAmount=600.00}}'],
    ['Amount', '400.00'],
    ['DebitPartyAffectedAccountBalance', 'Working Account|KES|600.00|600.00|0.00|0.00'],
    ['TransCompletedTime', expect.stringMatching(/^2026112308000\d$/)],
    ['DebitPartyCharges', ''],
    ['ReceiverPartyPublicName', `${testShortCode}– Daraja-Sandbox`],
    ['Currency', 'KES'],
    [
      'InitiatorAccountCurrentBalance',
      '{Amount={CurrencyCode=KES, MinimumAmount=60000, BasicAmount=600.00}}',
    ],
  ]);
});

it('has no guard: sent twice it moves twice', async () => {
  await start();
  await topUp();
  await topUp();
  await rig.advance(7000);
  expect(await org()).toMatchObject({ working: '200', utility: '800' });
});

it.each([
  [{ Amount: 1001 }, 1],
  [{ PartyB: '999999' }, 'SFC_IC0003'],
  [{ PartyA: '999999' }, 'SFC_IC0003'],
  [{ Initiator: 'stranger' }, 2001],
])('fails %o with %s and moves nothing', async (change, code) => {
  await start();
  expect(await codeAfter(change)).toBe(code);
  expect(dig(result(), 'Result', 'TransactionID')).toBe('UKN0000000');
  expect(await org()).toMatchObject({ working: '1000', utility: '0' });
});

it('needs a role of its own', async () => {
  await start(1000, { knobs: { missingRoles: ['b2b'] } });
  expect(await codeAfter()).toBe(21);
});

it.each([
  ['CommandID', 'BusinessPayBill'],
  ['SenderIdentifierType', '1'],
  ['RecieverIdentifierType', '2'],
  ['Amount', '10.50'],
  ['PartyB', ''],
  ['AccountReference', '12345678901234'],
  ['Remarks', 'x'],
  ['ResultURL', 'http://elsewhere.example/'],
])('refuses a wrong %s', async (field, value) => {
  await start();
  expect(await topUp({ [field]: value })).toMatchObject({
    status: 400,
    body: { errorCode: '400.003.02', errorMessage: `Bad Request - Invalid ${field}` },
  });
});

it('is found by its conversation, and by its receipt', async () => {
  await start();
  const { body } = await topUp();
  await rig.advance(7000);
  const receipt = dig(result(), 'Result', 'TransactionID');
  const asks = [
    { OriginalConversationID: body['ConversationID'] },
    { OriginalConversationID: body['OriginatorConversationID'] },
    { TransactionID: receipt },
  ];
  for (const subject of asks) {
    const question = { CommandID: 'TransactionStatusQuery', ...subject };
    await rig.api('/mpesa/transactionstatus/v1/query', initiatorBody(rig, question));
    await rig.advance(7000);
    const news = new Map(parametersOf(result()));
    expect(news.get('TransactionStatus')).toBe('Completed');
    expect(news.get('ReceiptNo')).toBe(receipt);
    expect(news.get('Amount')).toBe('400');
    expect(news.get('DebitAccountType')).toBe('Working Account');
  }
});

it('refuses a token as its family does', async () => {
  await start();
  expect(await rig.api(topUpPath, topUpBody(rig), { token: 'old' })).toMatchObject({
    status: 400,
    body: { errorCode: '400.003.01' },
  });
});

it.each([[{ amount: 5, account: 'float' }], [{ amount: 0.5, account: 'working' }]])(
  'takes no deposit like %j',
  async (deposit) => {
    await start();
    expect((await rig.admin('POST', '/org/deposit', deposit)).status).toBe(400);
    expect(await org()).toMatchObject({ working: '1000', utility: '0' });
  },
);
