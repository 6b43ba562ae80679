import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';

import { createWallClock } from '#kernel';
import { afterEach, describe, expect, it } from 'vitest';

import { holdPort, type HeldPort } from '../src/port.ts';
import { freePort } from './support/engine-process.ts';

const host = '127.0.0.1';
const clock = createWallClock();
const callback = (body: string): string =>
  `POST /hooks/stk-result/abc HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Connects and sends at once, as a provider does; the answer comes when it comes. */
async function call(port: number, body: string): Promise<{ readonly answer: Promise<string> }> {
  const socket = connect(port, host);
  const chunks: string[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const answer = new Promise<string>((resolve) => {
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(chunks.join('')));
  });
  await once(socket, 'connect');
  socket.write(callback(body));
  return { answer };
}

describe('a port that is held while the engine starts', () => {
  let held: HeldPort | undefined;
  afterEach(() => held?.close());

  it('reads nobody before it is handed over, with all who wait', async () => {
    const port = await freePort();
    held = await holdPort({ host, port }, clock);
    expect(held.port).toBe(port);
    const calls = await Promise.all(Array.from({ length: 100 }, (_, n) => call(port, `${n}`)));
    const waiting = await held.handOver();
    expect(waiting).toHaveLength(100);
    expect(waiting.some(({ bytesRead }) => bytesRead > 0)).toBe(false);
    const server = createHttpServer((_request, response) => {
      response.shouldKeepAlive = false;
      response.end('heard');
    });
    server.listen(port, host);
    await once(server, 'listening');
    for (const socket of waiting) {
      server.emit('connection', socket);
      socket.resume();
    }
    for (const said of calls) expect(await said.answer).toMatch(/^HTTP\/1.1 200 .*heard/s);
    server.close();
  });

  it('looks again for whom a busy machine shows late', async () => {
    const port = await freePort();
    let looks = 0;
    const sleep = async (durationMs: number): Promise<void> => {
      looks += 1;
      if (looks === 5) await call(port, 'late');
      await clock.sleep(5 * durationMs);
    };
    held = await holdPort({ host, port }, { sleep });
    const waiting = await held.handOver();
    expect(waiting).toHaveLength(1);
    for (const socket of waiting) socket.destroy();
  });

  it('answers nobody when the engine does not start', async () => {
    const port = await freePort();
    held = await holdPort({ host, port }, clock);
    const { answer } = await call(port, 'unheard');
    held.close();
    expect(await answer).toBe('');
    // And is free again.
    const next = createServer();
    next.listen(port, host);
    await once(next, 'listening');
    next.close();
  });

  it('is refused with a sentence where another program has it', async () => {
    const other = createServer();
    other.listen(0, host);
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(holdPort({ host, port }, clock)).rejects.toThrow(
      `Port ${port} on ${host} is taken`,
    );
    other.close();
  });
});
