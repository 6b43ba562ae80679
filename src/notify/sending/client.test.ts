import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { deliveryOf, retryAfterMsOf, type PushAnswer } from './answer.ts';
import { createPushLine, isPublicAddress } from './client.ts';

describe('an address', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '2001:db8::1',
    '2002:a00:1::',
    'localhost',
    '',
  ])('%j is none of the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['142.250.1.95', '8.8.8.8', '172.32.0.1', '2a00:1450:4009::200a', '2620:149::1'])(
    '%s is one',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('the line', () => {
  let hits = 0;
  const server = createServer((request, response) => {
    hits += 1;
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' });
    else if (request.url === '/late') return;
    else response.writeHead(201);
    response.end();
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = address !== null && typeof address === 'object' ? address.port : 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const sendTo = (url: string, mayReach?: (address: string) => boolean, timeoutMs = 5_000) => {
    const line = mayReach === undefined ? createPushLine() : createPushLine({ mayReach });
    return line.send({ url, headers: {}, body: Buffer.from('x'), timeoutMs });
  };

  it.each(['127.0.0.1', 'localhost', '[::1]'])('reaches nobody at %s', async (host) => {
    const before = hits;
    expect(await sendTo(`http://${host}:${port}/`)).toEqual({
      kind: 'not-sent',
      cause: 'ADDRESS_NOT_PUBLIC',
    });
    expect(hits).toBe(before);
  });

  it('goes to the very address that was checked', async () => {
    const seen: string[] = [];
    const mayReach = (address: string) => seen.push(address) > 0 && address === '127.0.0.1';
    expect(await sendTo(`http://localhost:${port}/`, mayReach)).toEqual({
      kind: 'answered',
      status: 201,
    });
    expect(seen).toContain('127.0.0.1');
  });

  it('follows nobody elsewhere', async () => {
    const before = hits;
    expect(await sendTo(`http://127.0.0.1:${port}/moved`, () => true)).toEqual({
      kind: 'answered',
      status: 302,
    });
    expect(hits).toBe(before + 1);
  });

  it('does not wait for ever, and says that it may have arrived', async () => {
    expect(await sendTo(`http://127.0.0.1:${port}/late`, () => true, 50)).toEqual({
      kind: 'lost',
      cause: 'timeout',
    });
  });

  it('says that nothing arrived where nobody listens', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => void free.listen(0, '127.0.0.1', resolve));
    const address = free.address();
    const unused = address !== null && typeof address === 'object' ? address.port : 0;
    await new Promise<void>((resolve) => void free.close(() => resolve()));
    expect(await sendTo(`http://127.0.0.1:${unused}/`, () => true)).toEqual({
      kind: 'not-sent',
      cause: 'ECONNREFUSED',
    });
  });
});

describe('an answer', () => {
  it.each<[PushAnswer, string]>([
    [{ kind: 'answered', status: 201 }, 'taken'],
    [{ kind: 'answered', status: 200 }, 'taken'],
    [{ kind: 'answered', status: 302 }, 'refused'],
    [{ kind: 'answered', status: 400 }, 'refused'],
    [{ kind: 'answered', status: 403 }, 'refused'],
    [{ kind: 'answered', status: 404 }, 'gone'],
    [{ kind: 'answered', status: 410 }, 'gone'],
    [{ kind: 'answered', status: 413 }, 'refused'],
    [{ kind: 'answered', status: 429 }, 'later'],
    [{ kind: 'answered', status: 503 }, 'later'],
    [{ kind: 'not-sent', cause: 'ENOTFOUND' }, 'later'],
    [{ kind: 'lost', cause: 'timeout' }, 'lost'],
  ])('%j means %s', (answer, kind) => {
    expect(deliveryOf(answer).kind).toBe(kind);
  });

  it.each([
    ['120', 120_000],
    ['0', 0],
    [undefined, undefined],
    ['-1', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('asks to wait: %j', (header, waitMs) => {
    expect(retryAfterMsOf(header)).toBe(waitMs);
  });
});
