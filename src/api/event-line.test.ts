import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { eventNumber, from, openHub } from './event-test-kit.ts';

/** What a client is told over a real connection, past the answer and straight to its socket. */

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

/** A hub that people listen to over connections of their own. */
async function openServer() {
  const opened = openHub();
  const joined = Promise.withResolvers<ServerResponse>();
  const server = createServer((request, raw) => {
    if (request.url !== '/events') {
      raw.end('before');
      return;
    }
    const listener = { raw, headers: {}, sessionId: undefined, lastEventId: undefined };
    void opened.hub.join({ ...listener, form: 'full' }).then(() => joined.resolve(raw));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const line: Socket = connect(port, '127.0.0.1');
  line.setEncoding('latin1');
  ends.push(() => {
    line.destroy();
    server.close();
  });
  const tell = async (...events: Parameters<typeof opened.tell>[0]) => {
    opened.tell(events);
    await opened.clock.advance(1_000);
  };
  return { ...opened, line, joined: joined.promise, tell };
}

/** Reads until `last` has come. */
async function textUpTo(line: Socket, last: string): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of line.iterator({ destroyOnReturn: false })) {
    pieces.push(String(piece));
    if (pieces.slice(-2).join('').includes(last)) return pieces.join('');
  }
  throw new Error(`the stream ended before ${last}`);
}

const ask = (path: string) => `GET ${path} HTTP/1.1\r\nhost: here\r\n\r\n`;
const idsIn = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
const idsOf = (events: ReturnType<typeof from>) => events.map(({ id }) => id);

it('holds back for who does not read, and then goes on where it was', async () => {
  const { line, joined, tell, hub } = await openServer();
  line.write(ask('/events'));
  const raw = await joined;
  const filler = 'x'.repeat(256 * 1024);
  const events = from(1, 50).map(({ id }, n) => ({ ...eventNumber(n + 1, filler), id }));
  // More than the system holds for a connection, and less than the log does.
  for (const event of events) await tell(event);
  expect(raw.writableLength).toBeGreaterThan(0);
  expect(raw.writableLength).toBeLessThan(3 * filler.length);
  const text = await textUpTo(line, `id: ${events.at(-1)?.id}`);
  expect(idsIn(text)).toEqual(idsOf(events));
  expect(hub.openCount).toBe(1);
});

it('sends headers first, and no chunks', async () => {
  const { line, joined, tell } = await openServer();
  line.write(ask('/events'));
  await joined;
  await tell(...from(1, 2));
  const [head = '', body = ''] = (await textUpTo(line, idsOf(from(2, 2)).join(''))).split(
    /\r\n\r\n/,
  );
  expect(head).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  expect(head.toLowerCase()).not.toMatch(/transfer-encoding|content-length/);
  expect(head.toLowerCase()).toContain('connection: close');
  expect(body).toMatch(/^retry: 3000\n\nid: ev_/);
});

it('waits for the answer before it on the same connection', async () => {
  const { line, joined, tell } = await openServer();
  line.write(`${ask('/before')}${ask('/events')}`);
  await joined;
  await tell(...from(1, 3));
  const text = await textUpTo(line, idsOf(from(3, 3)).join(''));
  expect(text.indexOf('before')).toBeLessThan(text.indexOf('retry: '));
  expect(idsIn(text)).toEqual(idsOf(from(1, 3)));
});

it('writes nothing more to who has hung up', async () => {
  const { line, joined, tell, hub } = await openServer();
  line.write(ask('/events'));
  const raw = await joined;
  const errors: Error[] = [];
  raw.socket?.on('error', (error) => errors.push(error));
  line.end();
  if (raw.socket !== null) await once(raw.socket, 'end');
  await tell(...from(1, 1));
  line.resume();
  if (!raw.closed) await once(raw, 'close');
  expect(errors).toEqual([]);
  expect(hub.openCount).toBe(0);
});
