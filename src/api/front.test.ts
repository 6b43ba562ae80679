import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createWallClock } from '#kernel';
import { silentLog } from '#platform/log';

import { createFront, type Front } from './front.ts';

const host = '127.0.0.1';

const newFront = (delivered: string[]): Front =>
  createFront({
    clock: createWallClock(),
    log: silentLog,
    trustedProxies: [],
    startedAt: 0,
    intake: {
      receive: ({ body }) => {
        delivered.push(body.toString());
        return Promise.resolve({ statusCode: 200, body: '{"ResultCode":0}' });
      },
    },
  });

it('listens at each address that localhost has', async () => {
  const delivered: string[] = [];
  const front = newFront(delivered);
  const { port } = new URL((await front.listen({ host: 'localhost', port: 0 })).url);
  const addresses = await lookup('localhost', { all: true });
  for (const { address, family } of addresses) {
    const name = family === 6 ? `[${address}]` : address;
    await fetch(`http://${name}:${port}/hooks/stk-result/a`, { method: 'POST', body: address });
  }
  await front.close();
  expect(delivered).toEqual(addresses.map(({ address }) => address));
});

describe('the front, while nobody stands behind it', () => {
  let front: Front;
  let url: string;
  let delivered: string[];
  beforeEach(async () => {
    delivered = [];
    front = newFront(delivered);
    ({ url } = await front.listen({ host, port: 0 }));
  });
  afterEach(() => front.close());

  const callback = (): Promise<Response> =>
    fetch(`${url}/hooks/stk-result/abc`, { method: 'POST', body: 'paid' });

  it('takes callbacks', async () => {
    expect((await callback()).status).toBe(200);
    expect(delivered).toEqual(['paid']);
  });

  it('lets others wait until they are heard, and callbacks pass by them', async () => {
    const asked = fetch(`${url}/api/qmoi/health`).then((answer) => answer.text());
    expect((await callback()).status).toBe(200);
    front.handOn(({ url: path }, response) => void response.end(`heard ${path}`));
    expect(await asked).toBe('heard /api/qmoi/health');
    expect(await (await fetch(`${url}/later`)).text()).toBe('heard /later');
  });

  it('cuts off whoever was not heard when it closes, and takes nobody after that', async () => {
    const socket = connect(Number(new URL(url).port), host);
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await callback();
    const ended = once(socket, 'close');
    await Promise.all([front.close(), front.close()]);
    await ended;
    await expect(callback()).rejects.toThrow('fetch failed');
  });
});
