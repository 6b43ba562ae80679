import { request as httpRequest } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { defaultKnobs, type Knobs, parseKnobs } from './knobs.ts';
import {
  type Answer,
  createRig,
  dig,
  initiatorBody,
  lastReceived,
  payerMsisdn,
  payoutBody,
  payoutPath,
  promptBody,
  promptPath,
  queryBody,
  queryPath,
  type Rig,
  settle,
  testShortCode,
  topUpBody,
  topUpPath,
  urlsBody,
} from './test-kit.ts';

let rig: Rig;
afterEach(() => rig.close());

const callbackPath = '/callbacks/mpesa/token-1';
const stkCallback = () => dig(lastReceived(rig, callbackPath), 'Body', 'stkCallback');

async function start(knobs: Partial<Knobs>, onPrompt = 'approve'): Promise<void> {
  rig = await createRig({ knobs });
  await rig.addPhone({ onPrompt });
  await rig.admin('POST', '/org/deposit', { amount: 50_000 });
}
const submit = (change: object = {}) => rig.api(promptPath, promptBody(change));
async function prompt(change: object = {}): Promise<string> {
  const { body } = await submit(change);
  expect(body).toMatchObject({ ResponseCode: '0' });
  await rig.advance(65_000);
  return String(body['CheckoutRequestID']);
}
const pay = (amount = 20) =>
  rig.admin('POST', `/phones/${payerMsisdn}/pay`, {
    shortCode: testShortCode,
    accountReference: 'x',
    amount,
  });
const payOut = (change: object = {}) => rig.api(payoutPath, payoutBody(rig, change));

/** Steps time until the answer is there. */
async function waitFor(pending: Promise<Answer>): Promise<Answer> {
  const answers: Answer[] = [];
  void pending.then((answer) => answers.push(answer));
  for (let step = 0; step < 400 && answers.length === 0; step += 1) {
    await settle();
    if (answers.length === 0) await rig.clock.advance(100);
  }
  return pending;
}

/** What a client sees whose connection is cut: nothing. */
async function overTheWire(path: string, body: unknown): Promise<string> {
  const { url } = await rig.simulator.listen();
  const token = await rig.token();
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const outgoing = httpRequest(`${url}${path}`, { method: 'POST', headers, agent: false });
    outgoing.on('response', (response) => resolve(`status ${response.statusCode}`));
    outgoing.on('error', () => resolve('cut'));
    outgoing.end(JSON.stringify(body));
  });
}

/** One row for every knob: a knob without a test does not compile. */
const proofs: { readonly [Name in keyof Knobs]: () => Promise<void> } = {
  dropCallbacks: async () => {
    await start({ dropCallbacks: 1 });
    const id = await prompt();
    expect(rig.received).toEqual([]);
    expect((await rig.api(queryPath, queryBody(id))).body['ResultCode']).toBe('0');
    const { body } = await rig.admin('GET', '/callbacks');
    expect(dig(body, 'callbacks', 0)).toMatchObject({ state: 'dropped', attemptedAt: null });
  },
  duplicateCallbacks: async () => {
    await start({ duplicateCallbacks: 1 });
    await prompt();
    expect(rig.received).toHaveLength(2);
    expect(rig.received[0]?.text).toBe(rig.received[1]?.text);
  },
  delayCallbacksMs: async () => {
    await start({ delayCallbacksMs: { rate: 1, min: 3_600_000, max: 3_600_000 } });
    await prompt();
    expect(rig.received).toEqual([]);
    await rig.advance(3_600_000);
    expect(rig.received).toHaveLength(1);
  },
  reorder: async () => {
    await start({ reorder: true });
    await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
    const first = (await pay(10)).body['receipt'];
    await rig.advance(2000);
    expect(rig.received).toEqual([]);
    const second = (await pay(20)).body['receipt'];
    await rig.advance(2000);
    const order = rig.received.map(({ text }) => (JSON.parse(text) as { TransID: string }).TransID);
    expect(order).toEqual([second, first]);
    // Nobody comes to overtake it: it goes after a while all the same.
    await pay(30);
    await rig.advance(12_000);
    expect(rig.received).toHaveLength(3);
  },
  lateSuccessAfter1037: async () => {
    const late = { rate: 1, min: 120_000, max: 120_000 };
    await start({ lateSuccessAfter1037: late }, 'ignore');
    const id = await prompt();
    expect(stkCallback()).toMatchObject({ ResultCode: 1037 });
    await rig.advance(120_000);
    expect(stkCallback()).toMatchObject({ ResultCode: 0, CheckoutRequestID: id });
    expect((await rig.api(queryPath, queryBody(id))).body['ResultCode']).toBe('0');
    expect(await rig.balance()).toBe('9850');
  },
  truncatedJson: async () => {
    await start({ truncatedJson: 1 });
    await prompt();
    expect(() => JSON.parse(rig.received[0]?.text ?? '{}')).toThrow(SyntaxError);
  },
  missingValue: async () => {
    await start({ missingValue: 1 });
    await prompt();
    expect(dig(stkCallback(), 'CallbackMetadata', 'Item', 2)).toEqual({ Name: 'Balance' });
    expect(dig(stkCallback(), 'CallbackMetadata', 'Item')).toHaveLength(5);
    await payOut();
    await rig.advance(7000);
    const reference = dig(lastReceived(rig, '/result'), 'Result', 'ReferenceData', 'ReferenceItem');
    expect(dig(reference, 1)).toEqual({ Key: 'Occassion' });
  },
  stringCodes: async () => {
    await start({ stringCodes: true });
    await prompt();
    expect(stkCallback()).toMatchObject({ ResultCode: '0' });
    await payOut();
    await rig.advance(7000);
    expect(dig(lastReceived(rig, '/result'), 'Result')).toMatchObject({
      ResultType: '0',
      ResultCode: '0',
    });
  },
  singleObjectParameters: async () => {
    await start({ singleObjectParameters: true });
    await payOut({ Amount: 9 });
    await rig.advance(7000);
    expect(dig(lastReceived(rig, '/result'), 'Result', 'ResultParameters')).toEqual({
      ResultParameter: { Key: 'BOCompletedTime', Value: expect.any(Number) },
    });
    const body = initiatorBody(rig, { CommandID: 'AccountBalance' });
    await rig.api('/mpesa/accountbalance/v1/query', body);
    await rig.advance(7000);
    expect(dig(lastReceived(rig, '/result'), 'Result', 'ResultParameters')).toMatchObject({
      ResultParameter: { Key: 'AccountBalance' },
    });
  },
  callbackBeforeAck: async () => {
    await start({ callbackBeforeAck: 1 });
    let wasAnswered = false;
    const pending = submit();
    void pending.then(() => (wasAnswered = true));
    for (let step = 0; step < 400 && rig.received.length === 0; step += 1) {
      await settle();
      expect(wasAnswered).toBe(false);
      await rig.clock.advance(100);
    }
    expect(stkCallback()).toMatchObject({ ResultCode: 0 });
    expect((await pending).body).toMatchObject({
      CheckoutRequestID: dig(stkCallback(), 'CheckoutRequestID'),
    });
    // Nobody answers this one in time: the acknowledgement does not wait for ever.
    await rig.admin('PUT', `/phones/${payerMsisdn}/script`, { onPrompt: 'ask' });
    expect((await waitFor(submit())).status).toBe(200);
  },
  syncLoss: async () => {
    await start({ syncLoss: { rate: 1, mode: '500' } });
    expect(await submit()).toMatchObject({ status: 500, body: { errorCode: '500.003.1001' } });
    await rig.advance(65_000);
    expect(stkCallback()).toMatchObject({ ResultCode: 0 });
    await rig.knobs({ syncLoss: { rate: 1, mode: 'html' } });
    const lost = await payOut();
    expect(lost.status).toBe(503);
    expect(lost.text).toMatch(/^<html>/);
    await rig.knobs({ syncLoss: { rate: 0, mode: '500' } });
    expect((await payOut()).body['errorCode']).toBe('500.002.1001');
    await rig.knobs({ syncLoss: { rate: 1, mode: 'reset' } });
    expect(await overTheWire(promptPath, promptBody())).toBe('cut');
    await rig.advance(65_000);
    expect(await rig.balance()).toBe('10700');
  },
  outage: async () => {
    await start({ outage: 'refuse-500' });
    expect(await submit()).toMatchObject({ status: 500, body: { errorCode: '500.003.1001' } });
    expect((await rig.raw('GET', '/oauth/v1/generate')).status).toBe(500);
    await rig.knobs({ outage: 'html' });
    expect((await submit()).text).toMatch(/^<html>/);
    await rig.knobs({ outage: 'off' });
    expect((await submit()).status).toBe(200);
  },
  outageWindows: async () => {
    await start({});
    const at = rig.clock.now();
    const html = { fromAt: at + 10_000, toAt: at + 20_000, mode: 'html' } as const;
    const refusing = { fromAt: at + 30_000, toAt: at + 40_000, mode: 'refuse-500' } as const;
    await rig.knobs({ outageWindows: [html, refusing] });
    const statuses: number[] = [];
    for (const ms of [0, 10_000, 9_999, 1, 10_000, 10_000]) {
      await rig.advance(ms);
      statuses.push((await rig.api(queryPath, queryBody('ws_CO_1'))).status);
    }
    // Nothing is known by that id; an outage answers before anybody looks.
    expect(statuses).toEqual([500, 503, 503, 500, 500, 500]);
    await rig.knobs({ outageWindows: [{ ...html, toAt: at + 900_000 }] });
    expect((await rig.raw('GET', '/oauth/v1/generate')).text).toMatch(/^<html>/);
    await rig.knobs({ outage: 'refuse-500' });
    expect((await submit()).body['errorCode']).toBe('500.003.1001');
  },
  quotaViolation: async () => {
    await start({ quotaViolation: 1 });
    expect(await submit()).toMatchObject({
      status: 500,
      body: { errorCode: '500.003.03', errorMessage: 'Quota Violation' },
    });
  },
  rateLimit: async () => {
    await start({ rateLimit: 1 });
    expect(await submit()).toMatchObject({
      status: 500,
      body: { errorCode: '500.003.02', errorMessage: 'Spike Arrest Violation' },
    });
  },
  queryNoise: async () => {
    await start({ queryNoise: 1 });
    const { body } = await submit();
    const query = queryBody(body['CheckoutRequestID']);
    expect(await rig.api(queryPath, query)).toMatchObject({
      status: 200,
      body: { errorCode: '500.001.1001', errorMessage: '' },
    });
    await rig.advance(65_000);
    expect(await rig.api(queryPath, query)).toMatchObject({
      status: 500,
      body: { errorCode: '500.001.1001' },
    });
    await rig.knobs({ queryNoise: 0 });
    expect((await rig.api(queryPath, query)).body['ResultCode']).toBe('0');
  },
  tokenRevoked: async () => {
    await start({ tokenRevoked: 1 });
    const token = await rig.token();
    const stale = { status: 404, body: { errorCode: '404.001.03' } };
    expect(await rig.api(promptPath, promptBody(), { token })).toMatchObject(stale);
    await rig.knobs({ tokenRevoked: 0 });
    expect(await rig.api(promptPath, promptBody(), { token })).toMatchObject(stale);
    expect((await rig.api(promptPath, promptBody(), { token: await rig.token() })).status).toBe(
      200,
    );
  },
  newTokenKillsOld: async () => {
    await start({});
    const [old, kept] = [await rig.token(), await rig.token()];
    expect((await rig.api(queryPath, {}, { token: old })).status).toBe(400);
    await rig.knobs({ newTokenKillsOld: true });
    await rig.token();
    expect((await rig.api(queryPath, {}, { token: kept })).status).toBe(404);
  },
  expiresIn: async () => {
    await start({ expiresIn: 'number' });
    expect(await tokenAnswer()).toMatchObject({ expires_in: 3599 });
  },
  tokenTtlSeconds: async () => {
    await start({ tokenTtlSeconds: 60 });
    expect(await tokenAnswer()).toMatchObject({ expires_in: '60' });
    const token = await rig.token();
    await rig.advance(60_000);
    expect((await rig.api(queryPath, {}, { token })).status).toBe(404);
  },
  lockOutAfter: async () => {
    await start({ lockOutAfter: 1 });
    await payOut({ SecurityCredential: rig.credential('guess') });
    await payOut({ OriginatorConversationID: 'tr-2' });
    await rig.advance(7000);
    const codes = rig.received.map(({ text }) => dig(JSON.parse(text), 'Result', 'ResultCode'));
    expect(new Set(codes)).toEqual(new Set([2001, 8006]));
  },
  pinLockAfter: async () => {
    await start({ pinLockAfter: 1 }, 'wrong-pin');
    await prompt();
    await prompt();
    expect(stkCallback()).toMatchObject({ ResultCode: 8006 });
  },
  settleDelayMs: async () => {
    await start({ settleDelayMs: { min: 600_000, max: 600_000 } });
    await payOut();
    await rig.advance(599_000);
    expect(await rig.balance()).toBe('10000');
    await rig.advance(3000);
    expect(await rig.balance()).toBe('11000');
  },
  stkAlsoConfirmsC2b: async () => {
    await start({ stkAlsoConfirmsC2b: false });
    await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
    await prompt();
    expect(rig.received.map(({ path }) => path)).toEqual([callbackPath]);
  },
  externalValidation: async () => {
    await start({ externalValidation: true });
    await rig.api('/mpesa/c2b/v2/registerurl', urlsBody());
    await pay();
    expect(rig.received[0]?.path).toBe('/c2b/validate');
  },
  refuseRepeats: async () => {
    const fast = { refuseRepeats: true, settleDelayMs: { min: 0, max: 0 } };
    await start(fast);
    await submit();
    await rig.advance(10_000);
    await submit();
    await rig.advance(10_000);
    expect(stkCallback()).toMatchObject({ ResultCode: 17 });
    await submit({ Amount: 151 });
    await rig.advance(10_000);
    expect(stkCallback()).toMatchObject({ ResultCode: 0 });
    await rig.advance(120_000);
    await submit();
    await rig.advance(10_000);
    expect(stkCallback()).toMatchObject({ ResultCode: 0 });
  },
  expireAs1019: async () => {
    await start({ expireAs1019: 1 }, 'ignore');
    await prompt();
    expect(stkCallback()).toMatchObject({ ResultCode: 1019 });
  },
  subscriberLocked: async () => {
    await start({ subscriberLocked: 'result' }, 'ask');
    await submit();
    const second = await submit({ CallBackURL: 'http://127.0.0.1:9/second' });
    expect(second.status).toBe(200);
    await rig.advance(2000);
    expect(dig(lastReceived(rig, '/second'), 'Body', 'stkCallback')).toMatchObject({
      ResultCode: 1001,
      CheckoutRequestID: second.body['CheckoutRequestID'],
    });
    const query = queryBody(second.body['CheckoutRequestID']);
    expect((await rig.api(queryPath, query)).body['ResultCode']).toBe('1001');
  },
  queueTimeout: async () => {
    await start({ queueTimeout: { rate: 1, settledShare: 1 } });
    await payOut();
    await rig.advance(65_000);
    expect(await rig.balance()).toBe('11000');
    expect(rig.received.map(({ path }) => path)).toEqual(['/queue']);
    expect(lastReceived(rig, '/queue')).toMatchObject({
      Result: { OriginatorConversationID: 'tr-0001', TransactionID: 'UKN0000000' },
    });
    await rig.knobs({ queueTimeout: { rate: 1, settledShare: 0 } });
    await payOut({ OriginatorConversationID: 'tr-2' });
    await rig.advance(65_000);
    expect(await rig.balance()).toBe('11000');
    expect(rig.received.map(({ path }) => path)).toEqual(['/queue', '/queue']);
  },
  refuseB2cV3: async () => {
    await start({ refuseB2cV3: true });
    expect(await payOut()).toMatchObject({ status: 403, body: { errorCode: '403.002.1001' } });
    expect((await rig.api('/mpesa/b2c/v1/paymentrequest', payoutBody(rig))).status).toBe(200);
  },
  refuseTopUps: async () => {
    await start({ refuseTopUps: true });
    await rig.admin('POST', '/org/deposit', { amount: 500, account: 'working' });
    await rig.api(topUpPath, topUpBody(rig));
    await rig.advance(7000);
    expect(dig(lastReceived(rig, '/result'), 'Result', 'ResultCode')).toBe(21);
    expect((await rig.admin('GET', '/org')).body).toMatchObject({ working: '500' });
  },
  missingProducts: async () => {
    await start({});
    const minted = await rig.token();
    await rig.knobs({ missingProducts: ['stk'] });
    expect((await rig.api(promptPath, promptBody(), { token: minted })).status).toBe(200);
    const lacking = await rig.token();
    await rig.knobs({ missingProducts: [] });
    const refused = await rig.api(promptPath, promptBody(), { token: lacking });
    expect(refused.status).toBe(401);
    expect(refused.body['errorMessage']).toMatch(/no apiproduct match found$/);
    expect((await rig.api(payoutPath, payoutBody(rig), { token: lacking })).status).toBe(200);
  },
  missingRoles: async () => {
    await start({ missingRoles: ['b2c'] });
    await payOut();
    await rig.advance(7000);
    expect(dig(lastReceived(rig, '/result'), 'Result', 'ResultCode')).toBe(21);
    expect(await rig.balance()).toBe('10000');
  },
};

const tokenAnswer = async (): Promise<unknown> => {
  const authorization = `Basic ${Buffer.from('key:secret').toString('base64')}`;
  const path = '/oauth/v1/generate?grant_type=client_credentials';
  return (await rig.raw('GET', path, { authorization })).body;
};

it.each(Object.entries(proofs))('%s does what it says', async (_name, proof) => {
  await proof();
  expect((await rig.admin('GET', '/conservation')).body).toMatchObject({ ok: true, sum: 0 });
});

it('hangs until the connection is cut', async () => {
  await start({});
  await rig.knobs({ syncLoss: { rate: 1, mode: 'hang' } });
  let seen = 'waiting';
  const pending = overTheWire(promptPath, promptBody()).then((outcome) => (seen = outcome));
  const isLogged = async (): Promise<boolean> => {
    const { body } = await rig.admin('GET', '/prompts?state=submitted');
    return dig(body, 'prompts', 'length') === 1;
  };
  for (let turn = 0; turn < 1000 && !(await isLogged()); turn += 1) await settle();
  expect(seen).toBe('waiting');
  await rig.advance(60_000);
  expect(await pending).toBe('cut');
});

it('starts quiet, but for what real life has', () => {
  expect(defaultKnobs.sandbox).toMatchObject({ queryNoise: 0.2, refuseRepeats: false });
  expect(defaultKnobs.production).toMatchObject({ queryNoise: 0, refuseRepeats: true });
});

it.each([
  [{ dropCallbacks: 1.1 }, 'dropCallbacks'],
  [{ reorder: 1 }, 'reorder'],
  [{ nonsense: 1 }, 'nonsense'],
  [{ toString: 1 }, 'toString'],
  [{ delayCallbacksMs: { rate: 1, min: 5, max: 1 } }, 'delayCallbacksMs'],
  [{ delayCallbacksMs: { rate: 1, min: 0, max: 1, extra: 1 } }, 'delayCallbacksMs'],
  [{ syncLoss: { rate: 1, mode: 'explode' } }, 'syncLoss'],
  [{ settleDelayMs: { min: -1, max: 1 } }, 'settleDelayMs'],
  [{ tokenTtlSeconds: 0 }, 'tokenTtlSeconds'],
  [{ missingProducts: ['everything'] }, 'missingProducts'],
  [{ outageWindows: [{ fromAt: 2, toAt: 2, mode: 'html' }] }, 'outageWindows'],
  [{ outageWindows: [{ fromAt: 1, toAt: 2, mode: 'off' }] }, 'outageWindows'],
  [{ outageWindows: [{ fromAt: 1, toAt: 2 }] }, 'outageWindows'],
  [{ outageWindows: {} }, 'outageWindows'],
  [[], 'object'],
  [null, 'object'],
])('refuses %j', (change, word) => {
  const parsed = parseKnobs(change);
  expect(parsed.ok ? '' : parsed.error).toContain(word);
});

it('keeps what was turned over a restart', async () => {
  await start({});
  await rig.knobs({ dropCallbacks: 0.25 });
  rig = await rig.crashAndRestart();
  expect((await rig.admin('GET', '/knobs')).body).toMatchObject({ dropCallbacks: 0.25 });
  expect((await rig.admin('PUT', '/knobs', { dropCallbacks: 2 })).status).toBe(400);
});
