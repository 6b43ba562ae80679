import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Delivery, Receipt } from '#intake';

import { createTestApi, type TestApi } from './test-kit.ts';

const delivered: Delivery[] = [];
let receipt: Receipt = { statusCode: 200, body: '{"ResultCode":"C2B00011"}' };
let world: TestApi;

beforeAll(async () => {
  world = await createTestApi((deps) => ({
    intake: {
      health: deps.intake.health,
      receive: (delivery) => {
        delivered.push(delivery);
        return Promise.resolve(receipt);
      },
    },
  }));
});
afterAll(() => world.close());

const path = '/hooks/stk-result/abc123';
const send = (body?: Buffer, headers: Record<string, string> = {}, more: object = {}) =>
  world.ask({ method: 'POST', path, headers, token: null, ...(body && { body }), ...more });

describe('a callback', () => {
  it.each([
    ['JSON', 'application/json', '{"a": 1.50,\r\n "b": "é"}'],
    ['broken JSON', 'application/json', '{"a":'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['text', 'text/plain; charset=latin1', '\u00ff\u00fe'],
    ['an unknown type', 'application/vnd.nobody', '<a/>'],
    ['a broken type', ';;;', '{}'],
    ['no type', '', '{}'],
  ])('reaches intake byte for byte: %s', async (_name, type, text) => {
    const body = Buffer.from(text, 'latin1');
    const told = await send(body, type === '' ? {} : { 'content-type': type });
    expect(told.status).toBe(200);
    const last = delivered.at(-1);
    expect(last).toMatchObject({ channel: 'stk-result', token: 'abc123', source: '127.0.0.1' });
    expect(last?.body.equals(body)).toBe(true);
  });

  it('may be empty', async () => {
    expect((await send(undefined, { 'content-type': 'application/json' })).status).toBe(200);
    expect(delivered.at(-1)?.body).toHaveLength(0);
  });

  it('is answered exactly as its rail says', async () => {
    receipt = { statusCode: 202, body: '{"ok" : true}' };
    const told = await send(Buffer.from('{}'));
    expect(told).toMatchObject({ status: 202, text: '{"ok" : true}' });
    expect(told.headers['content-type']).toMatch(/^application\/json/);
    receipt = { statusCode: 200, body: '' };
    expect(await send(Buffer.from('{}'))).toMatchObject({ status: 200, text: '' });
  });

  it.each([
    ['too-many-strangers', 429, 'too-many-requests'],
    ['cannot-keep', 503, 'callback-not-kept'],
  ] as const)('is refused visibly when %s', async (answer, status, kind) => {
    receipt = answer;
    const told = await send(Buffer.from('{}'));
    expect(told).toMatchObject({ status, json: { type: `urn:qmoi:problem:${kind}` } });
    expect(told.headers['retry-after']).toMatch(/^\d+$/);
    receipt = { statusCode: 200, body: '{}' };
  });

  it('of 64 KiB is taken, a larger one is not', async () => {
    const full = Buffer.alloc(64 * 1024, 'x');
    expect((await send(full)).status).toBe(200);
    const before = delivered.length;
    const told = await send(Buffer.concat([full, Buffer.from('x')]));
    expect(told).toMatchObject({ status: 413, json: { type: 'urn:qmoi:problem:body-too-large' } });
    expect(delivered).toHaveLength(before);
  });

  it.each([
    { name: 'an unknown channel', method: 'POST', url: '/hooks/mpesa/abc', status: 404 },
    { name: 'no token', method: 'POST', url: '/hooks/stk-result', status: 404 },
    { name: 'another method', method: 'PUT', url: path, status: 405 },
    { name: 'a look', method: 'GET', url: path, status: 405 },
  ] as const)('is not: $name', async ({ method, url, status }) => {
    expect((await world.ask({ method, path: url, token: null })).status).toBe(status);
  });

  it('names its source through believed proxies only', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 196.201.214.200' };
    await send(Buffer.from('{}'), headers, { source: '10.0.0.9' });
    expect(delivered.at(-1)?.source).toBe('196.201.214.200');
    await send(Buffer.from('{}'), headers, { source: '41.90.1.1' });
    expect(delivered.at(-1)?.source).toBe('41.90.1.1');
  });

  it('leaves a line in the log where it is turned away, without body or token', async () => {
    world.logLines.length = 0;
    const kept = receipt;
    receipt = 'cannot-keep';
    await send(Buffer.from('{"Phone":254712345678}'));
    receipt = kept;
    expect(world.logLines).toEqual([
      {
        fields: { channel: 'stk-result', source: '127.0.0.1', bytes: 22, why: 'cannot-keep' },
        message: 'callback turned away',
      },
    ]);
  });
});
