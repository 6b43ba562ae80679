import { afterEach, describe, expect, it } from 'vitest';

import { collectionBody, createKit, stopKits } from './test-kit.ts';

afterEach(stopKits);

const credentials = {
  client_id: 'client',
  client_secret: 'client-secret',
  grant_type: 'client_credentials',
};
const invalidToken = {
  error_description: 'The access token is invalid or has expired',
  error: 'invalid_token',
};
const balance = '/standard/v1/users/balance';

describe('the token', () => {
  it.each([
    ['string', '180'],
    ['number', 180],
  ])('says when it expires as a %s', async (expiresIn, expected) => {
    const kit = createKit({ config: { knobs: { expiresIn } } });
    const reply = await kit.call('POST', '/auth/oauth2/token', { body: credentials });
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      expires_in: expected,
      token_type: 'bearer',
    });
  });

  it.each([
    ['a wrong secret', { ...credentials, client_secret: 'other' }, 'invalid_client'],
    ['a wrong client', { ...credentials, client_id: 'other' }, 'invalid_client'],
    ['nothing', {}, 'invalid_client'],
    ['another grant', { ...credentials, grant_type: 'password' }, 'unsupported_grant_type'],
  ])('is refused for %s', async (_what, body, error) => {
    const reply = await createKit().call('POST', '/auth/oauth2/token', { body });
    expect(reply.status).toBe(400);
    expect(reply.json.error).toBe(error);
  });

  it('says invalid_client in the documented words', async () => {
    const reply = await createKit().call('POST', '/auth/oauth2/token', { body: {} });
    expect(reply.json).toEqual({
      error_description: 'Invalid client authentication',
      error: 'invalid_client',
    });
  });

  it('is not given for a form', async () => {
    const reply = await createKit().call('POST', '/auth/oauth2/token', {
      body: 'grant_type=client_credentials',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(reply.status).toBe(415);
  });

  it('lives 180 seconds and not one more', async () => {
    const kit = createKit();
    const headers = { authorization: `Bearer ${await kit.token()}` };
    await kit.clock.advance(179_999);
    expect((await kit.wire('GET', balance, { headers })).status).toBe(200);
    await kit.clock.advance(1);
    const reply = await kit.wire('GET', balance, { headers });
    expect([reply.status, reply.json]).toEqual([401, invalidToken]);
  });

  it.each([
    [false, 200],
    [true, 401],
  ])('newTokenKillsOld %s', async (newTokenKillsOld, expected) => {
    const kit = createKit({ config: { knobs: { newTokenKillsOld } } });
    const headers = { authorization: `Bearer ${await kit.token()}` };
    await kit.token();
    const reply = await kit.call('GET', balance, {
      headers: { ...headers, 'x-country': 'KE', 'x-currency': 'KES' },
    });
    expect(reply.status).toBe(expected);
  });

  it('is forgotten on demand', async () => {
    const kit = createKit({ config: { knobs: { badTokenStatus: 403 } } });
    const headers = { authorization: `Bearer ${await kit.token()}` };
    await kit.admin('POST', '/reset-tokens');
    const reply = await kit.wire('GET', balance, { headers });
    expect([reply.status, reply.json]).toEqual([403, invalidToken]);
  });
});

describe('the encryption key', () => {
  const path = '/v1/rsa/encryption-keys';

  it('comes as documented', async () => {
    const { json } = await createKit().wire('GET', path);
    expect(json).toEqual({
      data: {
        key_id: 100,
        key: expect.stringMatching(/^MIGf[A-Za-z0-9+/]+=*$/),
        // 90 days after 1 March 2026, 12:34 in Nairobi.
        valid_upto: '30-05-2026 12:34:00',
      },
      status: {
        code: '200',
        message: 'Success',
        result_code: 'ESB000010',
        response_code: 'DP02010001001',
        success: true,
      },
    });
  });

  it('comes bare where keysTopLevel says so', async () => {
    const { json } = await createKit({ config: { knobs: { keysTopLevel: true } } }).wire(
      'GET',
      path,
    );
    expect(Object.keys(json)).toEqual(['key_id', 'key', 'valid_upto']);
  });

  it('stays the same until it expires or is replaced', async () => {
    const kit = createKit({ config: { timings: { keyLifeMs: 3_600_000 } } });
    const first = (await kit.wire('GET', path)).json.data;
    expect((await kit.wire('GET', path)).json.data).toEqual(first);
    await kit.clock.advance(3_600_000);
    const second = (await kit.wire('GET', path)).json.data;
    expect(second.key_id).toBe(101);
    expect(second.key).not.toBe(first.key);
    await kit.admin('POST', '/keys/rotate');
    expect((await kit.wire('GET', path)).json.data.key_id).toBe(102);
  });
});

const collections = '/merchant/v1/payments/';
const disbursements = '/standard/v2/disbursements/';

describe('the headers', () => {
  const routerCode = (code: string): object => ({
    status_code: code,
    status_message: expect.any(String),
  });
  const refused = (status: object): object => ({ status: { success: false, ...status } });

  it.each<[string, Record<string, string | undefined>, string, number, object]>([
    [
      'no country',
      { 'x-country': undefined },
      disbursements,
      400,
      { status_message: 'Partner client not found', status_code: 'ROUTER110' },
    ],
    [
      'a country of three letters',
      { 'x-country': 'KEN' },
      disbursements,
      400,
      refused({
        code: '400',
        message: 'Invalid Country Code',
        response_code: 'DP00900001013',
      }),
    ],
    [
      'a country of three letters',
      { 'x-country': 'KEN' },
      collections,
      400,
      refused({ code: '400', result_code: 'ESB000034' }),
    ],
    ['another country', { 'x-country': 'UG' }, collections, 400, routerCode('ROUTER006')],
    [
      'no currency',
      { 'x-currency': undefined },
      disbursements,
      200,
      refused({
        code: '400',
        result_code: 'ESB000008',
        message: "Missing request header 'x-wallet-id' for method parameter of type String",
      }),
    ],
    [
      'an empty currency',
      { 'x-currency': '' },
      disbursements,
      200,
      refused({
        code: '400',
        message: 'Invalid/Missing Currency',
        response_code: 'DP00900001013',
      }),
    ],
    ['an empty currency', { 'x-currency': '' }, collections, 200, refused({ code: '400' })],
    ['another currency', { 'x-currency': 'UGX' }, collections, 400, routerCode('ROUTER112')],
    ['another media type', { 'content-type': 'text/plain' }, collections, 415, {}],
    ['another media type', { 'content-type': 'text/plain' }, disbursements, 415, {}],
  ])('%s %j on %s', async (...[, headers, path, status, body]) => {
    const reply = await createKit().wire('POST', path, {
      body: collectionBody('TXN0001'),
      headers,
    });
    expect(reply.status).toBe(status);
    expect(reply.json).toMatchObject(body);
  });

  it('refuses a body that is no JSON', async () => {
    const reply = await createKit().wire('POST', collections, { body: '{"reference":' });
    expect(reply.json).toEqual({
      status_message: 'Missing header/body params',
      status_code: 'ROUTER003',
    });
  });

  it.each([
    ['GET', '/standard/v1/nowhere', 404],
    ['GET', '/merchant/v1/payments', 405],
    ['POST', '/standard/v1/users/balance', 405],
  ] as const)('%s %s is HTTP %i', async (method, path, status) => {
    expect((await createKit().wire(method, path, { body: '{}' })).status).toBe(status);
  });

  it.each([
    ['ip', 403, 403],
    ['product', 200, 403],
  ])('refuseAccess %s', async (refuseAccess, tokenStatus, otherStatus) => {
    const kit = createKit();
    const headers = { authorization: `Bearer ${await kit.token()}` };
    await kit.knobs({ refuseAccess });
    const minted = await kit.call('POST', '/auth/oauth2/token', { body: credentials });
    const other = await kit.wire('GET', balance, { headers });
    expect([minted.status, other.status]).toEqual([tokenStatus, otherStatus]);
    expect(other.json.status_code).toBe('ROUTER007');
  });
});
