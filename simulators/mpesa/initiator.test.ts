import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { dayMs } from '#kernel';
import { passwordIn } from './initiator.ts';
import { createRig, dig, initiatorBody, lastReceived, parametersOf, type Rig } from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const balancePath = '/mpesa/accountbalance/v1/query';
async function askBalance(change: object = {}): Promise<unknown> {
  const body = initiatorBody(rig, { CommandID: 'AccountBalance', ...change });
  expect((await rig.api(balancePath, body)).status).toBe(200);
  await rig.advance(7000);
  return dig(lastReceived(rig, '/result'), 'Result', 'ResultCode');
}

it('reads what was sealed with its own certificate and nothing else', async () => {
  rig = await createRig();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const seal = (padding: number, text: string): string =>
    publicEncrypt({ key: publicKey, padding }, Buffer.from(text)).toString('base64');
  expect(passwordIn(seal(constants.RSA_PKCS1_PADDING, 'p#1&%$'), privateKey)).toBe('p#1&%$');
  expect(passwordIn(seal(constants.RSA_PKCS1_OAEP_PADDING, 'p'), privateKey)).toBeUndefined();
  expect(passwordIn(rig.credential(), privateKey)).not.toBe('Str0ng#pass');
  expect(passwordIn('bm90IHNlYWxlZA==', privateKey)).toBeUndefined();
  expect(passwordIn(Buffer.alloc(256, 255).toString('base64'), privateKey)).toBeUndefined();
});

it('says a wrong password only with the result, as 2001, and locks at the third', async () => {
  rig = await createRig();
  const wrong = { SecurityCredential: rig.credential('guess') };
  const codes = [
    await askBalance(wrong),
    await askBalance(wrong),
    await askBalance(wrong),
    await askBalance(),
  ];
  expect(codes).toEqual(['2001', '2001', '2001', '8006']);
  await rig.admin('POST', '/initiator', { action: 'unlock' });
  expect(await askBalance()).toBe('0');
});

it('forgets wrong passwords after a right one', async () => {
  rig = await createRig();
  const wrong = { SecurityCredential: rig.credential('guess') };
  await askBalance(wrong);
  await askBalance(wrong);
  await askBalance();
  await askBalance(wrong);
  expect(await askBalance()).toBe('0');
});

it('lets a password expire after ninety days', async () => {
  rig = await createRig();
  await rig.advance(90 * dayMs - 10_000);
  expect(await askBalance()).toBe('0');
  await rig.advance(10_000);
  expect(await askBalance()).toBe('2001');
  await rig.admin('POST', '/initiator', { action: 'renew-password' });
  expect(await askBalance()).toBe('0');
});

it('answers the balances in one text, codes as text', async () => {
  rig = await createRig();
  await rig.admin('POST', '/org/deposit', { amount: 1234 });
  await askBalance();
  expect(dig(lastReceived(rig, '/result'), 'Result', 'ResultType')).toBe('0');
  expect(parametersOf(lastReceived(rig, '/result'))).toEqual([
    [
      'AccountBalance',
      'Working Account|KES|0.00|0.00|0.00|0.00&Float Account|KES|0.00|0.00|0.00|0.00&' +
        'Utility Account|KES|1234.00|1234.00|0.00|0.00&' +
        'Charges Paid Account|KES|0.00|0.00|0.00|0.00&' +
        'Organization Settlement Account|KES|0.00|0.00|0.00|0.00&' +
        'Merchant Account|KES|0.00|0.00|0.00|0.00',
    ],
    ['BOCompletedTime', expect.stringMatching(/^20261123\d{6}$/)],
  ]);
});

it('does not show the accounts of others', async () => {
  rig = await createRig();
  expect(await askBalance({ PartyA: '999999' })).toBe('21');
});

it.each([
  [{ CommandID: 'Balance' }, 'CommandID'],
  [{ CommandID: 'AccountBalance', IdentifierType: '9' }, 'IdentifierType'],
  [{ CommandID: 'AccountBalance', Initiator: '' }, 'Initiator'],
])('refuses to read %o', async (change, field) => {
  rig = await createRig();
  expect(await rig.api(balancePath, initiatorBody(rig, change))).toMatchObject({
    status: 400,
    body: { errorMessage: `Bad Request - Invalid ${field}` },
  });
});
