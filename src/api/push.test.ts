import { createECDH } from 'node:crypto';

import { sql } from '#platform/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestApi, type TestApi } from './test-kit.ts';

let world: TestApi;
beforeAll(async () => {
  world = await createTestApi();
});
afterAll(() => world.close());

const path = '/api/qmoi/push';
const keys = {
  p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
  auth: Buffer.alloc(16, 7).toString('base64url'),
};
const order = {
  endpoint: 'https://fcm.googleapis.com/fcm/send/abc',
  keys,
  topics: ['payments', 'engine'],
  language: 'sw',
};
const subscribe = (change: object = {}) =>
  world.ask({
    method: 'POST',
    path,
    body: { ...order, ...change },
    headers: { 'user-agent': 'Mozilla/5.0 (Linux; Android 14) Chrome/131 Safari/537.36' },
  });

describe('push', () => {
  it('says what a browser subscribes with, and what it can be told of', async () => {
    const { status, json } = await world.ask({ path });
    expect(status).toBe(200);
    expect(Buffer.from(json.publicKey, 'base64url')).toHaveLength(65);
    expect(json).toMatchObject({ devices: [], devicesMax: 20 });
    expect(json.topics[0]).toMatchObject({
      topic: 'payments',
      name: { en: 'Payments', sw: 'Malipo' },
      usual: true,
    });
    expect(json.topics).toHaveLength(8);
  });

  it('takes a browser, once, and lets go of it', async () => {
    const { status, json } = await subscribe();
    expect(status).toBe(200);
    expect(json).toMatchObject({
      label: 'Chrome on Android',
      service: 'Google',
      language: 'sw',
      topics: ['payments', 'engine'],
      deliveredAt: null,
      failure: null,
      // SHA-256 of the endpoint.
      mark: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const again = await subscribe({ topics: ['transfers'] });
    expect(again.json).toMatchObject({ id: json.id, topics: ['transfers'] });
    const listed = await world.ask({ path });
    expect(listed.json.devices).toEqual([again.json]);
    expect(listed.text).not.toContain('fcm.googleapis.com');
    const removed = await world.ask({ method: 'DELETE', path: `${path}/${json.id}` });
    expect(removed.status).toBe(204);
    const twice = await world.ask({ method: 'DELETE', path: `${path}/${json.id}` });
    expect(twice).toMatchObject({ status: 404, json: { type: 'urn:qmoi:problem:not-found' } });
    const tested = await world.ask({ method: 'POST', path: `${path}/${json.id}/test` });
    expect(tested.json).toMatchObject({ type: 'urn:qmoi:problem:no-such-device', status: 404 });
  });

  it.each([
    [{ endpoint: 'http://fcm.googleapis.com/x' }, 422, 'endpoint-not-https'],
    [{ endpoint: 'https://127.0.0.1/x' }, 422, 'endpoint-of-nobody-known'],
    [{ endpoint: 'https://duka.internal/x' }, 422, 'endpoint-of-nobody-known'],
    [{ endpoint: `https://fcm.googleapis.com/${'x'.repeat(1_024)}` }, 400, 'invalid-request'],
    [{ endpoint: 'nothing' }, 400, 'invalid-request'],
    [{ keys: { ...keys, auth: 'AAAA' } }, 422, 'push-keys-unusable'],
    [{ keys: { ...keys, p256dh: 'x'.repeat(121) } }, 400, 'invalid-request'],
    [{ topics: [] }, 400, 'invalid-request'],
    [{ topics: ['gossip'] }, 400, 'invalid-request'],
    [{ language: 'fr' }, 400, 'invalid-request'],
  ])('refuses %j', async (change, status, kind) => {
    const told = await subscribe(change);
    expect(told).toMatchObject({ status, json: { type: `urn:qmoi:problem:${kind}` } });
  });

  it('tells of a payment that was really booked', async () => {
    const { json } = await subscribe({ endpoint: 'https://web.push.apple.com/real' });
    await world.pay({ receipt: 'TKNPUSH001', kes: 750, reference: 'TRADING' });
    await world.pay({ receipt: 'TKNPUSH002', kes: 50, reference: 'NOBODY' });
    await world.business.notify.read();
    const { rows } = await sql<{ topic: string; amountMinor: bigint; facts: object }>`
      select topic, amount_minor as "amountMinor", facts from push_note order by topic`.execute(
      world.business.database.executor,
    );
    expect(rows).toEqual([
      {
        topic: 'payments',
        amountMinor: 75_000n,
        facts: {
          kind: 'payment',
          paymentId: expect.stringMatching(/^pay_/),
          rail: 'mpesa',
          stream: 'Trading profits',
          receiptEnd: 'H001',
        },
      },
    ]);
    await world.ask({ method: 'DELETE', path: `${path}/${json.id}` });
  });
});
