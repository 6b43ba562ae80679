import { afterEach, beforeEach, expect, it } from 'vitest';
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
let receipt: string;
beforeEach(async () => {
  rig = await createRig();
  await rig.addPhone({ balance: 1000 });
  const payment = { shortCode: testShortCode, accountReference: 'x', amount: 300 };
  const { body } = await rig.admin('POST', `/phones/${payerMsisdn}/pay`, payment);
  receipt = String(body['receipt']);
});
afterEach(() => rig.close());

const reversalBody = (change: object) => {
  const { PartyA: _party, IdentifierType: _type, ...common } = initiatorBody(rig, {});
  return {
    ...common,
    CommandID: 'TransactionReversal',
    TransactionID: receipt,
    Amount: 300,
    ReceiverParty: testShortCode,
    RecieverIdentifierType: '11',
    ...change,
  };
};
const send = (change: object) => rig.api('/mpesa/reversal/v1/request', reversalBody(change));
async function reverse(change: object = {}): Promise<unknown> {
  expect((await send(change)).status).toBe(200);
  await rig.advance(7000);
  return dig(lastReceived(rig, '/result'), 'Result', 'ResultCode');
}

it('gives the money back once, under a receipt of its own', async () => {
  expect(await reverse()).toBe(0);
  expect(await rig.balance()).toBe('1000');
  const result = lastReceived(rig, '/result');
  expect(dig(result, 'Result', 'TransactionID')).not.toBe(receipt);
  expect(parametersOf(result)).toEqual([
    ['DebitAccountBalance', 'Utility Account|KES|0.00|0.00|0.00|0.00'],
    ['Amount', 300],
    ['TransCompletedTime', expect.any(Number)],
    ['OriginalTransactionID', receipt],
    ['Charge', 0],
    ['CreditPartyPublicName', `${payerMsisdn} - Jane Wanjiru Otieno`],
    ['DebitPartyPublicName', `${testShortCode} - Daraja-Sandbox`],
  ]);
  expect(await reverse()).toBe('R000001');
  expect(await rig.balance()).toBe('1000');
  const { body } = await rig.admin('GET', '/truth');
  expect(dig(body, 'transactions', 1)).toMatchObject({
    kind: 'reversal',
    amount: '300',
    originalReceipt: receipt,
  });
});

it.each([
  [{ TransactionID: 'UKNNOTHING' }, 'R000002'],
  [{ ReceiverParty: '999999' }, 2028],
  [{ Amount: 299 }, 25],
])('fails %o with %s', async (change, code) => {
  expect(await reverse(change)).toBe(code);
  expect(await rig.balance()).toBe('700');
});

it('cannot reverse a payout, nor what is spent already', async () => {
  await rig.api(payoutPath, payoutBody(rig, { Amount: 100 }));
  await rig.advance(7000);
  const payout = dig(lastReceived(rig, '/result'), 'Result', 'TransactionID');
  expect(await reverse({ TransactionID: payout, Amount: 100 })).toBe('R000002');
  expect(await reverse()).toBe(1);
});

it('insists on the identifier type of reversals', async () => {
  expect((await send({ RecieverIdentifierType: '4' })).body['errorMessage']).toBe(
    'Bad Request - Invalid RecieverIdentifierType',
  );
});
