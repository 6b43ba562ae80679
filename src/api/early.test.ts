import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createTestApi, type TestApi } from './test-kit.ts';

const host = '127.0.0.1';
const callback = (body: string): string =>
  `POST /hooks/stk-result/abc HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Connects and sends at once, as a provider does; the answer comes when it comes. */
async function call(
  port: number,
  body: string,
): Promise<{ socket: Socket; said: Promise<string> }> {
  const socket = connect(port, host);
  const chunks: string[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const said = new Promise<string>((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(chunks.join('')));
  });
  await once(socket, 'connect');
  socket.write(callback(body));
  return { socket, said };
}

/** As the wiring holds the port while the engine starts. */
async function hold(
  expected: number,
): Promise<{ port: number; takeOver: () => Promise<readonly Socket[]> }> {
  const waiting: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined);
    waiting.push(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const takeOver = async () => {
    while (waiting.length < expected) await once(server, 'connection');
    server.close();
    return waiting;
  };
  return { port, takeOver };
}

describe('callbacks that came before the API listened', () => {
  let world: TestApi;
  const delivered: string[] = [];
  beforeEach(async () => {
    delivered.length = 0;
    world = await createTestApi((deps) => ({
      intake: {
        health: deps.intake.health,
        receive: ({ body }) => {
          delivered.push(body.toString());
          return Promise.resolve({ statusCode: 200, body: '{"ResultCode":0}' });
        },
      },
    }));
  });
  afterEach(() => world.close());

  it('are heard once each, and answered only then', async () => {
    const { port, takeOver } = await hold(3);
    const calls = await Promise.all(['one', 'two', 'three'].map((body) => call(port, body)));
    let answered = 0;
    for (const { said } of calls) void said.then(() => (answered += 1));
    expect([answered, delivered]).toEqual([0, []]);

    await world.api.listen({ host, port, takeOver });
    for (const { said } of calls) {
      const text = await said;
      expect(text).toMatch(/^HTTP\/1.1 200 .*"ResultCode":0/s);
      expect(text).toMatch(/^connection: close\r$/im);
    }
    expect(delivered.toSorted()).toEqual(['one', 'three', 'two']);

    const later = await call(port, 'later');
    const [chunk] = (await once(later.socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1.1 200 (?!.*connection: close)/is);
    later.socket.destroy();
  });

  it('may have been given up', async () => {
    const { port, takeOver } = await hold(2);
    const { socket } = await call(port, 'gone');
    socket.destroy();
    const { said } = await call(port, 'still there');
    await world.api.listen({ host, port, takeOver });
    expect(await said).toMatch(/^HTTP\/1.1 200 /);
  });

  it('are turned away when the port is lost on the way', async () => {
    const { port, takeOver } = await hold(1);
    const { said } = await call(port, 'unlucky');
    const thief = createServer();
    const tooLate = async () => {
      const waiting = await takeOver();
      thief.listen(port, host);
      return waiting;
    };
    await expect(world.api.listen({ host, port, takeOver: tooLate })).rejects.toThrow('EADDRINUSE');
    expect(await said).toBe('');
    thief.close();
  });
});
