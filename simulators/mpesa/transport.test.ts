import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createVirtualClock } from '#kernel';
import { settle } from './test-kit.ts';
import { createHttpPost } from './transport.ts';

let server: Server | ReturnType<typeof createTcpServer> | undefined;
afterEach(async () => {
  const open = server;
  server = undefined;
  if (open === undefined) return;
  if ('closeAllConnections' in open) open.closeAllConnections();
  await new Promise((resolve) => open.close(resolve));
});

async function listen(one: NonNullable<typeof server>): Promise<string> {
  server = one;
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}
const request = { headers: { BusinessShortCode: '600100' }, body: '{"ä":1}', timeoutMs: 10_000 };

it('posts as Daraja does: JSON, the short code in a header, one connection each', async () => {
  let seen: IncomingMessage | undefined;
  let text = '';
  const url = await listen(
    createServer((incoming, outgoing) => {
      seen = incoming;
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => outgoing.writeHead(503).end('busy'));
    }),
  );
  const reply = await createHttpPost(createVirtualClock(0))({ url: `${url}/cb`, ...request });
  expect(reply).toEqual({ status: 503, body: 'busy' });
  expect(text).toBe('{"ä":1}');
  expect(seen?.headers).toMatchObject({
    'content-type': 'application/json;charset=UTF-8',
    connection: 'close',
    businessshortcode: '600100',
  });
  expect(seen?.rawHeaders).toContain('BusinessShortCode');
});

it('gives up after its time, not before', async () => {
  const clock = createVirtualClock(0);
  let noteArrival: (() => void) | undefined;
  const arrival = new Promise<void>((resolve) => (noteArrival = resolve));
  const url = await listen(createServer(() => noteArrival?.()));
  let outcome = 'waiting';
  const pending = createHttpPost(clock)({ url, ...request }).catch((error: Error) => {
    outcome = error.message;
  });
  await arrival;
  await clock.advance(9999);
  await settle();
  expect(outcome).toBe('waiting');
  await clock.advance(1);
  await pending;
  expect(outcome).toBe('timeout');
});

it('reports a connection that is cut in the middle of an answer', async () => {
  const url = await listen(
    createTcpServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
        setImmediate(() => socket.destroy());
      });
    }),
  );
  await expect(createHttpPost(createVirtualClock(0))({ url, ...request })).rejects.toThrow(Error);
});

it('reports a receiver that is not there', async () => {
  const url = await listen(createServer());
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  await expect(createHttpPost(createVirtualClock(0))({ url, ...request })).rejects.toThrow(
    'ECONNREFUSED',
  );
});
