import { afterEach, expect, it } from 'vitest';
import {
  createRig,
  dig,
  initiatorBody,
  lastReceived,
  parametersOf,
  payerMsisdn,
  payoutBody,
  payoutPath,
  type Rig,
  testShortCode,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const statusUrl = 'http://127.0.0.1:9/status';
async function ask(change: object): Promise<unknown> {
  const command = { CommandID: 'TransactionStatusQuery', ResultURL: statusUrl };
  const body = initiatorBody(rig, { ...command, ...change });
  expect((await rig.api('/mpesa/transactionstatus/v1/query', body)).status).toBe(200);
  await rig.advance(7000);
  return lastReceived(rig, '/status');
}
const codeIn = (result: unknown): unknown => dig(result, 'Result', 'ResultCode');
const statusIn = (result: unknown): unknown =>
  parametersOf(result).find(([key]) => key === 'TransactionStatus')?.[1];

async function start(): Promise<void> {
  rig = await createRig();
  await rig.addPhone();
  await rig.admin('POST', '/org/deposit', { amount: 5000 });
}

it('tells of a payout by either id and by receipt', async () => {
  await start();
  const { body } = await rig.api(payoutPath, payoutBody(rig));
  await rig.advance(7000);
  const receipt = dig(lastReceived(rig, '/result'), 'Result', 'TransactionID');
  for (const change of [
    { OriginalConversationID: 'tr-0001' },
    { OriginatorConversationID: 'tr-0001' },
    { OriginalConversationID: body['ConversationID'] },
    { TransactionID: receipt },
  ]) {
    const result = await ask(change);
    expect(codeIn(result)).toBe(0);
    expect(dig(result, 'Result', 'ConversationID')).not.toBe(body['ConversationID']);
    expect(parametersOf(result)).toEqual([
      ['DebitPartyName', `${testShortCode} - Daraja-Sandbox`],
      ['DebitPartyName', `${payerMsisdn} - Jane Wanjiru Otieno`],
      ['OriginatorConversationID', 'tr-0001'],
      ['InitiatedTime', expect.stringMatching(/^20261123/)],
      ['DebitAccountType', 'Utility Account'],
      ['DebitPartyCharges', 'Fee For B2C Payment|KES|5.00'],
      ['TransactionReason', undefined],
      ['ReasonType', 'Business Payment to Customer via API'],
      ['TransactionStatus', 'Completed'],
      ['FinalisedTime', expect.stringMatching(/^20261123/)],
      ['Amount', '1000'],
      ['ConversationID', body['ConversationID']],
      ['ReceiptNo', receipt],
    ]);
  }
});

it('tells of a payment to the business by receipt', async () => {
  await start();
  const payment = { shortCode: testShortCode, accountReference: 'x', amount: 20 };
  const { body } = await rig.admin('POST', `/phones/${payerMsisdn}/pay`, payment);
  const result = await ask({ TransactionID: body['receipt'] });
  expect(statusIn(result)).toBe('Completed');
  expect(parametersOf(result)[0]?.[1]).toBe(`${payerMsisdn} - Jane Wanjiru Otieno`);
});

it('says Initiated while a payout is under way', async () => {
  await start();
  await rig.knobs({ settleDelayMs: { min: 600_000, max: 600_000 } });
  await rig.api(payoutPath, payoutBody(rig));
  await rig.knobs({ settleDelayMs: null });
  expect(statusIn(await ask({ OriginalConversationID: 'tr-0001' }))).toBe('Initiated');
});

it('says Declined of a payout that the core refused by its rules', async () => {
  await start();
  await rig.api(payoutPath, payoutBody(rig, { Amount: 9 }));
  await rig.advance(7000);
  expect(statusIn(await ask({ OriginalConversationID: 'tr-0001' }))).toBe('Declined');
});

it.each([
  [{ OriginalConversationID: 'never-sent' }, 2033],
  [{ TransactionID: 'UKN0000000' }, 2033],
  [{}, 25],
  [{ PartyA: '999999', TransactionID: 'UKN0000000' }, 21],
])('answers %o with %i', async (change, code) => {
  await start();
  expect(codeIn(await ask(change))).toBe(code);
});

it('knows nothing of a payout that was refused with its operator', async () => {
  await start();
  await rig.api(payoutPath, payoutBody(rig, { InitiatorName: 'nobody' }));
  await rig.advance(7000);
  expect(codeIn(await ask({ OriginalConversationID: 'tr-0001' }))).toBe(2033);
});
