import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  testTill,
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

describe('customer care', () => {
  const byCare = (body: object) => rig.admin('POST', '/reversals', body);
  const conserved = async () => (await rig.admin('GET', '/conservation')).body;

  it('gives a payment back whole and once, and tells nobody but the statement', async () => {
    const told = rig.received.length;
    const { status, body } = await byCare({ receipt });
    expect([status, await rig.balance()]).toEqual([200, '1000']);
    await rig.advance(60_000);
    expect(rig.received.length).toBe(told);
    expect((await byCare({ receipt })).body['error']).toBe('already-reversed');
    expect(await reverse()).toBe('R000001');
    expect(await rig.balance()).toBe('1000');
    expect(await conserved()).toMatchObject({ ok: true });
    const truth = (await rig.admin('GET', '/truth')).body;
    expect(dig(truth, 'transactions', 1)).toMatchObject({
      kind: 'reversal',
      receipt: body['receipt'],
      amount: '300',
      conversationId: null,
      originalReceipt: receipt,
    });
    const { text } = await rig.admin('GET', '/statement?account=utility&format=csv');
    expect(text.trimEnd().split('\r\n').at(-1)).toMatch(
      new RegExp(
        `^${String(body['receipt'])},.*,-300.00,0.00,.*,Transaction Reversal,.*${receipt},x`,
      ),
    );
  });

  it('gives nothing back that the API has given back', async () => {
    expect(await reverse()).toBe(0);
    expect((await byCare({ receipt })).body['error']).toBe('already-reversed');
  });

  it('takes what was paid to the till out of the till', async () => {
    const payment = { shortCode: testTill, accountReference: '', amount: 200 };
    const paid = (await rig.admin('POST', `/phones/${payerMsisdn}/pay`, payment)).body;
    expect((await byCare({ receipt: paid['receipt'] })).status).toBe(200);
    const { body } = await rig.admin('GET', '/org');
    expect(body).toMatchObject({ utility: '300', merchant: '0' });
    expect(await conserved()).toMatchObject({ ok: true });
  });

  it('refuses what was not paid to the business, or is spent', async () => {
    await rig.api(payoutPath, payoutBody(rig, { Amount: 100 }));
    await rig.advance(7000);
    const payout = dig(lastReceived(rig, '/result'), 'Result', 'TransactionID');
    const answers = [
      await byCare({}),
      await byCare({ receipt: 'UKNNOTHING' }),
      await byCare({ receipt: payout }),
      await byCare({ receipt }),
    ];
    expect(answers.map(({ status, body }) => [status, body['error']])).toEqual([
      [400, 'bad-receipt'],
      [404, 'no-such-payment'],
      [404, 'no-such-payment'],
      [409, 'insufficient-balance'],
    ]);
    expect(await rig.balance()).toBe('800');
    expect(await conserved()).toMatchObject({ ok: true });
  });
});
