import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRig, dig, payerMsisdn, type Rig, testShortCode } from './test-kit.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

it('opens a wallet once and renames it after', async () => {
  await rig.admin('POST', '/phones', { msisdn: '0712 345 678', name: 'Jane', balance: 500 });
  await rig.admin('POST', '/phones', { msisdn: payerMsisdn, name: 'Jane W', balance: 900 });
  expect((await rig.admin('GET', '/phones/0712345678')).body).toEqual({
    msisdn: payerMsisdn,
    name: 'Jane W',
    balance: '500',
    script: { onPrompt: 'ask', afterMs: 2000 },
    wrongPins: 0,
    history: [],
  });
});

it.each([
  [{ msisdn: '123', name: 'x', balance: 1 }, 'msisdn'],
  [{ msisdn: payerMsisdn, name: '', balance: 1 }, 'name'],
  [{ msisdn: payerMsisdn, name: 'x', balance: 1.5 }, 'balance'],
  [{ msisdn: payerMsisdn, name: 'x', balance: 500_001 }, 'balance'],
  [{ msisdn: payerMsisdn, name: 'x', script: { onPrompt: 'dance' } }, 'onPrompt'],
  [{ msisdn: payerMsisdn, name: 'x', script: { onPrompt: 'ask', afterMs: -1 } }, 'afterMs'],
])('refuses the phone %j for its %s', async (phone, word) => {
  const { status, body } = await rig.admin('POST', '/phones', phone);
  expect(status).toBe(400);
  expect(body['message']).toContain(word);
});

it.each([
  ['GET', `/phones/${payerMsisdn}`, undefined, 404],
  ['PUT', `/phones/${payerMsisdn}/script`, { onPrompt: 'ask', afterMs: 1 }, 404],
  ['POST', `/phones/${payerMsisdn}/unlock`, undefined, 404],
  ['POST', `/phones/${payerMsisdn}/pay`, { amount: 1 }, 400],
  ['POST', '/prompts/ws_CO_1', { action: 'approve' }, 404],
  ['POST', '/prompts/ws_CO_1', { action: 'ponder' }, 400],
  ['GET', '/prompts?state=odd', undefined, 400],
  ['POST', '/initiator', { action: 'fire' }, 400],
  ['POST', '/org/deposit', { amount: -5 }, 400],
  ['PUT', '/knobs', { nonsense: true }, 400],
  ['GET', '/nowhere', undefined, 404],
] as const)('%s %s with %j is %i', async (...[method, path, body, status]) => {
  expect((await rig.admin(method, path, body)).status).toBe(status);
});

it('tells the truth in order and in pages', async () => {
  await rig.addPhone();
  for (const amount of [11, 12, 13]) {
    const payment = { shortCode: testShortCode, accountReference: 'x', amount };
    await rig.admin('POST', `/phones/${payerMsisdn}/pay`, payment);
  }
  const { body } = await rig.admin('GET', '/truth?after=1&limit=1');
  expect(body['transactions']).toEqual([
    {
      seq: 2,
      kind: 'c2b',
      receipt: expect.stringMatching(/^UKN/),
      amount: '12',
      fee: '0',
      msisdn: payerMsisdn,
      accountReference: 'x',
      shortCode: testShortCode,
      checkoutRequestId: null,
      conversationId: null,
      originatorConversationId: null,
      originalReceipt: null,
      at: '2026-11-23T05:00:00.000Z',
    },
  ]);
});

it('answers to this machine only', async () => {
  const reply = await rig.simulator.app.inject({
    method: 'GET',
    url: '/sim/health',
    remoteAddress: '192.0.2.7',
  });
  expect(reply.statusCode).toBe(403);
  expect((await rig.admin('GET', '/health')).body).toMatchObject({ ok: true, profile: 'sandbox' });
});

it('revokes all tokens on demand', async () => {
  const token = await rig.token();
  expect((await rig.admin('POST', '/reset-tokens')).body).toEqual({ revoked: 1 });
  const answer = await rig.api('/mpesa/stkpush/v1/processrequest', {}, { token });
  expect(answer.body['errorCode']).toBe('404.001.03');
});

it('shows what came in and what went out', async () => {
  await rig.api('/mpesa/stkpush/v1/processrequest', {});
  const { body } = await rig.admin('GET', '/requests?limit=1');
  expect(dig(body, 'requests', 0)).toMatchObject({
    method: 'POST',
    path: '/mpesa/stkpush/v1/processrequest',
    httpStatus: 400,
  });
  expect((await rig.admin('GET', '/callbacks')).body).toEqual({ callbacks: [] });
});
