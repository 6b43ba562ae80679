import { describe, expect, it } from 'vitest';
import { createVirtualClock, dayMs, err, ok, Secret } from '#kernel';
import { createMemoryTokenKeeper } from '../token-memory.ts';
import { createAirtelClient } from './client.ts';
import type { AirtelConfig } from './config.ts';
import {
  configOf,
  createScriptedLine,
  decryptPkcs1,
  makeKey,
  reply,
  startAt,
  statusOf,
} from './test-kit.ts';

type Replies = Parameters<typeof createScriptedLine>[0];

function setUp(
  replies: Replies,
  config: Partial<AirtelConfig> = {},
  token?: Parameters<typeof createScriptedLine>[1],
) {
  const clock = createVirtualClock(startAt);
  const scripted = createScriptedLine(replies, token);
  const tokens = createMemoryTokenKeeper({ clock });
  const random = (size: number): Buffer => Buffer.alloc(size, 7);
  const client = createAirtelClient({
    config: configOf(config),
    clock,
    tokens,
    random,
    line: scripted.line,
  });
  return { ...scripted, clock, client };
}

const invalidToken = {
  error_description: 'The access token is invalid or has expired',
  error: 'invalid_token',
};
const order = (body: string) => ({
  path: '/orders',
  timeoutMs: 9_000,
  compose: () => Promise.resolve(ok(body)),
});
const key = makeKey(1024);
const keyAnswer = (base64Der = key.base64Der, valid_upto = '12-08-2036 21:29:26') =>
  reply(200, { data: { key_id: 100, key: base64Der, valid_upto }, status: statusOf({}) });
const mismatch = reply(403, { status: statusOf({ response_code: 'DP00800001026' }) });
const done = reply(200, { status: statusOf({}) });

describe('the token', () => {
  it('is asked for in JSON and carried with country and currency', async () => {
    const { client, requests, tokenRequests } = setUp([done]);
    await client.ask('/q');
    expect(tokenRequests).toEqual([
      {
        method: 'POST',
        url: 'http://airtel.test/auth/oauth2/token',
        headers: { 'content-type': 'application/json', accept: '*/*' },
        body: JSON.stringify({
          client_id: 'client-id',
          client_secret: 'client-secret',
          grant_type: 'client_credentials',
        }),
        timeoutMs: 15_000,
      },
    ]);
    expect(requests).toEqual([
      {
        method: 'GET',
        url: 'http://airtel.test/q',
        headers: {
          authorization: 'Bearer token-1',
          accept: '*/*',
          'x-country': 'KE',
          'x-currency': 'KES',
        },
        timeoutMs: 20_000,
      },
    ]);
  });

  it('lives 180 seconds', async () => {
    const { client, clock, tokenRequests } = setUp([done, done, done]);
    await client.ask('/q');
    await clock.advance(60_000);
    await client.ask('/q');
    expect(tokenRequests).toHaveLength(1);
    await clock.advance(120_000);
    await client.ask('/q');
    expect(tokenRequests).toHaveLength(2);
  });

  it.each([
    [401, invalidToken],
    [401, ''],
    [403, invalidToken],
  ])('refused with %s is minted and tried once more', async (status, body) => {
    const { client, requests } = setUp([reply(status, body), done]);
    expect(await client.order(order('{"a":1}'))).toMatchObject({ kind: 'answer', status: 200 });
    expect(requests.map(({ headers, body: sent }) => [headers['authorization'], sent])).toEqual([
      ['Bearer token-1', '{"a":1}'],
      ['Bearer token-2', '{"a":1}'],
    ]);
  });

  it('refused twice is refused', async () => {
    const { client } = setUp([reply(401, invalidToken), reply(403, invalidToken)]);
    expect(await client.order(order('{}'))).toEqual({
      kind: 'credentials-refused',
      code: 'invalid_token',
      description: 'The access token is invalid or has expired',
    });
  });

  it.each([
    [403, { status_code: 'ROUTER007', status_message: 'not authorised' }],
    [403, '<html>forbidden</html>'],
    [400, invalidToken],
  ])('is not blamed for %s with %j', async (status, body) => {
    const { client, requests } = setUp([reply(status, body)]);
    expect(await client.order(order('{}'))).toMatchObject({ kind: 'answer', status });
    expect(requests).toHaveLength(1);
  });

  it.each([
    [400, { error_description: 'Invalid client authentication', error: 'invalid_client' }],
    // From an address that the application does not list; the code is assumed.
    [403, { status_message: 'Invalid client authentication', status_code: 'ROUTER007' }],
  ])('cannot be had where Airtel lets nobody in: %s with %j', async (status, body) => {
    const { client, requests } = setUp([], {}, reply(status, body));
    expect(await client.order(order('{}'))).toEqual({
      kind: 'credentials-refused',
      code: 'error' in body ? body.error : body.status_code,
      description: 'Invalid client authentication',
    });
    expect(requests).toHaveLength(0);
  });

  it.each([
    [reply(502, '<html></html>'), 'no token: HTTP 502 in place of a token'],
    [reply(200, { token_type: 'bearer' }), 'no token: HTTP 200 in place of a token'],
    [{ kind: 'lost', cause: 'timeout' } as const, 'no token: timeout'],
    [{ kind: 'not-sent', cause: 'ECONNREFUSED' } as const, 'no token: ECONNREFUSED'],
  ])('not to be had leaves the order unsent: %j', async (answer, cause) => {
    const { client, requests } = setUp([], {}, answer);
    expect(await client.order(order('{}'))).toEqual({ kind: 'not-sent', cause });
    expect(requests).toHaveLength(0);
  });

  it('is never kept in evidence', async () => {
    const { client } = setUp([reply(200, '{"echo":"token-1"}')]);
    expect(await client.ask('/q')).toMatchObject({ raw: '{"echo":"[secret]"}' });
  });
});

describe('an order', () => {
  it.each([
    { kind: 'lost', cause: 'timeout' } as const,
    { kind: 'not-sent', cause: 'ECONNREFUSED' } as const,
  ])('that is $kind is not repeated', async (outcome) => {
    const { client, requests } = setUp([outcome]);
    expect(await client.order(order('{}'))).toEqual(outcome);
    expect(requests).toHaveLength(1);
  });

  it.each([408, 429, 500, 502, 503, 504])('answered with %s is not repeated', async (status) => {
    const { client, requests } = setUp([reply(status, '')]);
    const exchange = await client.order(order('{}'));
    expect(exchange).toEqual({ kind: 'answer', status, json: undefined, raw: '' });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.timeoutMs).toBe(9_000);
  });

  it('that lacks its body is not sent', async () => {
    const { client, requests } = setUp([]);
    const missing = { kind: 'not-sent', cause: 'no pin' } as const;
    const compose = () => Promise.resolve(err(missing));
    expect(await client.order({ ...order(''), compose })).toEqual(missing);
    expect(requests).toHaveLength(0);
  });
});

describe('signing', () => {
  const signing = { signing: 'on' } as const;

  it('off sends no signature and takes a mismatch as it comes', async () => {
    const { client, requests } = setUp([mismatch]);
    expect(await client.order(order('{}'))).toMatchObject({ status: 403 });
    expect(requests[0]?.headers).toMatchObject({ authorization: expect.any(String) });
    expect(requests[0]?.headers).not.toHaveProperty('x-signature');
  });

  it('on fetches the key once and signs each order, never a question', async () => {
    const { client, requests } = setUp([keyAnswer(), done, done, done], signing);
    await client.order(order('{"a":1}'));
    await client.order(order('{"a":2}'));
    await client.ask('/q');
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual([
      '/v1/rsa/encryption-keys',
      '/orders',
      '/orders',
      '/q',
    ]);
    const [aesKey, iv] = [32, 16].map((size) => Buffer.alloc(size, 7).toString('base64'));
    const secret = `${aesKey}:${iv}`;
    expect(decryptPkcs1(key, requests[1]?.headers['x-key'] ?? '')).toBe(secret);
    expect(requests[1]?.headers['x-signature']).not.toBe(requests[2]?.headers['x-signature']);
    expect(requests[3]?.headers).not.toHaveProperty('x-signature');
  });

  it('is repeated once with a fresh key after a mismatch, under the same body', async () => {
    const newKey = makeKey(1024);
    const script = [keyAnswer(), mismatch, keyAnswer(newKey.base64Der), done];
    const { client, requests } = setUp(script, signing);
    expect(await client.order(order('{"id":"A"}'))).toMatchObject({ status: 200 });
    expect(requests.map(({ body }) => body)).toEqual([
      undefined,
      '{"id":"A"}',
      undefined,
      '{"id":"A"}',
    ]);
    expect(() => decryptPkcs1(newKey, requests[3]?.headers['x-key'] ?? '')).not.toThrow();
  });

  it.each(['DP00800001026', 'DP00900001016', 'DP00900001018'])(
    'a second mismatch is the answer: %s',
    async (response_code) => {
      const again = reply(200, { status: statusOf({ response_code }) });
      const { client, requests } = setUp([keyAnswer(), again, keyAnswer(), again], signing);
      expect(await client.order(order('{}'))).toMatchObject({ kind: 'answer', status: 200 });
      expect(requests).toHaveLength(4);
    },
  );

  it('with a key too short for its padding leaves the order unsent', async () => {
    const config = { ...signing, keyPadding: 'oaep-sha256' } as const;
    const { client, requests } = setUp([keyAnswer()], config);
    expect(await client.order(order('{}'))).toMatchObject({ kind: 'credentials-refused' });
    expect(requests).toHaveLength(1);
  });
});

describe('the encryption key', () => {
  it('is kept until a day before it lapses', async () => {
    const validUpto = '04-03-2026 12:00:00';
    const replies = [keyAnswer(key.base64Der, validUpto), keyAnswer()];
    const { client, clock, requests } = setUp(replies);
    await client.encryptionKey();
    await clock.advance(2 * dayMs - 1);
    await client.encryptionKey();
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    await client.encryptionKey();
    expect(requests).toHaveLength(2);
  });

  it('is fetched once for all who wait, and anew when forgotten', async () => {
    const { client, requests } = setUp([keyAnswer(), keyAnswer()]);
    await Promise.all([client.encryptionKey(), client.encryptionKey()]);
    expect(requests).toHaveLength(1);
    client.forgetEncryptionKey();
    expect(await client.encryptionKey()).toEqual(ok(key.base64Der));
    expect(requests).toHaveLength(2);
  });

  it.each([
    [{ kind: 'lost', cause: 'timeout' } as const, 'not-sent', 'no encryption key: timeout'],
    [reply(500, ''), 'not-sent', 'no encryption key: HTTP 500'],
    [reply(200, { data: {} }), 'not-sent', 'no encryption key: HTTP 200'],
  ])('not to be had leaves the order unsent: %j', async (answer, kind, cause) => {
    const { client } = setUp([answer], { signing: 'on' });
    expect(await client.order(order('{}'))).toEqual({ kind, cause });
  });

  it('is refused to an application without a money product', async () => {
    const answer = reply(200, { status: statusOf({ response_code: 'DP02010001000' }) });
    const { client } = setUp([answer], { signing: 'on' });
    expect(await client.order(order('{}'))).toMatchObject({
      kind: 'credentials-refused',
      code: 'DP02010001000',
    });
  });
});

it('keeps secrets out of what it prints', () => {
  const config = configOf({ callbackHashKey: new Secret('a4f48f692d2b4df9') });
  expect(
    JSON.stringify(config, (_key, value) => (typeof value === 'bigint' ? '' : value)),
  ).not.toMatch(/client-secret|a4f48/);
});
