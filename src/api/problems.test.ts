import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { problemTitles, problemType, type ProblemKind } from '#api/contract';

import { ProblemRaised, refused } from './problem.ts';
import { securityHeaders } from './security-headers.ts';
import { createTestApi, type Ask, type TestApi } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
});
afterAll(() => world.close());

const json = { 'content-type': 'application/json' };
const post = (path: string, body?: Ask['body'], headers: Ask['headers'] = {}): Ask => ({
  method: 'POST',
  path: `/api/qmoi/${path}`,
  ...(body === undefined ? {} : { body }),
  headers: { ...headers },
});

const problemLike = (status: number, kind: ProblemKind) => ({
  status,
  json: {
    status,
    type: problemType(kind),
    title: problemTitles[kind],
    detail: expect.stringMatching(/\w{3,}.*[.!]$/s),
    instance: expect.stringMatching(/^urn:qmoi:request:\w+-\w+$/),
  },
  headers: {
    ...securityHeaders,
    'content-type': expect.stringMatching(/^application\/problem\+json/),
  },
});

const big = 'x'.repeat(70_000);
const wrong: readonly (readonly [string, Ask, number, ProblemKind])[] = [
  ['broken JSON', post('charges', '{"amount":', json), 400, 'malformed-body'],
  ['a poisoned body', post('charges', '{"__proto__":{}}', json), 400, 'malformed-body'],
  ['a missing member', post('revenue/target', { type: 'mpesa' }), 400, 'invalid-request'],
  ['cents', post('revenue/target', { type: 'mpesa', amount: 1.5 }), 400, 'invalid-request'],
  ['money as text', post('revenue/target', { type: 'mpesa', amount: '5' }), 400, 'invalid-request'],
  ['no money', post('revenue/transfer', { type: 'mpesa', amount: 0 }), 400, 'invalid-request'],
  ['both rails', post('revenue/transfer', { type: 'combined', amount: 5 }), 400, 'invalid-request'],
  [
    'a form',
    post('charges', 'a=1', { 'content-type': 'text/plain' }),
    415,
    'content-type-not-taken',
  ],
  ['no type', post('charges', 'a', { 'content-type': 'nonsense' }), 415, 'content-type-not-taken'],
  ['too much', post('charges', { description: big }), 413, 'body-too-large'],
  ['a wrong page', { path: '/api/qmoi/charges?limit=201' }, 400, 'invalid-request'],
  ['a wrong cursor', { path: '/api/qmoi/charges?cursor=pay_1' }, 400, 'invalid-request'],
  ['a wrong phone', { path: '/api/qmoi/revenue/transactions?phone=12' }, 400, 'invalid-request'],
  ['a wrong day', { path: '/api/qmoi/audit?from=2026-02-31' }, 400, 'invalid-request'],
  ['no address', { path: '/api/qmoi/nothing' }, 404, 'not-found'],
  ['no address at all', { path: '/%E0%A4%A' }, 400, 'invalid-request'],
  ['another method', { method: 'DELETE', path: '/api/qmoi/charges' }, 405, 'method-not-allowed'],
  ['a wrong id', { path: '/api/qmoi/charges/ch_1' }, 404, 'not-found'],
  ['an unknown id', { path: '/api/qmoi/charges/ch_0000000000001' }, 404, 'not-found'],
  ['an unknown transfer', { path: '/api/qmoi/revenue/transfers/tr_1' }, 404, 'not-found'],
  ['an unknown receipt', { path: '/api/qmoi/revenue/transactions/TKN' }, 404, 'not-found'],
  ['an unknown stream', post('charges', { stream: 'gold', amount: 5 }), 422, 'unknown-stream'],
  [
    'too much money',
    post('charges', { stream: 'trading', amount: 300_000 }),
    422,
    'amount-out-of-range',
  ],
  [
    'consent of nobody',
    post('charges', { stream: 'trading', amount: 5, consent: { basis: 'standing' } }),
    422,
    'consent-without-phone',
  ],
  [
    'consent to come',
    post('charges', {
      stream: 'trading',
      amount: 5,
      phone: '0712345678',
      consent: { basis: 'standing', givenAt: '2027-01-01T00:00:00Z' },
    }),
    422,
    'consent-in-the-future',
  ],
  ['a low target', post('revenue/target', { type: 'mpesa', amount: 100 }), 422, 'below-minimum'],
  [
    'an empty wallet',
    post('revenue/transfer', { type: 'mpesa', amount: 50 }),
    409,
    'balance-too-low',
  ],
  [
    'a phone number in a reason',
    post('revenue/stop', { reason: 'call 0712 345 678' }),
    400,
    'invalid-request',
  ],
  ['two lines', post('revenue/stop', { reason: 'one\ntwo' }), 400, 'invalid-request'],
  [
    'a wrong key',
    post('revenue/reset', undefined, { 'idempotency-key': 'ü' }),
    400,
    'invalid-request',
  ],
];

describe('every problem is told in full', () => {
  const rows = wrong.map(([name, ask, status, kind]) => ({ name, ask, status, kind }));
  it.each(rows)('$name', async ({ ask, status, kind }) => {
    expect(await world.ask(ask)).toMatchObject(problemLike(status, kind));
  });

  it('names the member and what is wrong with it', async () => {
    const told = await world.ask(post('revenue/target', { type: 'paypal', amount: 1.5 }));
    expect(told.json.errors).toEqual([
      { path: 'body.type', message: expect.any(String) },
      {
        path: 'body.amount',
        message: 'An amount is a whole number of shillings, without decimals.',
      },
    ]);
  });

  it('names the methods an address takes', async () => {
    const told = await world.ask({ method: 'PUT', path: '/api/qmoi/charges/ch_1?x=1' });
    expect(told.headers['allow']).toBe('GET, HEAD');
  });

  it('takes an empty body where there is nothing to say', async () => {
    const told = await world.ask(post('revenue/start', '', json));
    expect(told).toMatchObject({ status: 200, json: { status: 'running', changed: false } });
  });

  it('tells a fault of its own without its cause, and writes that down', async () => {
    const broken = await createTestApi(() => ({
      proof: () => Promise.reject(new Error('secret cause')),
    }));
    const told = await broken.ask({ path: '/api/qmoi/proof' });
    expect(told).toMatchObject(problemLike(500, 'engine-fault'));
    expect(told.text).not.toContain('secret cause');
    const line = broken.logLines.find(({ message }) => message === 'a request failed');
    const request = told.json.instance.split(':').at(-1);
    expect(line?.fields).toMatchObject({ request, err: { message: 'secret cause' } });
    await broken.close();
  });

  it('answers bytes that are no request', async () => {
    const { url } = await world.api.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('what is this\r\n\r\n');
    const chunks: string[] = [];
    for await (const chunk of socket) chunks.push(String(chunk));
    expect(chunks.join('')).toMatch(/^HTTP\/1.1 400 .*urn:qmoi:problem:malformed-body/s);
  });
});

describe('a refusal', () => {
  it('is told with its own facts', () => {
    const problem = refused(
      { 'amount-out-of-range': '{rail} takes {minMinor} to {maxMinor}.' },
      { kind: 'amount-out-of-range', rail: 'mpesa', minMinor: 100n, maxMinor: 25_000_000n },
    );
    expect(problem.message).toBe('M-Pesa takes KES 1 to KES 250,000.');
  });

  it('waits whole seconds, at least one', () => {
    const waiting = (retryAfterMs: number) =>
      new ProblemRaised('too-many-requests', 'Wait.', { retryAfterMs }).headers['retry-after'];
    expect([waiting(0), waiting(1), waiting(1_001)]).toEqual(['1', '1', '2']);
  });
});
