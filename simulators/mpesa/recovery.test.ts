import { afterEach, expect, it } from 'vitest';
import {
  createRig,
  dig,
  lastReceived,
  payerMsisdn,
  payoutBody,
  payoutPath,
  promptBody,
  promptPath,
  queryBody,
  queryPath,
  type Rig,
  testShortCode,
  urlsBody,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const callbackPath = '/callbacks/mpesa/token-1';
const callbackCount = (): number => rig.received.filter(({ path }) => path === callbackPath).length;

it('lets a prompt come to its end although the process dies again and again', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'approve' });
  const { body } = await rig.api(promptPath, promptBody());
  for (let second = 0; second < 30; second += 1) {
    await rig.advance(500);
    rig = await rig.crashAndRestart();
    await rig.advance(500);
  }
  expect(callbackCount()).toBe(1);
  expect(await rig.balance()).toBe('9850');
  const query = queryBody(body['CheckoutRequestID']);
  expect((await rig.api(queryPath, query)).body['ResultCode']).toBe('0');
});

it('sends a waiting callback after a crash, exactly once', async () => {
  rig = await createRig({ knobs: { delayCallbacksMs: { rate: 1, min: 60_000, max: 60_000 } } });
  await rig.addPhone();
  await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
  const payment = { shortCode: testShortCode, accountReference: 'x', amount: 5 };
  const { body } = await rig.admin('POST', `/phones/${payerMsisdn}/pay`, payment);
  rig = await rig.crashAndRestart(3_600_000);
  expect(rig.received).toEqual([]);
  // Long overdue when the process is back: it goes at once.
  await rig.advance(0);
  expect(rig.received.map(({ path }) => path)).toEqual(['/c2b/confirm']);
  expect(dig(lastReceived(rig, '/c2b/confirm'), 'TransID')).toBe(body['receipt']);
  rig = await rig.crashAndRestart();
  await rig.advance(3_600_000);
  expect(rig.received).toHaveLength(1);
});

it('does not repeat a callback that was on its way when the process died', async () => {
  rig = await createRig({ answer: () => new Promise(() => undefined) });
  await rig.addPhone({ onPrompt: 'cancel' });
  await rig.api(promptPath, promptBody());
  await rig.advance(65_000);
  expect(callbackCount()).toBe(1);
  rig = await rig.crashAndRestart();
  await rig.advance(3_600_000);
  expect(callbackCount()).toBe(1);
  const { body } = await rig.admin('GET', '/callbacks');
  expect(dig(body, 'callbacks', 0, 'state')).toBe('interrupted');
});

it('does not try again when the receiver fails', async () => {
  rig = await createRig({ answer: () => ({ status: 500, body: 'no' }) });
  await rig.addPhone({ onPrompt: 'cancel' });
  await rig.api(promptPath, promptBody());
  await rig.advance(3_600_000);
  expect(callbackCount()).toBe(1);
  const { body } = await rig.admin('GET', '/callbacks');
  expect(dig(body, 'callbacks', 0)).toMatchObject({ state: 'sent', httpStatus: 500 });
});

it('remembers tokens, URLs, wallets, duplicates and lock-outs', async () => {
  rig = await createRig({ profile: 'production', knobs: { lockOutAfter: 1 } });
  await rig.addPhone({ balance: 77 });
  const token = await rig.token();
  await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
  await rig.api(payoutPath, payoutBody(rig, { SecurityCredential: rig.credential('guess') }));
  rig = await rig.crashAndRestart();
  expect(await rig.balance()).toBe('77');
  const again = await rig.api('/mpesa/c2b/v2/registerurl', urlsBody(), { token });
  expect(again.body['errorMessage']).toBe('Urls are already registered.');
  expect((await rig.api(payoutPath, payoutBody(rig))).body['errorCode']).toBe('500.002.1001');
  await rig.advance(7000);
  await rig.api(payoutPath, payoutBody(rig, { OriginatorConversationID: 'tr-2' }));
  await rig.advance(7000);
  expect(dig(lastReceived(rig, '/result'), 'Result', 'ResultCode')).toBe(8006);
});

it('finishes a simulated payment whose validation was cut off', async () => {
  let isSilent = true;
  rig = await createRig({
    knobs: { externalValidation: true },
    answer: () => (isSilent ? new Promise(() => undefined) : { status: 200, body: '{}' }),
  });
  await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
  await rig.api('/mpesa/c2b/v2/simulate', {
    ShortCode: testShortCode,
    CommandID: 'CustomerPayBillOnline',
    Amount: 5,
    Msisdn: payerMsisdn,
    BillRefNumber: 'x',
  });
  await rig.advance(1000);
  expect(rig.received.map(({ path }) => path)).toEqual(['/c2b/validate']);
  isSilent = false;
  rig = await rig.crashAndRestart();
  await rig.advance(0);
  await rig.advance(5000);
  const paths = rig.received.map(({ path }) => path);
  expect(paths).toEqual(['/c2b/validate', '/c2b/validate', '/c2b/confirm']);
  expect((await rig.admin('GET', '/org')).body['utility']).toBe('5');
});

it('takes up what is waiting once, however often it is told to start', async () => {
  rig = await createRig();
  await rig.addPhone({ onPrompt: 'cancel' });
  await rig.api(promptPath, promptBody());
  rig = await rig.crashAndRestart();
  rig.simulator.start();
  await rig.simulator.listen();
  await rig.advance(65_000);
  expect(callbackCount()).toBe(1);
});

it('does not open a folder that another one has open', async () => {
  rig = await createRig();
  const { openStore } = await import('./store.ts');
  expect(() => openStore(rig.store.folder)).toThrow(/locked/);
});
