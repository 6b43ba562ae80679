import { afterEach, expect, it } from 'vitest';
import { createRig, dig, payerMsisdn, type Rig, testShortCode } from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const registration = {
  ShortCode: testShortCode,
  RequestType: 'Pull',
  NominatedNumber: '0722000000',
  CallBackURL: 'http://127.0.0.1:9/pull',
};
const register = () => rig.api('/pulltransactions/v1/register', registration);
const pull = (change: object = {}) =>
  rig.api('/pulltransactions/v1/query', {
    ShortCode: testShortCode,
    StartDate: '2026-11-20 00:00:00',
    EndDate: '2026-11-30 00:00:00',
    OffSetValue: '0',
    ...change,
  });
const pay = (amount: number) =>
  rig.admin('POST', `/phones/${payerMsisdn}/pay`, {
    shortCode: testShortCode,
    accountReference: 'house 12',
    amount,
  });

it('is registered once and says so the second time', async () => {
  rig = await createRig();
  expect((await register()).body).toMatchObject({ ResponseStatus: '1000' });
  expect((await register()).body).toMatchObject({ ResponseStatus: '1001' });
});

it('spells its keys with spaces in production', async () => {
  rig = await createRig({ profile: 'production' });
  expect((await register()).body).toMatchObject({ 'Response Status': '1000' });
});

it('answers nothing to a short code that is not registered', async () => {
  rig = await createRig();
  expect(await pull()).toMatchObject({ status: 400, body: { errorCode: '400.001' } });
});

it('lists payments in a list inside a list', async () => {
  rig = await createRig();
  await rig.addPhone();
  await register();
  expect((await pull()).body).toMatchObject({ ResponseCode: '1001', Response: [[]] });
  const { body } = await pay(200);
  expect((await pull()).body).toEqual({
    ResponseRefID: expect.any(String),
    ResponseCode: '1000',
    ResponseMessage: 'Success',
    Response: [
      [
        {
          transactionId: body['receipt'],
          trxDate: '2026-11-23T08:00:00Z',
          msisdn: payerMsisdn,
          sender: 'MPESA',
          transactiontype: 'c2b-pay-bill-debit',
          billreference: 'house 12',
          amount: '200.00',
          organizationname: 'Daraja-Sandbox',
        },
      ],
    ],
  });
});

it('pages by hundreds', async () => {
  rig = await createRig();
  await rig.addPhone();
  await register();
  for (let n = 1; n <= 103; n += 1) await pay(n % 9 === 0 ? 2 : 1);
  expect(dig((await pull()).body, 'Response', 0)).toHaveLength(100);
  expect(dig((await pull({ OffSetValue: 100 })).body, 'Response', 0)).toHaveLength(3);
});

it('forgets after 48 hours', async () => {
  rig = await createRig();
  await rig.addPhone();
  await register();
  await pay(10);
  await rig.advance(48 * 3_600_000);
  expect((await pull()).body['ResponseCode']).toBe('1000');
  await rig.advance(1);
  expect((await pull()).body['ResponseCode']).toBe('1001');
});

it('is also asked by GET', async () => {
  rig = await createRig();
  await register();
  const query = 'StartDate=2026-11-20%2000:00:00&EndDate=2026-11-30%2000:00:00&OffSetValue=0';
  const authorization = `Bearer ${await rig.token()}`;
  const path = `/pulltransactions/v1/query?ShortCode=${testShortCode}&${query}`;
  expect((await rig.raw('GET', path, { authorization })).body['ResponseCode']).toBe('1001');
});
