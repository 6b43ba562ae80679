import { createServer, type RequestListener, type Server } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { createVirtualClock } from '#kernel';

import { createHttp } from './http.ts';
import { startAt } from './test-kit.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
});

async function urlOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

function kit() {
  const clock = createVirtualClock(startAt);
  const stopping = new AbortController();
  return { clock, stopping, http: createHttp({ clock, signal: stopping.signal }) };
}

describe('a request', () => {
  it.each<[string, RequestListener, object]>([
    [
      'an object',
      (_request, response) => response.end('{"a":1}'),
      { kind: 'answered', status: 200, body: { a: 1 }, retryAfterMs: undefined },
    ],
    [
      'no JSON, and when to come back',
      (_request, response) => response.writeHead(429, { 'retry-after': '7' }).end('<p>no</p>'),
      { kind: 'answered', status: 429, body: {}, retryAfterMs: 7000 },
    ],
    [
      'a wait beyond reason',
      (_request, response) => response.writeHead(429, { 'retry-after': '999999' }).end(),
      { kind: 'answered', status: 429, body: {}, retryAfterMs: 600_000 },
    ],
    [
      'a date to come back',
      (_request, response) =>
        response.writeHead(503, { 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT' }).end(),
      { kind: 'answered', status: 503, body: {}, retryAfterMs: undefined },
    ],
    [
      'a redirect',
      (_request, response) => response.writeHead(302, { location: '/other' }).end(),
      { kind: 'silent' },
    ],
    [
      'more than anybody reads',
      (_request, response) => response.end('x'.repeat(1024 * 1024 + 1)),
      { kind: 'silent', why: 'the answer is too long' },
    ],
    ['a cut connection', (request) => request.socket.destroy(), { kind: 'silent' }],
  ])('is answered with %s', async (_what, listener, expected) => {
    const url = await urlOf(listener);
    const { http } = kit();
    expect(await http.ask({ method: 'GET', url })).toMatchObject(expected);
    expect(http.inFlight()).toBe(0);
  });

  it('carries its body as JSON', async () => {
    const bodies: string[] = [];
    const url = await urlOf((request, response) => {
      request.on('data', (chunk) => bodies.push(`${request.headers['content-type']} ${chunk}`));
      request.on('end', () => response.end('{}'));
    });
    await kit().http.ask({ method: 'POST', url, body: { amount: 10 } });
    expect(bodies).toEqual(['application/json {"amount":10}']);
  });

  it.each([
    ['waits fifteen seconds', 15_000, false],
    ['ends when the town does', 0, true],
  ])('that nobody answers %s', async (_what, waitMs, isStopping) => {
    const arrived = Promise.withResolvers<void>();
    const url = await urlOf(() => arrived.resolve());
    const { clock, stopping, http } = kit();
    const asking = http.ask({ method: 'GET', url });
    await arrived.promise;
    expect(http.inFlight()).toBe(1);
    await clock.advance(waitMs);
    if (isStopping) stopping.abort();
    expect(await asking).toMatchObject({ kind: 'silent' });
  });
});
