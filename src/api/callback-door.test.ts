import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Delivery, Receipt } from '#intake';

import { createTestApi, type TestApi } from './test-kit.ts';

const host = '127.0.0.1';
const kept: Receipt = { statusCode: 200, body: '{"ResultCode":0}' };
let receive: (delivery: Delivery) => Promise<Receipt>;
let delivered: Delivery[] = [];
let world: TestApi;
let port: number;

beforeAll(async () => {
  world = await createTestApi((deps) => ({
    trustedProxies: ['127.0.0.1'],
    intake: {
      health: deps.intake.health,
      receive: (delivery) => {
        delivered.push(delivery);
        return receive(delivery);
      },
    },
  }));
  const { url } = await world.api.listen({ host, port: 0 });
  port = Number(new URL(url).port);
});
afterAll(() => world.close());
beforeEach(() => {
  delivered = [];
  receive = () => Promise.resolve(kept);
});

const token = '0123456789abcdef0123456789abcdef0123456789abcdef';
const path = `/hooks/stk-result/${token}`;

/** Says something over a connection of its own and hears all until it is closed. */
async function say(lines: readonly string[], ...parts: readonly string[]): Promise<string> {
  const socket = connect(port, host);
  const chunks: string[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`${[...lines, 'host: x', 'connection: close'].join('\r\n')}\r\n\r\n`);
  for (const part of parts) {
    socket.write(part);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  await once(socket, 'close');
  return chunks.join('');
}

const post = (body: string, headers: readonly string[] = [], to = path): Promise<string> =>
  say([`POST ${to} HTTP/1.1`, `content-length: ${Buffer.byteLength(body)}`, ...headers], body);

describe('a callback in front of the framework', () => {
  it.each([
    ['JSON', '{"a": "\u00e9"}', []],
    ['of a type that is none', 'x', ['content-type: ;;;']],
    ['nothing', '', []],
  ])('is taken byte for byte: %s', async (_name, body, headers) => {
    const said = await post(body, headers);
    expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(said).toMatch(/content-type: application\/json; charset=utf-8\r\n/i);
    expect(said).toMatch(/x-content-type-options: nosniff/i);
    expect(said.endsWith('{"ResultCode":0}')).toBe(true);
    expect(delivered).toEqual([
      { channel: 'stk-result', token, source: '127.0.0.1', body: Buffer.from(body) },
    ]);
  });

  it('may come in pieces', async () => {
    const head = [`POST ${path} HTTP/1.1`, 'transfer-encoding: chunked'];
    await say(head, '3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n\r\n');
    expect(delivered[0]?.body.toString()).toBe('abcde');
  });

  it('names its source, and its road, by believed proxies', async () => {
    const proxied = ['x-forwarded-for: 6.6.6.6, 196.201.214.200', 'x-forwarded-proto: https'];
    expect(await post('{}', proxied)).toMatch(/strict-transport-security/i);
    expect(delivered[0]?.source).toBe('196.201.214.200');
    expect(await post('{}')).not.toMatch(/strict-transport-security/i);
  });

  it.each(['declared', 'not declared'])('too large is refused, %s', async (how) => {
    const body = 'x'.repeat(70_000);
    const said =
      how === 'declared'
        ? await post(body)
        : await say([`POST ${path} HTTP/1.1`, 'transfer-encoding: chunked'], `11170\r\n${body}`);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(said).toMatch(/problems\/body-too-large|body-too-large/);
    expect(delivered).toEqual([]);
  });

  it('is never answered as kept where taking it fails', async () => {
    receive = () => Promise.reject(new Error('a defect'));
    expect(await post('{}')).toMatch(/^HTTP\/1\.1 503 .*retry-after: 5\r\n/is);
    receive = () => Promise.resolve('too-many-strangers');
    expect(await post('{}')).toMatch(/^HTTP\/1\.1 429 .*urn:qmoi:request:/is);
  });

  it.each([
    ['an escape in its address', `/hooks/stk-result/${token.replace('a', '%61')}`],
    ['a query', `${path}?a=1`],
  ])('is taken with %s as well', async (_name, to) => {
    expect(await post('{}', [], to)).toMatch(/^HTTP\/1\.1 200 /);
    expect(delivered[0]).toMatchObject({ channel: 'stk-result', token });
  });

  it.each([
    [`GET ${path} HTTP/1.1`, 405],
    ['POST /hooks/nobody/abc HTTP/1.1', 404],
    [`POST ${path}/more HTTP/1.1`, 404],
    ['POST /hooks/stk-result/ HTTP/1.1', 404],
  ])('is not %s', async (line, status) => {
    expect(await say([line, 'content-length: 0'])).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(delivered).toEqual([]);
  });
});
