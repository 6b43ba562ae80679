import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Knobs } from './knobs.ts';
import {
  createRig,
  initiatorBody,
  payoutBody,
  payoutPath,
  promptBody,
  promptPath,
  queryBody,
  queryPath,
  type Rig,
} from './test-kit.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
  await rig.addPhone();
});
afterEach(() => rig.close());

const tokenPath = '/oauth/v1/generate';
const basic = (pair: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
});

it('issues a token of 28 characters for 3599 seconds, written as text', async () => {
  const answer = await rig.raw(
    'GET',
    `${tokenPath}?grant_type=client_credentials`,
    basic('key:secret'),
  );
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.body)).toEqual(['access_token', 'expires_in']);
  expect(answer.body['access_token']).toMatch(/^[A-Za-z0-9]{28}$/);
  expect(answer.body['expires_in']).toBe('3599');
});

it.each([
  ['no credentials', '?grant_type=client_credentials', {}, '400.008.01'],
  ['wrong secret', '?grant_type=client_credentials', basic('key:other'), '400.008.01'],
  ['bearer', '?grant_type=client_credentials', { authorization: 'Bearer x' }, '400.008.01'],
  ['no grant type', '', basic('key:secret'), '400.008.02'],
  ['other grant type', '?grant_type=password', basic('key:secret'), '400.008.02'],
])('refuses a token: %s', async (...[_name, query, headers, code]) => {
  const answer = await rig.raw('GET', `${tokenPath}${query}`, headers);
  expect(answer).toMatchObject({ status: 400, body: { errorCode: code } });
  expect(Object.keys(answer.body)).toEqual(['requestId', 'errorCode', 'errorMessage']);
});

it.each([
  [promptPath, 404, '404.001.03', 'Invalid Access Token'],
  [queryPath, 404, '404.001.03', 'Invalid Access Token'],
  ['/mpesa/reversal/v1/request', 404, '404.001.03', 'Invalid Access Token'],
  [payoutPath, 401, '401.002.01', 'Error Occurred - Invalid Access Token - stale'],
  ['/mpesa/accountbalance/v1/query', 401, '401.002.01', /stale$/],
  ['/mpesa/c2b/v2/registerurl', 400, '400.003.01', 'Invalid Access Token'],
  ['/mpesa/transactionstatus/v1/query', 400, '400.003.01', 'Invalid Access Token'],
  ['/pulltransactions/v1/query', 401, '401.001', 'Invalid Access Token'],
])('%s refuses a stale token in its own way', async (...[path, status, errorCode, message]) => {
  const answer = await rig.api(path, {}, { token: 'stale' });
  expect(answer).toMatchObject({ status, body: { errorCode } });
  expect(answer.body['errorMessage']).toMatch(message);
});

it('lets a token die after its time', async () => {
  const token = await rig.token();
  await rig.advance(3_598_000);
  expect((await rig.api(queryPath, {}, { token })).status).toBe(400);
  await rig.advance(1000);
  expect((await rig.api(queryPath, {}, { token })).body['errorCode']).toBe('404.001.03');
});

interface OrderRow {
  readonly name: string;
  readonly path?: string;
  readonly token?: string;
  readonly knobs?: Partial<Knobs>;
  readonly type?: string;
  readonly body: unknown;
  readonly status: number;
  readonly code: string;
}

const wrongAll = '{"Amount":';
/** Each row is right up to one step and wrong from there on: the first refusal wins. */
const order: readonly OrderRow[] = [
  {
    name: 'the address',
    path: '/mpesa/stkpush/v9/processrequest',
    token: 'stale',
    knobs: { rateLimit: 1 },
    body: wrongAll,
    status: 404,
    code: '404.001.01',
  },
  {
    name: 'the token',
    token: 'stale',
    knobs: { rateLimit: 1, missingProducts: ['stk'] },
    body: wrongAll,
    status: 404,
    code: '404.001.03',
  },
  {
    name: 'the product',
    knobs: { rateLimit: 1, missingProducts: ['stk'] },
    body: wrongAll,
    status: 401,
    code: '401.001',
  },
  { name: 'the rate', knobs: { rateLimit: 1 }, body: wrongAll, status: 500, code: '500.003.02' },
  { name: 'the content type', type: 'text/plain', body: wrongAll, status: 400, code: '400.002.02' },
  { name: 'the JSON', body: wrongAll, status: 400, code: '400.002.05' },
  { name: 'a list', body: [], status: 400, code: '400.002.05' },
  {
    name: 'a field',
    body: promptBody({ Amount: 'x', BusinessShortCode: '999999' }),
    status: 400,
    code: '400.002.02',
  },
  {
    name: 'the merchant',
    body: promptBody({ BusinessShortCode: '999999', Password: 'x' }),
    status: 500,
    code: '500.001.1001',
  },
  {
    name: 'the passkey',
    body: promptBody({ Timestamp: '20261123080001' }),
    status: 500,
    code: '500.001.1001',
  },
];

it.each(order)('refuses in order: $name', async ({ path, token, knobs, type, ...row }) => {
  await rig.knobs(knobs ?? {});
  const options = {
    ...(token === undefined ? {} : { token }),
    ...(type === undefined ? {} : { type }),
  };
  const answer = await rig.api(path ?? promptPath, row.body, options);
  expect(answer).toMatchObject({ status: row.status, body: { errorCode: row.code } });
});

it.each([
  ['GET', promptPath, 404, '404.001.04'],
  ['PUT', promptPath, 405, '405.001'],
  ['POST', tokenPath, 405, '405.001'],
  ['GET', '/mpesa/b2c/v2/paymentrequest', 404, '404.002.01'],
  ['GET', '/mpesa/c2b/v3/simulate', 404, '404.003.01'],
  ['GET', '/somewhere', 404, '404.001.01'],
] as const)('%s %s is %i', async (...[method, path, status, errorCode]) => {
  expect(await rig.raw(method, path)).toMatchObject({ status, body: { errorCode } });
});

it.each([
  [promptPath, promptBody({ Amount: '1.5' }), 'Amount', '400.002.02'],
  ['/mpesa/c2b/v2/registerurl', { ShortCode: '600100' }, 'ResponseType', '400.003.02'],
  [queryPath, queryBody(''), 'CheckoutRequestID', '400.002.02'],
])('%s names the field it refuses', async (...[path, body, field, errorCode]) => {
  const errorMessage = `Bad Request - Invalid ${field}`;
  expect(await rig.api(path, body)).toMatchObject({
    status: 400,
    body: { errorCode, errorMessage },
  });
});

it('keeps secrets out of the log of requests', async () => {
  await rig.api(payoutPath, payoutBody(rig), { token: 'leaked-token' });
  await rig.api(promptPath, promptBody());
  await rig.api('/mpesa/accountbalance/v1/query', initiatorBody(rig, {}));
  const { text, body } = await rig.admin('GET', '/requests');
  expect(text).not.toContain('leaked-token');
  expect(text).not.toContain(promptBody().Password);
  expect(text).not.toMatch(/[A-Za-z0-9+/]{100}/);
  expect(text).not.toContain(await rig.token());
  expect(body['requests']).toHaveLength(4);
});
