import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestApi, masterKey, type Ask, type TestApi } from './test-kit.ts';

/** Open to anybody; whatever is not named here needs a session. */
const publicRoutes = [
  'POST /api/qmoi/master/login',
  'POST /api/qmoi/checkout',
  'GET /api/qmoi/checkout/{token}',
  'GET /api/qmoi/checkout/{token}/qr.png',
  'GET /api/qmoi/health',
  'POST /hooks/{channel}/{token}',
];

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
});
afterAll(() => world.close());

async function documentedRoutes(): Promise<readonly { method: string; path: string }[]> {
  const { json } = await world.ask({ path: '/api/qmoi/openapi.json' });
  const paths = Object.entries<object>(json.paths);
  return paths.flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
}

describe('without a session', () => {
  it('only the public routes answer', async () => {
    const routes = await documentedRoutes();
    expect(routes.length).toBeGreaterThan(25);
    const open: string[] = [];
    for (const { method, path } of routes) {
      const url = path.replaceAll(/\{\w+\}/g, 'x');
      const told = await world.ask({ method: method as 'GET', path: url, token: null });
      if (told.status !== 401 || told.json.type === 'urn:qmoi:problem:login-refused') {
        open.push(`${method} ${path}`);
        continue;
      }
      expect(told.json).toMatchObject({ type: 'urn:qmoi:problem:not-logged-in' });
      expect(told.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    expect(open.toSorted()).toEqual(publicRoutes.toSorted());
  });

  it.each([
    ['a wrong token', { authorization: `Bearer ${'x'.repeat(43)}` }],
    ['another scheme', { authorization: 'Basic cW1vaTpxbW9p' }],
    ['a wrong cookie', { cookie: 'qmoi_session=nothing' }],
    ['an empty header', { authorization: '' }],
  ])('%s is none', async (_name, headers) => {
    const told = await world.ask({ path: '/api/qmoi/revenue/status', token: null, headers });
    expect(told.status).toBe(401);
  });
});

describe('the command line', () => {
  const path = '/api/qmoi/revenue/status';

  it('passes with the local token from this machine only', async () => {
    const token = world.cliToken;
    expect((await world.ask({ path, token, source: '127.0.0.1' })).status).toBe(200);
    expect((await world.ask({ path, token, source: '::1' })).status).toBe(200);
    expect((await world.ask({ path, token, source: '192.168.1.9' })).status).toBe(401);
    const cookie = { cookie: `qmoi_session=${token}` };
    expect((await world.ask({ path, token: null, headers: cookie })).status).toBe(401);
  });

  it('is not believed to be local because a header says so', async () => {
    const headers = { 'x-forwarded-for': '127.0.0.1' };
    const told = await world.ask({ path, token: world.cliToken, headers, source: '10.1.2.3' });
    expect(told.status).toBe(401);
  });

  it('has no session to verify', async () => {
    const verify = {
      method: 'POST',
      path: '/api/qmoi/master/verify',
      token: world.cliToken,
    } as const;
    expect((await world.ask(verify)).json).toMatchObject({ actor: 'cli', sessionId: null });
    expect((await world.ask({ ...verify, body: { key: masterKey } })).status).toBe(401);
  });
});

const login = (more: Partial<Ask> = {}) =>
  world.ask({
    method: 'POST',
    path: '/api/qmoi/master/login',
    body: { key: masterKey },
    token: null,
    ...more,
  });

describe('a login', () => {
  it('gives a token and, over loopback, a cookie that scripts cannot read', async () => {
    const told = await login();
    expect(told.json).toMatchObject({ token: expect.any(String), expiresAt: expect.any(String) });
    const cookie = String(told.headers['set-cookie']);
    expect(cookie).toMatch(/^qmoi_session=[\w-]{43}; /);
    for (const word of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(word);
    expect(cookie).not.toMatch(/Secure|Domain/);
  });

  it('gives a host-bound cookie over TLS, and none over a plain network', async () => {
    const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '41.90.1.1' };
    const secure = await login({ headers: proxied, source: '10.0.0.5' });
    expect(String(secure.headers['set-cookie'])).toMatch(/^__Host-qmoi_session=.*Secure/);
    expect(secure.headers['strict-transport-security']).toMatch(/max-age=\d+/);
    const plain = await login({ source: '192.168.1.9' });
    expect(plain.status).toBe(200);
    expect(plain.headers['set-cookie']).toBeUndefined();
  });

  it('says nothing about what was wrong, and slows guessing down', async () => {
    const guess = { body: { key: 'guess' }, source: '41.90.7.7' };
    const wrong = await login(guess);
    expect(wrong.status).toBe(401);
    expect(wrong.json).toMatchObject({
      type: 'urn:qmoi:problem:login-refused',
      detail: 'Check the master key and try again.',
    });
    let told = wrong;
    for (let n = 0; n < 12 && told.status === 401; n += 1) told = await login(guess);
    expect(told.status).toBe(429);
    expect(Number(told.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('never shows up in the log', () => {
    expect(JSON.stringify(world.logLines)).not.toContain(masterKey);
  });
});

describe('a session', () => {
  const verify = '/api/qmoi/master/verify';

  it('is verified, listed and ended', async () => {
    const token = await world.login();
    const good = await world.ask({ method: 'POST', path: verify, token });
    expect(good.json).toMatchObject({ valid: true, actor: 'master', verifiedAt: null });
    const fresh = await world.ask({
      method: 'POST',
      path: verify,
      token,
      body: { key: masterKey },
    });
    expect(fresh.json.verifiedAt).toBe('2026-11-23T07:00:00.000Z');

    const list = await world.ask({ path: '/api/qmoi/master/sessions', token });
    const own = list.json.items.find((one: { current: boolean }) => one.current);
    expect(own).toMatchObject({ id: good.json.sessionId, source: '127.0.0.1' });

    const out = await world.ask({ method: 'POST', path: '/api/qmoi/master/logout', token });
    expect(out).toMatchObject({ status: 204, text: '' });
    expect(String(out.headers['set-cookie'])).toMatch(/qmoi_session=;/);
    expect((await world.ask({ method: 'POST', path: verify, token })).status).toBe(401);
  });

  it('outlives a wrong key at verify', async () => {
    const token = await world.login();
    const told = await world.ask({ method: 'POST', path: verify, token, body: { key: 'guess' } });
    expect(told).toMatchObject({
      status: 403,
      json: { type: 'urn:qmoi:problem:key-not-accepted' },
    });
    expect((await world.ask({ method: 'POST', path: verify, token })).status).toBe(200);
  });

  it('is revoked by another', async () => {
    const [token, other] = [await world.login(), await world.login()];
    const { json } = await world.ask({ method: 'POST', path: verify, token: other });
    const path = `/api/qmoi/master/sessions/${json.sessionId}`;
    expect((await world.ask({ method: 'DELETE', path, token })).status).toBe(204);
    expect((await world.ask({ method: 'DELETE', path, token })).status).toBe(404);
    expect((await world.ask({ method: 'POST', path: verify, token: other })).status).toBe(401);
    const nonsense = '/api/qmoi/master/sessions/se_1';
    expect((await world.ask({ method: 'DELETE', path: nonsense, token })).status).toBe(404);
  });
});

describe('a cookie', () => {
  const stop = { method: 'POST', path: '/api/qmoi/revenue/stop', token: null } as const;
  const withCookie = async (headers: Record<string, string>, more: Partial<Ask> = {}) => {
    const cookie = `qmoi_session=${await world.login()}`;
    return world.ask({
      ...stop,
      headers: { host: 'duka.local:3000', cookie, ...headers },
      ...more,
    });
  };

  it.each([
    ['no origin', {}, 403],
    ['another site', { origin: 'https://evil.example' }, 403],
    ['another port', { origin: 'http://duka.local:4000' }, 403],
    ['a hidden origin', { origin: 'null' }, 403],
    ['the dashboard', { origin: 'http://duka.local:3000' }, 200],
  ])('changes something from %s', async (_name, headers, status) => {
    expect((await withCookie(headers)).status).toBe(status);
  });

  it('may look without an origin', async () => {
    const looking = { method: 'GET', path: '/api/qmoi/revenue/status' } as const;
    expect((await withCookie({}, looking)).status).toBe(200);
  });

  it('does not stand in for a wrong token', async () => {
    const headers = { origin: 'http://duka.local:3000', authorization: 'Bearer wrong' };
    expect((await withCookie(headers)).status).toBe(401);
  });
});
